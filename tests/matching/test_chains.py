"""Chains of swaps: sound whatever the order, and the very optimum where limits are nested."""

import random
from dataclasses import replace
from datetime import datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Window, rules
from desirepath.matching.compiled.chains import (
    around,
    asking_price,
    fits,
    give_up,
    held_worth,
    new_ways,
    place_all,
    take,
    worth_added,
)
from desirepath.matching.compiled.weeks import NONE
from desirepath.matching.market import Choice, value_of
from desirepath.matching.objective import blend, levels
from desirepath.matching.times import from_local
from tests.matching.markets import (
    assert_sound,
    edges_of,
    held_edges,
    holdings,
    kept_of,
    market_for,
    placed,
    worth_of,
)
from tests.matching.shapes import SHAPES, several_weeks
from tests.matching.worlds import MONDAY, best_value, clinician, practice, problem, random_problem, vacancy

every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)


def nested(seed):
    """Half days at one place: a session fills its half day, limits are on days and weeks alone, and nobody
    wishes for a number.
    """
    rng = random.Random(seed)
    sessions = tuple(
        vacancy(
            f"v{i}",
            from_local(datetime.combine(MONDAY, time(rng.choice((8, 13)))) + timedelta(days=day)),
            urgency=rng.choice((1, 1, 2, 3, 5)),
        )
        for i in range(rng.randint(3, 6))
        for day in [rng.choice((0, 0, 1, 2, 7, 8))]
    )
    people = tuple(free_now_and_then(rng, i, sessions) for i in range(rng.randint(1, 3)))
    return problem(clinicians=people, vacancies=sessions)


def free_now_and_then(rng, i, sessions):
    """Somebody with limits that nest, free for some of the sessions."""
    windows = tuple(Window(v.start, v.end) for v in sessions if rng.random() < 0.8)
    return clinician(
        f"c{i}",
        pcn=rng.choice(("U1", None)),
        base_rate=rng.choice((6000, 7000, 8000)),
        day_pct=tuple(rng.choice((0, 5, 10)) for _ in range(7)),
        max_sessions_week=rng.randint(1, 3),
        max_sessions_day=rng.randint(1, 2),
        wished_sessions_week=0,
        min_rest_minutes=0,
        windows=windows,
    )


@given(st.integers(0, 10**9))
def test_nested_limits_are_optimal_and_proven(seed):
    """With nested limits, placing alone gives what trying everything gives, in any order, and proves it."""
    question = nested(seed)
    market, best = market_for(question), best_value(question)
    for rng in (None, random.Random(seed), random.Random(seed + 1)):
        standing = placed(market, rng)
        assert standing.value == best
        assert standing.bound() == best


@every_shape
@given(st.integers(0, 10**9))
def test_placing_is_sound(shape, seed):
    """In any order: no rule is broken, no price is below 0, and value and bound stand about the optimum."""
    question = shape(seed)
    market = market_for(question)
    standing = placed(market, random.Random(seed))
    assert_sound(question, market, standing.choice)
    assert (standing.choice.price >= 0).all()
    kept = blend(question.options, levels(question, question.fixed + question.pinned))
    assert standing.value <= best_value(question) - kept <= standing.bound()


@pytest.mark.parametrize("shape", [random_problem, several_weeks])
@given(st.integers(0, 10**9))
def test_fits_is_the_written_rules(shape, seed):
    """An edge fits beside what its clinician holds and keeps, with or without one, where no rule says no."""
    question, rng = shape(seed), random.Random(seed)
    market = market_for(question)
    choice = some_held(question, market, rng)
    for e in range(len(market.vacancy)):
        c, her = market.clinician[e], question.clinicians[market.clinician[e]]
        held = [f for f in held_edges(choice, c) if f != e]
        if choice.holder[market.vacancy[e]] == e:
            continue
        for without in (NONE, *held):
            beside = kept_of(question, her)
            beside += [question.vacancies[market.vacancy[f]] for f in held if f != without]
            wanted = rules.goes_with(question, her, beside, question.vacancies[market.vacancy[e]])
            assert bool(fits(market, choice, e, without)) == wanted


def some_held(question, market, rng):
    """A choice in which some edges are held that go together."""
    choice, order = Choice.empty(market), list(range(len(market.vacancy)))
    rng.shuffle(order)
    for e in order:
        if choice.holder[market.vacancy[e]] == NONE and fits(market, choice, e, NONE) and rng.random() < 0.7:
            take(market, choice, e)
    return choice


