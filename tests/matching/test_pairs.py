"""Feasible pairs in numpy are those of the plain oracle."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Pairs, feasible_pairs, rules
from desirepath.matching import pairs as pairs_module
from desirepath.matching.columns import Columns
from desirepath.matching.objective import preference, tier
from tests.matching.worlds import clinician, practice, problem, random_problem, vacancy


def oracle(question):
    """(vacancy, clinician, km, rate, tier, preference) of every feasible pair, by the rules one by one."""
    found = set()
    for v in question.vacancies:
        place = question.practice_for(v)
        for c in question.clinicians:
            if rules.feasible(question, c, v):
                figures = rules.rate(question, c, v), tier(question, c, place), preference(question, c, place)
                found.add((v.id, c.id, *figures))
    return found


def fast(question):
    """The same from `feasible_pairs`."""
    pairs = feasible_pairs(question)
    rows = zip(pairs.vacancy, pairs.clinician, pairs.rate, pairs.tier, pairs.preference, strict=True)
    return {
        (question.vacancies[v].id, question.clinicians[c].id, int(rate), int(level), int(points))
        for v, c, rate, level, points in rows
    }


@given(st.integers(0, 10**9))
def test_equal_to_the_oracle(seed):
    """On random problems full of boundaries both find the same pairs, rates, tiers and preferences."""
    question = random_problem(seed, people=8, sessions=12)
    assert fast(question) == oracle(question)


def test_random_problems_have_pairs():
    """The property test is not empty: random problems have pairs of every tier."""
    tiers = {row[3] for seed in range(150) for row in oracle(random_problem(seed, people=8, sessions=12))}
    assert tiers == {0, 1, 2, 3}


def test_distance_at_the_limit():
    """A practice exactly as far as she travels is within; a hair further is not."""
    far = practice(latitude=52.7123, longitude=1.2345)
    km = rules.distance_km(clinician(), far)
    for max_km, expected in ((km, 1), (km - 1e-9, 0)):
        question = problem(practices=(far,), neighbours=(), clinicians=(clinician(max_km=max_km),))
        assert len(feasible_pairs(question)) == expected


def test_ordered_by_vacancy_then_clinician():
    """Rows come by vacancy, then clinician, whatever the roles and places."""
    pairs = feasible_pairs(random_problem(5, people=8, sessions=12))
    rows = list(zip(pairs.vacancy.tolist(), pairs.clinician.tolist(), strict=True))
    assert rows == sorted(rows)


@pytest.mark.parametrize("chunk", [1, 7])
def test_many_sessions_in_chunks(chunk, monkeypatch):
    """Very many sessions are worked through in pieces, with the same pairs."""
    everybody = tuple(clinician(f"c{i}") for i in range(9))
    question = problem(clinicians=everybody, vacancies=tuple(vacancy(f"v{i}") for i in range(5)))
    monkeypatch.setattr(pairs_module, "CHUNK", chunk)
    assert len(feasible_pairs(question)) == 45


PLACES = st.tuples(
    st.sampled_from((-90.0, -89.99, -60.0, 0.0, 0.5, 52.6, 60.0, 89.99, 90.0)),
    st.sampled_from((-180.0, -179.99, -90.0, 0.0, 0.5, 90.0, 179.99, 180.0)),
)
REACHES = st.sampled_from((0.0, 1.5, 60.0, 3000.0, 10007.6, 15000.0, 20015.2, 1e9, 1e308))


@given(st.lists(PLACES, min_size=1, max_size=6), st.lists(st.tuples(PLACES, REACHES), min_size=1, max_size=6))
def test_anywhere_on_the_globe(surgeries, homes):
    """Over the poles and the date line, and as far as the other side, distances are the oracle's."""
    practices = [practice(f"D{i}", latitude=y, longitude=x) for i, (y, x) in enumerate(surgeries)]
    people = [
        clinician(f"c{i}", latitude=y, longitude=x, max_km=km, far_km=0.0, far_pence_per_km=i % 2)
        for i, ((y, x), km) in enumerate(homes)
    ]
    sessions = [vacancy(f"v{i}", practice=f"D{i}", rate_cap=20_000) for i in range(len(practices))]
    question = problem(practices=practices, neighbours=(), clinicians=people, vacancies=sessions)
    assert fast(question) == oracle(question)


@pytest.mark.parametrize(("home", "surgery"), [(179.99, -179.99), (-179.99, 179.99), (180.0, -180.0)])
def test_over_the_date_line(home, surgery):
    """Who lives on one side of the date line comes to a practice on the other."""
    practices = practice(longitude=surgery), practice("D2", longitude=0.0)
    her = clinician(longitude=home, max_km=2.0)
    assert len(feasible_pairs(problem(practices=practices, neighbours=(), clinicians=(her,)))) == 1


def test_nearly_at_the_other_side_of_the_globe(monkeypatch):
    """There no fast distance is trusted to the millimetre."""
    exact, there = pairs_module.great_circle, practice(latitude=-0.2, longitude=179.9)
    monkeypatch.setattr(pairs_module, "great_circle", lambda *where: exact(*where) + 1e-4)
    km = rules.distance_km(clinician(latitude=0.0, longitude=0.0), there)
    for max_km, expected in ((km + 1e-5, 1), (km - 1e-5, 0)):
        her = clinician(latitude=0.0, longitude=0.0, max_km=max_km)
        question = problem(practices=(there,), neighbours=(), clinicians=(her,))
        assert len(feasible_pairs(question)) == expected


def test_known_columns_are_taken():
    """Columns made before give the same pairs."""
    question = random_problem(5, people=8, sessions=12)
    known, alone = feasible_pairs(question, Columns.of(question)), feasible_pairs(question)
    assert all(np.array_equal(getattr(known, each), getattr(alone, each)) for each in Pairs.__slots__)


@pytest.mark.parametrize("changes", [{"clinicians": ()}, {"vacancies": ()}])
def test_nobody_or_nothing(changes):
    """Without clinicians or vacancies there are no pairs."""
    assert len(feasible_pairs(problem(**changes))) == 0


def test_forbidden_pair_left_out():
    """A pair that a manager forbids is not feasible."""
    assert len(feasible_pairs(problem(forbidden=frozenset({("v1", "ann")})))) == 0


@pytest.mark.parametrize("noise", [0.0, 1e-9, -1e-9])
def test_limits_met_to_the_last_bit(noise, monkeypatch):
    """Four hundred people whose limit is their very distance all come, whichever way numpy rounds."""
    rng, exact = random.Random(1), pairs_module.great_circle
    monkeypatch.setattr(pairs_module, "great_circle", lambda *where: exact(*where) + noise)
    places = [(rng.uniform(50, 55), rng.uniform(-4, 1)) for _ in range(400)]
    practices, people, sessions = [], [], []
    for i, (lat, lon) in enumerate(places):
        practices.append(practice(f"D{i}", pool=f"p{i}", latitude=lat, longitude=lon))
        her = clinician(f"c{i}", pools=frozenset({f"p{i}"}), latitude=lat + rng.random(), longitude=lon)
        people.append(replace(her, max_km=rules.distance_km(her, practices[i])))
        sessions.append(vacancy(f"v{i}", practice=f"D{i}"))
    question = problem(practices=practices, neighbours=(), clinicians=people, vacancies=sessions)
    assert len(feasible_pairs(question)) == len(places)
