"""The plan as a mixed-integer program: one 0/1 column per edge, a row for each vacancy and those of every
clinician (`own_rows`).

Columns are all within 0 and 1, the edges first. An edge's column is worth what its caller says: its levels 1,
2, 3 and 5 of the blend, less a price where it stands outside.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from desirepath.matching.market import Market
from desirepath.matching.own_rows import Room, Row, Spans, grouped, own_rows


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
        add_clinician(market, who, program, columns)
        if done % 100 == 0:
            tell(done / len(by_clinician))
    return program


def room_of(market: Market, who: int) -> Room:
    """What a clinician's limits leave her; most keep nothing."""
    hers = slice(int(market.kept_first[who]), int(market.kept_first[who + 1]))
    kept = (market.kept_day[hers], market.kept_week[hers], market.kept_minutes[hers])
    return Room(
        int(market.day_limit[who]),
        int(market.week_limit[who]),
        int(market.minutes_limit[who]),
        int(market.run_limit[who]),
        tuple(zip(*(each.tolist() for each in kept), strict=True)),
    )


def add_clinician(market: Market, who: int, program: Program, columns: list[int]) -> None:
    """The rows of one clinician; `columns` are hers."""
    from desirepath.matching.compiled.clashes import clash_matrix

    room, steps = room_of(market, who), fair_of(market, who)
    if len(columns) == 1 and not room.kept:
        add_only(room, steps, program, columns[0])
        return
    edges = np.array([program.edges[c] for c in columns], np.int64)
    vacancies = market.vacancy[edges]
    spans = Spans(market.day[vacancies], market.week[vacancies], market.minutes[vacancies])
    worth = [program.worth[c] for c in columns]
    made = own_rows(
        room, spans, worth, clash_matrix(market, edges), lambda k: steps[k] if k < len(steps) else 0
    )
    number = columns + [program.column(each) for each in made.worth[len(columns) :]]
    program.rows += [
        Row(tuple([number[c] for c in columns]), coefficients, upper)
        for columns, coefficients, upper in made.rows
    ]


def fair_of(market: Market, who: int) -> list[int]:
    """Points of level 4 for her sessions of a week, while above 0."""
    steps: list[int] = market.fair[market.fair_first[who] : market.fair_first[who + 1]].tolist()
    return steps


def add_only(room: Room, steps: list[int], program: Program, column: int) -> None:
    """A clinician with one column and nothing kept: no rule together can bind but a limit of none."""
    program.worth[column] += sum(steps[:1])
    if min(room.day_limit, room.week_limit, room.run_limit) <= 0:
        program.rows.append(Row((column,), (1,), 0))