@given(st.integers(0, 10**9))
def test_worth_of_what_is_held(seed):
    """What she holds is worth the written levels less the prices; one more adds the difference."""
    question, rng = several_weeks(seed), random.Random(seed)
    market = market_for(question)
    choice = some_held(question, market, rng)
    choice.price[:] = [rng.randrange(10**9) for _ in range(market.vacancies)]
    worth = held_worth(market, choice)
    free_of_charge = np.zeros(market.vacancies, np.int64)
    for c in range(market.clinicians):
        held = held_edges(choice, c)
        assert worth[c] == worth_of(question, market, c, held, choice.price)
        for e in set(edges_of(market, c)) - set(held):
            if not fits(market, choice, e, NONE):
                continue
            with_it, without = (
                worth_of(question, market, c, each, free_of_charge) for each in ([*held, e], held)
            )
            assert worth_added(market, choice, e) == with_it - without


@given(st.integers(0, 10**9))
def test_take_and_give_up(seed):
    """Taking and giving up in any order keeps the tables of holders and holdings in step."""
    question, rng = random_problem(seed, people=3, sessions=7), random.Random(seed)
    market = market_for(question)
    choice = some_held(question, market, rng)
    for _ in range(30):
        v = rng.randrange(max(1, market.vacancies))
        if market.vacancies and rng.random() < 0.5:
            give_up(market, choice, v)
            assert choice.holder[v] == NONE
        elif len(market.vacancy):
            e = rng.randrange(len(market.vacancy))
            room = choice.held_first[market.clinician[e] + 1] - choice.held_first[market.clinician[e]]
            if choice.held_count[market.clinician[e]] < room and choice.holder[market.vacancy[e]] != e:
                take(market, choice, e)
                assert choice.holder[market.vacancy[e]] == e
        held = [e for c in range(market.clinicians) for e in held_edges(choice, c)]
        assert sorted(held) == sorted(choice.filled().tolist())


def test_chain_of_three():
    """The newcomer's only clinician gives up hers to another, who gives up his to a third."""
    people = tuple(clinician(name, max_sessions_week=1) for name in ("ann", "bob", "cid"))
    sessions = tuple(vacancy(f"v{i}", f"2026-12-0{7 + i}T08:30", urgency=2) for i in range(3))
    windows = [(2, 1), (1, 0), (0,)]
    people = tuple(
        replace(c, windows=tuple(Window(sessions[i].start, sessions[i].end) for i in mine))
        for c, mine in zip(people, windows, strict=True)
    )
    market = market_for(problem(clinicians=people, vacancies=sessions))
    choice = Choice.empty(market)
    take(market, choice, int(np.flatnonzero((market.clinician == 0) & (market.vacancy == 1))[0]))
    take(market, choice, int(np.flatnonzero((market.clinician == 1) & (market.vacancy == 0))[0]))
    choice.price[:2] = market.worth[choice.holder[:2]]
    place_all(market, choice, new_ways(3), np.array([2]))
    assert market.clinician[choice.holder].tolist() == [2, 1, 0]


def test_nobody_asks_for_what_nobody_can_work():
    """A session no one may work has no price and stays open."""
    question = problem(vacancies=(vacancy("v1", role="nurse"), vacancy("v2")))
    market = market_for(question)
    assert asking_price(market, Choice.empty(market), 0) == 0
    choice = placed(market).choice
    assert choice.price[0] == 0
    assert (choice.holder >= 0).tolist() == [False, True]


def test_table_is_left_empty():
    """After placing and after looking around, the search's table is as new."""
    market = market_for(random_problem(92, people=12, sessions=40))
    choice, ways = Choice.empty(market), new_ways(market.vacancies)
    place_all(market, choice, ways, np.arange(market.vacancies))
    found = np.empty(10, np.int64)
    for v in range(market.vacancies):
        count = around(market, choice, ways, np.array([v]), 10, found)
        assert found[0] == v
        assert len(set(found[:count].tolist())) == count <= 10
    for now, new in zip(ways[:5], new_ways(market.vacancies)[:5], strict=True):
        assert np.array_equal(now[: market.vacancies], new) or now is ways.reached
    assert ways.size.tolist() == [0, 0]


def test_placing_twice_changes_nothing():
    """What is held stays; only open sessions are placed."""
    market = market_for(random_problem(92, people=12, sessions=40))
    standing = placed(market)
    choice = standing.choice
    held = np.flatnonzero(choice.holder >= 0)
    before = holdings(choice)
    assert place_all(market, choice, new_ways(market.vacancies), held) == 0
    assert holdings(choice) == before
    assert value_of(market, choice.filled()) == standing.value


def test_practice_of_the_same_name_far_away():
    """Two practices at one place are two: the buffer between them keeps sessions that touch apart."""
    places = practice(), practice("D2")
    sessions = vacancy("v1"), vacancy("v2", "2026-12-07T12:40", practice="D2")
    market = market_for(problem(practices=places, vacancies=sessions))
    assert len(placed(market).choice.filled()) == 1
