"""The best weeks at given prices: what trying every set of sessions finds, and never less."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching.compiled.weeks import (
    MOST_LABELS,
    MOST_STATIONS,
    MUST,
    at_most,
    best_weeks,
    best_weeks_with,
)
from tests.matching.markets import drawn_prices, edges_of, free, market_for, weeks_of
from tests.matching.shapes import crowded, odd_weights, several_weeks
from tests.matching.worlds import clinician, problem, random_problem, vacancy


def few(seed):
    """Three people, seven sessions, boundaries everywhere."""
    return random_problem(seed, people=3, sessions=7)


SHAPES = (few, several_weeks, crowded, odd_weights)


@pytest.mark.parametrize("shape", SHAPES)
@given(st.integers(0, 10**9))
def test_best_weeks_agree_with_every_choice(shape, seed):
    """With nothing kept, her best weeks are worth exactly what the best of all allowed sets is."""
    question, rng = free(shape(seed)), random.Random(seed)
    market = market_for(question)
    price = drawn_prices(market, rng)
    found = best_weeks(market, price, np.arange(market.clinicians))
    for c in range(market.clinicians):
        assert found[c] == max(worth for _, worth in weeks_of(question, market, c, price))


@pytest.mark.parametrize("shape", [few, several_weeks])
@given(st.integers(0, 10**9))
def test_kept_sessions_count(shape, seed):
    """Beside kept sessions the value is never too low, and exact where no run of days can bind."""
    question, rng = shape(seed), random.Random(seed)
    market = market_for(question)
    price = drawn_prices(market, rng)
    found = best_weeks(market, price, np.arange(market.clinicians))
    for c, her in enumerate(question.clinicians):
        best = max(worth for _, worth in weeks_of(question, market, c, price))
        assert found[c] >= best
        if her.max_consecutive_days >= 7 and shape is few:
            assert found[c] == best


@pytest.mark.parametrize("shape", [few, crowded])
@given(st.integers(0, 10**9))
def test_best_weeks_with_an_edge(shape, seed):
    """Had she to take an edge: the best allowed set that has it; far below 0 where no set has."""
    question, rng = free(shape(seed)), random.Random(seed)
    market = market_for(question)
    price = drawn_prices(market, rng)
    every = np.arange(len(market.vacancy))
    found = best_weeks_with(market, price, every)
    weeks = [list(weeks_of(question, market, c, price)) for c in range(market.clinicians)]
    for e in every:
        having = [worth for chosen, worth in weeks[market.clinician[e]] if e in chosen]
        assert found[e] == max(having) if having else found[e] < -MUST // 2


@given(st.integers(0, 10**9))
def test_simple_bound_is_a_bound(seed):
    """What stands in for a week too large to be searched is above every allowed set."""
    question, rng = several_weeks(seed), random.Random(seed)
    market = market_for(question)
    price = drawn_prices(market, rng)
    for c in range(market.clinicians):
        best = max(worth for _, worth in weeks_of(question, market, c, price))
        assert at_most(market, price, c) >= best


def test_more_sessions_than_stations():
    """With more worthwhile sessions than are searched, the simple bound stands in."""
    sessions = tuple(
        vacancy(f"v{i}", f"2026-12-{7 + i % 5:02}T08:30", urgency=1 + i % 3) for i in range(MOST_STATIONS + 1)
    )
    market = market_for(problem(clinicians=(clinician(max_sessions_week=3),), vacancies=sessions))
    price = np.zeros(market.vacancies, np.int64)
    [found] = best_weeks(market, price, np.arange(1))
    assert found == at_most(market, price, 0)
    assert found >= 3 * market.worth.max()
    assert best_weeks_with(market, price, np.array([0]))[0] >= found
    [shorter] = best_weeks(market, market.worth.max() * (np.arange(market.vacancies) > 50) * 2, np.arange(1))
    assert shorter < found


def test_more_labels_than_there_is_room_for():
    """Where every session has its own length and its own price, ways to a week outgrow the table: a bound
    still.
    """
    sessions = tuple(
        vacancy(f"v{i}", f"2026-12-{7 + i // 14:02}T{7 + i % 14:02}:00", 19 + (i * 17) % 41)
        for i in range(98)
    )
    limits = {"max_sessions_week": 40, "max_sessions_day": 14, "max_minutes_week": 1_400}
    her = clinician(wished_sessions_week=0, min_rest_minutes=0, **limits)
    question = problem(clinicians=(her,), vacancies=sessions)
    market = market_for(question)
    # worth as much as it is long, but for a little: nothing beats anything in all
    rng = random.Random(1)
    wanted = np.array([each.minutes * 1_000 + rng.randrange(700) for each in question.vacancies])
    price = np.zeros(market.vacancies, np.int64)
    price[market.vacancy] = market.worth - wanted[market.vacancy]
    [found] = best_weeks(market, price, np.arange(1))
    assert len(edges_of(market, 0)) < MOST_STATIONS < MOST_LABELS
    assert found == at_most(market, price, 0)


def test_limits_of_none_leave_nothing():
    """She who works no session a day, a week or in a row has no week at any price."""
    for limit in ("max_sessions_day", "max_sessions_week", "max_consecutive_days"):
        question = problem(clinicians=(replace(clinician(), **{limit: 0}),))
        market = market_for(question)
        nothing = np.zeros(1, np.int64)
        assert best_weeks(market, nothing, np.arange(1)).tolist() == [0]
        assert best_weeks_with(market, nothing, np.arange(len(market.vacancy))).tolist() == [-MUST]
