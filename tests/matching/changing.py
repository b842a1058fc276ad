"""Random changes of a planning problem, as they come on a working day."""

import random
from dataclasses import replace
from datetime import timedelta

from desirepath.matching import Clinician, Plan, Problem, ProblemError, Vacancy, Window
from desirepath.matching.objective import blend, levels
from desirepath.matching.rules import broken_together_rules, feasible, refuse_bad_pins

KINDS = {
    "decline": 40,
    "withdraw": 10,
    "add": 20,
    "less time": 8,
    "more time": 4,
    "rate": 5,
    "distance": 5,
    "limit": 5,
    "book": 5,
    "fall through": 3,
}


def changed(rng: random.Random, problem: Problem, plan: Plan) -> tuple[str, Problem]:
    """A kind of change, and the problem after it; the problem itself where nothing can change so, or a pin
    forbids.
    """
    kind, after = any_change(rng, problem, plan)
    try:
        refuse_bad_pins(after)
    except ProblemError:
        return kind, problem
    return kind, after


def any_change(rng: random.Random, problem: Problem, plan: Plan) -> tuple[str, Problem]:
    """A kind of change, and the problem after it, pins or not."""
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    proposed = [
        (each.vacancy, each.clinician)
        for each in plan.assignments
        if (each.vacancy, each.clinician) not in problem.fixed + problem.pinned
    ]
    if kind == "add" and problem.vacancies:
        return kind, replace(problem, vacancies=(*problem.vacancies, new_vacancy(rng, problem)))
    if kind in ("decline", "book", "withdraw") and proposed:
        pair = rng.choice(proposed)
        if kind == "decline":
            return kind, replace(problem, forbidden=problem.forbidden | {pair})
        if kind == "book":
            return kind, replace(problem, fixed=(*problem.fixed, pair))
        return kind, without(problem, pair[0])
    if kind == "fall through" and problem.fixed:
        pair = rng.choice(problem.fixed)
        rest = tuple(each for each in problem.fixed if each != pair)
        return kind, replace(problem, fixed=rest, forbidden=problem.forbidden | {pair})
    if kind in ("less time", "more time", "rate", "distance", "limit") and problem.clinicians:
        her = rng.choice(problem.clinicians)
        after = other_terms(rng, kind, her, problem)
        people = tuple(after if each.id == her.id else each for each in problem.clinicians)
        return kind, replace(problem, clinicians=people)
    return kind, problem


def new_vacancy(rng: random.Random, problem: Problem) -> Vacancy:
    """A vacancy like another, elsewhere and for other money."""
    like = rng.choice(problem.vacancies)
    return replace(
        like,
        id=f"new{rng.randrange(10**9)}",
        practice=rng.choice(problem.practices).id,
        urgency=rng.choice((1, 1, 2, 3, 5)),
        rate_cap=rng.randrange(8000, 12500, 250),
    )


def without(problem: Problem, vacancy: str) -> Problem:
    """The problem without one of its vacancies."""
    return replace(
        problem,
        vacancies=tuple(each for each in problem.vacancies if each.id != vacancy),
        fixed=tuple(pair for pair in problem.fixed if pair[0] != vacancy),
        pinned=tuple(pair for pair in problem.pinned if pair[0] != vacancy),
        forbidden=frozenset(pair for pair in problem.forbidden if pair[0] != vacancy),
    )


def other_terms(rng: random.Random, kind: str, her: Clinician, problem: Problem) -> Clinician:
    """The clinician with one thing other than before."""
    if kind == "less time" and her.windows:
        gone = rng.choice(her.windows)
        return replace(her, windows=tuple(each for each in her.windows if each != gone))
    if kind == "more time" and problem.vacancies:
        like, hour = rng.choice(problem.vacancies), timedelta(hours=1)
        return replace(her, windows=(*her.windows, Window(like.start - hour, like.end + hour)))
    if kind == "rate":
        return replace(her, base_rate=her.base_rate + rng.choice((-500, 300, 800, 1500)))
    if kind == "distance":
        return replace(her, max_km=her.max_km * rng.choice((0.5, 0.75, 1.5)))
    most = her.max_sessions_week + rng.choice((-2, -1, 1))
    return replace(her, max_sessions_week=max(0, most))


def pairs_of(plan: Plan) -> set[tuple[str, str]]:
    """Who works what in a plan."""
    return {(each.vacancy, each.clinician) for each in plan.assignments}


def best_plans(question: Problem) -> list[set[tuple[str, str]]]:
    """Every plan of the best value, as sets of pairs, by trying all that the written rules allow."""
    kept = question.fixed + question.pinned
    taken = {name for name, _ in kept}
    hers: dict[str, list[Vacancy]] = {each.id: [] for each in question.clinicians}
    for name, who in kept:
        hers[who].append(question.vacancy_of[name])
    open_ = [each for each in question.vacancies if each.id not in taken]
    able = {v.id: [c for c in question.clinicians if feasible(question, c, v)] for v in open_}
    found: list[tuple[int, set[tuple[str, str]]]] = []

    def try_all(i: int, chosen: tuple[tuple[str, str], ...]) -> None:
        if i == len(open_):
            found.append((blend(question.options, levels(question, kept + chosen)), set(kept + chosen)))
            return
        session = open_[i]
        try_all(i + 1, chosen)
        for each in able[session.id]:
            if not broken_together_rules(question, each, hers[each.id], session):
                hers[each.id].append(session)
                try_all(i + 1, (*chosen, (session.id, each.id)))
                hers[each.id].pop()

    try_all(0, ())
    most = max(value for value, _ in found)
    return [pairs for value, pairs in found if value == most]
