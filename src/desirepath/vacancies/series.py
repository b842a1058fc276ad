"""The days of a series: every so many weeks on some weekdays until a day. Pure: no database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from desirepath.nhsuk.formats import number

MOST = 200
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every ``every`` weeks, counted from the week of the first day, on ``weekdays`` (Monday is 0) until
    ``until``, that day included.
    """

    every: int
    weekdays: frozenset[int]
    until: date
    with_bank_holidays: bool = False


@dataclass(frozen=True, slots=True)
class SeriesDay:
    """One day of a series; left out where it is a bank holiday and these are not wanted."""

    day: date
    bank_holiday: bool
    wanted: bool


def days_of(first: date, repeat: Repeat, bank_holidays: Collection[date]) -> list[SeriesDay]:
    """Every day of the series in order, those left out among them. Raises ValueError where there is none, or
    more than 200 are wanted.
    """
    if repeat.until < first:
        raise ValueError("must not be before the first day")
    if repeat.until - first > FARTHEST:
        raise ValueError("must be within a year of the first day")
    monday = first - timedelta(days=first.weekday())
    found = []
    while monday <= repeat.until:
        for weekday in sorted(repeat.weekdays):
            day = monday + timedelta(days=weekday)
            if first <= day <= repeat.until:
                holiday = day in bank_holidays
                found.append(SeriesDay(day, holiday, repeat.with_bank_holidays or not holiday))
        monday += timedelta(weeks=repeat.every)
    wanted = sum(each.wanted for each in found)
    if not wanted:
        raise ValueError("leaves no day to ask for")
    if wanted > MOST:
        raise ValueError(f"makes {number(wanted)} sessions; {MOST} is the most at once")
    return found
