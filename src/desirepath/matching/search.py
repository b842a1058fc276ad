"""`solve`: from a problem to the best plan, proven, explained and checked."""

import platform
import resource
import sys
from dataclasses import dataclass, field, replace
from importlib import metadata
from time import perf_counter

from desirepath.matching import explain
from desirepath.matching.checking import check
from desirepath.matching.engine import Limits, Part, maximise, relaxed_bound, whole_bound
from desirepath.matching.greedy import greedy_choice, value_of
from desirepath.matching.model import Model, build, open_edges
from desirepath.matching.objective import blend, levels, pay, preference, tier
from desirepath.matching.parts import split
from desirepath.matching.plan import Assignment, OnProgress, Plan, Progress, relative_gap
from desirepath.matching.problem import Pair, Problem, ProblemError
from desirepath.matching.rules import distance_km, refuse_bad_pins

LEVEL_1_SCALE = 2**16


class UnsoundPlanError(RuntimeError):
    """A plan that the independent check refuses: a fault of this library, never shown as a plan."""


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    seconds: float | None = None,
    gap: float = 0.0,
    on_progress: OnProgress | None = None,
) -> Plan:
    """The best plan for the problem, by default proven optimal.

    `seconds` is a limit of wall time, `gap` a fraction at which to stop; Ctrl-C while searching stops
    too. The best plan found is returned with its bound in every case. The same seed and problem give the
    same plan (unless stopped by time). `on_progress` may be called from another thread while HiGHS runs.
    Raises ProblemError for a pinned pair that breaks a rule or limits out of range, and UnsoundPlanError
    should the independent check ever refuse the result.
    """
    if not 0 <= gap < 1 or (seconds is not None and not seconds >= 0) or seed < 0:
        raise ProblemError("gap must be from 0 to under 1, seconds and seed not negative")
    watch = Watch(on_progress)
    refuse_bad_pins(problem)
    watch.enter("pairs")
    edges = open_edges(problem)
    watch.enter("model")
    model = build(problem, edges, watch.tell)
    watch.enter("search")
    state = Search(problem, model, watch, Limits(seconds, gap, seed))
    state.run()
    watch.enter("level 1")
    level_1_bound = state.level_1_bound()
    watch.enter("explain")
    pairs = problem.fixed + problem.pinned + state.pairs()
    plan = plan_of(problem, pairs, state.constant + state.bound(), level_1_bound)
    plan = replace(plan, unfilled=explain.all_unfilled(problem, plan), edges=len(edges), seed=seed)
    watch.enter("check")
    faults = check(problem, plan)
    if faults:
        raise UnsoundPlanError("; ".join(faults[:5]))
    watch.enter("done")
    return replace(plan, seconds=watch.spent, peak_memory_mb=peak_memory_mb(), versions=versions())


@dataclass(slots=True)
class Watch:
    """Time by phase, and who is told."""

    on_progress: OnProgress | None
    began: float = field(default_factory=perf_counter)
    since: float = field(default_factory=perf_counter)
    phase: str = ""
    spent: dict[str, float] = field(default_factory=dict)

    def enter(self, phase: str) -> None:
        """A new phase begins, the one before ends."""
        now = perf_counter()
        if self.phase:
            self.spent[self.phase] = round(now - self.since, 6)
        self.phase, self.since = phase, now
        if phase == "done":
            self.spent["total"] = round(now - self.began, 6)
        self.tell(1.0 if phase == "done" else 0.0)

    def elapsed(self) -> float:
        """Seconds since the solve began."""
        return perf_counter() - self.began

    def tell(self, share: float, objective: int | None = None, bound: int | None = None) -> None:
        """Report progress within the phase."""
        if self.on_progress is not None:
            self.on_progress(Progress(self.phase, share, self.elapsed(), objective, bound))


