"""The plan as a mixed-integer program: one 0/1 column per feasible pair, rows for the rules together.

Columns are all within 0 and 1. A pair's column is worth its levels 1, 2, 3 and 5 of the blend. Level 4 is
concave in the sessions of her week, so continuous columns "her k-th session of the week" carry it exactly. A
clinician's day in a possible over-long run has a continuous column "she works that day". Every row reads
`sum of coefficient x column <= upper`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import NamedTuple

from desirepath.matching.conflicts import Room, bits, conflict_masks, maximal_cliques
from desirepath.matching.objective import AGENCY, session_worth
from desirepath.matching.pairs import Pairs, feasible_pairs
from desirepath.matching.problem import Problem, Vacancy
from desirepath.matching.rules import goes_with


class Row(NamedTuple):
    """sum of coefficient x column <= upper."""

    columns: tuple[int, ...]
    coefficients: tuple[int, ...]
    upper: int


@dataclass(frozen=True, slots=True)
class Edges:
    """The pairs that are open to the plan, as plain lists: positions in the problem, worth of the pair alone,
    urgency, and `first`, what level 4 adds for her first session of that week beyond those kept."""

    clinician: list[int]
    vacancy: list[int]
    worth: list[int]
    urgency: list[int]
    first: list[int]
    rooms: dict[int, Room]

    def __len__(self) -> int:
        return len(self.vacancy)

    def full_worth(self, edge: int) -> int:
        """What the pair adds to the blend where it is her first of the week: the most it can add."""
        return self.worth[edge] + self.first[edge]


@dataclass(slots=True)
class Model:
    """The program. Columns 0 to len(edges) - 1 are the pairs (whole), further ones continuous."""

    edges: Edges
    masks: list[int]
    by_clinician: dict[int, list[int]]
    worth: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, worth: int) -> int:
        """A new continuous column."""
        self.worth.append(worth)
        return len(self.worth) - 1

    def at_most(self, columns: Iterable[int], upper: int) -> None:
        """A row: no more than `upper` of the columns."""
        several = tuple(columns)
        if len(several) > upper:
            self.rows.append(Row(several, (1,) * len(several), upper))


def kept_sessions(problem: Problem) -> dict[str, list[Vacancy]]:
    """Each clinician's fixed and pinned sessions, by her id."""
    kept: dict[str, list[Vacancy]] = {}
    for vacancy, clinician in problem.fixed + problem.pinned:
        kept.setdefault(clinician, []).append(problem.vacancy_of[vacancy])
    return kept


def open_edges(problem: Problem, pairs: Pairs | None = None) -> Edges:
    """The feasible pairs that remain beside the fixed and pinned ones."""
    pairs = feasible_pairs(problem) if pairs is None else pairs
    kept = kept_sessions(problem)
    taken = {vacancy for vacancy, _ in problem.fixed + problem.pinned}
    edges = Edges([], [], [], [], [], {})
    lists = (pairs.clinician.tolist(), pairs.vacancy.tolist(), pairs.rate.tolist())
    for who, what, rate, tier, liked in zip(
        *lists, pairs.tier.tolist(), pairs.preference.tolist(), strict=True
    ):
        vacancy = problem.vacancies[what]
        if who not in edges.rooms:
            clinician = problem.clinicians[who]
            edges.rooms[who] = Room(clinician, tuple(kept.get(clinician.id, ())))
        room = edges.rooms[who]
        if vacancy.id in taken or not fits_beside_kept(problem, room, vacancy):
            continue
        edges.clinician.append(who)
        edges.vacancy.append(what)
        edges.urgency.append(vacancy.urgency)
        edges.worth.append(pair_worth(problem, vacancy, rate, tier, liked))
        worth = session_worth(problem.options, room.clinician, room.kept_in(vacancy.monday))
        edges.first.append(worth * problem.options.weights.fairness)
    return edges


def fits_beside_kept(problem: Problem, room: Room, vacancy: Vacancy) -> bool:
    """Whether she may work it beside what is fixed and pinned."""
    clinician = room.clinician
    limits = clinician.max_sessions_day, clinician.max_sessions_week, clinician.max_consecutive_days
    if not room.kept and min(limits) > 0:
        return True
    return goes_with(problem, clinician, room.kept, vacancy)


