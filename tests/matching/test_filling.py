"""The bound of level 1 alone is above every plan's filling."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.worlds import ics
from desirepath.matching import Weights, solve
from desirepath.matching.columns import Columns
from desirepath.matching.filling import level_1_bound
from desirepath.matching.objective import levels
from tests.matching.markets import drawn_prices, market_for, placed
from tests.matching.shapes import SHAPES
from tests.matching.worlds import best_value, clinician, problem, vacancy

every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
FILLING_ALONE = Weights(filling=1, tier=0, preference=0, fairness=0, cost=0)


def most_urgency(question):
    """The most urgency any plan fills, by trying every choice."""
    return best_value(replace(question, options=replace(question.options, weights=FILLING_ALONE)))


@every_shape
@given(st.integers(0, 10**9))
def test_above_every_plan(shape, seed):
    """Neither the prices found nor any others ever prove less than what can be filled."""
    question, rng = shape(seed), random.Random(seed)
    market, columns, most = market_for(question), Columns.of(question), most_urgency(question)
    standing = placed(market, rng)
    assert level_1_bound(question, columns, standing) >= most
    standing.choice.price[:] = drawn_prices(market, rng)
    assert level_1_bound(question, columns, standing) >= most


@pytest.mark.parametrize("filling", [0, 1, 7, 10**12])
def test_any_weight_of_filling(filling):
    """With level 1 worth nothing, a point or nearly all that can be counted, the bound still holds."""
    weights = Weights(filling=filling, tier=0, preference=9 * 10**10, fairness=10**10, cost=1)
    people = tuple(clinician(f"c{i}", max_sessions_week=1 + i) for i in range(2))
    sessions = tuple(vacancy(f"v{i}", f"2026-12-{7 + i % 3:02}T08:30", urgency=1 + i % 3) for i in range(5))
    question = problem(clinicians=people, vacancies=sessions)
    question = replace(question, options=replace(question.options, weights=weights))
    market = market_for(question)
    standing = placed(market)
    standing.choice.price[:] = market.worth.max()
    bound = level_1_bound(question, Columns.of(question), standing)
    assert most_urgency(question) <= bound <= sum(v.urgency for v in sessions)


def test_exact_where_all_is_filled():
    """Where every session has somebody, the bound is level 1 itself."""
    people = tuple(clinician(f"c{i}") for i in range(4))
    sessions = tuple(vacancy(f"v{i}", f"2026-12-{7 + i % 4:02}T08:30", urgency=1 + i % 2) for i in range(12))
    plan = solve(problem(clinicians=people, vacancies=sessions))
    assert plan.unfilled == ()
    assert plan.level_1_bound == plan.levels.l1 == 18
    assert plan.level_1_gap == 0.0


def test_exact_where_people_run_out():
    """Where ten sessions compete for one person, the prices prove that only the most urgent can be filled."""
    sessions = tuple(vacancy(f"v{i}", urgency=(1, 2, 3, 5)[i % 4]) for i in range(10))
    plan = solve(problem(vacancies=sessions))
    assert plan.level_1_bound == plan.levels.l1 == 5


def test_kept_sessions_are_counted_in():
    """What is fixed is filled already: its urgency stands in level 1 and in the bound."""
    sessions = vacancy("v1", urgency=5), vacancy("v2", urgency=3)
    plan = solve(problem(vacancies=sessions, fixed=(("v1", "ann"),)))
    assert plan.level_1_bound == plan.levels.l1 == 5


def test_near_in_a_care_system():
    """In a care system the bound is within a hundredth of what the best plan fills."""
    question = ics(1, sessions=200, clinicians=130)
    plan = solve(question)
    pairs = [(a.vacancy, a.clinician) for a in plan.assignments]
    assert plan.levels.l1 == levels(question, pairs).l1 <= plan.level_1_bound <= 1.01 * plan.levels.l1
    assert np.isclose(plan.level_1_gap, 1 - plan.levels.l1 / plan.level_1_bound)
