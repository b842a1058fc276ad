"""Feasible pairs in numpy are those of the plain oracle."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import feasible_pairs, rules
from desirepath.matching import pairs as pairs_module
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


def test_many_sessions_in_chunks(monkeypatch):
    """A practice with very many sessions is worked through in pieces, with the same pairs."""
    question = problem(vacancies=tuple(vacancy(f"v{i}") for i in range(50)))
    monkeypatch.setattr(pairs_module, "CHUNK", 7)
    assert len(feasible_pairs(question)) == 50


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
