"""One clinician's part of the program that re-planning solves: her columns, and the rows of her own rules.

Columns are within 0 and 1: first one for each session she could take, then "her k-th session of the week"
(level 4) and "she works that day" where a run of days could grow too long. A row reads: sum of coefficient x
column <= upper.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from desirepath.matching.columns import Ints
from desirepath.matching.conflicts import Room, bits, conflict_masks, maximal_cliques
from desirepath.matching.objective import session_worth
from desirepath.matching.problem import Problem, Vacancy

Row = tuple[list[int], list[int], int]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Her columns and rows. `vacancies` are the ids of the first columns, `worth` points of the blend for all
    of them; row r has its columns at `index[first[r] : first[r + 1]]` with `value` beside them and
    `upper[r]`. `numbers` are those of the vacancies in the whole program, -1 for a column that is no session;
    `weeks` is the Monday of each session, `steps` what level 4 adds, in points, for each further one of a
    week.
    """

    clinician: str
    vacancies: tuple[str, ...]
    worth: Ints
    first: Ints
    lengths: Ints
    index: Ints
    value: Ints
    upper: Ints
    at: dict[str, int]
    numbers: Ints
    weeks: tuple[date, ...]
    steps: dict[date, list[int]]

    @property
    def columns(self) -> int:
        """How many columns she has."""
        return len(self.worth)

    @property
    def rows(self) -> int:
        """How many rows she has."""
        return len(self.upper)

    def gives(self, sessions: Iterable[int]) -> int:
        """What some of her sessions (columns) that go together add to the blend, level 4 included."""
        total = 0
        weeks: Counter[date] = Counter()
        for column in sessions:
            total += int(self.worth[column])
            weeks[self.weeks[column]] += 1
        return total + sum(sum(self.steps[monday][:count]) for monday, count in weeks.items())


@dataclass(slots=True)
class Draft:
    """A block in the making: columns 0 to len(sessions) - 1 are the sessions."""

    problem: Problem
    room: Room
    sessions: Sequence[Vacancy]
    worth: list[int]
    rows: list[Row] = field(default_factory=list)
    steps: dict[date, list[int]] = field(default_factory=dict)

    def column(self, worth: int) -> int:
        """A new column beside the sessions."""
        self.worth.append(worth)
        return len(self.worth) - 1

    def at_most(self, columns: list[int], upper: int) -> None:
        """A row: no more than `upper` of the columns."""
        if len(columns) > upper:
            self.rows.append((columns, [1] * len(columns), upper))

    def done(self, number: dict[str, int]) -> Block:
        """The block; a vacancy that has no number yet gets the next."""
        ids = tuple(session.id for session in self.sessions)
        return Block(
            clinician=self.room.clinician.id,
            vacancies=ids,
            worth=np.array(self.worth, np.int64),
            first=np.cumsum([0, *(len(columns) for columns, _, _ in self.rows)]),
            lengths=np.array([len(columns) for columns, _, _ in self.rows], np.int64),
            index=np.array([c for columns, _, _ in self.rows for c in columns], np.int64),
            value=np.array([v for _, values, _ in self.rows for v in values], np.int64),
            upper=np.array([upper for _, _, upper in self.rows], np.int64),
            at={name: i for i, name in enumerate(ids)},
            numbers=np.array(
                [number.setdefault(name, len(number)) for name in ids] + [-1] * (len(self.worth) - len(ids)),
                np.int64,
            ),
            weeks=tuple(session.monday for session in self.sessions),
            steps=self.steps,
        )


def block_of(
    problem: Problem, room: Room, sessions: Sequence[Vacancy], worth: Sequence[int], number: dict[str, int]
) -> Block:
    """The block of a clinician. `sessions` are those she could take, each alone, beside what is kept for her;
    `worth` is what each adds to levels 1, 2, 3 and 5 of the blend, in points; `number` numbers vacancies."""
    draft = Draft(problem, room, sessions, list(worth))
    masks = conflict_masks(problem, room, list(sessions))
    for clique in maximal_cliques(masks):
        draft.at_most(list(bits(clique)), 1)
    by_day: dict[date, list[int]] = {}
    by_week: dict[date, list[int]] = {}
    for i, session in enumerate(sessions):
        by_day.setdefault(session.day, []).append(i)
        by_week.setdefault(session.monday, []).append(i)
    for day, inside in by_day.items():
        if room.sessions_on(day) > 1:
            draft.at_most(inside, room.sessions_on(day))
    for monday, inside in by_week.items():
        add_fairness(draft, monday, inside, add_week(draft, monday, inside))
    add_runs(draft, masks, by_day)
    return draft.done(number)


def add_week(draft: Draft, monday: date, inside: list[int]) -> int:
    """Sessions and minutes of one week; returns the most sessions she can take in it."""
    left, most, used = draft.room.minutes_in(monday), 0, 0
    minutes = [draft.sessions[i].minutes for i in inside]
    for length in sorted(minutes):
        used += length
        most += used <= left
    most = min(most, draft.room.sessions_in(monday))
    if most > 1:
        draft.at_most(inside, most)
    if sum(sorted(minutes, reverse=True)[:most]) > left:
        draft.rows.append((inside, minutes, left))
    return most


def add_fairness(draft: Draft, monday: date, inside: list[int], most: int) -> None:
    """Level 4 of one week: a column for each further session of hers, worth less and less."""
    kept, weight = draft.room.kept_in(monday), draft.problem.options.weights.fairness
    worths = [
        session_worth(draft.problem.options, draft.room.clinician, k) * weight
        for k in range(kept, kept + most)
    ]
    draft.steps[monday] = worths
    steps = [draft.column(worth) for worth in worths if worth]
    if steps:
        draft.rows.append((steps + inside, [1] * len(steps) + [-1] * len(inside), 0))


def add_runs(draft: Draft, masks: list[int], by_day: dict[date, list[int]]) -> None:
    """No more days in a row than she works, where her open and kept days could make a longer run."""
    most, kept = draft.room.clinician.max_consecutive_days, draft.room.kept_days()
    days = kept | set(by_day)
    worked: dict[date, int] = {}
    for start in sorted(days):
        span = [start + timedelta(days=i) for i in range(most + 1)] if most <= len(days) else []
        if not span or not days.issuperset(span):
            continue
        unsure = [day for day in span if day not in kept]
        for day in unsure:
            if day not in worked:
                worked[day] = add_worked_day(draft, masks, by_day[day])
        if unsure:
            draft.at_most([worked[day] for day in unsure], most - (len(span) - len(unsure)))


def add_worked_day(draft: Draft, masks: list[int], inside: list[int]) -> int:
    """A column that is 1 where she works any of the day's sessions."""
    works, covered = draft.column(0), 0
    local = [sum(1 << j for j, other in enumerate(inside) if masks[i] >> other & 1) for i in inside]
    cliques = maximal_cliques(local)
    for clique in cliques:
        covered |= clique
    cliques += [1 << j for j in range(len(inside)) if not covered >> j & 1]
    for clique in cliques:
        columns = [inside[j] for j in bits(clique)]
        draft.rows.append(([*columns, works], [1] * len(columns) + [-1], 0))
    return works
