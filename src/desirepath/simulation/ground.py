"""What every policy finds alike: the sessions of some weeks, who could work each, and what a pair is like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desirepath.matching import Options, Problem, feasible_pairs
from desirepath.matching.problem import Pair
from desirepath.simulation.answers import Draw, Facts, drawn
from desirepath.simulation.people import Person
from desirepath.simulation.world import Posting, World


@dataclass(frozen=True)
class Ground:
    """`problem` holds every session and all windows of the weeks; `able` names those who could work a session
    by the rules of one pair; `tier`, `facts` and `draw` belong to such a pair (vacancy id, clinician id).
    """

    world: World
    weeks: int
    postings: tuple[Posting, ...]
    problem: Problem
    able: Mapping[str, tuple[str, ...]]
    tier: Mapping[Pair, int]
    facts: Mapping[Pair, Facts]
    draw: Mapping[Pair, Draw]

    def person(self, clinician: str) -> Person:
        """Somebody by her id."""
        return self.world.person_of[clinician]


def mondays_around(world: World, first: int, weeks: int) -> list[date]:
    """The Mondays of some weeks; sessions over Sunday's midnight need the Monday after."""
    return [world.monday(week) for week in range(first, first + weeks + 1)]


def week_problem(world: World, first: int, weeks: int, options: Options) -> tuple[Problem, list[Posting]]:
    """The whole demand of some weeks as a problem, and its postings in order of time."""
    postings = [each for week in range(first, first + weeks) for each in world.postings(week)]
    postings.sort(key=lambda each: (each.posted, each.vacancy.id))
    mondays = mondays_around(world, first, weeks)
    problem = Problem(
        practices=world.practices,
        neighbours=world.neighbours,
        clinicians=tuple(person.during(world.seed, mondays) for person in world.people),
        vacancies=tuple(each.vacancy for each in postings),
        preferences=world.preferences,
        options=options,
    )
    return problem, postings


def ground(world: World, weeks: int) -> Ground:
    """The ground of the first `weeks` weeks of a world."""
    problem, postings = week_problem(world, 0, weeks, Options(fairness_history=True))
    found = feasible_pairs(problem)
    able: dict[str, list[str]] = {posting.vacancy.id: [] for posting in postings}
    tier: dict[Pair, int] = {}
    facts: dict[Pair, Facts] = {}
    draw: dict[Pair, Draw] = {}
    columns = zip(
        found.vacancy.tolist(),
        found.clinician.tolist(),
        found.km.tolist(),
        found.rate.tolist(),
        found.tier.tolist(),
        strict=True,
    )
    for at_vacancy, at_clinician, km, rate, reached in columns:
        vacancy, clinician = problem.vacancies[at_vacancy], problem.clinicians[at_clinician]
        pair = vacancy.id, clinician.id
        able[vacancy.id].append(clinician.id)
        tier[pair] = reached
        facts[pair] = Facts(
            preferred=problem.feels(clinician, vacancy.practice, "preferred"),
            worked=problem.feels(clinician, vacancy.practice, "worked"),
            distance=km / clinician.max_km,
            premium=rate / clinician.base_rate - 1,
        )
        draw[pair] = drawn(world.seed, world.person_of[clinician.id], vacancy)
    named = {name: tuple(people) for name, people in able.items()}
    return Ground(world, weeks, tuple(postings), problem, named, tier, facts, draw)
