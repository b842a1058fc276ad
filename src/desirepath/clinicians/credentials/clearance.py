"""Until when somebody is cleared, and what stands in the way: plain rules over plain values.

For each thing that is asked for, the last day on which it is held; she is cleared until the first of those
that block ends. An entry of the Performers List that says suspended or removed ends it the day before.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# cleared without an end, and never yet: so that every comparison of days is one comparison
FOR_EVER, NEVER = date.max, date.min
PERFORMERS_LIST = "performers-list"
BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Asked:
    """An item that is asked for. ``months``: how long it counts after it was issued; ``since``: from sessions
    on which day.
    """

    item: str
    level: str
    verified_by: str = "verifier"
    months: int | None = None
    since: date = NEVER


@dataclass(frozen=True, slots=True)
class Held:
    """A verified credential: ``whole`` stands for everything, as a pool recorded it for itself."""

    item: str
    until: date = FOR_EVER
    issued: date | None = None
    authority: str = "verifier"
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What the Performers List says from ``start`` to ``end``, both included."""

    status: str
    start: date
    end: date = FOR_EVER

    @property
    def stops(self) -> bool:
        return self.status in ("suspended", "removed")


@dataclass(frozen=True, slots=True)
class Line:
    """One item and the last day on which it is held: NEVER, some day, FOR_EVER; ``source`` is the credential
    that says so.
    """

    item: str
    level: str
    until: date
    source: str = ""

    @property
    def blocks(self) -> bool:
        return self.level == BLOCK

    def good_on(self, day: date) -> bool:
        return day <= self.until


@dataclass(frozen=True, slots=True)
class Clearance:
    """``until`` is the last day on which she may work; ``again`` the day on which what stops her is over."""

    until: date
    lines: tuple[Line, ...]
    stopped: str = ""
    conditions: bool = False
    again: date | None = None

    def in_the_way(self, day: date) -> list[str]:
        """Names of the items without which she may not work on ``day``; "suspended" or "removed" first."""
        stopped = [self.stopped] if self.stopped and day > self.until else []
        return [*stopped, *(line.item for line in self.lines if line.blocks and not line.good_on(day))]

    def to_be_told(self, day: date) -> list[str]:
        """Names of the items that only warn, and lack on ``day``."""
        return [line.item for line in self.lines if not line.blocks and not line.good_on(day)]


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = min(day.year + years, date.max.year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def until_of(asked: Asked, held: Held) -> date:
    """The last day on which what is held is what is asked for; NEVER where it is not."""
    if held.whole:
        return held.until
    if held.item != asked.item or (asked.verified_by == "governance" and held.authority != "governance"):
        return NEVER
    if asked.months is None:
        return held.until
    # it counts so long after it was issued: a document that names no day counts from none
    return min(held.until, months_after(held.issued, asked.months)) if held.issued else held.until


def clearance(
    asked: Iterable[Asked], held: Sequence[Held], entries: Sequence[Entry], today: date
) -> Clearance:
    """Judge from ``today`` on. What has been asked for since a later day is not missed before it."""
    listed = [Held(PERFORMERS_LIST, each.end) for each in entries if not each.stops and each.start <= today]
    lines = []
    for each in asked:
        # the register speaks for itself, whoever had to verify it
        own = [*held, *(Held(h.item, h.until, authority=each.verified_by) for h in listed)]
        # of two that end on one day, the item's own says so
        until, _, source = max(
            ((until_of(each, one), one.item == each.item, one.item) for one in own),
            default=(NEVER, False, ""),
        )
        if each.since > today and each.since > until:
            until, source = each.since - timedelta(days=1), ""
        lines.append(Line(each.item, each.level, until, source if until > NEVER else ""))
    until = min((line.until for line in lines if line.blocks), default=FOR_EVER)
    stops = sorted(
        (e for e in entries if e.stops and e.end >= today), key=lambda entry: (entry.start, entry.end)
    )
    if not stops:
        return Clearance(until, tuple(lines), conditions=_conditions(entries, today))
    first = stops[0]
    before = first.start - timedelta(days=1) if first.start > NEVER else NEVER
    over = first.end + timedelta(days=1) if first.end < FOR_EVER else None
    return Clearance(
        min(until, before),
        tuple(lines),
        stopped=first.status,
        conditions=_conditions(entries, today),
        again=over,
    )


def _conditions(entries: Iterable[Entry], today: date) -> bool:
    return any(e.status == "conditions" and e.start <= today <= e.end for e in entries)
