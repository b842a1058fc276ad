"""The market's arrays say what the written rules and levels say."""

import random
from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Options, ProblemError, Weights, Window, rules
from desirepath.matching.compiled.clashes import clash_matrix, exclude
from desirepath.matching.market import value_of
from desirepath.matching.objective import blend, levels, pair_levels, session_worth
from tests.matching.markets import edges_of, kept_of, market_for, placed
from tests.matching.shapes import odd_weights, several_weeks, with_history
from tests.matching.worlds import at, clinician, practice, problem, random_problem, vacancy

BETWEEN_TWO = ("overlap", "travel", "rest")
EDGES_OF_THE_EARTH = (
    (90.0, 0.0),
    (90.0, 120.0),
    (89.9, 180.0),
    (-90.0, 45.0),
    (0.0, 180.0),
    (0.0, -180.0),
    (0.1, -179.9),
    (0.0, 179.8),
)


def everywhere(seed):
    """People who go anywhere, practices at the poles and on the date line."""
    rng, question = random.Random(seed), random_problem(seed, people=3, sessions=9)
    places = tuple(
        replace(each, latitude=place[0], longitude=place[1])
        for each in question.practices
        for place in [rng.choice(EDGES_OF_THE_EARTH)]
    )
    people = tuple(
        replace(c, role="gp", skills=frozenset({"coils", "minor"}), max_km=20_100.0, far_pence_per_km=0)
        for c in question.clinicians
    )
    return replace(question, practices=places, clinicians=people, fixed=(), pinned=())


@pytest.mark.parametrize("shape", [lambda s: random_problem(s, people=3, sessions=9), everywhere])
@given(st.integers(0, 10**9))
def test_clashes_are_the_written_rules(shape, seed):
    """A bit is set exactly where two sessions overlap, are too far apart on a day or leave too little
    rest.
    """
    question = shape(seed)
    market = market_for(question)
    for c, her in enumerate(question.clinicians):
        matrix = clash_matrix(market, np.array(edges_of(market, c), np.int64))
        for one, other in combinations(edges_of(market, c), 2):
            two = [question.vacancies[market.vacancy[e]] for e in (one, other)]
            broken = any(not rules.TOGETHER_RULES[rule](question, her, two) for rule in BETWEEN_TWO)
            assert bool(exclude(market, one, other)) == bool(exclude(market, other, one)) == broken
            i, j = one - market.edge_first[c], other - market.edge_first[c]
            assert matrix[i, j] == matrix[j, i] == broken


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_journey_that_takes_the_very_time_there_is(spare):
    """A gap of exactly the travel time is enough, a minute less is not."""
    # at one place the buffer alone is the journey
    places = practice(), practice("D2", latitude=52.6, longitude=1.2)
    options = Options(travel_buffer_minutes=48)
    second = f"2026-12-07T13:{28 + spare:02}"
    sessions = vacancy("v1"), vacancy("v2", second, practice="D2")
    market = market_for(problem(practices=places, vacancies=sessions, options=options))
    assert bool(exclude(market, 0, 1)) == (spare < 0)


@pytest.mark.parametrize(("rest", "words"), [(0, [1, 1, 1, 0]), (20_000, [3, 2, 1, 0])])
def test_clashes_beyond_one_word(rest, words):
    """With more than 64 sessions of one clinician every pair still has its bit, however far her rest reaches;
    without it no row reaches beyond a day.
    """
    sessions = tuple(
        vacancy(f"v{i}", f"2026-12-{7 + i // 20:02}T{8 + i % 20 // 2:02}:{30 * (i % 2):02}", 45)
        for i in range(130)
    )
    her = clinician(min_rest_minutes=rest)
    question = problem(clinicians=(her,), vacancies=sessions)
    market = market_for(question)
    assert np.diff(market.clash_first)[[0, 64, 65, 129]].tolist() == words
    for one, other in combinations(range(130), 2):
        two = [question.vacancies[market.vacancy[e]] for e in (one, other)]
        fine = rules.no_overlap(question, her, two) and rules.enough_rest(question, her, two)
        assert bool(exclude(market, one, other)) != fine


@pytest.mark.parametrize("shape", [random_problem, odd_weights, with_history])
@given(st.integers(0, 10**9))
def test_worth_and_fairness_are_the_levels(shape, seed):
    """An edge is worth levels 1, 2, 3 and 5 of its pair; a step of fairness is level 4 of her k-th
    session.
    """
    question = shape(seed)
    market, options = market_for(question), question.options
    for e, (c, v) in enumerate(zip(market.clinician, market.vacancy, strict=True)):
        pair = question.clinicians[c], question.vacancies[v]
        assert market.worth[e] == blend(options, pair_levels(question, *pair))
    for c, her in enumerate(question.clinicians):
        steps = market.fair[market.fair_first[c] : market.fair_first[c + 1]].tolist()
        wanted = [session_worth(options, her, k) * options.weights.fairness for k in range(len(steps) + 1)]
        assert steps == wanted[:-1]
        most = min(her.max_sessions_week, len(edges_of(market, c)) + len(kept_of(question, her)))
        assert len(steps) == most or wanted[-1] <= 0 or not edges_of(market, c)


