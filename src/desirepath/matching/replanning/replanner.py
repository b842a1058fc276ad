"""Re-planning: the best plan after one change, in milliseconds, with as few proposals changed as that allows.

    replanner = Replanner(problem, plan)              # once
    plan = replanner.decline("V00012", "C00034")      # then for each change
    plan = replanner.replan(changed_problem)          # or any other change, or several at once

How: the linear relaxation is solved again from where it stood. Each proposal that stays earns a sixty-fourth
of a point, so the relaxation differs from the plan before only along the chains that the change moves, and
there it is mostly whole, and then best. Where it is not, a ball of some eighty clinicians and vacancies
around is searched exactly.

Tie-break, published: first the blend; of plans equal in it the one with fewest proposals changed; of these
the one that HiGHS comes to, the same each time. Bookings and live offers (`fixed`) and pins stay.

Proof: `bound` holds for any plan of the changed problem: the lower of the relaxation's bound in whole numbers
and the bound of the plan before plus the most that the change can have added. A `gap` of at most 1e-7 is a
proof; above it the plan is found, not proven. `Replanner.prove` then proves it by a full solve.
"""

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter

from desirepath.matching.objective import blend, levels
from desirepath.matching.plan import Plan, relative_gap
from desirepath.matching.problem import Clinician, Pair, Problem, ProblemError, Vacancy
from desirepath.matching.replanning.changes import Changes, changes_between, most_gained
from desirepath.matching.replanning.ground import Ground
from desirepath.matching.replanning.local import Node, chosen
from desirepath.matching.replanning.program import Matrix, Program
from desirepath.matching.replanning.relaxation import Relaxation
from desirepath.matching.replanning.result import as_plan
from desirepath.matching.rules import refuse_bad_pins
from desirepath.matching.search import solve

Standing = tuple[Problem, Plan, Ground, Relaxation | None]


def replan(problem: Problem, plan: Plan, *, before: Problem | None = None) -> Plan:
    """The best plan for a changed problem, with as few proposals changed as that allows.

    `plan` was made for the problem `before`. Without `before` what the plan doesn't show counts as unchanged
    (who has become able since is found where the relaxation shows it), and the plan's bound is not relied on.
    For several changes one after another keep a `Replanner`: it doesn't begin anew each time. Raises
    ProblemError for a pin that breaks a rule.
    """
    if before is not None:
        return Replanner(before, plan).replan(problem)
    return Replanner(problem, replace(plan, unfilled=()), trusted=False).plan


