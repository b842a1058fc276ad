"""Need and cover as a grid, practices by days, and as counts by role: sessions only, never people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from desirepath.audit.clock import LONDON
from desirepath.nhsuk.formats import plural
from desirepath.vacancies.models import VacancyQuerySet

COVERED = ("filled", "completed")


class Need(NamedTuple):
    """How many sessions are needed, are covered, are being asked."""

    needed: int = 0
    covered: int = 0
    asked: int = 0

    @property
    def gaps(self) -> int:
        """Sessions for which nobody is even asked."""
        return self.needed - self.covered - self.asked

    @property
    def words(self) -> str:
        """ "2 of 3 covered, 1 being asked"; "" where nothing is needed."""
        if not self.needed:
            return ""
        asked = f", {self.asked:,} being asked" if self.asked else ""
        return f"{self.covered:,} of {self.needed:,} covered{asked}"

    @property
    def missing(self) -> str:
        """ "1 not covered"; "" where nobody is missing."""
        return f"{self.gaps:,} not covered" if self.gaps else ""

    @property
    def css(self) -> str:
        """The cell's colour; the words say the same."""
        if not self.needed:
            return "desire-need-0"
        if self.covered == self.needed:
            return "desire-covered"
        return f"desire-need-{min(4, 1 + self.gaps)}"

    def plus(self, other: Need) -> Need:
        return Need(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Row(NamedTuple):
    """One vacancy, as far as counts go."""

    practice: int
    role: str
    day: date
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the grid: a practice (by number) or a role, its days, its week."""

    key: int | str
    days: tuple[Need, ...]
    week: Need


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines with most missing first, and the sums of the days and of all."""

    lines: tuple[Line, ...]
    days: tuple[Need, ...]
    week: Need


def rows_of(vacancies: VacancyQuerySet) -> list[Row]:
    """One query, whatever their number."""
    found = vacancies.order_by().values_list("practice_id", "role", "start", "state")
    return [
        Row(practice, role, start.astimezone(LONDON).date(), state) for practice, role, start, state in found
    ]


def by_practice(rows: Iterable[Row], days: Sequence[date]) -> Grid:
    """Practices by days: only those that need anybody, most missing first."""
    return _grid(((row.practice, row) for row in rows), days)


def by_role(rows: Iterable[Row], days: Sequence[date]) -> Grid:
    return _grid(((row.role, row) for row in rows), days)


def _grid(keyed: Iterable[tuple[int | str, Row]], days: Sequence[date]) -> Grid:
    counted: dict[int | str, dict[date, Need]] = defaultdict(lambda: defaultdict(Need))
    for key, row in keyed:
        counted[key][row.day] = counted[key][row.day].plus(
            Need(1, int(row.state in COVERED), int(row.state == "offered"))
        )
    lines = [_line(key, found, days) for key, found in counted.items()]
    lines.sort(key=lambda line: (-line.week.gaps, line.week.covered - line.week.needed, str(line.key)))
    sums = tuple(total(line.days[n] for line in lines) for n in range(len(days)))
    return Grid(tuple(lines), sums, total(sums))


def _line(key: int | str, found: dict[date, Need], days: Sequence[date]) -> Line:
    needs = tuple(found.get(day, Need()) for day in days)
    return Line(key, needs, total(needs))


def total(needs: Iterable[Need]) -> Need:
    """The sum of several."""
    found = Need()
    for need in needs:
        found = found.plus(need)
    return found


def in_a_sentence(need: Need) -> str:
    """ "3 sessions needed: 1 covered, 1 being asked, 1 not covered"."""
    parts = [f"{need.covered:,} covered"]
    parts += [f"{need.asked:,} being asked"] if need.asked else []
    parts += [f"{need.gaps:,} not covered"]
    return f"{plural(need.needed, 'session')} needed: {', '.join(parts)}"
