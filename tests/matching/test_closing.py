"""The proof of a part: a bound that is the optimum, by a small core and whole-number prices."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.worlds import ics
from desirepath.matching import ProblemError, closing, rules, solve
from desirepath.matching.closing import close, losses
from desirepath.matching.engine import Limits
from desirepath.matching.objective import blend, levels
from tests.matching.markets import assert_sound, market_for, placed
from tests.matching.shapes import SHAPES
from tests.matching.worlds import best_value, random_problem

every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
NO_LIMITS = Limits(None, 0.0, 0)


def closed(standing, limits=NO_LIMITS):
    """The bound to which the whole market, taken as one part, was closed."""
    everything = np.arange(standing.market.vacancies), np.arange(standing.market.clinicians)
    return close(standing, *everything, limits, lambda: None)


def best_beside_kept(question):
    """What the best plan adds to what is kept, by trying everything."""
    kept = question.fixed + question.pinned
    return best_value(question) - blend(question.options, levels(question, kept))


@every_shape
@given(st.integers(0, 10**9))
def test_closed_bound_is_the_optimum(shape, seed):
    """From whatever was placed, closing finds the best plan, and its bound is that plan's value."""
    question = shape(seed)
    market = market_for(question)
    standing = placed(market, random.Random(seed))
    bound, best = closed(standing), best_beside_kept(question)
    assert bound == standing.value == best
    assert standing.bound() >= best
    assert_sound(question, market, standing.choice)


@given(st.integers(0, 10**9))
def test_plans_with_an_edge_lose_what_it_says(seed):
    """No plan that uses an edge is worth more than the bound less what the edge loses."""
    question = replace(random_problem(seed), fixed=(), pinned=(), forbidden=frozenset())
    market = market_for(question)
    standing = placed(market, random.Random(seed))
    loss = losses(standing, np.arange(len(market.vacancy)))
    assert (loss >= 0).all()
    for e in range(len(market.vacancy)):
        vacancy = question.vacancies[market.vacancy[e]].id
        pinned = replace(question, pinned=((vacancy, question.clinicians[market.clinician[e]].id),))
        try:
            rules.refuse_bad_pins(pinned)
        except ProblemError:
            continue
        assert best_value(pinned) <= standing.bound() - loss[e]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_core_of_a_care_system_is_small(seed, monkeypatch):
    """The whole program needs a part of the edges only, and the bound is the plan's own value."""
    standing = placed(market_for(ics(seed, sessions=200, clinicians=130)))
    sizes, whole = [], closing.whole_program

    def spy(standing, edges, *rest):
        sizes.append(len(edges))
        return whole(standing, edges, *rest)

    monkeypatch.setattr(closing, "whole_program", spy)
    assert closed(standing) == standing.value
    assert sizes
    assert max(sizes) < 0.7 * len(standing.market.vacancy)


@pytest.mark.parametrize("first", [0.0, 0.05, 1.0])
def test_any_first_core_ends_in_the_same_proof(first, monkeypatch):
    """However many edges the whole program begins with, the optimum and its proof are the same."""
    monkeypatch.setattr(closing, "FIRST_CORE", first)
    question = ics(5, sessions=120, clinicians=80)
    standing = placed(market_for(question))
    assert closed(standing) == standing.value == solve(question).objective


def test_no_time_leaves_an_honest_bound():
    """Without time to search, the bound is the certificate and the choice what it was."""
    question = ics(2, sessions=120, clinicians=80)
    standing = placed(market_for(question))
    held = standing.choice.holder.copy()
    bound = closed(standing, Limits(0.0, 0.0, 0))
    assert bound == standing.bound() >= solve(question).objective
    assert standing.choice.holder.tolist() == held.tolist()


@given(st.integers(0, 10**9))
def test_certificate_is_above_every_plan(seed):
    """The certificate of a finished plan lies at or above the optimum, the bound between the two."""
    question = random_problem(seed, people=5, sessions=6)
    plan = solve(question)
    assert plan.certificate >= plan.bound >= best_value(question)
