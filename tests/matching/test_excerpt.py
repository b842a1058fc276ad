"""An excerpt says of its clinicians what the whole market says, and its answers make the whole better."""

import pickle
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.worlds import ics
from desirepath.matching.compiled.chains import new_ways
from desirepath.matching.compiled.clashes import exclude
from desirepath.matching.compiled.weeks import best_weeks
from desirepath.matching.excerpt import excerpt
from desirepath.matching.improving import neighbourhood
from desirepath.matching.local import promising, settle
from desirepath.matching.standing import Standing
from tests.matching.markets import assert_sound, held_edges, market_for, placed
from tests.matching.shapes import SHAPES, several_weeks
from tests.matching.worlds import random_problem

every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)


def asked_of(market, rng):
    """Some vacancies, in order."""
    return np.array([v for v in range(market.vacancies) if rng.random() < 0.4], np.int64)


def people_of(standing, asked):
    """The clinicians who could take one of the vacancies, in order."""
    return np.unique(standing.market.clinician[standing.edges_of(asked)])


def one_week(seed):
    """Five people, twelve sessions of at most five days, all in one week."""
    while True:
        question = random_problem(seed, people=5, sessions=12)
        if len({each.monday for each in question.vacancies}) < 2:
            return question
        seed += 1


def near(standing, asked, e):
    """Whether the edge lies in a week of an asked one of its clinician, or in a week next to it."""
    market = standing.market
    weeks = [
        market.week[market.vacancy[f]]
        for f in standing.edges_of(asked)
        if market.clinician[f] == market.clinician[e]
    ]
    return any(abs(market.week[market.vacancy[e]] - week) <= 7 for week in weeks)


@pytest.mark.parametrize("shape", [one_week, several_weeks])
@given(st.integers(0, 10**9))
def test_an_excerpt_is_the_market_of_its_people(shape, seed):
    """Edges, worth, clashes, holdings, prices and best weeks of its clinicians are those of the whole."""
    question, rng = shape(seed), random.Random(seed)
    market = market_for(question)
    standing = placed(market, rng)
    asked = asked_of(market, rng)
    cut, who = excerpt(standing, asked), people_of(standing, asked)
    small = cut.market
    assert cut.vacancies[cut.asked()].tolist() == asked.tolist()
    assert who[small.clinician].tolist() == market.clinician[cut.edges].tolist()
    assert cut.vacancies[small.vacancy].tolist() == market.vacancy[cut.edges].tolist()
    assert all(near(standing, asked, e) for e in cut.edges)
    assert small.worth.tolist() == market.worth[cut.edges].tolist()
    assert cut.choice.price.tolist() == standing.choice.price[cut.vacancies].tolist()
    for c, person in enumerate(who):
        first, last = small.edge_first[c], small.edge_first[c + 1]
        for one in range(first, last):
            for other in range(one + 1, last):
                assert exclude(small, one, other) == exclude(market, cut.edges[one], cut.edges[other])
        held = cut.edges[held_edges(cut.choice, c)].tolist()
        hers = [e for e in held_edges(standing.choice, person) if near(standing, asked, e)]
        assert sorted(held) == sorted(hers)
    best = best_weeks(small, cut.choice.price, np.arange(small.clinicians))
    assert (best <= standing.best[who]).all()
    if shape is one_week:
        assert best.tolist() == standing.best[who].tolist()


@given(st.integers(0, 10**9))
def test_best_weeks_stay_those_of_the_whole_at_other_prices_inside(seed):
    """While only the vacancies asked about change their prices, what an excerpt left out stays worthless."""
    question, rng = one_week(seed), random.Random(seed)
    market = market_for(question)
    standing = placed(market, rng)
    asked = asked_of(market, rng)
    cut, who = excerpt(standing, asked), people_of(standing, asked)
    other = np.array([rng.randrange(3 * 10**9) for _ in asked], np.int64)
    price, inner = standing.choice.price.copy(), cut.choice.price.copy()
    price[asked], inner[cut.asked()] = other, other
    found = best_weeks(cut.market, inner, np.arange(cut.market.clinicians))
    assert found.tolist() == best_weeks(market, price, who).tolist()


