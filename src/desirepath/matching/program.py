"""The plan as a mixed-integer program: one 0/1 column per edge, rows for the rules together.

Columns are all within 0 and 1, the edges first. An edge's column is worth what its caller says: its levels 1,
2, 3 and 5 of the blend, less a price where it stands outside. Level 4 is concave in the sessions of her week,
so continuous columns "her k-th session of the week" carry it exactly. A clinician's day in a possible
over-long run has a continuous column "she works that day". Every row reads `sum of coefficient x column <=
upper`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from desirepath.matching.conflicts import as_masks, bits, maximal_cliques
from desirepath.matching.market import Market


class Row(NamedTuple):
    """sum of coefficient x column <= upper."""

    columns: tuple[int, ...]
    coefficients: tuple[int, ...]
    upper: int


@dataclass(slots=True)
class Program:
    """The program. Columns 0 to len(edges) - 1 are the edges (whole), further ones continuous; `cover` is the
    row by which each vacancy is filled at most once.
    """

    edges: list[int]
    worth: list[int]
    rows: list[Row] = field(default_factory=list)
    cover: dict[int, int] = field(default_factory=dict)

    def column(self, worth: int) -> int:
        """A new continuous column."""
        self.worth.append(worth)
        return len(self.worth) - 1

    def at_most(self, columns: Iterable[int], upper: int) -> None:
        """A row: no more than `upper` of the columns."""
        several = tuple(columns)
        if len(several) > upper:
            self.rows.append(Row(several, (1,) * len(several), upper))


def build(
    market: Market,
    edges: list[int],
    worth: list[int] | None = None,
    covered: Iterable[int] | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> Program:
    """The program over the edges, in order, with their worth (default: the market's).

    Each vacancy of `covered` (default: all) is filled at most once. `tell` hears the share done.
    """
    worth = market.worth[edges].tolist() if worth is None else list(worth)
    program = Program(list(edges), worth)
    at = grouped(market.vacancy[edges].tolist())
    for vacancy in at if covered is None else covered:
        if members := tuple(at.get(vacancy, ())):
            program.cover[vacancy] = len(program.rows)
            program.rows.append(Row(members, (1,) * len(members), 1))
    by_clinician = grouped(market.clinician[edges].tolist())
    for done, (who, columns) in enumerate(by_clinician.items()):
        add_clinician(Room.of(market, who), program, columns)
        if done % 100 == 0:
            tell(done / len(by_clinician))
    return program


def grouped(keys: list[int]) -> dict[int, list[int]]:
    """Positions by key."""
    groups: dict[int, list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(key, []).append(position)
    return groups


@dataclass(frozen=True, slots=True)
class Room:
    """What one clinician's limits leave beside the sessions she keeps, each (day, week, minutes)."""

    market: Market
    who: int
    kept: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, market: Market, who: int) -> "Room":
        """Her room; most keep nothing."""
        hers = slice(int(market.kept_first[who]), int(market.kept_first[who + 1]))
        columns = (market.kept_day[hers], market.kept_week[hers], market.kept_minutes[hers])
        return cls(market, who, tuple(zip(*(each.tolist() for each in columns), strict=True)))

    def sessions_on(self, day: int) -> int:
        """Sessions she may still take on the day."""
        return int(self.market.day_limit[self.who]) - sum(each[0] == day for each in self.kept)

    def sessions_in(self, week: int) -> int:
        """Sessions she may still take in the week."""
        return int(self.market.week_limit[self.who]) - self.kept_in(week)

    def minutes_in(self, week: int) -> int:
        """Minutes she may still work in the week."""
        return int(self.market.minutes_limit[self.who]) - sum(m for _, w, m in self.kept if w == week)

    def kept_in(self, week: int) -> int:
        """Sessions of the week that she keeps."""
        return sum(each[1] == week for each in self.kept)

    def fair(self, k: int) -> int:
        """Points of level 4 for her k-th session of a week."""
        at = int(self.market.fair_first[self.who]) + k
        return int(self.market.fair[at]) if at < self.market.fair_first[self.who + 1] else 0


