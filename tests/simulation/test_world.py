"""The invented land: sound, seeded, and the same for every policy."""

from datetime import timedelta

import pytest

from desirepath.matching import ProblemError, check, solve
from desirepath.matching.times import to_local
from desirepath.simulation import Size, made_world
from desirepath.simulation.ground import week_problem
from desirepath.simulation.people import made_person
from desirepath.simulation.world import LEAST_NOTICE, LONGEST_NOTICE
from desirepath.simulation.year import VARIANTS


def test_same_seed_same_land(small):
    """A seed makes one land, another seed another."""
    assert made_world(3, small) == made_world(3, small)
    assert made_world(3, small).postings(5) == made_world(3, small).postings(5)
    assert made_world(3, small).people != made_world(4, small).people
    assert made_world(3, small).postings(5) != made_world(3, small).postings(6)


def test_a_person_does_not_depend_on_how_many_there_are(small):
    """What is drawn for one never shifts what is drawn for another."""
    world = made_world(3, small)
    assert made_person(3, 11, world.practices) == world.people[11]
    person = world.people[0]
    assert person.in_week(3, world.monday(9)) == person.in_week(3, world.monday(9))


def test_sessions_are_posted_ahead_in_office_hours(small):
    """Each session is asked for between 8am and 6pm, four hours to four weeks and a day before it starts."""
    for posting in made_world(1, small).postings(0):
        ahead = posting.vacancy.start - posting.posted
        assert LEAST_NOTICE <= ahead < LONGEST_NOTICE + timedelta(days=1)
        assert 8 <= to_local(posting.posted).hour < 18


def test_a_week_can_be_planned_soundly(small):
    """A week is a sound problem, and its plan passes the check."""
    problem, postings = week_problem(made_world(2, small), 12, 1, VARIANTS["With history"])
    plan = solve(problem)
    assert len(plan.assignments) + len(plan.unfilled) == len(postings)
    assert plan.assignments
    assert check(problem, plan) == ()


@pytest.mark.parametrize("name", ["practices", "clinicians", "sessions"])
def test_an_empty_land_is_refused(name):
    """There is at least one of everything."""
    with pytest.raises(ProblemError, match=f"{name} must be 1 or more"):
        Size(**{name: 0})


def test_the_smallest_land(lived):
    """One practice, one clinician, one session: nothing breaks."""
    world = made_world(1, Size(1, 1, 1))
    assert len(world.practices) == len(world.people) == len(world.postings(0)) == 1