@given(st.integers(0, 10**9))
def test_edges_are_the_open_pairs(seed):
    """Exactly the feasible pairs of vacancies not given, that go with what she keeps, ordered by start."""
    question = random_problem(seed)
    market = market_for(question)
    given_away = {v for v, _ in question.fixed + question.pinned}
    wanted = {
        (c, v)
        for c, her in enumerate(question.clinicians)
        for v, each in enumerate(question.vacancies)
        if each.id not in given_away
        and rules.feasible(question, her, each)
        # who keeps nothing may still have limits of none: those bind later
        and (not kept_of(question, her) or rules.goes_with(question, her, kept_of(question, her), each))
    }
    found = list(zip(market.clinician.tolist(), market.vacancy.tolist(), strict=True))
    assert sorted(found) == sorted(wanted)
    assert found == sorted(found, key=lambda pair: (pair[0], question.vacancies[pair[1]].start, pair[1]))
    for v in range(market.vacancies):
        edges = market.by_vacancy[market.by_vacancy_first[v] : market.by_vacancy_first[v + 1]].tolist()
        assert edges == [e for e, pair in enumerate(found) if pair[1] == v]


@pytest.mark.parametrize("shape", [random_problem, several_weeks])
@given(st.integers(0, 10**9))
def test_kept_sessions(shape, seed):
    """What is fixed and pinned stands with its day, the ordinal of its Monday and its minutes."""
    question = shape(seed)
    market = market_for(question)
    for c, her in enumerate(question.clinicians):
        hers = slice(market.kept_first[c], market.kept_first[c + 1])
        columns = market.kept_day[hers], market.kept_week[hers], market.kept_minutes[hers]
        wanted = [(v.day.toordinal(), v.monday.toordinal(), v.minutes) for v in kept_of(question, her)]
        assert Counter(zip(*(each.tolist() for each in columns), strict=True)) == Counter(wanted)


@pytest.mark.parametrize("shape", [random_problem, several_weeks, odd_weights, with_history])
@given(st.integers(0, 10**9))
def test_value_is_what_is_added_to_the_blend(shape, seed):
    """Edges held together add the difference of the blends with and without them."""
    question = shape(seed)
    market = market_for(question)
    edges = placed(market).choice.filled()
    chosen = tuple(
        (question.vacancies[v].id, question.clinicians[c].id)
        for c, v in zip(market.clinician[edges], market.vacancy[edges], strict=True)
    )
    kept = question.fixed + question.pinned
    with_them, without = (blend(question.options, levels(question, each)) for each in (kept + chosen, kept))
    assert value_of(market, edges) == with_them - without


@pytest.mark.parametrize(
    "large", [("preference",), ("fairness",), ("cost",), ("filling", "tier", "preference")]
)
def test_huge_weights_are_refused(large):
    """Weights whose sums would leave 64 bits are refused in words."""
    changed = problem(options=Options(weights=replace(Weights(), **dict.fromkeys(large, 10**12))))
    with pytest.raises(ProblemError, match="use smaller weights"):
        market_for(changed)


def test_largest_allowed_sum_stays_within_64_bits():
    """What one session may be worth at most, a hundred thousand times, is still counted exactly."""
    weights = Weights(filling=10**12)
    window = Window(at("2026-12-07T00:00"), at("2026-12-21T00:00"))
    question = problem(
        clinicians=(clinician(windows=(window,)),),
        vacancies=(vacancy(urgency=5),),
        options=Options(weights=weights),
    )
    market = market_for(question)
    assert 0 < int(market.worth[0]) * 100_000 < 2**63
    assert int(market.worth[0]) == 5 * 10**12 - blend_rest(question)


def blend_rest(question):
    """What the lower levels of the only pair take away."""
    found = pair_levels(question, question.clinicians[0], question.vacancies[0])
    return -blend(question.options, found._replace(l1=0))


def test_value_counts_from_what_she_keeps():
    """Beside one booking of the week her next session is her second: level 4 counts on from there."""
    sessions = vacancy("v1"), vacancy("v2", "2026-12-08T08:30"), vacancy("v3", "2026-12-15T08:30")
    her = clinician(wished_sessions_week=2)
    market = market_for(problem(clinicians=(her,), vacancies=sessions, fixed=(("v1", "ann"),)))
    fairness = value_of(market, np.array([0, 1])) - int(market.worth.sum())
    assert market.fair.tolist() == [120_000, 60_000]
    assert fairness == 60_000 + 120_000
