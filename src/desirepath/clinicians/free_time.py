"""When she is free: her weekly pattern and its dated exceptions, laid out over real days. Pure: no
database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from desirepath.audit.clock import LONDON


class Weekly(Protocol):
    weekday: int
    start: time
    end: time


class Dated(Protocol):
    day: date
    start: time | None
    end: time | None


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A stretch of time, aware, in which she may be offered work."""

    start: datetime
    end: datetime


def free_time(
    pattern: Iterable[Weekly], exceptions: Iterable[Dated], first: date, last: date
) -> list[FreeTime]:
    """Her free time from the start of ``first`` to the end of ``last`` (both local days), in order.

    A day with an exception ignores the pattern. Local times that daylight saving skips move on by the hour it
    skips.
    """
    weekly: dict[int, list[tuple[time, time]]] = {}
    for row in pattern:
        weekly.setdefault(row.weekday, []).append((row.start, row.end))
    dated: dict[date, list[tuple[time, time]]] = {}
    for exception in exceptions:
        windows = dated.setdefault(exception.day, [])
        if exception.start and exception.end:
            windows.append((exception.start, exception.end))
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for start, end in sorted(dated.get(day, weekly.get(day.weekday(), []))):
            found.append(FreeTime(local(day, start), local(day, end)))
    return found


def local(day: date, moment: time) -> datetime:
    """A local time in England as an aware moment; one that does not exist becomes the moment the clocks show
    next.
    """
    naive = datetime.combine(day, moment, tzinfo=LONDON)
    return datetime.fromtimestamp(naive.timestamp(), LONDON)
