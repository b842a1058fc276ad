"""HiGHS on one part of the program: exact where it closes, an honest bound where it is stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desirepath.matching.own_rows import Row

# A power of two: scaling by it rounds nothing, and brings 2,500,000,000 into the range HiGHS is safe in.
SCALE = 2.0**-16
# The blend is a whole number, so a bound less than one point above the plan is the plan's own value.
HALF_POINT = 0.5 * SCALE
# How far HiGHS's arithmetic may be off, as a share of the value: added to a bound before it is floored.
SLACK = 1e-12


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the program that shares no row with the rest; columns renumbered, the first `whole` 0/1."""

    columns: tuple[int, ...]
    whole: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Solved:
    """What HiGHS found: chosen columns (of the part, None without a plan), its bound, or that Ctrl-C came."""

    chosen: tuple[int, ...] | None
    bound: float
    interrupted: bool = False


@dataclass(slots=True)
class Limits:
    """When to stop: `seconds` left (None: no limit), `gap` as a fraction, and `over`, asked now and then."""

    seconds: float | None
    gap: float
    seed: int
    over: Callable[[], bool] = lambda: False

    def out_of_time(self) -> bool:
        """Whether there is no use in beginning."""
        return self.over() or (self.seconds is not None and self.seconds <= 0)


def maximise(
    part: Part,
    worth: list[int],
    limits: Limits,
    start: tuple[int, ...] = (),
    on_bound: Callable[[float, float], None] | None = None,
) -> Solved:
    """The best choice of the part's whole columns; `start` is a choice to begin from.

    `on_bound(value, bound)` hears of progress, in points.
    """
    highs = loaded(part, worth, limits)
    highs.changeColsIntegrality(part.whole, np.arange(part.whole, dtype=np.int32), integral(part.whole))
    if start:
        give_start(highs, part, start)
    if on_bound is not None:
        tell = on_bound
        highs.cbMipLogging += lambda event: tell(
            -event.data_out.mip_primal_bound / SCALE, -event.data_out.mip_dual_bound / SCALE
        )
    interrupted = run(highs, limits.over)
    info = highs.getInfo()
    bound = -info.mip_dual_bound / SCALE
    if info.primal_solution_status != 2:
        return Solved(None, bound, interrupted)
    values = np.asarray(highs.getSolution().col_value)[: part.whole]
    return Solved(tuple(np.flatnonzero(values > 0.5).tolist()), bound, interrupted)


class Relaxed(NamedTuple):
    """The optimum of a program whose columns may be fractions, in points: what each row's upper limit costs,
    and what each column's own upper limit of 1 does.
    """

    rows: NDArray[np.float64]
    columns: NDArray[np.float64]


def relax(highs: Any) -> Relaxed | None:
    """Solve a loaded program with fractions; None when stopped before the end."""
    import highspy

    # measured: a cold dual simplex is done before presolve is
    highs.setOptionValue("presolve", "off")
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = highs.getSolution()
    highs.setOptionValue("presolve", "choose")
    rows, columns = (-np.asarray(each) / SCALE for each in (solution.row_dual, solution.col_dual))
    return Relaxed(rows, np.maximum(0.0, columns))


def choose(highs: Any, free: NDArray[np.bool_], start: NDArray[np.bool_], seconds: float) -> Any:
    """The best whole choice of a loaded program's first columns (flags), or None: those not `free` stay as in
    `start`, which is a choice to begin from."""
    many = len(free)
    every = np.arange(many, dtype=np.int32)
    low = np.where(free, 0.0, start).astype(np.float64)
    high = np.where(free, 1.0, start).astype(np.float64)
    highs.changeColsBounds(many, every, low, high)
    highs.changeColsIntegrality(many, every, integral(many))
    highs.setSolution(many, every, start.astype(np.float64))
    highs.setOptionValue("time_limit", highs.getRunTime() + seconds)
    highs.run()
    if highs.getInfo().primal_solution_status != 2:
        return None
    return np.asarray(highs.getSolution().col_value)[:many] > 0.5


def whole_bound(bound: float) -> float:
    """A bound on a whole number, floored with room for the solver's arithmetic."""
    return floor(bound + 1e-6 + abs(bound) * SLACK) if bound < inf else bound


def loaded(part: Part, worth: list[int], limits: Limits) -> Any:
    """A HiGHS holding the part as a linear program, quiet, on one thread, deterministic by seed."""
    import highspy

    highs: Any = highspy.Highs()
    highs.silent()
    set_options(highs, limits)
    lengths = [len(row.columns) for row in part.rows]
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(part.columns), len(part.rows)
    program.col_cost_ = -np.array([worth[c] for c in part.columns], np.float64) * SCALE
    program.col_lower_ = np.zeros(len(part.columns))
    program.col_upper_ = np.ones(len(part.columns))
    program.row_lower_ = np.full(len(part.rows), -highspy.kHighsInf)
    program.row_upper_ = np.array([row.upper for row in part.rows], np.float64)
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    matrix.index_ = np.array([c for row in part.rows for c in row.columns], np.int32)
    matrix.value_ = np.array([c for row in part.rows for c in row.coefficients], np.float64)
    highs.passModel(program)
    return highs


def set_options(highs: Any, limits: Limits) -> None:
    """Close the gap to less than one point unless a wider one is asked for; one thread; the seed."""
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("parallel", "off")
    highs.setOptionValue("random_seed", limits.seed % (2**31 - 1))
    highs.setOptionValue("mip_rel_gap", limits.gap)
    highs.setOptionValue("mip_abs_gap", HALF_POINT)
    highs.setOptionValue("mip_feasibility_tolerance", 1e-9)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
    if limits.seconds is not None:
        highs.setOptionValue("time_limit", max(0.0, limits.seconds))


def integral(count: int) -> Any:
    """`count` times the mark of a whole column."""
    import highspy

    return np.full(count, highspy.HighsVarType.kInteger)


def give_start(highs: Any, part: Part, start: tuple[int, ...]) -> None:
    """Let the search begin from a choice of whole columns."""
    values = np.zeros(part.whole)
    values[list(start)] = 1.0
    highs.setSolution(part.whole, np.arange(part.whole, dtype=np.int32), values)


def run(highs: Any, over: Callable[[], bool] = lambda: False) -> bool:
    """Run to the end, to Ctrl-C or until `over`; says whether Ctrl-C came. The search then keeps what it
    has.
    """
    highs.HandleUserInterrupt = True
    interrupted = False
    highs.startSolve()
    while True:
        try:
            if highs.wait(0.1)[0]:
                return interrupted
            if over():
                highs.cancelSolve()
        except KeyboardInterrupt:
            interrupted = True
            highs.cancelSolve()
