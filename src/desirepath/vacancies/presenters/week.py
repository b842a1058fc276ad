"""The week that a page shows: from any day of it, Monday to Sunday in England."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desirepath.audit import clock
from desirepath.nhsuk import formats
from desirepath.vacancies.planning import span

# pages reach no farther: beyond, an address is a slip of the pen
FARTHEST = timedelta(weeks=520)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that holds ``day``."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.monday + timedelta(days=n) for n in range(7))

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The moments between which its sessions start."""
        return span(self.monday, 1)

    @property
    def previous(self) -> Week:
        return Week(self.monday - timedelta(weeks=1))

    @property
    def next(self) -> Week:
        return Week(self.monday + timedelta(weeks=1))

    @property
    def now(self) -> Week:
        """The week of today."""
        return Week.of(clock.today())

    @property
    def is_now(self) -> bool:
        return clock.today() in self.days

    @property
    def is_over(self) -> bool:
        return self.days[-1] < clock.today()

    def __str__(self) -> str:
        first, last = self.days[0], self.days[-1]
        if first.year != last.year or last.year != clock.today().year:
            return f"{formats.day_and_year(first)} to {formats.day_and_year(last)}"
        return f"{formats.day(first)} to {formats.day(last)}"


def chosen_week(asked: str | None) -> tuple[Week, str]:
    """The week asked for as an ISO date, and "" - or this week, and what was wrong with the date.

    Without a date, this week; on its Sunday the next, for nothing of this one is left to arrange.
    """
    this_week = Week.of(clock.today())
    if not asked:
        return Week.of(clock.today() + timedelta(days=1)), ""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return this_week, "The address holds no date of a week, so this week is shown."
    if abs(day - clock.today()) > FARTHEST:
        return this_week, "That week is more than ten years away, so this week is shown."
    return Week.of(day), ""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in England, by its first day."""

    first: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The moments between which its sessions start."""
        return span(self.first, 0)[0], span(self.next.first, 0)[0]

    @property
    def next(self) -> Month:
        return Month((self.first + timedelta(days=32)).replace(day=1))

    @property
    def previous(self) -> Month:
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def is_now(self) -> bool:
        return self.first == clock.today().replace(day=1)

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"

    def __str__(self) -> str:
        return formats.month(self.first)


def chosen_month(asked: str | None) -> tuple[Month, str]:
    """The month asked for as "2026-12", and "" - or this month, and what was wrong."""
    this = Month(clock.today().replace(day=1))
    if not asked:
        return this, ""
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return this, "The address holds no month, so this month is shown."
    if abs(first - clock.today()) > FARTHEST:
        return this, "That month is more than ten years away, so this month is shown."
    return Month(first), ""
