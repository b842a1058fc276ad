"""What changed between two problems, and whether a change can only make things worse."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace

from desirepath.matching.problem import Clinician, Pair, Problem


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of what is new or other than before, and of what is gone; pairs that were or are now kept or
    forbidden.

    `all_over` says that what everybody is judged by is other than before: practices, PCNs or options.
    """

    people: frozenset[str]
    people_gone: frozenset[str]
    vacancies: frozenset[str]
    vacancies_gone: frozenset[str]
    kept: frozenset[Pair]
    forbidden: frozenset[Pair]
    all_over: bool


def changes_between(before: Problem, after: Problem) -> Changes:
    """What is other in `after`."""
    feelings = before.feelings ^ after.feelings
    people = other(before.clinician_of, after.clinician_of) | {clinician for clinician, _, _ in feelings}
    return Changes(
        people=frozenset(people & after.clinician_of.keys()),
        people_gone=frozenset(before.clinician_of.keys() - after.clinician_of.keys()),
        vacancies=frozenset(other(before.vacancy_of, after.vacancy_of)),
        vacancies_gone=frozenset(before.vacancy_of.keys() - after.vacancy_of.keys()),
        kept=frozenset(before.fixed + before.pinned) ^ frozenset(after.fixed + after.pinned),
        forbidden=before.forbidden ^ after.forbidden,
        all_over=(before.practices, before.neighbours, before.options)
        != (after.practices, after.neighbours, after.options),
    )


def other(before: Mapping[str, Hashable], after: Mapping[str, Hashable]) -> set[str]:
    """The ids whose value is new or not what it was."""
    return {name for name, value in after.items() if (was := before.get(name)) is not value and was != value}


def most_gained(
    before: Problem, after: Problem, changes: Changes, proposed: Iterable[Pair], best: Mapping[str, int]
) -> int | None:
    """The most points by which the best plan can have risen; None where that isn't known without a search.

    `best` is the most that each new vacancy could be worth. Whoever has less time, travels less far or asks
    for more adds nothing, nor does a ban, a vacancy less, or a booking of what was proposed.
    """
    booked = set(after.fixed + after.pinned)
    narrowed = all(
        name in before.clinician_of and narrower(before.clinician_of[name], after.clinician_of[name])
        for name in changes.people
    )
    if (
        changes.all_over
        or not narrowed
        or before.feelings != after.feelings
        or not changes.forbidden <= after.forbidden
        or not changes.kept <= booked & set(proposed)
        or changes.vacancies & before.vacancy_of.keys()
    ):
        return None
    return sum(best.get(name, 0) for name in changes.vacancies)


def narrower(before: Clinician, after: Clinician) -> bool:
    """Whether she can only do less than before, and nothing of it for less."""
    same = replace(
        before,
        windows=after.windows,
        base_rate=after.base_rate,
        max_km=after.max_km,
        max_sessions_week=after.max_sessions_week,
        max_sessions_day=after.max_sessions_day,
        max_consecutive_days=after.max_consecutive_days,
        max_minutes_week=after.max_minutes_week,
        min_rest_minutes=after.min_rest_minutes,
    )
    return (
        same == after
        and all(any(w.start <= n.start and n.end <= w.end for w in before.windows) for n in after.windows)
        and after.base_rate >= before.base_rate
        and after.max_km <= before.max_km
        and after.max_sessions_week <= before.max_sessions_week
        and after.max_sessions_day <= before.max_sessions_day
        and after.max_consecutive_days <= before.max_consecutive_days
        and after.max_minutes_week <= before.max_minutes_week
        and after.min_rest_minutes >= before.min_rest_minutes
    )
