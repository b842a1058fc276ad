"""Where the pool is short, by place, role and weekday, from the last weeks' plans.

Of the sessions of one place on one day one more clinician would take the one where she brings most; days of a
kind are averaged. Never finer than three sessions, and to one decimal: nobody's rate or place can be read out
of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from desirepath.audit.clock import LONDON
from desirepath.clinicians.month import PARTS
from desirepath.nhsuk.formats import number
from desirepath.organisations.models import Kind, Parent
from desirepath.pools.models import ClinicianRole
from desirepath.vacancies.could_come import FEWEST
from desirepath.vacancies.models import Shortness

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_PCN = "Practices in no PCN"
# usual sessions that one more session of a clinician would cover, from which on a colour holds
LEVELS = (
    (0.05, "desire-covered", "Enough"),
    (0.35, "desire-need-1", "Nearly enough"),
    (0.75, "desire-need-2", "Rather short"),
    (1.05, "desire-need-3", "Short"),
    (float("inf"), "desire-need-4", "Very short"),
)
TOP = 8


class Seen(NamedTuple):
    """One session as a proof saw it; ``short`` is in usual sessions."""

    place: str
    role: str
    day: date
    part: str
    short: float


class Key(NamedTuple):
    """What is counted together; "" for what is not told apart, -1 for any weekday."""

    place: str = ""
    role: str = ""
    weekday: int = -1
    part: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Sessions seen, and what one more session of a clinician would cover; None where too few were seen."""

    sessions: int = 0
    short: float | None = None

    @property
    def figure(self) -> str:
        """ "0.9"."""
        return "" if self.short is None else number(self.short, 1)

    @property
    def words(self) -> str:
        """ "Short"; "Too few to tell"; "" without sessions."""
        if self.short is None:
            return "Too few to tell" if self.sessions else ""
        return next(words for below, _, words in LEVELS if self.short < below)

    @property
    def css(self) -> str:
        if self.short is None:
            return "desire-need-0"
        return next(css for below, css, _ in LEVELS if self.short < below)

    @property
    def bar(self) -> int:
        """Its length in a picture, of 100: full from two usual sessions on."""
        return min(100, round((self.short or 0.0) * 50))


@dataclass(frozen=True, slots=True)
class Line:
    """A place and a role: its weekdays, and its weeks whole."""

    place: str
    role: str
    days: tuple[Cell, ...]
    all: Cell


@dataclass(frozen=True, slots=True)
class Short:
    """One kind of day and how short it is: "GP, Harbour PCN, Monday mornings"."""

    key: Key
    cell: Cell

    @property
    def name(self) -> str:
        part = f" {self.key.part}s" if self.key.part else ""
        role = str(ClinicianRole(self.key.role).label)
        return f"{role}, {self.key.place}, {WEEKDAYS[self.key.weekday]}{part or 's'}"


@dataclass(frozen=True, slots=True)
class Shortage:
    """``lines`` with the shortest first, over ``weekdays`` (numbers) on which anything was asked for; ``top``
    the shortest kinds of day.
    """

    lines: tuple[Line, ...]
    weekdays: tuple[int, ...]
    top: tuple[Short, ...]
    sessions: int
    hidden: int


def seen(rows: QuerySet[Shortness]) -> list[Seen]:
    """Two queries, whatever their number; a practice counts for the PCN it is in today."""
    wanted = ("vacancy__practice_id", "vacancy__role", "vacancy__start", "sessions")
    kept = list(rows.order_by().values_list(*wanted))
    above = Parent.objects.current().filter(kind=Kind.PCN, child__in={row[0] for row in kept})
    pcn = dict(above.values_list("child_id", "parent__name"))
    found = []
    for practice, role, start, short in kept:
        local = start.astimezone(LONDON)
        part = next((each.name for each in PARTS if local.time() < each.end), PARTS[-1].name)
        found.append(Seen(pcn.get(practice, NO_PCN), role, local.date(), part.lower(), short))
    return found


def cells(rows: Iterable[Seen], *, place: bool, role: bool, weekday: bool, part: bool) -> dict[Key, Cell]:
    """The cells at one fineness."""
    days: dict[Key, dict[date, float]] = defaultdict(dict)
    sessions: dict[Key, int] = defaultdict(int)
    for row in rows:
        key = Key(
            row.place if place else "",
            row.role if role else "",
            row.day.weekday() if weekday else -1,
            row.part if part else "",
        )
        sessions[key] += 1
        days[key][row.day] = max(row.short, days[key].get(row.day, 0.0))
    return {
        key: Cell(count, sum(days[key].values()) / len(days[key]) if count >= FEWEST else None)
        for key, count in sessions.items()
    }


def shortage(rows: Sequence[Seen]) -> Shortage:
    """The whole page's figures."""
    by_day = cells(rows, place=True, role=True, weekday=True, part=False)
    whole = cells(rows, place=True, role=True, weekday=False, part=False)
    weekdays = tuple(sorted({key.weekday for key in by_day}))
    lines = [
        Line(
            key.place,
            str(ClinicianRole(key.role).label),
            tuple(by_day.get(Key(key.place, key.role, day), Cell()) for day in weekdays),
            cell,
        )
        for key, cell in whole.items()
    ]
    lines.sort(key=lambda line: (-(line.all.short or 0.0), line.place, line.role))
    top = sorted(
        (Short(key, cell) for key, cell in _told(rows).items() if cell.words != LEVELS[0][2]),
        key=lambda each: (-(each.cell.short or 0.0), -each.cell.sessions, each.name),
    )
    hidden = sum(cell.short is None for cell in by_day.values())
    return Shortage(tuple(lines), weekdays, tuple(top[:TOP]), len(rows), hidden)


def _told(rows: Iterable[Seen]) -> dict[Key, Cell]:
    """Every kind of day that may be told: parts of days, and whole days of which no part may be."""
    rows = list(rows)
    parts = cells(rows, place=True, role=True, weekday=True, part=True)
    days = cells(rows, place=True, role=True, weekday=True, part=False)
    told = {key: cell for key, cell in parts.items() if cell.short is not None}
    apart = {key._replace(part="") for key in told}
    return told | {key: cell for key, cell in days.items() if cell.short is not None and key not in apart}


def as_rows(rows: Sequence[Seen]) -> list[tuple[str, ...]]:
    """For a spreadsheet: a heading, then every kind of day that may be told."""
    heading = ("place", "role", "weekday", "part of day", "sessions", "one more session would cover")
    told = sorted(_told(rows).items(), key=lambda each: each[0])
    return [
        heading,
        *(
            (key.place, key.role, WEEKDAYS[key.weekday], key.part or "any", str(cell.sessions), cell.figure)
            for key, cell in told
        ),
    ]
