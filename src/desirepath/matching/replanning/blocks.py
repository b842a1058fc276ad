"""One clinician's part of the program that re-planning solves: her columns, and the rows of her own rules
(`own_rows`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from desirepath.matching.columns import Ints, ints
from desirepath.matching.conflicts import clashes
from desirepath.matching.objective import session_worth
from desirepath.matching.own_rows import Room, Spans, own_rows
from desirepath.matching.problem import Clinician, Problem, Vacancy


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
    weeks: tuple[int, ...]
    steps: dict[int, list[int]]

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
        weeks: Counter[int] = Counter()
        for column in sessions:
            total += int(self.worth[column])
            weeks[self.weeks[column]] += 1
        return total + sum(sum(self.steps[week][:count]) for week, count in weeks.items())


def block_of(
    problem: Problem,
    clinician: Clinician,
    kept: Sequence[Vacancy],
    sessions: Sequence[Vacancy],
    worth: Sequence[int],
    number: dict[str, int],
) -> Block:
    """The block of a clinician. `sessions` are those she could take, each alone, beside what is `kept` for
    her, in order of time; `worth` is what each adds to levels 1, 2, 3 and 5 of the blend, in points; `number`
    numbers vacancies, the next for one that has none yet.
    """
    weight = problem.options.weights.fairness
    made = own_rows(
        room_of(clinician, kept),
        Spans(*columns_of(sessions)),
        worth,
        clashes(problem, clinician, list(sessions)),
        lambda k: session_worth(problem.options, clinician, k) * weight,
    )
    ids = tuple(session.id for session in sessions)
    numbers = [number.setdefault(name, len(number)) for name in ids]
    return Block(
        clinician=clinician.id,
        vacancies=ids,
        worth=np.array(made.worth, np.int64),
        first=np.cumsum([0, *(len(row.columns) for row in made.rows)]),
        lengths=np.array([len(row.columns) for row in made.rows], np.int64),
        index=np.array([c for row in made.rows for c in row.columns], np.int64),
        value=np.array([v for row in made.rows for v in row.coefficients], np.int64),
        upper=np.array([row.upper for row in made.rows], np.int64),
        at={name: i for i, name in enumerate(ids)},
        numbers=np.array(numbers + [-1] * (len(made.worth) - len(ids)), np.int64),
        weeks=tuple(made.spans.weeks.tolist()),
        steps=made.steps,
    )


def room_of(clinician: Clinician, kept: Sequence[Vacancy]) -> Room:
    """What her limits leave beside what is kept for her."""
    return Room(
        clinician.max_sessions_day,
        clinician.max_sessions_week,
        clinician.max_minutes_week,
        clinician.max_consecutive_days,
        tuple((each.day.toordinal(), each.monday.toordinal(), each.minutes) for each in kept),
    )


def columns_of(sessions: Sequence[Vacancy]) -> tuple[Ints, Ints, Ints]:
    """Day, week and minutes of each session."""
    return (
        ints(each.day.toordinal() for each in sessions),
        ints(each.monday.toordinal() for each in sessions),
        ints(each.minutes for each in sessions),
    )
