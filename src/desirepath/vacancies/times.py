"""When a session is: from a day and two clock times in England to two moments. Pure: no database.

A session may end on the day after; a clock time that a night in March skips is refused, for nobody can say
when it is. One that a night in October has twice is the first of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from desirepath.nhsuk import formats
from desirepath.nhsuk.formats import LONDON

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=13)


class WrongTime(ValueError):
    """What is wrong with a session's times, in words that follow the name of the ``field``: start or end."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def moments(day: date, start: time, end: time) -> tuple[datetime, datetime]:
    """The moments (UTC) between which a session of ``day`` lasts; over midnight where it ends no later than
    it starts. Raises WrongTime.
    """
    first = existing(day, start, "start")
    over_midnight = end <= start
    last = existing(day + timedelta(days=1) if over_midnight else day, end, "end")
    length = last - first
    if over_midnight and length > LONGEST:
        # nobody works so long: the two were swapped, or the half of the day mistaken
        raise WrongTime("end", "must be after the start")
    if not SHORTEST <= length <= LONGEST:
        raise WrongTime("end", "must be from 30 minutes to 13 hours after the start")
    return first, last


def existing(day: date, clock: time, field: str = "start") -> datetime:
    """A clock time in England as a moment (UTC). Raises WrongTime in the hour that daylight saving skips."""
    moment = datetime.combine(day, clock, LONDON).astimezone(UTC)
    if moment.astimezone(LONDON).time() != clock:
        raise WrongTime(
            field,
            f"cannot be {formats.clock(clock)} on {formats.day_and_year(day)}: the clocks go forward "
            "that night, from 1am to 2am",
        )
    return moment


def moved(start: datetime, end: datetime, days: int) -> tuple[datetime, datetime]:
    """The same clock times so many days later. Raises WrongTime."""
    by = timedelta(days=days)
    first, last = start.astimezone(LONDON), end.astimezone(LONDON)
    return (
        existing(first.date() + by, first.time().replace(fold=0), "start"),
        existing(last.date() + by, last.time().replace(fold=0), "end"),
    )
