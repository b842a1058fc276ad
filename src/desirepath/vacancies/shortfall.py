"""By how much a session misses one term of hers, in words for her alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from desirepath.matching.words import ordinal
from desirepath.nhsuk.formats import hours, plural, pounds

if TYPE_CHECKING:
    from desirepath.matching import Clinician, Problem, Vacancy

SATURDAY = 5
Told = Callable[["Problem", "Clinician", Sequence["Vacancy"], "Vacancy"], str]


def shortfall(term: str, problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    """ "4 km too far", "£5 an hour under your evening rate". ``hers`` are the sessions she has then."""
    return TOLD[term](problem, her, hers, session)


def _distance(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    from desirepath.matching import rules

    over = rules.distance_km(her, problem.practice_for(session)) - her.max_km
    return f"{max(1, ceil(over)):,} km too far"


def _rate(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    from decimal import Decimal

    from desirepath.matching import rules

    under = Decimal(rules.rate(problem, her, session) - session.rate_cap) / 100
    return f"{pounds(under, exact=False)} an hour under your {_name_of_rate(problem, her, session)}"


def _name_of_rate(problem: Problem, her: Clinician, session: Vacancy) -> str:
    if session.day in problem.options.bank_holidays and her.bank_holiday_pct:
        return "bank holiday rate"
    if session.start_clock >= problem.options.evening_from and her.evening_pct:
        return "evening rate"
    if session.day.weekday() == SATURDAY and her.saturday_pct:
        return "Saturday rate"
    return "rate"


def _availability(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    touching = [w for w in her.windows if w.start < session.end and session.start < w.end]
    if not touching:
        return "at a time when you have not said you are free"
    window = max(touching, key=lambda w: min(w.end, session.end) - max(w.start, session.start))
    before, after = window.start - session.start, session.end - window.end
    told = []
    if before > timedelta(0):
        told.append(f"starts {hours(before)} before you are free")
    if after > timedelta(0):
        told.append(f"ends {hours(after)} after you are free")
    return " and ".join(told)


def _weekly_time(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    return f"{hours(session.minutes - her.max_minutes_week)} more than you work in a week"


def _rest(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    gaps = [
        min(abs(each.start - session.end), abs(session.start - each.end))
        for each in hers
        if each.day != session.day
    ]
    missing = timedelta(minutes=her.min_rest_minutes) - min(gaps)
    return f"{hours(missing)} less rest than you ask for between days"


def _sessions_a_day(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    count = sum(each.day == session.day for each in hers) + 1
    return f"your {ordinal(count)} session that day; you work at most {her.max_sessions_day}"


def _sessions_a_week(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    count = sum(each.monday == session.monday for each in hers) + 1
    return f"your {ordinal(count)} session that week; you work at most {her.max_sessions_week}"


def _minutes_a_week(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    total = sum(each.minutes for each in hers if each.monday == session.monday) + session.minutes
    return f"{hours(total - her.max_minutes_week)} more than you work in a week"


def _days_in_a_row(problem: Problem, her: Clinician, hers: Sequence[Vacancy], session: Vacancy) -> str:
    from desirepath.matching import rules

    days = len({each.day for each in rules.run_around(list(hers), session)})
    return f"{plural(days, 'day')} in a row; you work at most {her.max_consecutive_days}"


TOLD: dict[str, Told] = {
    "distance": _distance,
    "rate": _rate,
    "availability": _availability,
    "weekly time": _weekly_time,
    "rest": _rest,
    "sessions a day": _sessions_a_day,
    "sessions a week": _sessions_a_week,
    "minutes a week": _minutes_a_week,
    "days in a row": _days_in_a_row,
}
