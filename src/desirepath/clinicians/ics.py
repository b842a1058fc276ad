"""Read an iCalendar file (RFC 5545) for one thing: from when to when somebody is busy. Pure: no database.

Titles, places and people in the file are never looked at. Repeated events are laid out within bounds, so
that no file, however odd, keeps the server busy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from time import monotonic
from typing import Any

from desirepath.audit.clock import LONDON
from desirepath.audit.refusal import Refused
from desirepath.clinicians.free_time import FreeTime, joined, local

MOST_BYTES = 5_000_000
# events in the file, and stretches of busy time laid out from them
MOST_EVENTS = 20_000
MOST_TIMES = 10_000
# repeats are walked through from where they begin: so many steps in all, and so many seconds
MOST_STEPS = 200_000
MOST_SECONDS = 5.0
# by how often, what a rule may be narrowed by: what people's calendars write. A hostile one could name days
# that never come ("daily, on 30 February") and be searched for them to the end of time
ALWAYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"}
NARROWED = {
    "DAILY": ALWAYS,
    "WEEKLY": ALWAYS,
    "MONTHLY": ALWAYS | {"BYMONTHDAY", "BYSETPOS"},
    "YEARLY": ALWAYS | {"BYMONTHDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY"},
}
STRIDE = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(days=7)}

NOT_A_CALENDAR = (
    "This is not a calendar file. Export your calendar as a file that ends in .ics, and send that."
)
TOO_MUCH = "This calendar holds more events than can be read. Export a shorter time, or fewer calendars."


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: stretches of busy time in order, none of which touch; and how many events counted.

    ``free`` events are marked as free or called off, ``outside`` ones lie before or after the time asked for,
    ``ours`` come from this very site, ``unread`` ones are written in a way that can't be read.
    """

    times: list[FreeTime]
    events: int = 0
    free: int = 0
    outside: int = 0
    ours: int = 0
    unread: int = 0


@dataclass(slots=True)
class _Budget:
    steps: int
    until: float

    def spend(self) -> None:
        self.steps -= 1
        if self.steps < 0 or monotonic() > self.until:
            raise Refused(TOO_MUCH)


def read_busy(data: bytes, *, start: datetime, end: datetime, ours: str = "") -> Read:
    """The busy time of a calendar file between two aware moments.

    Events whose URL begins with ``ours`` are left out: bookings that came back from her own feed. Raises
    Refused, in words for whoever sent it, where the file is none or holds too much.
    """
    if len(data) > MOST_BYTES:
        raise Refused(f"The file must be smaller than {MOST_BYTES // 1_000_000} MB.")
    events = list(_events(data))
    if len(events) > MOST_EVENTS:
        raise Refused(TOO_MUCH)
    budget = _Budget(MOST_STEPS, monotonic() + MOST_SECONDS)
    moved = _moved(events)
    found: list[FreeTime] = []
    counted: Counter[str] = Counter()
    for event in events:
        budget.spend()
        kind, times = _judged(event, moved, start, end, budget, ours)
        counted[kind] += 1
        found += times
    merged = joined(found)
    if len(merged) > MOST_TIMES:
        raise Refused(TOO_MUCH)
    return Read(merged, **counted)


def _judged(
    event: Any, moved: dict[str, set[Any]], start: datetime, end: datetime, budget: _Budget, ours: str
) -> tuple[str, list[FreeTime]]:
    """What an event counts as (a column of Read), and its stretches."""
    try:
        if ours and str(event.get("URL", "")).startswith(ours):
            return "ours", []
        if _is_free(event):
            return "free", []
        times = list(_within(event, moved, start, end, budget))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        # one event in odd spelling does not spoil a calendar; she is told that there was one
        return "unread", []
    return ("events" if times else "outside"), times


def _events(data: bytes) -> Iterator[Any]:
    from icalendar import Calendar

    if b"BEGIN:VCALENDAR" not in data[:4096].upper():
        raise Refused(NOT_A_CALENDAR)
    try:
        calendars = Calendar.from_ical(data, multiple=True)
        for calendar in calendars:
            yield from calendar.walk("VEVENT")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(NOT_A_CALENDAR) from error


def _is_free(event: Any) -> bool:
    """Marked as free, or called off: it keeps her from nothing."""
    return (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    )


def _value(event: Any, name: str) -> Any:
    """The date, moment or length of a property; None where there is none. Raises ValueError for one that
    can't be read.
    """
    found = event.get(name)
    return None if found is None else found.dt


def _moved(events: Iterable[Any]) -> dict[str, set[Any]]:
    """By event: those of its repeats that an event of their own replaces."""
    found: dict[str, set[Any]] = {}
    for event in events:
        with suppress(ValueError, AttributeError):
            if (original := _value(event, "RECURRENCE-ID")) is not None:
                found.setdefault(str(event.get("UID", "")), set()).add(_key(original))
    return found


