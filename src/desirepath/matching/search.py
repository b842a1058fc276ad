"""`solve`: from a problem to the best plan, proven, explained and checked."""

from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np

from desirepath.matching import explain
from desirepath.matching.assembling import peak_memory_mb, plan_of, versions
from desirepath.matching.checking import check
from desirepath.matching.closing import close
from desirepath.matching.columns import Columns, Flags, Ints
from desirepath.matching.crew import Alone, crew_of
from desirepath.matching.engine import Limits
from desirepath.matching.filling import level_1_bound
from desirepath.matching.improving import WORTH_A_VISIT, Improvement, improve
from desirepath.matching.market import Choice, Market, market_of
from desirepath.matching.objective import blend, levels
from desirepath.matching.pairs import feasible_pairs
from desirepath.matching.params import Params
from desirepath.matching.plan import OnProgress, Plan, Progress, relative_gap
from desirepath.matching.problem import Problem, ProblemError
from desirepath.matching.rules import refuse_bad_pins
from desirepath.matching.standing import Standing
from desirepath.matching.stopping import Clock, Stop

# Sessions placed between two looks at the clock.
SLICE = 2_000
# Parts with more edges than these are made better place by place instead of being searched as one.
LARGEST_PART = 30_000
# The share of the gap that a small part must have to be proven before the large ones are mended further.
WORTH_PROVING_FIRST = 1e-3


class UnsoundPlanError(RuntimeError):
    """A plan that the independent check refuses: a fault of this library, never shown as a plan."""


def solve(
    problem: Problem,
    *,
    stop: Stop = Stop(),  # noqa: B008 - frozen
    seed: int = 0,
    params: Params = Params(),  # noqa: B008 - frozen
    on_progress: OnProgress | None = None,
) -> Plan:
    """The best plan for the problem, by default proven optimal where a part of it has not grown to a country.

    `stop` says when to be content; Ctrl-C while searching stops too. The best plan found is returned with its
    bound in every case. The same seed and problem give the same plan (unless stopped by time). `on_progress`
    may be called from another thread. Raises ProblemError for a pinned pair that breaks a rule or a negative
    seed, and UnsoundPlanError should the independent check ever refuse the result.
    """
    if seed < 0:
        raise ProblemError("seed must not be negative", "seed")
    watch = Watch(on_progress, Clock(stop))
    refuse_bad_pins(problem)
    watch.enter("pairs")
    columns = Columns.of(problem)
    market, pairs = market_of(problem, columns, feasible_pairs(problem, columns))
    search = Search(problem, market, watch, seed, params)
    search.run()
    watch.enter("level 1")
    filling = level_1_bound(problem, columns, search.standing)
    watch.enter("explain")
    plan = plan_of(problem, columns, pairs, search.standing, bound=search.bound(), level_1_bound=filling)
    plan = replace(plan, unfilled=explain.all_unfilled(problem, plan), edges=len(pairs), seed=seed)
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
    clock: Clock
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
            self.spent["total"] = round(self.clock.elapsed(), 6)
        self.tell(1.0 if phase == "done" else 0.0)

    def tell(self, share: float, objective: int | None = None, bound: int | None = None) -> None:
        """Report progress within the phase."""
        progress = Progress(self.phase, share, self.clock.elapsed(), objective, bound)
        self.clock.hear(progress)
        if self.on_progress is not None:
            self.on_progress(progress)


@dataclass(frozen=True, slots=True)
class Part:
    """Vacancies and clinicians (positions) that share no edge with any others."""

    vacancies: Ints
    clinicians: Ints
    edges: int