def add_clinician(room: Room, program: Program, columns: list[int]) -> None:
    """The rows of one clinician; `columns` are hers."""
    from desirepath.matching.compiled.clashes import clash_matrix

    market = room.market
    if len(columns) == 1 and not room.kept:
        add_only(room, program, columns[0])
        return
    edges = np.array([program.edges[c] for c in columns], np.int64)
    vacancies = market.vacancy[edges]
    days, weeks = market.day[vacancies].tolist(), market.week[vacancies].tolist()
    masks = as_masks(clash_matrix(market, edges))
    for clique in maximal_cliques(masks):
        program.at_most((columns[i] for i in bits(clique)), 1)
    by_day = grouped(days)
    for day, inside in by_day.items():
        program.at_most((columns[i] for i in inside), max(0, room.sessions_on(day)))
    minutes = market.minutes[vacancies].tolist()
    for week, inside in grouped(weeks).items():
        hers = [columns[i] for i in inside]
        most = add_week(program, room, week, [(columns[i], minutes[i]) for i in inside])
        add_fairness(program, room, week, hers, most)
    add_runs(program, room, columns, masks, by_day)


def add_only(room: Room, program: Program, column: int) -> None:
    """A clinician with one column and nothing kept: no rule together can bind but a limit of none."""
    market = room.market
    program.worth[column] += room.fair(0)
    if min(market.day_limit[room.who], market.week_limit[room.who], market.run_limit[room.who]) <= 0:
        program.at_most([column], 0)


def add_week(program: Program, room: Room, week: int, columns: list[tuple[int, int]]) -> int:
    """Sessions and minutes of one week ((column, minutes) pairs); returns the most sessions she can take."""
    left, most, used = room.minutes_in(week), 0, 0
    for minutes in sorted(minutes for _, minutes in columns):
        used += minutes
        most += used <= left
    most = max(0, min(most, room.sessions_in(week)))
    program.at_most((c for c, _ in columns), most)
    longest = sorted((minutes for _, minutes in columns), reverse=True)[:most]
    if sum(longest) > left:
        program.rows.append(Row(tuple(c for c, _ in columns), tuple(minutes for _, minutes in columns), left))
    return most


def add_fairness(program: Program, room: Room, week: int, columns: list[int], most: int) -> None:
    """Level 4 of one week: columns for each further session of hers, worth less and less."""
    kept = room.kept_in(week)
    steps = [program.column(room.fair(k)) for k in range(kept, kept + most) if room.fair(k)]
    if steps:
        coefficients = (1,) * len(steps) + (-1,) * len(columns)
        program.rows.append(Row((*steps, *columns), coefficients, 0))


def add_runs(
    program: Program, room: Room, columns: list[int], masks: list[int], by_day: dict[int, list[int]]
) -> None:
    """No more days in a row than she works, where her open and kept days could make a longer run."""
    most, kept = int(room.market.run_limit[room.who]), {each[0] for each in room.kept}
    days = kept | set(by_day)
    worked: dict[int, int] = {}
    for first in sorted(days):
        span = range(first, first + most + 1) if most < len(days) else ()
        if not span or not days.issuperset(span):
            continue
        unsure = [day for day in span if day not in kept]
        for day in unsure:
            if day not in worked:
                worked[day] = add_worked_day(program, columns, masks, by_day[day])
        if unsure:
            program.at_most((worked[day] for day in unsure), most - (len(span) - len(unsure)))


def add_worked_day(program: Program, columns: list[int], masks: list[int], inside: list[int]) -> int:
    """A column that is 1 where she works any of the day's sessions."""
    works = program.column(0)
    local = [sum(1 << j for j, other in enumerate(inside) if masks[i] >> other & 1) for i in inside]
    covered = 0
    cliques = maximal_cliques(local)
    for clique in cliques:
        covered |= clique
    cliques += [1 << j for j in range(len(inside)) if not covered >> j & 1]
    for clique in cliques:
        hers = tuple(columns[inside[j]] for j in bits(clique))
        program.rows.append(Row((*hers, works), (1,) * len(hers) + (-1,), 0))
    return works
