"""The program of re-planning as a whole: blocks side by side, joined by one row for each vacancy.

Its linear relaxation is solved from the basis of the time before, which takes milliseconds after one change.
Points are counted in `UNITS` parts: each proposal that stays as it is earns one part, so that of plans equal
in the blend the one that changes fewest proposals is best, and a single point of the blend still outweighs 63
changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from desirepath.matching.columns import Flags, Floats, Ints
from desirepath.matching.problem import Pair
from desirepath.matching.replanning.blocks import Block

UNITS = 64
# A power of two rounds nothing, and brings what one session is worth into the range that HiGHS is safe in.
SCALE = 2.0**-16 / UNITS


class Matrix:
    """All blocks in one matrix by rows: first the blocks' own rows, then one for each vacancy.

    `who` is the block of a column, `what` the number of its vacancy (-1 for columns that are no session); a
    block's columns begin at `begin`, its rows at `row_begin`. `names` are the vacancies by number.
    """

    def __init__(self, blocks: Sequence[Block], names: Sequence[str]) -> None:
        self.blocks, self.names = list(blocks), list(names)
        self.begin = np.cumsum([0, *(block.columns for block in blocks)])
        self.row_begin = np.cumsum([0, *(block.rows for block in blocks)])
        self.own_rows = int(self.row_begin[-1])
        self.what = joined(block.numbers for block in blocks)
        self.who = np.repeat(np.arange(len(blocks)), np.diff(self.begin))
        self.is_session = self.what >= 0
        sessions = np.flatnonzero(self.is_session)
        self.by_vacancy = sessions[np.argsort(self.what[sessions], kind="stable")]
        counts = np.bincount(self.what[sessions], minlength=len(names))
        self.by_vacancy_first = np.concatenate([[0], np.cumsum(counts)])
        own = [block.index + first for block, first in zip(blocks, self.begin[:-1], strict=True)]
        self.index = joined([*own, self.by_vacancy])
        ones = np.ones(len(self.by_vacancy), np.int64)
        self.value = joined([*(block.value for block in blocks), ones])
        self.upper = joined([*(block.upper for block in blocks), np.ones(len(names), np.int64)])
        lengths = joined([*(block.lengths for block in blocks), counts])
        self.first = np.concatenate([[0], np.cumsum(lengths)])
        self.row_of = np.repeat(np.arange(len(self.upper)), lengths)
        self.worth = joined(block.worth for block in blocks)

    def same(self, blocks: Sequence[Block], names: Sequence[str]) -> bool:
        """Whether it is the matrix of these blocks and vacancies."""
        return (
            len(blocks) == len(self.blocks)
            and len(names) == len(self.names)
            and all(a is b for a, b in zip(blocks, self.blocks, strict=True))
        )

    def pair(self, column: int) -> Pair:
        """The vacancy and the clinician of a column."""
        return self.names[self.what[column]], self.blocks[self.who[column]].clinician

    def columns_of(self, vacancy: int) -> Ints:
        """The columns of a vacancy."""
        return self.by_vacancy[self.by_vacancy_first[vacancy] : self.by_vacancy_first[vacancy + 1]]


class Program:
    """A matrix with what is open and what stays.

    `is_open` marks the columns open to the plan, `stays` the proposals of the plan before, and `worth` is in
    parts of a point, with what staying earns.
    """

    def __init__(self, matrix: Matrix, closed: Mapping[str, set[str]], hers: Mapping[str, set[str]]) -> None:
        self.matrix = matrix
        self.is_open = np.ones(len(matrix.worth), np.bool_)
        self.stays = np.zeros(len(matrix.worth), np.bool_)
        for first, block in zip(matrix.begin.tolist(), matrix.blocks, strict=False):
            for name in closed.get(block.clinician, ()):
                self.is_open[first + block.at[name]] = False
            for name in hers.get(block.clinician, ()):
                if name in block.at:
                    self.stays[first + block.at[name]] = True
        self.stays &= self.is_open
        self.worth = UNITS * matrix.worth + self.stays

    def prices(self, price: Ints) -> dict[str, int]:
        """What one more session of cover would be worth at each vacancy, in whole points."""
        of_vacancies = price[self.matrix.own_rows :] // UNITS
        return dict(zip(self.matrix.names, of_vacancies.tolist(), strict=True))

    def reduced(self, price: Ints) -> Ints:
        """What each column is worth less the prices of its rows, in parts of a point."""
        matrix = self.matrix
        paid = np.zeros(len(self.worth), np.int64)
        np.add.at(paid, matrix.index, matrix.value * price[matrix.row_of])
        return self.worth - paid

    def bound(self, price: Ints, reduced: Ints) -> int:
        """No choice is worth more, in whole points: weak duality at whole prices, so no tolerance enters."""
        gains = np.maximum(reduced, 0)[self.is_open]
        return (int((price * self.matrix.upper).sum()) + int(gains.sum())) // UNITS

    def best(self, keep: Flags) -> list[int] | None:
        """The best choice of sessions among the columns in `keep`, None where the search found none."""
        import highspy

        matrix = self.matrix
        columns = np.flatnonzero(keep)
        number = np.full(len(keep), -1)
        number[columns] = np.arange(len(columns))
        inside = keep[matrix.index]
        # a row whose columns could all be 1 forbids nothing
        most = np.bincount(matrix.row_of[inside], np.maximum(matrix.value[inside], 0), len(matrix.upper))
        binding = most > matrix.upper
        inside &= binding[matrix.row_of]
        lengths = np.bincount(matrix.row_of[inside], minlength=len(matrix.upper))[binding]
        highs = loaded(
            self.worth[columns],
            np.concatenate([[0], np.cumsum(lengths)]),
            number[matrix.index[inside]],
            matrix.value[inside],
            matrix.upper[binding],
            whole=matrix.is_session[columns],
        )
        highs.run()
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        x = np.asarray(highs.getSolution().col_value)
        return [int(column) for column in columns[(x > 0.5) & matrix.is_session[columns]]]


def loaded(
    worth: Ints,
    first: Ints,
    index: Ints,
    value: Ints,
    upper: Ints,
    *,
    most: Floats | None = None,
    whole: Flags | None = None,
) -> Any:
    """A quiet HiGHS on one thread holding a program by rows; `most` are the columns' upper bounds (1 unless
    given), `whole` marks those that may only be 0 or 1.
    """
    import highspy

    highs: Any = highspy.Highs()
    highs.silent()
    for name, setting in OPTIONS.items():
        highs.setOptionValue(name, setting)
    columns, rows = len(worth), len(upper)
    highs.passModel(
        columns,
        rows,
        len(index),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        -worth.astype(np.float64) * SCALE,
        np.zeros(columns),
        np.ones(columns) if most is None else most,
        np.full(rows, -highspy.kHighsInf),
        upper.astype(np.float64),
        first.astype(np.int32),
        index.astype(np.int32),
        value.astype(np.float64),
        np.zeros(columns, np.int32) if whole is None else whole.astype(np.int32),
    )
    return highs


# Stop by nodes, not by time: the same change must give the same plan.
OPTIONS: dict[str, Any] = {
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.5 * SCALE,
    "mip_max_nodes": 200,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}


def joined(parts: Iterable[Ints]) -> Ints:
    """The parts one after another."""
    return np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64)
