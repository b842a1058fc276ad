"""The model most people write, in PuLP, solved with CBC and with HiGHS: what the planner is measured against.

One 0/1 variable for each feasible pair, one constraint for each vacancy, every two sessions that exclude each
other (overlap, travel, rest) as a constraint of their own, limits a day, a week and in minutes, days in a row
through "she works that day", and level 4 as steps. It is given the feasible pairs for nothing: only writing
the model down and solving it are timed. PuLP is installed by `make bench-planner` only.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from figures import spent

from desirepath.matching import Clinician, Problem, Vacancy, feasible_pairs
from desirepath.matching.objective import blend, levels, pair_levels, session_worth
from desirepath.matching.rules import enough_rest, no_overlap, time_to_travel

# Proven means closed to this relative gap; CBC and HiGHS stop earlier unless told.
GAP = 1e-7


@dataclass(frozen=True)
class Baseline:
    """What a solver made of the model: the blend of its plan, whether it says optimal, seconds of CPU (its
    own process included) and of the wall, and the size of the model."""

    solver: str
    objective: int
    optimal: bool
    cpu: float
    wall: float
    pairs: int
    constraints: int


def cbc(problem: Problem, seconds: float | None = None) -> Baseline:
    """PuLP with the CBC its wheel carries, one thread."""
    import pulp

    return measured("CBC", problem, pulp.PULP_CBC_CMD(msg=False, threads=1, gapRel=GAP, timeLimit=seconds))


def highs(problem: Problem, seconds: float | None = None) -> Baseline:
    """PuLP with HiGHS, one thread."""
    import pulp

    return measured("HiGHS", problem, pulp.HiGHS(msg=False, threads=1, gapRel=GAP, timeLimit=seconds))


def measured(name: str, problem: Problem, solver: Any) -> Baseline:
    """Write the model, solve it, read the plan back and value it by the definition."""
    import pulp

    pairs = feasible_pairs(problem)
    able = [
        (problem.clinicians[who], problem.vacancies[what])
        for who, what in zip(pairs.clinician.tolist(), pairs.vacancy.tolist(), strict=True)
    ]
    with spent() as time:
        program, chosen = written(problem, able)
        program.solve(solver)
    taken = [(v.id, c.id) for (c, v), x in zip(able, chosen, strict=True) if (x.value() or 0) > 0.5]
    return Baseline(
        solver=name,
        objective=blend(problem.options, levels(problem, taken)),
        optimal=program.sol_status == pulp.LpSolutionOptimal,
        cpu=time.cpu,
        wall=time.wall,
        pairs=len(able),
        constraints=len(program.constraints),
    )


def written(problem: Problem, able: list[tuple[Clinician, Vacancy]]) -> tuple[Any, list[Any]]:
    """The program, and the variable of each pair."""
    import pulp

    program = pulp.LpProblem("week", pulp.LpMaximize)
    chosen = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(able))]
    worth = [
        blend(problem.options, pair_levels(problem, c, v)) * x for (c, v), x in zip(able, chosen, strict=True)
    ]
    by_vacancy: dict[str, list[Any]] = defaultdict(list)
    hers: dict[str, list[tuple[Vacancy, Any]]] = defaultdict(list)
    for (clinician, vacancy), x in zip(able, chosen, strict=True):
        by_vacancy[vacancy.id].append(x)
        hers[clinician.id].append((vacancy, x))
    rules = [pulp.lpSum(xs) <= 1 for xs in by_vacancy.values()]
    for who, sessions in hers.items():
        clinician = problem.clinician_of[who]
        rules += conflicts(problem, clinician, sessions)
        rules += limits(clinician, sessions)
        rules += days_in_a_row(clinician, sessions)
        for constraint, worths in fairness(problem, clinician, sessions):
            rules.append(constraint)
            worth += worths
    program += pulp.lpSum(worth)
    for constraint in rules:
        program += constraint
    return program, chosen


def conflicts(problem: Problem, clinician: Clinician, sessions: list[tuple[Vacancy, Any]]) -> Iterator[Any]:
    """Each two sessions that overlap, leave no time to travel or too little rest."""
    for (a, x), (b, y) in combinations(sessions, 2):
        both = (a, b)
        if not (
            no_overlap(problem, clinician, both)
            and time_to_travel(problem, clinician, both)
            and enough_rest(problem, clinician, both)
        ):
            yield x + y <= 1


def limits(clinician: Clinician, sessions: list[tuple[Vacancy, Any]]) -> Iterator[Any]:
    """Sessions a day, sessions a week, minutes a week."""
    import pulp

    for inside in grouped_by("day", sessions).values():
        yield pulp.lpSum(x for _, x in inside) <= clinician.max_sessions_day
    for inside in grouped_by("monday", sessions).values():
        yield pulp.lpSum(x for _, x in inside) <= clinician.max_sessions_week
        yield pulp.lpSum(v.minutes * x for v, x in inside) <= clinician.max_minutes_week


def days_in_a_row(clinician: Clinician, sessions: list[tuple[Vacancy, Any]]) -> Iterator[Any]:
    """In every span of one day more than she works in a row, one day stays free."""
    import pulp

    most, by_day = clinician.max_consecutive_days, grouped_by("day", sessions)
    spans = [[first + timedelta(days=i) for i in range(most + 1)] for first in sorted(by_day)]
    spans = [span for span in spans if all(day in by_day for day in span)]
    works = {}
    for day in sorted({day for span in spans for day in span}):
        works[day] = pulp.LpVariable(f"w_{clinician.id}_{day:%Y%m%d}", cat="Binary")
        for _, x in by_day[day]:
            yield x <= works[day]
    for span in spans:
        yield pulp.lpSum(works[day] for day in span) <= most


def fairness(
    problem: Problem, clinician: Clinician, sessions: list[tuple[Vacancy, Any]]
) -> Iterator[tuple[Any, list[Any]]]:
    """Level 4: each week's sessions as steps worth less and less."""
    import pulp

    weight = problem.options.weights.fairness
    for monday, inside in grouped_by("monday", sessions).items():
        most = min(len(inside), clinician.max_sessions_week)
        steps = [pulp.LpVariable(f"s_{clinician.id}_{monday:%Y%m%d}_{k}", 0, 1) for k in range(most)]
        worths = [session_worth(problem.options, clinician, k) * weight * s for k, s in enumerate(steps)]
        yield pulp.lpSum(steps) == pulp.lpSum(x for _, x in inside), worths


def grouped_by(name: str, sessions: list[tuple[Vacancy, Any]]) -> dict[date, list[tuple[Vacancy, Any]]]:
    """Her sessions by local day or by week."""
    groups: dict[date, list[tuple[Vacancy, Any]]] = defaultdict(list)
    for vacancy, x in sessions:
        groups[getattr(vacancy, name)].append((vacancy, x))
    return groups
