"""A part of a problem around one vacancy: small enough to solve again at once, whatever the size of the
whole.
"""

from dataclasses import replace

from desirepath.matching.plan import Plan
from desirepath.matching.problem import Problem
from desirepath.matching.rules import distance_km

MOST_CLINICIANS = 200


def nearby(problem: Problem, plan: Plan, vacancy_id: str) -> tuple[Problem, Plan]:
    """The vacancy, the nearest clinicians of its role, and all that is theirs in the plan.

    What the part's plan does better the whole plan can do too: everybody else keeps what they have. Sessions
    never pass between roles, so nobody of another role is needed.
    """
    vacancy = problem.vacancy_of[vacancy_id]
    practice = problem.practice_for(vacancy)
    people = [each for each in problem.clinicians if each.role == vacancy.role]
    people = sorted(people, key=lambda each: (distance_km(each, practice), each.id))[:MOST_CLINICIANS]
    names = {each.id for each in people}
    theirs = tuple(each for each in plan.assignments if each.clinician in names)
    sessions = {each.vacancy for each in theirs} | {vacancy_id}
    part = Problem(
        practices=problem.practices,
        neighbours=problem.neighbours,
        clinicians=tuple(each for each in problem.clinicians if each.id in names),
        vacancies=tuple(each for each in problem.vacancies if each.id in sessions),
        preferences=tuple(each for each in problem.preferences if each.clinician in names),
        fixed=tuple(pair for pair in problem.fixed if pair[1] in names and pair[0] in sessions),
        forbidden=frozenset(pair for pair in problem.forbidden if pair[1] in names and pair[0] in sessions),
        pinned=tuple(pair for pair in problem.pinned if pair[1] in names and pair[0] in sessions),
        options=problem.options,
    )
    empty = tuple(each for each in plan.unfilled if each.vacancy == vacancy_id)
    return part, replace(plan, assignments=theirs, unfilled=empty, prices={}, certificate=None)
