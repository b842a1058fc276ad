"""A country's way, on a care system: regrets mended place by place, always sound, never worse."""

import numpy as np
import pytest

from benchmarks.worlds import ics
from desirepath.matching import Params, Stop, check, improving, search, solve
from desirepath.matching.compiled.chains import new_ways
from desirepath.matching.crew import Alone
from desirepath.matching.improving import Improvement, improve, neighbourhood, regrets, seeds_of
from tests.matching.markets import assert_sound, market_for, placed
from tests.matching.worlds import clinician, problem, vacancy

CARE_SYSTEM = {"sessions": 160, "clinicians": 110}
SEEDS = (1, 3)


@pytest.fixture
def a_country(monkeypatch):
    """Every part counts as one too large to be searched at once."""
    monkeypatch.setattr(search, "LARGEST_PART", 0)


def same(plan):
    """What must not differ between two runs."""
    return plan.assignments, plan.objective, plan.bound, dict(plan.prices)


@pytest.mark.parametrize("seed", SEEDS)
def test_gap_falls_and_the_plan_is_sound(seed, monkeypatch):
    """Value rises and the bound falls from what placing gives, and the proven optimum stays between them."""
    question = ics(seed, **CARE_SYSTEM)
    best = solve(question)
    monkeypatch.setattr(search, "LARGEST_PART", 0)
    placed_only, mended = solve(question, stop=Stop(gap=0.99)), solve(question)
    assert check(question, mended) == ()
    assert best.gap == 0.0
    assert placed_only.objective <= mended.objective <= best.objective <= mended.bound <= placed_only.bound
    assert mended.gap < placed_only.gap
    assert mended.bound == mended.certificate


@pytest.mark.usefixtures("a_country")
def test_same_seed_same_plan():
    """The same seed gives the same plan and the same prices."""
    question = ics(4, **CARE_SYSTEM)
    assert same(solve(question, seed=5)) == same(solve(question, seed=5))


@pytest.mark.usefixtures("a_country")
def test_two_workers_give_the_same_plan_each_time():
    """With two further processes: sound, bounded, and the same plan when asked again."""
    question = ics(4, **CARE_SYSTEM)
    alone = solve(question)
    first, second = (solve(question, params=Params(workers=2)) for _ in range(2))
    assert same(first) == same(second)
    assert check(question, first) == ()
    assert first.objective <= alone.bound
    assert alone.objective <= first.bound


@pytest.mark.usefixtures("a_country")
def test_told_to_stop_it_stops():
    """As soon as somebody says stop, the best plan so far is returned with its bound."""
    question, told = ics(4, **CARE_SYSTEM), []

    def when(progress):
        told.append(progress)
        return progress.phase == "search"

    plan = solve(question, stop=Stop(when=when))
    assert check(question, plan) == ()
    assert plan.objective < plan.bound
    assert sum(each.phase == "search" for each in told) < 5


def mend(standing, within, enough=lambda: False):
    """All neighbourhoods settled here; how often anybody was told."""
    told = []
    improve(standing, within, Improvement(Alone(), 0, enough, lambda: told.append(1)))
    return len(told)


def test_each_step_only_gains():
    """After each step the choice is sound, the value not lower and the bound not higher."""
    question = ics(2, **CARE_SYSTEM)
    standing = placed(market_for(question))
    everybody, path = np.ones(standing.market.clinicians, np.bool_), []

    def enough():
        path.append((standing.value, -standing.bound()))
        return False

    assert mend(standing, everybody, enough)
    path.append((standing.value, -standing.bound()))
    values, bounds = zip(*path, strict=True)
    assert list(values) == sorted(values)
    assert list(bounds) == sorted(bounds)
    assert path[-1] > path[0]
    assert_sound(question, standing.market, standing.choice)


def test_enough_is_enough():
    """Where it is enough already nobody is asked anything."""
    standing = placed(market_for(ics(2, **CARE_SYSTEM)))
    assert mend(standing, np.ones(standing.market.clinicians, np.bool_), lambda: True) == 0


def test_seeds_are_her_sessions():
    """A clinician's regret begins at what she holds or would take, a vacancy's at itself."""
    standing = placed(market_for(ics(2, **CARE_SYSTEM)))
    market, (_, short) = standing.market, standing.regrets()
    c = int(np.argmax(short))
    seeds = set(seeds_of(standing, improving.Regret(int(short[c]), -1, c)).tolist())
    hers = slice(market.edge_first[c], market.edge_first[c + 1])
    assert seeds
    assert seeds <= set(market.vacancy[hers].tolist())
    held = [
        v for e, v in enumerate(market.vacancy) if market.clinician[e] == c and standing.choice.holder[v] == e
    ]
    assert seeds.issuperset(held)
    assert seeds_of(standing, improving.Regret(1, 3, -1)).tolist() == [3]


def test_neighbourhoods_grow_about_their_seeds():
    """A neighbourhood has its seeds, no vacancy twice, and at most as many as asked for."""
    standing = placed(market_for(ics(2, **CARE_SYSTEM)))
    ways = new_ways(standing.market.vacancies)
    for v in range(0, standing.market.vacancies, 9):
        sizes = [set(neighbourhood(standing, ways, np.array([v]), size).tolist()) for size in (1, 10, 40)]
        assert sizes[0] == {v}
        assert sizes[0] <= sizes[1] <= sizes[2]
        assert [len(each) <= size for each, size in zip(sizes, (1, 10, 40), strict=True)] == [True] * 3


def test_no_regrets_where_it_is_proven():
    """Where value and bound meet there is no place to mend."""
    standing = placed(market_for(problem()))
    assert standing.bound() == standing.value
    assert mend(standing, np.ones(1, np.bool_)) == 0
    assert list(regrets(standing, np.ones(1, np.bool_), 0.0)) == []


def test_every_answer_is_taken(monkeypatch):
    """Where nobody else answers meanwhile, whatever is better in a neighbourhood is better in the whole."""
    standing = placed(market_for(ics(2, **CARE_SYSTEM)))
    taken = []
    for name in ("reprice", "rechoose"):
        original = getattr(improving.Standing, name)

        def spy(self, *what, original=original):
            done = original(self, *what)
            taken.extend([done] if self is standing else [])
            return done

        monkeypatch.setattr(improving.Standing, name, spy)
    mend(standing, np.ones(standing.market.clinicians, np.bool_))
    assert taken
    assert all(taken)


def test_only_regrets_within():
    """Nobody else's part is touched: its proof stands on the prices it has."""
    people = clinician(), clinician("bob", role="nurse", max_sessions_week=1)
    sessions = (
        vacancy("v1"),
        vacancy("v2", role="nurse"),
        vacancy("v3", "2026-12-09T08:30", role="nurse", urgency=2),
    )
    standing = placed(market_for(problem(clinicians=people, vacancies=sessions)))
    left_open = int(np.flatnonzero(standing.choice.holder < 0)[0])
    standing.choice.price[left_open] = 1_000
    hers, his = np.array([True, False]), np.array([False, True])
    assert [each.vacancy for each in regrets(standing, his, 0.0) if each.vacancy >= 0] == [left_open]
    assert [each.vacancy for each in regrets(standing, hers, 0.0) if each.vacancy >= 0] == []
