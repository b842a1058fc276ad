"""Tiny planning problems of many shapes, small enough to try every choice."""

import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, time, timedelta

from desirepath.matching import Problem, Vacancy, Weights, Window, rules
from desirepath.matching.times import from_local, to_local
from tests.matching.worlds import MONDAY, random_problem

Shape = Callable[[int], Problem]


def lively(seed: int, *, people: int = 4, sessions: int = 5) -> Problem:
    """A random problem with at least as many feasible pairs as sessions, where a few tries find one."""
    for step in range(30):
        question = random_problem(seed + step * 10**6, people=people, sessions=sessions)
        wanted = max(3, len(question.vacancies))
        pairs = ((c, v) for c in question.clinicians for v in question.vacancies)
        if sum(rules.feasible(question, *pair) for pair in pairs) >= wanted:
            break
    return question


def mixed(seed: int) -> Problem:
    """Four people, five sessions, boundaries everywhere."""
    return lively(seed)


def few_people(seed: int) -> Problem:
    """Two people whose weeks fill up."""
    return lively(seed, people=2, sessions=7)


def many_people(seed: int) -> Problem:
    """Eight people who compete for three sessions."""
    return lively(seed, people=8, sessions=3)


def several_weeks(seed: int) -> Problem:
    """The sessions spread over up to three weeks, many about the night from Sunday to Monday."""
    rng, question = random.Random(seed), lively(seed, people=3, sessions=6)
    moved = tuple(on_day(v, rng.choice((4, 5, 6, 6, 7, 7, 8, 13, 14, 20))) for v in question.vacancies)
    whole = Window(from_local(datetime.combine(MONDAY, time())), moved_end(moved))
    free = tuple(
        replace(c, windows=(*c.windows, whole) if rng.random() < 0.8 else c.windows, valid_until=None)
        for c in question.clinicians
    )
    # what is pinned may not fit the new days; a booking stays whatever happens
    return replace(question, vacancies=moved, clinicians=free, pinned=())


def moved_end(vacancies: tuple[Vacancy, ...]) -> datetime:
    """A time after all of the sessions."""
    start = from_local(datetime.combine(MONDAY, time()))
    return max([start, *(each.end for each in vacancies)]) + timedelta(days=1)


def on_day(vacancy: Vacancy, days: int) -> Vacancy:
    """The session at the same time of day, so many days after the Monday of the tests."""
    local = to_local(vacancy.start)
    start = from_local(datetime.combine(MONDAY + timedelta(days=days), local.time()))
    return replace(vacancy, start=start, end=start + timedelta(minutes=vacancy.minutes))


def crowded(seed: int) -> Problem:
    """Short sessions at one place for people who may do all of them: only the rules together decide."""
    question = lively(seed, people=3, sessions=6)
    here = tuple(
        replace(
            v,
            practice=question.practices[0].id,
            role="gp",
            skills=frozenset(),
            end=v.start + timedelta(minutes=60),
        )
        for v in question.vacancies
    )
    able = tuple(
        replace(c, role="gp", agency=True, max_km=100.0, base_rate=6000, far_pence_per_km=0)
        for c in question.clinicians
    )
    return replace(question, vacancies=here, clinicians=able, pinned=(), forbidden=frozenset())


def equals(seed: int) -> Problem:
    """Everybody the same and every session as urgent: all ties, fairness decides."""
    rng, question = random.Random(seed), crowded(seed)
    if not question.clinicians:
        return question
    model = question.clinicians[0]
    same = tuple(replace(model, id=each.id) for each in question.clinicians)
    alike = tuple(replace(each, urgency=rng.choice((1, 1, 2))) for each in question.vacancies)
    return replace(question, clinicians=same, vacancies=alike, preferences=(), fixed=())


def odd_weights(seed: int) -> Problem:
    """Levels that count as much as each other, 250,000 times more, or nothing."""
    rng, question = random.Random(seed), lively(seed)
    weights = Weights(*(rng.choice((0, 1, 7, 250_000)) for _ in fields(Weights)))
    steps = rng.choice((0, 1, 7, 60))
    return replace(question, options=replace(question.options, weights=weights, fairness_steps=steps))


def with_history(seed: int) -> Problem:
    """People with a past, in which some were passed over."""
    rng, question = random.Random(seed), lively(seed, people=4, sessions=5)
    people = tuple(
        replace(c, history_wished=rng.choice((0, 4, 30)), history_offered=rng.choice((0, 3, 10, 50)))
        for c in question.clinicians
    )
    return replace(question, clinicians=people, options=replace(question.options, fairness_history=True))


SHAPES: tuple[Shape, ...] = (
    mixed,
    few_people,
    many_people,
    several_weeks,
    crowded,
    equals,
    odd_weights,
    with_history,
)
