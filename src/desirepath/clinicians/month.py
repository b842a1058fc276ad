"""A month as a grid of days, and a day as morning, afternoon and evening. Pure: no database."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from desirepath.nhsuk import formats

Window = tuple[time, time]

# no calendar is asked for farther away than this
YEARS_AROUND = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: what it is called, and from when to when (local time) it is worked as a rule."""

    key: str
    name: str
    start: time
    end: time

    @property
    def window(self) -> Window:
        return self.start, self.end

    @property
    def hours(self) -> str:
        return window_in_words(self.window)


PARTS = (
    Part("morning", "Morning", time(8), time(13)),
    Part("afternoon", "Afternoon", time(13), time(18, 30)),
    Part("evening", "Evening", time(18, 30), time(22)),
)


@dataclass(frozen=True, slots=True)
class Month:
    """One month to look at, in whole weeks from Monday: the first and last reach into its neighbours."""

    first: date
    today: date

    @property
    def weeks(self) -> list[list[date]]:
        return Calendar().monthdatescalendar(self.first.year, self.first.month)

    @property
    def start(self) -> date:
        return self.weeks[0][0]

    @property
    def end(self) -> date:
        """The last day that is shown."""
        return self.weeks[-1][-1]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    def has(self, day: date) -> bool:
        return (day.year, day.month) == (self.first.year, self.first.month)

    def look_of(self, day: date, holidays: Iterable[date] = ()) -> str:
        """Classes of a day's cell in ``desire-month``."""
        marks = {
            "desire-elsewhere": not self.has(day),
            "desire-holiday": day in holidays,
            "desire-here": day == self.today,
        }
        return " ".join(name for name, holds in marks.items() if holds)


def read_month(text: str, today: date) -> Month:
    """The month of "2026-12"; the present one where the text is empty, no month, or years away."""
    try:
        first = date.fromisoformat(f"{text}-01") if len(text) == 7 else today.replace(day=1)
    except ValueError:
        first = today.replace(day=1)
    if abs(first.year - today.year) > YEARS_AROUND:
        first = today.replace(day=1)
    return Month(first, today)


@lru_cache(maxsize=16)
def bank_holidays(year: int) -> dict[date, str]:
    """Bank holidays of England in ``year``, by name."""
    import holidays

    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year))


def holidays_between(first: date, last: date) -> dict[date, str]:
    """Bank holidays of England from ``first`` to ``last``."""
    every = {
        day: name for year in range(first.year, last.year + 1) for day, name in bank_holidays(year).items()
    }
    return {day: name for day, name in every.items() if first <= day <= last}


def merged(windows: Iterable[Window]) -> list[Window]:
    """The same time with no two windows that touch or overlap: a session may cross from part to part."""
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def in_parts(windows: Iterable[Window]) -> tuple[list[str], list[Window]]:
    """Windows as keys of whole parts of the day, and what is left beside them.

    A window with something left at both ends stays as it is: "9am to 7pm" reads better than its pieces.
    """
    keys: list[str] = []
    others: list[Window] = []
    for window in merged(windows):
        inside, left = parts_within([window]), [window]
        for part in PARTS:
            if part.key in inside:
                left = less(left, part.window)
        if len(left) > 1:
            inside, left = [], [window]
        keys += inside
        others += left
    return keys, others


def parts_within(windows: Iterable[Window]) -> list[str]:
    """Keys of the parts of the day that lie wholly within ``windows``."""
    spans = merged(windows)
    return [
        part.key for part in PARTS if any(start <= part.start and part.end <= end for start, end in spans)
    ]


def less(windows: Iterable[Window], taken: Window) -> list[Window]:
    """What of ``windows`` is left without ``taken``."""
    left: list[Window] = []
    for start, end in merged(windows):
        pieces = [(start, min(end, taken[0])), (max(start, taken[1]), end)]
        left += [(first, last) for first, last in pieces if first < last]
    return left


def beside_parts(windows: Iterable[Window]) -> list[Window]:
    """What of ``windows`` is no whole part of the day; a little earlier than one, or later, is not told."""
    left = merged(windows)
    for key in parts_within(left):
        part = next(part for part in PARTS if part.key == key)
        left = less(left, part.window)
        if part is PARTS[0]:
            left = less(left, (time.min, part.start))
        if part is PARTS[-1]:
            left = less(left, (part.end, time.max))
    return left


def part_windows(keys: Iterable[str]) -> list[Window]:
    """The windows of the parts named."""
    chosen = set(keys)
    return [part.window for part in PARTS if part.key in chosen]


def window_in_words(window: Window) -> str:
    """ "8am to 1pm"."""
    return f"{formats.clock(window[0])} to {formats.clock(window[1])}"


def free_in_words(windows: Iterable[Window]) -> list[str]:
    """What of a day is free: "Morning" for whole parts of the day, else times: "8am to 6:45pm".

    Before 8am counts as morning, after 10pm as evening.
    """
    lines = []
    for start, end in merged(windows):
        touched = [part for part in PARTS if start < part.end and part.start < end]
        if touched and start <= touched[0].start and touched[-1].end <= end:
            lines += [part.name for part in touched]
        else:
            lines.append(window_in_words((start, end)))
    return lines