def _key(moment: Any) -> Any:
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment


def _within(
    event: Any, moved: dict[str, set[Any]], start: datetime, end: datetime, budget: _Budget
) -> Iterator[FreeTime]:
    """The event's stretches that overlap [start, end), cut to it."""
    first = _value(event, "DTSTART")
    if not isinstance(first, date):
        raise ValueError("an event without a beginning")
    length = _length(event, first)
    skipped = {_key(value) for value in _listed(event, "EXDATE")}
    if event.get("RECURRENCE-ID") is None:
        skipped |= moved.get(str(event.get("UID", "")), set())
    for at in _repeats(event, first, length, start, end, budget):
        if _key(at) in skipped:
            continue
        begins, ends = _moment(at), _end(at, length)
        if begins < end and ends > start and begins < ends:
            yield FreeTime(max(begins, start), min(ends, end))


def _length(event: Any, first: date) -> timedelta:
    """How long it lasts: by its end, its duration, or a day for a date (RFC 5545, 3.6.1).

    In whole days for dates; for moments as the clock counts.
    """
    last, lasts = _value(event, "DTEND"), _value(event, "DURATION")
    whole_day = not isinstance(first, datetime)
    if isinstance(last, date) and isinstance(last, datetime) != whole_day:
        if isinstance(first, datetime):
            assert isinstance(last, datetime)
            return max(timedelta(0), _moment(last) - _moment(first))
        return max(timedelta(days=1), last - first)
    if isinstance(lasts, timedelta):
        return max(timedelta(0), lasts)
    return timedelta(days=1) if whole_day else timedelta(0)


def _repeats(
    event: Any, first: date, length: timedelta, start: datetime, end: datetime, budget: _Budget
) -> Iterator[date]:
    """When it begins: once, or at each repeat that may still bear on [start, end)."""
    yield from _listed(event, "RDATE")
    rules = event.get("RRULE")
    if rules is None or event.get("RECURRENCE-ID") is not None:
        yield first
        return
    earliest = start - length - timedelta(days=1)
    for rule in rules if isinstance(rules, list) else [rules]:
        for at in takewhile(lambda at: _moment(at) < end, _rule(rule, first, earliest)):
            budget.spend()
            if _moment(at) >= earliest:
                yield at


def _rule(rule: Any, first: date, earliest: datetime) -> Iterator[date]:
    """The repeats of one rule, counted by the clocks of where the event is; those long before ``earliest``
    may be left out. Endless ones are the caller's to stop.
    """
    from dateutil.rrule import rrulestr

    parts = {str(name).upper(): value for name, value in rule.items()}
    often, step = str(parts["FREQ"][0]).upper(), int(parts.get("INTERVAL", [1])[0])
    if often not in NARROWED or set(parts) - NARROWED[often] or step < 1:
        raise ValueError("a rule that no calendar of a person writes")
    zone = first.tzinfo if isinstance(first, datetime) else None
    naive = datetime.combine(first, first.time() if isinstance(first, datetime) else time.min)
    ahead = (earliest.replace(tzinfo=None) - naive) - timedelta(days=7)
    if often in STRIDE and "COUNT" not in parts and ahead > timedelta(0):
        stride = step * STRIDE[often]
        naive += ahead // stride * stride
    # counted in local time, so an end in UTC is put on the same clock
    last = min((_on_clock(each, zone) for each in parts.pop("UNTIL", [])), default=None)
    text = ";".join(
        f"{name}={','.join(str(one) for one in (value if isinstance(value, list) else [value]))}"
        for name, value in parts.items()
    )
    for at in takewhile(lambda at: last is None or at <= last, rrulestr(text, dtstart=naive)):
        yield at.replace(tzinfo=zone) if isinstance(first, datetime) else at.date()


def _on_clock(moment: Any, zone: Any) -> datetime:
    """An end of repeats as the clock of the event's place shows it; a date lasts until its last moment."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.max)
    return moment.astimezone(zone or LONDON).replace(tzinfo=None) if moment.tzinfo else moment


def _listed(event: Any, name: str) -> Iterator[date]:
    """Dates and moments of a property that may stand several times and hold several each."""
    found = event.get(name)
    for each in found if isinstance(found, list) else [found] if found is not None else []:
        for one in getattr(each, "dts", []):
            value = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            if isinstance(value, date):
                yield value


def _moment(at: date) -> datetime:
    """A date is its first moment in England; a time without a zone is England's, like the reader's."""
    if not isinstance(at, datetime):
        return local(at, time.min)
    return (local(at.date(), at.time()) if at.tzinfo is None else at).astimezone(UTC)


def _end(at: date, length: timedelta) -> datetime:
    if not isinstance(at, datetime):
        return local(at + length, time.min)
    return _moment(at) + length