class Replanner:
    """A problem and its plan, ready for the next change. Each change returns the new plan and is kept.

    `problem` and `plan` are the present ones.
    """

    def __init__(self, problem: Problem, plan: Plan, *, trusted: bool = True) -> None:
        """`plan` was made for `problem`; where not `trusted`, for a problem that this one has come from. It
        is brought up to date at once. Raises ProblemError for a pin that breaks a rule.
        """
        refuse_bad_pins(problem)
        self.problem, self.plan = problem, plan
        self.ground = Ground(problem)
        self.relaxation: Relaxation | None = None
        known = {each.vacancy for each in plan.assignments + plan.unfilled}
        new = frozenset(problem.vacancy_of.keys() - known)
        # a plan of another problem may break anybody's limits of this one: all are looked at
        people = frozenset() if trusted else frozenset(problem.clinician_of)
        changes = replace(changes_between(problem, problem), vacancies=new, people=people, all_over=True)
        self._step(problem, changes, plan.bound if trusted else None)
        if trusted:
            most = max(self.plan.levels.l1, min(plan.level_1_bound, self.plan.level_1_bound))
            gap = relative_gap(self.plan.levels.l1, most)
            self.plan = replace(self.plan, level_1_bound=most, level_1_gap=gap)

    def decline(self, vacancy: str, clinician: str) -> Plan:
        """She declines the session (or a booking of hers falls through): the pair is not proposed again."""
        pair = self._known(vacancy, clinician)
        return self.replan(
            replace(
                self.problem,
                fixed=tuple(each for each in self.problem.fixed if each != pair),
                pinned=tuple(each for each in self.problem.pinned if each != pair),
                forbidden=self.problem.forbidden | {pair},
            )
        )

    def book(self, vacancy: str, clinician: str) -> Plan:
        """The session is hers: a booking or a live offer, kept from now on."""
        pair = self._known(vacancy, clinician)
        if pair in self.problem.fixed:
            return self.plan
        pinned = tuple(each for each in self.problem.pinned if each != pair)
        return self.replan(replace(self.problem, fixed=(*self.problem.fixed, pair), pinned=pinned))

    def withdraw(self, vacancy: str) -> Plan:
        """The practice withdraws the vacancy, booked or not."""
        self._known(vacancy)
        problem = self.problem
        return self.replan(
            replace(
                problem,
                vacancies=tuple(each for each in problem.vacancies if each.id != vacancy),
                fixed=tuple(pair for pair in problem.fixed if pair[0] != vacancy),
                pinned=tuple(pair for pair in problem.pinned if pair[0] != vacancy),
                forbidden=frozenset(pair for pair in problem.forbidden if pair[0] != vacancy),
            )
        )

    def add_vacancy(self, vacancy: Vacancy) -> Plan:
        """A new vacancy, or the changed terms of one that stands."""
        stands = [vacancy if each.id == vacancy.id else each for each in self.problem.vacancies]
        if vacancy.id not in self.problem.vacancy_of:
            stands.append(vacancy)
        return self.replan(replace(self.problem, vacancies=tuple(stands)))

    def change_clinician(self, clinician: Clinician) -> Plan:
        """Other terms, limits or availability of a clinician, or a new one."""
        stands = [clinician if each.id == clinician.id else each for each in self.problem.clinicians]
        if clinician.id not in self.problem.clinician_of:
            stands.append(clinician)
        return self.replan(replace(self.problem, clinicians=tuple(stands)))

    def _known(self, vacancy: str, clinician: str = "") -> Pair:
        if vacancy not in self.problem.vacancy_of:
            raise ProblemError(f"unknown vacancy {vacancy}", "vacancy")
        if clinician and clinician not in self.problem.clinician_of:
            raise ProblemError(f"unknown clinician {clinician}", "clinician")
        return vacancy, clinician

    def proposals(self) -> dict[str, str]:
        """Who is proposed for each vacancy, what is kept aside."""
        kept = set(self.problem.fixed + self.problem.pinned)
        pairs = ((each.vacancy, each.clinician) for each in self.plan.assignments)
        return {vacancy: who for vacancy, who in pairs if (vacancy, who) not in kept}

    def replan(self, problem: Problem) -> Plan:
        """The plan for `problem`, changed in any way from the one before. Raises ProblemError for a pin that
        breaks a rule; problem and plan are then as they were.
        """
        refuse_bad_pins(problem)
        stand = self._standing()
        before, proposals = self.problem, self.proposals()
        changes = changes_between(before, problem)
        try:
            if changes.all_over:
                self.ground = Ground(problem)
            else:
                self.ground = self.ground.copy()
                self.ground.move_to(problem, changes)
            best = {name: self.ground.most_worth(name) for name in changes.vacancies}
            gained = most_gained(before, problem, changes, proposals.items(), best)
            self._step(problem, changes, None if gained is None else self.plan.bound + gained)
        except BaseException:
            self._stand(stand)
            raise
        return self.plan

    def _standing(self) -> Standing:
        return self.problem, self.plan, self.ground, self.relaxation

    def _stand(self, standing: Standing) -> None:
        self.problem, self.plan, self.ground, self.relaxation = standing

    def preview(self, problem: Problem) -> Plan:
        """What `replan` would return, while problem and plan stay as they are."""
        stand = self._standing()
        try:
            return self.replan(problem)
        finally:
            self._stand(stand)

    def prove(self) -> Plan:
        """The plan proven by a full solve, for when nobody waits; where that is better, brought to its
        value.
        """
        full, bound = solve(self.problem), self.plan.bound
        if full.objective > self.plan.objective:
            changes = replace(changes_between(self.problem, self.problem), all_over=True)
            pairs = tuple((each.vacancy, each.clinician) for each in full.assignments)
            self.plan = as_plan(self.problem, self.plan, pairs, changes, frozenset())
        most = max(self.plan.objective, min(bound, full.bound))
        self.plan = replace(self.plan, bound=most, gap=relative_gap(self.plan.objective, most))
        return self.plan

    def _step(self, problem: Problem, changes: Changes, bound: int | None) -> None:
        """The new plan; `bound` holds for it where known."""
        began = perf_counter()
        proposals = {vacancy: who for vacancy, who in self.proposals().items() if who in problem.clinician_of}
        self.problem = problem
        hers: dict[str, set[str]] = {}
        for vacancy, who in proposals.items():
            hers.setdefault(who, set()).add(vacancy)
        blocks, names = self.ground.ordered(), list(self.ground.number)
        stands = self.relaxation is not None and self.relaxation.matrix.same(blocks, names)
        matrix = self.relaxation.matrix if self.relaxation and stands else Matrix(blocks, names)
        program = Program(matrix, self.ground.closed, hers)
        self.relaxation = Relaxation(matrix, self.relaxation)
        x, price = self.relaxation.solved(program)
        reduced = program.reduced(price)
        columns = chosen(program, x, reduced, self._touched(matrix, changes, proposals))
        kept = problem.fixed + problem.pinned
        if columns is None:
            pairs = tuple((each.vacancy, each.clinician) for each in solve(problem).assignments)
        else:
            pairs = kept + tuple(matrix.pair(column) for column in sorted(columns))
        most = program.bound(price, reduced) + blend(problem.options, levels(problem, kept))
        plan = as_plan(problem, self.plan, pairs, changes, self._open_again(changes))
        most = max(plan.objective, most if bound is None else min(most, bound))
        self.plan = replace(
            plan,
            bound=most,
            gap=relative_gap(plan.objective, most),
            edges=int((program.is_open & (matrix.is_session)).sum()),
            prices=program.prices(price),
            seconds={"replan": round(perf_counter() - began, 6)},
        )

    def _open_again(self, changes: Changes) -> frozenset[str]:
        """The vacancies that somebody with other terms or bookings could work, or that are other
        themselves.
        """
        people = changes.people | {who for _, who in changes.kept | changes.forbidden}
        able = {vacancy for who in people for vacancy in self.ground.able.get(who, ())}
        return frozenset(able | changes.vacancies | {vacancy for vacancy, _ in changes.kept})

    def _touched(self, matrix: Matrix, changes: Changes, proposals: Mapping[str, str]) -> set[Node]:
        """The clinicians and vacancies at which something changed, or whose proposal can't stay."""
        lost = {(v, who) for v, who in proposals.items() if not self.ground.is_open(v, who)}
        pairs = lost | changes.kept | changes.forbidden
        people = changes.people | {who for _, who in pairs}
        vacancies = changes.vacancies | {vacancy for vacancy, _ in pairs}
        gone = {proposals[name] for name in changes.vacancies_gone if name in proposals}
        nodes: set[Node] = {
            (True, number) for number, block in enumerate(matrix.blocks) if block.clinician in people | gone
        }
        number = self.ground.number
        return nodes | {(False, number[name]) for name in vacancies if name in number}
