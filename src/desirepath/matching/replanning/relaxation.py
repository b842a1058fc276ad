"""The linear relaxation of a program, solved from where the one before stood: milliseconds after one
change.
"""

from typing import Any, Self

import numpy as np

from desirepath.matching.columns import Floats, Ints
from desirepath.matching.replanning.blocks import Block
from desirepath.matching.replanning.program import SCALE, Matrix, Program, loaded


class Relaxation:
    """A matrix in HiGHS. Where the matrix is that of `before` its HiGHS goes on, else its basis is carried
    over, block by block and vacancy by vacancy.
    """

    def __init__(self, matrix: Matrix, before: Self | None) -> None:
        self.matrix = matrix
        self.highs: Any = None
        self.start: Any = None
        if before is not None and before.matrix is matrix:
            self.highs = before.highs
        elif before is not None:
            self.start = before.carried(matrix)

    def solved(self, program: Program) -> tuple[Floats, Ints]:
        """The columns' values, and the rows' prices in parts of a point, whole and not below 0."""
        import highspy

        if self.highs is None:
            self._load(program)
        else:
            every = np.arange(len(program.worth), dtype=np.int32)
            self.highs.changeColsCost(len(every), every, -program.worth.astype(np.float64) * SCALE)
            most = program.is_open.astype(np.float64)
            self.highs.changeColsBounds(len(every), every, np.zeros(len(every)), most)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._load(program)
            self.highs.run()
        solution = self.highs.getSolution()
        price = np.rint(-np.asarray(solution.row_dual) / SCALE).astype(np.int64)
        return np.asarray(solution.col_value), np.maximum(price, 0)

    def _load(self, program: Program) -> None:
        matrix, most = self.matrix, program.is_open.astype(np.float64)
        self.highs = loaded(program.worth, matrix.first, matrix.index, matrix.value, matrix.upper, most=most)
        if self.start is not None:
            self.highs.setBasis(self.start)
            self.start = None

    def carried(self, matrix: Matrix) -> Any:
        """The basis that it stands in, for another matrix: new rows are basic, new columns at 0."""
        import highspy

        status, stood = highspy.HighsBasisStatus, self.highs.getBasis()
        columns, rows = Carried(self.matrix, list(stood.col_status), list(stood.row_status), status), []
        result = highspy.HighsBasis()
        result.col_status = [each for block in matrix.blocks for each in columns.of(block)]
        rows = [each for block in matrix.blocks for each in columns.rows_of(block)]
        result.row_status = rows + columns.of_vacancies(matrix.names)
        result.valid, result.alien = True, True
        return result


class Carried:
    """Where columns and rows of a matrix stood, to be asked for those of another."""

    def __init__(self, matrix: Matrix, columns: list[Any], rows: list[Any], status: Any) -> None:
        self.status, self.rows, self.matrix = status, rows, matrix
        self.columns = columns
        self.place = {block.clinician: i for i, block in enumerate(matrix.blocks)}
        self.begin, self.row_begin = matrix.begin.tolist(), matrix.row_begin.tolist()
        self.vacancies = dict(zip(matrix.names, rows[matrix.own_rows :], strict=True))

    def of(self, block: Block) -> list[Any]:
        """The columns of a block, by their sessions where the block is another."""
        i = self.place.get(block.clinician)
        if i is None:
            return [self.status.kLower] * block.columns
        stood = self.columns[self.begin[i] : self.begin[i + 1]]
        before = self.matrix.blocks[i]
        if before is block:
            return stood
        by_name = dict(zip(before.vacancies, stood, strict=False))
        hers = [by_name.get(name, self.status.kLower) for name in block.vacancies]
        return hers + [self.status.kLower] * (block.columns - len(hers))

    def rows_of(self, block: Block) -> list[Any]:
        """The rows of a block, basic where the block is another."""
        i = self.place.get(block.clinician)
        if i is None or self.matrix.blocks[i] is not block:
            return [self.status.kBasic] * block.rows
        return self.rows[self.row_begin[i] : self.row_begin[i + 1]]

    def of_vacancies(self, names: list[str]) -> list[Any]:
        """The rows of the vacancies."""
        return [self.vacancies.get(name, self.status.kBasic) for name in names]