@every_shape
@given(st.integers(0, 10**6))
def test_answers_are_taken_over(shape, seed):
    """What settling finds in an excerpt is better in the whole too, sound, and never worse."""
    question, rng = shape(seed), random.Random(seed)
    market = market_for(question)
    standing = placed(market, rng)
    asked = asked_of(market, rng)
    # of weeks next to each other an excerpt sees what is held only: the whole may then refuse
    take_over(question, standing, asked, sure=len({each.monday for each in question.vacancies}) < 2)


def take_over(question, standing, asked, sure=True):
    """Settle an excerpt and hold the whole to its answer; says what the gap lost."""
    before = standing.bound() - standing.value
    prices, edges = settle(excerpt(standing, asked), 0)
    bound, value = standing.bound(), standing.value
    if prices is not None:
        taken = standing.reprice(asked, prices)
        assert standing.bound() < bound if taken else not sure
    if edges is not None:
        taken = standing.rechoose(asked, edges)
        assert standing.value > value if taken else not sure
    assert_sound(question, standing.market, standing.choice)
    assert Standing.of(standing.market, standing.choice).bound() == standing.bound()
    return before - (standing.bound() - standing.value)


def test_answers_close_gaps_of_a_care_system():
    """Settled neighbourhood by neighbourhood, a care system's value and bound come nearer."""
    question = ics(3, sessions=120, clinicians=80)
    market = market_for(question)
    standing = placed(market)
    ways = new_ways(market.vacancies)
    gap = standing.bound() - standing.value
    gained = 0
    for v in range(0, market.vacancies, 12):
        asked = np.sort(neighbourhood(standing, ways, np.array([v]), 40))
        gained += take_over(question, standing, asked)
    assert 0 < gained <= gap


def test_excerpt_of_everything_settles_to_the_optimum():
    """Where all vacancies are asked about, the answer is the best plan of all."""
    question = random_problem(92, people=5, sessions=9)
    market = market_for(question)
    standing = placed(market, random.Random(4))
    take_over(question, standing, np.arange(market.vacancies))
    again = settle(excerpt(standing, np.arange(market.vacancies)), 1)
    assert again.edges is None


def test_excerpt_of_nothing():
    """Nothing asked: an excerpt of nobody, and nothing better."""
    standing = placed(market_for(random_problem(92, people=5, sessions=9)))
    cut = excerpt(standing, np.empty(0, np.int64))
    assert (cut.market.clinicians, len(cut.edges)) == (0, 0)
    assert settle(cut, 0) == (None, None)


def test_promising_edges_bring_their_clinicians_whole():
    """Every edge outside of a clinician who is brought in stands in the program; what is held inside does."""
    market = market_for(ics(3, sessions=120, clinicians=80))
    standing = placed(market)
    cut = excerpt(standing, np.arange(0, market.vacancies, 3))
    small, inside = cut.market, cut.inside
    found = set(promising(Standing.of(small, cut.choice), cut).tolist())
    brought = {int(small.clinician[e]) for e in found if inside[small.vacancy[e]]}
    for e in range(len(small.vacancy)):
        if not inside[small.vacancy[e]]:
            assert (e in found) == (int(small.clinician[e]) in brought)
    held = [e for e in cut.choice.filled().tolist() if inside[small.vacancy[e]]]
    assert held
    assert found.issuperset(held)


def test_an_excerpt_travels():
    """Pickled and back, an excerpt settles to the same answer."""
    standing = placed(market_for(ics(3, sessions=120, clinicians=80)))
    cut = excerpt(standing, np.arange(0, 60))
    here, there = settle(cut, 0), settle(pickle.loads(pickle.dumps(excerpt(standing, np.arange(0, 60)))), 0)
    assert here.edges == there.edges
    assert (here.prices is None) == (there.prices is None)
    assert here.prices is None or here.prices.tolist() == there.prices.tolist()