class Search:
    """The way to the plan: place everything, then prove or improve part by part."""

    def __init__(self, problem: Problem, market: Market, watch: Watch, seed: int, params: Params) -> None:
        self.problem, self.market, self.watch = problem, market, watch
        self.seed = seed
        self.crew = crew_of(params) if len(market.vacancy) > LARGEST_PART else Alone()
        self.constant = blend(problem.options, levels(problem, problem.fixed + problem.pinned))
        self.saved = 0
        choice = Choice.empty(market)
        choice.price[:] = dearest(market)
        self.standing = Standing.of(market, choice)

    def run(self) -> None:
        """Search until done, enough, out of time or interrupted."""
        try:
            self.watch.enter("place")
            self.place()
            self.watch.enter("search")
            self.refine()
        except KeyboardInterrupt:
            self.watch.clock.asked = True
        finally:
            self.crew.dismiss()

    def place(self) -> None:
        """Place every vacancy, week after week, the most valuable of each first."""
        from desirepath.matching.compiled.chains import new_ways, place_all

        choice, ways = self.standing.choice, new_ways(self.market.vacancies)
        order = np.lexsort((-choice.price, self.market.week))
        try:
            for first in range(0, len(order), SLICE):
                place_all(self.market, choice, ways, order[first : first + SLICE])
                self.watch.tell((first + SLICE) / (len(order) + SLICE))
                if self.watch.clock.over():
                    return
        finally:
            self.standing = Standing.of(self.market, choice)

    def refine(self) -> None:
        """Mend the greatest regrets of a country first; then prove the parts that are small enough and have
        some of the gap, mend further in the large ones, and prove the rest."""
        if len(self.market.vacancy) > LARGEST_PART:
            self.improve(np.ones(self.market.clinicians, np.bool_), WORTH_A_VISIT[:1])
        parts = self.open_parts()
        for done, part in enumerate(parts):
            self.report(done / len(parts))
            if self.enough():
                return
            if part.edges <= LARGEST_PART:
                self.prove(part)
            else:
                within = np.zeros(self.market.clinicians, np.bool_)
                within[part.clinicians] = True
                self.improve(within, WORTH_A_VISIT)
        self.report(1.0)

    def improve(self, within: Flags, shares: tuple[float, ...]) -> None:
        """Mend the regrets of these clinicians."""
        how = Improvement(self.crew, self.seed, self.enough, lambda: self.report(0.5), shares)
        improve(self.standing, within, how)

    def prove(self, part: Part) -> None:
        """Close one part."""
        limits = Limits(self.watch.clock.left(), self.watch.clock.stop.gap, self.seed, self.watch.clock.over)
        proven = close(self.standing, part.vacancies, part.clinicians, limits, lambda: self.report(0.5))
        saved = self.standing.part_bound(part.vacancies, part.clinicians) - proven
        assert saved >= 0, "a bound never rises"
        self.saved += saved

    def open_parts(self) -> list[Part]:
        """The parts in which value and bound differ: those small enough to be proven that have a share of the
        gap, then the large ones, then the rest, in each the widest gap first.
        """
        from desirepath.matching.compiled.parts import parts_of

        of_clinician, of_vacancy = parts_of(self.market)
        open_, short = self.standing.regrets()
        gap = np.zeros(self.market.clinicians + self.market.vacancies, np.int64)
        np.add.at(gap, of_vacancy, open_)
        np.add.at(gap, of_clinician, short)
        edges = np.bincount(of_clinician[self.market.clinician], minlength=len(gap))
        wide = [int(i) for i in np.argsort(-gap, kind="stable")[: np.count_nonzero(gap)]]
        much = int(gap.sum()) * WORTH_PROVING_FIRST
        # first small with much of it, then large, then small with little
        wide.sort(key=lambda i: 1 if edges[i] > LARGEST_PART else 0 if gap[i] >= much else 2)
        vacancies, clinicians = members(of_vacancy), members(of_clinician)
        none = np.empty(0, np.int64)
        return [Part(vacancies.get(i, none), clinicians.get(i, none), int(edges[i])) for i in wide]

    def bound(self) -> int:
        """The most any plan is worth: the certificate, less what closed searches proved beyond it."""
        return self.constant + self.standing.bound() - self.saved

    def enough(self) -> bool:
        """Whether the gap asked for is reached, or time is over."""
        if self.watch.clock.over():
            return True
        return relative_gap(self.constant + self.standing.value, self.bound()) <= self.watch.clock.stop.gap

    def report(self, share: float) -> None:
        """Tell how far the search is."""
        self.watch.tell(share, self.constant + self.standing.value, self.bound())


def dearest(market: Market) -> Ints:
    """For each vacancy the most anybody could be worth there: prices at which nobody wants anything."""
    most = np.zeros(market.vacancies, np.int64)
    np.maximum.at(most, market.vacancy, market.worth + market.first_fair()[market.clinician])
    return most


def members(labels: Ints) -> dict[int, Ints]:
    """Positions by label."""
    order = np.argsort(labels, kind="stable")
    names, first = np.unique(labels[order], return_index=True)
    return dict(zip(names.tolist(), np.split(order, first[1:]), strict=True)) if len(order) else {}