class Search:
    """The parts of one program: for each the best choice found so far and a bound on it."""

    def __init__(self, problem: Problem, model: Model, watch: Watch, limits: Limits) -> None:
        self.problem, self.model, self.watch, self.limits = problem, model, watch, limits
        self.constant = blend(problem.options, levels(problem, problem.fixed + problem.pinned))
        self.parts = split(model)
        greedy = greedy_choice(problem, model)
        self.chosen = [tuple(c for c in part.columns[: part.whole] if c in greedy) for part in self.parts]
        self.values = [value_of(problem, model, chosen) for chosen in self.chosen]
        self.bounds = [self.simple_bound(part) for part in self.parts]
        self.interrupted = False

    def simple_bound(self, part: Part) -> int:
        """Every session with its best clinician, as if she had no other."""
        best: dict[int, int] = {}
        for c in part.columns[: part.whole]:
            vacancy = self.model.edges.vacancy[c]
            best[vacancy] = max(best.get(vacancy, 0), self.model.edges.full_worth(c))
        return sum(best.values())

    def run(self) -> None:
        """Search until done, out of time or interrupted."""
        try:
            self.search_parts()
        except KeyboardInterrupt:
            self.interrupted = True

    def search_parts(self) -> None:
        """Search part by part, the smallest first."""
        edges, done = max(1, len(self.model.edges)), 0
        for i, part in enumerate(self.parts):
            self.report(done / edges)
            left = self.seconds_left()
            if self.interrupted or (left is not None and left <= 0):
                return
            if self.values[i] < self.bounds[i]:
                self.search(i, part, done / edges)
            done += part.whole

    def search(self, i: int, part: Part, share: float) -> None:
        """Search one part with HiGHS, beginning from what is known."""
        number = {c: j for j, c in enumerate(part.columns[: part.whole])}
        solved = maximise(
            part,
            self.model.worth,
            replace(self.limits, seconds=self.seconds_left()),
            tuple(number[c] for c in self.chosen[i]),
            lambda value, bound: self.report(share),
        )
        self.interrupted = solved.interrupted
        if solved.chosen is not None:
            chosen = tuple(part.columns[j] for j in solved.chosen)
            value = value_of(self.problem, self.model, chosen)
            if value > self.values[i]:
                self.chosen[i], self.values[i] = chosen, value
        bound = min(self.bounds[i], whole_bound(solved.bound))
        self.bounds[i] = max(self.values[i], int(bound))

    def report(self, share: float) -> None:
        """Tell how far the search is."""
        self.watch.tell(share, self.constant + sum(self.values), self.constant + self.bound())

    def seconds_left(self) -> float | None:
        """Seconds left of the limit, None without one."""
        limit = self.limits.seconds
        return None if limit is None else limit - self.watch.elapsed()

    def bound(self) -> int:
        """The most all parts together can be worth."""
        return sum(self.bounds)

    def pairs(self) -> tuple[Pair, ...]:
        """The chosen (vacancy id, clinician id)."""
        edges, problem = self.model.edges, self.problem
        return tuple(
            (problem.vacancies[edges.vacancy[e]].id, problem.clinicians[edges.clinician[e]].id)
            for chosen in self.chosen
            for e in chosen
        )

    def level_1_bound(self) -> int:
        """A bound on level 1 of any plan: part by part the fractional optimum of level 1 alone, floored."""
        edges, total = self.model.edges, levels(self.problem, self.problem.fixed + self.problem.pinned).l1
        worth = [urgency * LEVEL_1_SCALE for urgency in edges.urgency]
        worth += [0] * (len(self.model.worth) - len(edges))
        for i, part in enumerate(self.parts):
            value = sum(edges.urgency[c] for c in self.chosen[i])
            wanted = {edges.vacancy[c]: edges.urgency[c] for c in part.columns[: part.whole]}
            bound = sum(wanted.values())
            left = self.seconds_left()
            if value < bound and not self.interrupted and (left is None or left > 0):
                limits = replace(self.limits, seconds=left)
                try:
                    fractional = relaxed_bound(part, worth, limits) / LEVEL_1_SCALE
                    bound = int(min(bound, whole_bound(fractional)))
                except KeyboardInterrupt:
                    self.interrupted = True
            total += max(bound, value)
        return total


def plan_of(problem: Problem, pairs: tuple[Pair, ...], bound: int, level_1_bound: int) -> Plan:
    """The pairs as a plan, in the order of the vacancies; unfilled sessions and figures of the run follow."""
    clinician_of, fixed = dict(pairs), set(problem.fixed)
    total = levels(problem, pairs)
    objective = blend(problem.options, total)
    count: dict[tuple[str, object], int] = {}
    assignments = []
    for vacancy in sorted((v for v in problem.vacancies if v.id in clinician_of), key=lambda v: v.start):
        clinician = problem.clinician_of[clinician_of[vacancy.id]]
        practice = problem.practice_for(vacancy)
        k = count[clinician.id, vacancy.monday] = count.get((clinician.id, vacancy.monday), 0) + 1
        assignments.append(
            Assignment(
                vacancy.id,
                clinician.id,
                tier(problem, clinician, practice),
                preference(problem, clinician, practice),
                pay(problem, clinician, vacancy),
                distance_km(clinician, practice),
                explain.reasons(problem, clinician, vacancy, k),
                (vacancy.id, clinician.id) in fixed,
            )
        )
    order = {vacancy.id: i for i, vacancy in enumerate(problem.vacancies)}
    assignments.sort(key=lambda each: order[each.vacancy])
    return Plan(
        assignments=tuple(assignments),
        unfilled=(),
        levels=total,
        objective=objective,
        bound=max(bound, objective),
        gap=relative_gap(objective, bound),
        level_1_bound=max(level_1_bound, total.l1),
        level_1_gap=relative_gap(total.l1, level_1_bound),
        seconds={},
        edges=0,
        peak_memory_mb=0.0,
        seed=0,
        versions={},
    )


def peak_memory_mb() -> float:
    """The most memory this process has held so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def versions() -> dict[str, str]:
    """What the plan was made with."""
    return {
        "desirepath": metadata.version("desirepath"),
        "highs": metadata.version("highspy"),
        "numpy": metadata.version("numpy"),
        "python": platform.python_version(),
    }
