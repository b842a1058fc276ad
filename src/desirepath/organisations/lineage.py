"""Who was under whom, when: from what files said on their days to one history without overlap. Pure Python.

A file is evidence, not history. A list of July says "in PCN A on 1 July"; a register of February says "in
sub-ICB B since 2020, and still so on 3 February". Each such statement is a ``Sighting``; ``history`` turns
all of them together into intervals. As it looks at the set and never at the order of arrival, a month that is
imported late tells the same history as one imported on time.

The rules, for one child and one kind of parent:

1. On a day that sightings speak of, the strongest one holds: the one stated last; of one day's, that with a
   joining date of the publisher before one that was only seen.
2. After the last day spoken of, what was so goes on being so until another sighting, or for ever, unless it
   is said to have ended.
3. A parent that closes keeps nobody beyond its closing, unless a sighting says so; whoever is seen next in
   its place, without a joining date of its own, is taken to have followed on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sighting:
    """``source`` said on ``stated_on``: under ``parent`` (None: under nobody) from ``first`` to ``last``,
    both included.

    ``ended``: no longer so after ``last``. ``dated``: ``first`` is a joining date given by the publisher.
    Raises ValueError where ``last`` lies before ``first``.
    """

    parent: str | None
    first: date
    last: date
    stated_on: date
    source: str
    ended: bool = False
    dated: bool = False

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a sighting ends ({self.last}) before it begins ({self.first})")

    @property
    def strength(self) -> tuple[date, bool, date, date, bool, str, str]:
        """The stronger of two is the greater; only equal sightings are equally strong."""
        return (self.stated_on, self.dated, self.first, self.last, self.ended, self.parent or "", self.source)


@dataclass(frozen=True, slots=True)
class Interval:
    """Under ``parent`` from ``starts_on`` until the day before ``ends_on`` (None: until further notice)."""

    parent: str
    starts_on: date
    ends_on: date | None
    source: str


@dataclass(slots=True)
class _Stretch:
    """Days from ``start`` until the day before ``end`` on which ``by`` holds."""

    start: date
    end: date | None
    by: Sighting


def worth_keeping(sightings: Iterable[Sighting]) -> set[Sighting]:
    """The sightings without those of which a stronger one speaks of every day: these can never hold again."""
    kept: set[Sighting] = set()
    spans: list[Sighting] = []
    days: set[date] = set()
    for sighting in sorted(set(sightings), key=lambda s: s.strength, reverse=True):
        if any(s.first <= sighting.first and sighting.last <= s.last for s in spans):
            continue
        if sighting.first < sighting.last:
            spans.append(sighting)
        elif sighting.first in days:
            continue
        else:
            days.add(sighting.first)
        kept.add(sighting)
    return kept


def history(sightings: Iterable[Sighting], closed: Mapping[str, date] | None = None) -> list[Interval]:
    """The intervals that ``sightings`` tell, oldest first, none overlapping another.

    ``closed``: parents that have closed, with the first day on which they were.
    """
    spoken = list(_spoken_days(sightings))
    _fill_silence(spoken, closed or {})
    told: list[Interval] = []
    for stretch in spoken:
        parent = stretch.by.parent
        if parent is None:
            continue
        if told and told[-1].parent == parent and told[-1].ends_on == stretch.start:
            told[-1] = Interval(parent, told[-1].starts_on, stretch.end, told[-1].source)
        else:
            told.append(Interval(parent, stretch.start, stretch.end, stretch.by.source))
    return told


def _spoken_days(sightings: Iterable[Sighting]) -> Iterator[_Stretch]:
    """The days that sightings speak of, cut wherever another one holds (rule 1)."""
    waiting = sorted(set(sightings), key=lambda s: s.first)
    days = sorted({s.first for s in waiting} | {s.last + _DAY for s in waiting})
    speaking: list[Sighting] = []
    arrived = 0
    for start, end in pairwise(days):
        speaking = [s for s in speaking if s.last >= start]
        while arrived < len(waiting) and waiting[arrived].first <= start:
            speaking.append(waiting[arrived])
            arrived += 1
        if speaking:
            yield _Stretch(start, end, max(speaking, key=lambda s: s.strength))


def _fill_silence(spoken: list[_Stretch], closed: Mapping[str, date]) -> None:
    """Lengthen each stretch over the days nobody speaks of (rules 2 and 3)."""
    for place, this in enumerate(spoken, 1):
        following = spoken[place] if place < len(spoken) else None
        until = following.start if following else None
        said_until = this.by.last + _DAY
        if this.by.ended or this.end != said_until or until == said_until:
            continue
        closing = closed.get(this.by.parent or "")
        if closing is None or (until is not None and closing >= until):
            this.end = until
            continue
        this.end = max(closing, said_until)
        if following and not following.by.dated and following.by.parent != this.by.parent:
            following.start = this.end