def pair_worth(problem: Problem, vacancy: Vacancy, rate: int, tier: int, liked: int) -> int:
    """Levels 1, 2, 3 and 5 of one pair, blended."""
    weights = problem.options.weights
    pence = rate * vacancy.minutes // 60
    if tier == AGENCY:
        pence = floor(pence * (1 + Fraction(problem.options.agency_markup)))
    return (
        weights.filling * vacancy.urgency
        - weights.tier * tier
        + weights.preference * liked
        - weights.cost * (pence // 100)
    )


def build(problem: Problem, edges: Edges, tell: Callable[[float], None] = lambda share: None) -> Model:
    """The whole program over the edges; `tell` hears the share done."""
    by_clinician = grouped(edges.clinician)
    model = Model(edges, [0] * len(edges), by_clinician, list(edges.worth))
    for members in grouped(edges.vacancy).values():
        model.at_most(members, 1)
    for done, (who, members) in enumerate(by_clinician.items()):
        add_clinician(problem, model, edges.rooms[who], members)
        if done % 100 == 0:
            tell(done / len(by_clinician))
    return model


def grouped(keys: list[int]) -> dict[int, list[int]]:
    """Positions by key."""
    groups: dict[int, list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(key, []).append(position)
    return groups


def add_clinician(problem: Problem, model: Model, room: Room, members: list[int]) -> None:
    """The rows of one clinician; `members` are her columns."""
    sessions = [problem.vacancies[model.edges.vacancy[e]] for e in members]
    masks = conflict_masks(problem, room, sessions)
    for position, e in enumerate(members):
        model.masks[e] = masks[position]
    for clique in maximal_cliques(masks):
        model.at_most((members[i] for i in bits(clique)), 1)
    by_day: dict[date, list[int]] = {}
    by_week: dict[date, list[int]] = {}
    for i, session in enumerate(sessions):
        by_day.setdefault(session.day, []).append(i)
        by_week.setdefault(session.monday, []).append(i)
    for day, inside in by_day.items():
        if room.sessions_on(day) > 1:
            model.at_most((members[i] for i in inside), room.sessions_on(day))
    for monday, inside in by_week.items():
        most = add_week(model, room, monday, [(members[i], sessions[i].minutes) for i in inside])
        add_fairness(problem, model, room, monday, [members[i] for i in inside], most)
    add_runs(model, room, members, masks, by_day)


def add_week(model: Model, room: Room, monday: date, columns: list[tuple[int, int]]) -> int:
    """Sessions and minutes of one week ((column, minutes) pairs); returns the most sessions she can take."""
    left, most, used = room.minutes_in(monday), 0, 0
    for minutes in sorted(minutes for _, minutes in columns):
        used += minutes
        most += used <= left
    most = min(most, room.sessions_in(monday))
    if most > 1:
        model.at_most((e for e, _ in columns), most)
    longest = sorted((minutes for _, minutes in columns), reverse=True)[:most]
    if sum(longest) > left:
        model.rows.append(Row(tuple(e for e, _ in columns), tuple(minutes for _, minutes in columns), left))
    return most


def add_fairness(
    problem: Problem, model: Model, room: Room, monday: date, members: list[int], most: int
) -> None:
    """Level 4 of one week: columns for each further session of hers, worth less and less."""
    kept, weight = room.kept_in(monday), problem.options.weights.fairness
    steps = []
    for k in range(kept, kept + most):
        worth = session_worth(problem.options, room.clinician, k) * weight
        if worth:
            steps.append(model.column(worth))
    if steps:
        coefficients = (1,) * len(steps) + (-1,) * len(members)
        model.rows.append(Row((*steps, *members), coefficients, 0))


def add_runs(
    model: Model, room: Room, members: list[int], masks: list[int], by_day: dict[date, list[int]]
) -> None:
    """No more days in a row than she works, where her open and kept days could make a longer run."""
    most, kept = room.clinician.max_consecutive_days, room.kept_days()
    days = kept | set(by_day)
    worked: dict[date, int] = {}
    for first in sorted(days):
        span = [first + timedelta(days=i) for i in range(most + 1)] if most <= len(days) else []
        if not span or not days.issuperset(span):
            continue
        unsure = [day for day in span if day not in kept]
        for day in unsure:
            if day not in worked:
                worked[day] = add_worked_day(model, members, masks, by_day[day])
        if unsure:
            model.at_most((worked[day] for day in unsure), most - (len(span) - len(unsure)))


def add_worked_day(model: Model, members: list[int], masks: list[int], inside: list[int]) -> int:
    """A column that is 1 where she works any of the day's sessions."""
    works = model.column(0)
    local = [sum(1 << j for j, other in enumerate(inside) if masks[i] >> other & 1) for i in inside]
    covered = 0
    cliques = maximal_cliques(local)
    for clique in cliques:
        covered |= clique
    cliques += [1 << j for j in range(len(inside)) if not covered >> j & 1]
    for clique in cliques:
        columns = tuple(members[inside[j]] for j in bits(clique))
        model.rows.append(Row((*columns, works), (1,) * len(columns) + (-1,), 0))
    return works
