"""Who works which session: the planning library. Python, numpy, numba and HiGHS; no Django, no database.

    problem, warnings = read_problem(Path("week"))
    plan = solve(problem, stop=Stop(gap=0.0001), seed=1)
    assert check(problem, plan) == ()
    plan = replan(problem_after_a_change, plan)
    write_plan(Path("out"), problem, plan)

Every rule is named and written to be read in `rules`; `explain` says why, in plain English with numbers.
Raises ProblemError (a ValueError) for input that is not a sound problem, UnsoundPlanError should a solve ever
produce a plan that the independent check refuses.
"""

from desirepath.matching import explain
from desirepath.matching.checking import check
from desirepath.matching.files import FileErrors, read_problem, write_plan
from desirepath.matching.pairs import Pairs, feasible_pairs
from desirepath.matching.params import Params
from desirepath.matching.plan import Assignment, Change, Levels, Plan, Progress, Unfilled
from desirepath.matching.problem import (
    Clinician,
    Options,
    Practice,
    Preference,
    Problem,
    ProblemError,
    Vacancy,
    Weights,
    Window,
)
from desirepath.matching.replanning import Replanner, replan
from desirepath.matching.search import UnsoundPlanError, solve
from desirepath.matching.stopping import Stop

__all__ = [
    "Assignment",
    "Change",
    "Clinician",
    "FileErrors",
    "Levels",
    "Options",
    "Pairs",
    "Params",
    "Plan",
    "Practice",
    "Preference",
    "Problem",
    "ProblemError",
    "Progress",
    "Replanner",
    "Stop",
    "Unfilled",
    "UnsoundPlanError",
    "Vacancy",
    "Weights",
    "Window",
    "check",
    "explain",
    "feasible_pairs",
    "read_problem",
    "replan",
    "solve",
    "write_plan",
]
