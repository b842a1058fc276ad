"""A standing only ever gets better, and a refusal leaves all as it was."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching.market import Choice, value_of
from desirepath.matching.standing import Standing
from tests.matching.markets import assert_sound, drawn_prices, holdings, market_for, placed
from tests.matching.shapes import SHAPES, crowded, several_weeks
from tests.matching.worlds import clinician, problem, random_problem, vacancy

every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)


def state(standing):
    """All that must not change when a better price or choice is refused."""
    return holdings(standing.choice), standing.best.tolist(), standing.value


@every_shape
@given(st.integers(0, 10**9))
def test_regrets_are_what_bound_and_value_differ_by(shape, seed):
    """At any prices the regrets of vacancies and clinicians are not below 0 and sum to bound - value."""
    question, rng = shape(seed), random.Random(seed)
    market = market_for(question)
    choice = placed(market, rng).choice
    if rng.random() < 0.5:
        choice.price[:] = drawn_prices(market, rng)
    standing = Standing.of(market, choice)
    open_, short = standing.regrets()
    assert (open_ >= 0).all()
    assert (short >= 0).all()
    assert int(open_.sum()) + int(short.sum()) == standing.bound() - standing.value
    everything = np.arange(market.vacancies), np.arange(market.clinicians)
    assert standing.part_bound(*everything) == standing.bound()
    assert standing.worth_of(np.arange(market.clinicians)) == standing.value


@pytest.mark.parametrize("shape", [random_problem, several_weeks, crowded])
@given(st.integers(0, 10**9))
def test_reprice_only_lowers_the_bound(shape, seed):
    """Other prices are taken where they prove a lower bound, and then it is the bound they prove."""
    question, rng = shape(seed), random.Random(seed)
    market = market_for(question)
    standing = placed(market, rng)
    for _ in range(5):
        some = drawn_vacancies(market, rng)
        prices = drawn_prices(market, rng)[some]
        if rng.random() < 0.5:
            prices = np.maximum(0, standing.choice.price[some] + rng.choice((-2000, -1, 1, 0, 70_000)))
        before, bound = state(standing), standing.bound()
        if standing.reprice(some, prices):
            assert standing.bound() < bound
            assert standing.choice.price[some].tolist() == prices.tolist()
            assert Standing.of(market, standing.choice).bound() == standing.bound()
            assert state(standing)[0][:2] == before[0][:2]
        else:
            assert state(standing) == before
            trial = Choice(standing.choice.price.copy(), *standing.choice[1:])
            trial.price[some] = prices
            assert Standing.of(market, trial).bound() >= bound


@every_shape
@given(st.integers(0, 10**9))
def test_rechoose_only_raises_the_value(shape, seed):
    """Another choice is taken where it is worth more and breaks no rule; otherwise nothing has changed."""
    question, rng = shape(seed), random.Random(seed)
    market = market_for(question)
    standing = poorly_placed(market, rng)
    for _ in range(5):
        some = drawn_vacancies(market, rng)
        edges = [
            rng.choice(of_it) for v in some.tolist() if (of_it := takers(market, v)) and rng.random() < 0.8
        ]
        before = state(standing)
        if standing.rechoose(some, edges):
            assert standing.value > before[-1]
            assert standing.choice.holder[some].tolist() == [held_by(market, edges, v) for v in some]
        else:
            assert state(standing) == before
        assert standing.value == value_of(market, standing.choice.filled())
        assert_sound(question, market, standing.choice)


def drawn_vacancies(market, rng):
    """Some vacancies, in order."""
    return np.array([v for v in range(market.vacancies) if rng.random() < 0.5], np.int64)


def takers(market, v):
    """All edges of a vacancy."""
    return market.by_vacancy[market.by_vacancy_first[v] : market.by_vacancy_first[v + 1]].tolist()


def held_by(market, edges, v):
    """The edge by which the vacancy is filled, or -1."""
    return next((e for e in edges if market.vacancy[e] == v), -1)


def poorly_placed(market, rng):
    """A standing with room for improvement: half of what was placed is given up again."""
    standing = placed(market, rng)
    keep = [e for e in standing.choice.filled().tolist() if rng.random() < 0.5]
    poor = Standing.of(market, Choice.empty(market))
    poor.rechoose(market.vacancy[keep], keep)
    return poor


def test_choice_that_breaks_a_rule_is_refused():
    """Two sessions at once are worth more than one, and are refused all the same."""
    sessions = vacancy("v1"), vacancy("v2", urgency=5), vacancy("v3", "2026-12-08T08:30")
    market = market_for(problem(vacancies=sessions))
    standing = Standing.of(market, Choice.empty(market))
    v1, v2, v3 = (takers(market, v)[0] for v in range(3))
    assert standing.rechoose(np.array([0]), [v1])
    before = state(standing)
    assert not standing.rechoose(np.array([0, 1]), [v1, v2])
    assert not standing.rechoose(np.array([1, 2]), [v2, v3])
    assert state(standing) == before
    assert standing.rechoose(np.array([0, 1, 2]), [v2, v3])
    assert standing.choice.holder.tolist() == [-1, v2, v3]


def test_nobody_holds_one_vacancy_twice():
    """Where a choice names two clinicians for one vacancy, one of them has it and value and holdings
    agree.
    """
    market = market_for(problem(clinicians=(clinician(), clinician("bob", pcn=None)), vacancies=(vacancy(),)))
    standing = Standing.of(market, Choice.empty(market))
    standing.rechoose(np.array([0]), takers(market, 0))
    assert len(standing.choice.filled()) <= 1
    assert standing.value == value_of(market, standing.choice.filled())


def test_edges_of_vacancies():
    """All edges of the vacancies asked about, whoever's; none for none."""
    market = market_for(random_problem(92, people=12, sessions=40))
    standing = placed(market)
    some = np.array([0, 3, 7])
    wanted = np.flatnonzero(np.isin(market.vacancy, some))
    assert sorted(standing.edges_of(some).tolist()) == wanted.tolist()
    assert standing.edges_of(some[:0]).tolist() == []


def test_prices_below_nothing_prove_nothing():
    """A price below 0, which would bring the bound below the best plan, is refused."""
    market = market_for(problem(vacancies=(vacancy("v1"), vacancy("v2", role="nurse"))))
    standing = placed(market)
    before = state(standing)
    assert not standing.reprice(np.array([1]), np.array([-1_000_000]))
    assert state(standing) == before
