"""When she is free: her weekly pattern and its dated exceptions, laid out over real days, less the time in
which she is busy. Pure: no database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from desirepath.audit.clock import LONDON

# the last minute that a time can name: who is free until then is free until midnight
END_OF_DAY = time(23, 59)


class Weekly(Protocol):
    weekday: int
    start: time
    end: time


class Dated(Protocol):
    day: date
    start: time | None
    end: time | None


class Span(Protocol):
    """Anything from a moment to a moment."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A stretch of time, aware, in which she may be offered work."""

    start: datetime
    end: datetime


def free_time(
    pattern: Iterable[Weekly],
    exceptions: Iterable[Dated],
    first: date,
    last: date,
    *,
    days_off: Collection[date] = (),
    busy: Iterable[Span] = (),
) -> list[FreeTime]:
    """Her free time from the start of ``first`` to the end of ``last`` (both local days), in order.

    A day with an exception ignores the pattern; on ``days_off`` (bank holidays, where she says so) only an
    exception makes her free; nothing of ``busy`` is free. Local times that daylight saving skips move on by
    the hour it skips; a window up to END_OF_DAY lasts until midnight.
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
        usual = [] if day in days_off else weekly.get(day.weekday(), [])
        for start, end in sorted(dated.get(day, usual)):
            stretch = FreeTime(local(day, start), _end(day, end))
            # within the hour that daylight saving skips there is no time at all
            if stretch.start < stretch.end:
                found.append(stretch)
    return without(found, busy)


def without(free: Iterable[Span], busy: Iterable[Span]) -> list[FreeTime]:
    """What of ``free`` is left, in the same order, where nothing of ``busy`` may be: what touches stays
    whole.
    """
    taken = joined(busy)
    ends = [each.end for each in taken]
    left = []
    for stretch in free:
        start = stretch.start
        for each in taken[bisect_right(ends, start) :]:
            if each.start >= stretch.end:
                break
            if each.start > start:
                left.append(FreeTime(start, each.start))
            start = each.end
        if start < stretch.end:
            left.append(FreeTime(start, stretch.end))
    return left


def joined(spans: Iterable[Span]) -> list[FreeTime]:
    """The same time in order, with no two stretches that touch or overlap."""
    found: list[FreeTime] = []
    for each in sorted(spans, key=lambda each: (each.start, each.end)):
        if found and each.start <= found[-1].end:
            found[-1] = FreeTime(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(FreeTime(each.start, each.end))
    return found


def _end(day: date, moment: time) -> datetime:
    return local(day + timedelta(days=1), time.min) if moment == END_OF_DAY else local(day, moment)


def local(day: date, moment: time) -> datetime:
    """A local time in England as an aware moment; one that does not exist becomes the moment the clocks show
    next.
    """
    naive = datetime.combine(day, moment, tzinfo=LONDON)
    return datetime.fromtimestamp(naive.timestamp(), LONDON)
