"""The rules of all of one clinician's sessions, and level 4, as rows of a linear program: of a plan's and of
a re-plan's alike.

Columns are within 0 and 1: first one for each session she could take, then continuous ones. Level 4 is
concave in the sessions of her week, so "her k-th session of the week" carries it exactly; a day in a possible
over-long run has "she works that day". A row reads `sum of coefficient x column <= upper`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from desirepath.matching.columns import Flags, Ints
from desirepath.matching.conflicts import as_masks, bits, maximal_cliques


class Row(NamedTuple):
    """sum of coefficient x column <= upper."""

    columns: tuple[int, ...]
    coefficients: tuple[int, ...]
    upper: int


class Spans(NamedTuple):
    """Of sessions their days and weeks, as ordinals of the local day and of its Monday, and minutes."""

    days: Ints
    weeks: Ints
    minutes: Ints


@dataclass(frozen=True, slots=True)
class Room:
    """What one clinician's limits leave beside the sessions she keeps, each (day, week, minutes)."""

    day_limit: int
    week_limit: int
    minutes_limit: int
    run_limit: int
    kept: tuple[tuple[int, int, int], ...] = ()

    def sessions_on(self, day: int) -> int:
        """Sessions she may still take on the day."""
        return self.day_limit - sum(each[0] == day for each in self.kept)

    def sessions_in(self, week: int) -> int:
        """Sessions she may still take in the week."""
        return self.week_limit - self.kept_in(week)

    def minutes_in(self, week: int) -> int:
        """Minutes she may still work in the week."""
        return self.minutes_limit - sum(minutes for _, monday, minutes in self.kept if monday == week)

    def kept_in(self, week: int) -> int:
        """Sessions of the week that she keeps."""
        return sum(each[1] == week for each in self.kept)

    def kept_days(self) -> set[int]:
        """The days on which she already works."""
        return {each[0] for each in self.kept}

    def exclusions(self, spans: Spans) -> Flags:
        """Which sessions exclude each other since a limit leaves room for one of the two only."""
        days, weeks, minutes = spans
        found = np.zeros((len(days), len(days)), np.bool_)
        # most limits of most people leave room for more
        if self.kept or self.day_limit <= 1:
            one = np.array([self.sessions_on(day) <= 1 for day in days.tolist()], np.bool_)
            found |= (days[:, None] == days) & one
        if self.kept or self.week_limit <= 1:
            one = np.array([self.sessions_in(week) <= 1 for week in weeks.tolist()], np.bool_)
            found |= (weeks[:, None] == weeks) & one
        if self.kept or 2 * minutes.max(initial=0) > self.minutes_limit:
            left = np.array([self.minutes_in(week) for week in weeks.tolist()], np.int64)
            found |= (weeks[:, None] == weeks) & (minutes[:, None] + minutes > left)
        if self.run_limit == 1:
            found |= np.abs(days[:, None] - days) == 1
        np.fill_diagonal(found, False)
        return found


@dataclass(slots=True)
class OwnRows:
    """Her rows in the making: columns 0 to the last of `spans` are the sessions, `worth` is what each column
    adds to the blend, `steps` what level 4 adds for each further session of a week.
    """

    room: Room
    spans: Spans
    worth: list[int]
    fair: Callable[[int], int]
    rows: list[Row] = field(default_factory=list)
    steps: dict[int, list[int]] = field(default_factory=dict)

    def column(self, worth: int) -> int:
        """A new continuous column."""
        self.worth.append(worth)
        return len(self.worth) - 1

    def at_most(self, columns: Iterable[int], upper: int) -> None:
        """A row: no more than `upper` of the columns."""
        several = tuple(columns)
        if len(several) > upper:
            self.rows.append(Row(several, (1,) * len(several), upper))


def own_rows(
    room: Room, spans: Spans, worth: Sequence[int], clashes: Flags, fair: Callable[[int], int]
) -> OwnRows:
    """The rows of a clinician for sessions in order of time, each of which she could take alone beside what
    she keeps.

    `worth` is points of the blend but for level 4, `clashes` flags which exclude which in time or travel,
    `fair(k)` says what level 4 adds for her k-th session of a week (from 0).
    """
    made = OwnRows(room, spans, list(worth), fair)
    masks = as_masks(clashes | room.exclusions(spans))
    for clique in maximal_cliques(masks):
        made.at_most(bits(clique), 1)
    by_day = grouped(spans.days.tolist())
    for day, inside in by_day.items():
        # with room for one the cliques say it
        if room.sessions_on(day) != 1:
            made.at_most(inside, max(0, room.sessions_on(day)))
    for week, inside in grouped(spans.weeks.tolist()).items():
        add_fairness(made, week, inside, add_week(made, week, inside))
    add_runs(made, masks, by_day)
    return made


def grouped(keys: list[int]) -> dict[int, list[int]]:
    """Positions by key."""
    groups: dict[int, list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(key, []).append(position)
    return groups


def add_week(made: OwnRows, week: int, inside: list[int]) -> int:
    """Sessions and minutes of one week; returns the most sessions she can take in it."""
    left, most, used = made.room.minutes_in(week), 0, 0
    minutes = made.spans.minutes[inside].tolist()
    for length in sorted(minutes):
        used += length
        most += used <= left
    most = max(0, min(most, made.room.sessions_in(week)))
    if most != 1:
        made.at_most(inside, most)
    if sum(sorted(minutes, reverse=True)[:most]) > left:
        made.rows.append(Row(tuple(inside), tuple(minutes), left))
    return most


def add_fairness(made: OwnRows, week: int, inside: list[int], most: int) -> None:
    """Level 4 of one week: columns for each further session of hers, worth less and less."""
    kept = made.room.kept_in(week)
    made.steps[week] = [made.fair(k) for k in range(kept, kept + most)]
    steps = [made.column(worth) for worth in made.steps[week] if worth]
    if steps:
        coefficients = (1,) * len(steps) + (-1,) * len(inside)
        made.rows.append(Row((*steps, *inside), coefficients, 0))


def add_runs(made: OwnRows, masks: list[int], by_day: dict[int, list[int]]) -> None:
    """No more days in a row than she works, where her open and kept days could make a longer run."""
    most, kept = made.room.run_limit, made.room.kept_days()
    days = kept | set(by_day)
    worked: dict[int, int] = {}
    for first in sorted(days):
        span = range(first, first + most + 1) if most < len(days) else ()
        if not span or not days.issuperset(span):
            continue
        unsure = [day for day in span if day not in kept]
        for day in unsure:
            if day not in worked:
                worked[day] = add_worked_day(made, masks, by_day[day])
        if unsure:
            made.at_most((worked[day] for day in unsure), most - (len(span) - len(unsure)))


def add_worked_day(made: OwnRows, masks: list[int], inside: list[int]) -> int:
    """A column that is 1 where she works any of the day's sessions."""
    works, covered = made.column(0), 0
    local = [sum(1 << j for j, other in enumerate(inside) if masks[i] >> other & 1) for i in inside]
    cliques = maximal_cliques(local)
    for clique in cliques:
        covered |= clique
    cliques += [1 << j for j in range(len(inside)) if not covered >> j & 1]
    for clique in cliques:
        hers = tuple(inside[j] for j in bits(clique))
        made.rows.append(Row((*hers, works), (1,) * len(hers) + (-1,), 0))
    return works
