"""Trying every choice agrees with the search, on hundreds of tiny problems of every shape.

DESIRE_LONG=1 makes it thousands.
"""

import os

import pytest

from desirepath.matching import check, solve
from tests.matching.shapes import SHAPES
from tests.matching.worlds import best_value

ROUNDS = 1_000 if os.environ.get("DESIRE_LONG") == "1" else 40


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_brute_force_agrees(shape):
    """Every plan is worth exactly what trying everything finds, says so, and passes the check."""
    filled = 0
    for seed in range(ROUNDS):
        question = shape(seed)
        plan = solve(question)
        assert (seed, plan.objective) == (seed, best_value(question))
        assert (seed, plan.gap) == (seed, 0.0)
        assert (seed, check(question, plan)) == (seed, ())
        assert plan.certificate is None or plan.certificate >= plan.objective
        filled += len(plan.assignments) - len(question.fixed)
    assert filled > ROUNDS / 2, "these problems have hardly anything to plan"
