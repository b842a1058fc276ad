"""Who could work what, kept up from change to change, so that only what changed is looked at again."""

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from typing import Self

from desirepath.matching import rules
from desirepath.matching.objective import blend, pair_levels
from desirepath.matching.pairs import feasible_pairs
from desirepath.matching.problem import Clinician, Problem, Vacancy
from desirepath.matching.replanning.blocks import Block, block_of
from desirepath.matching.replanning.changes import Changes

# Bans come and go without anybody becoming able or unable.
ABLE = tuple(holds for name, holds in rules.PAIR_RULES.items() if name != "forbidden")


class Ground:
    """Blocks of the clinicians of a problem.

    `able[clinician][vacancy]` is what the pair is worth, in points, where every rule of one pair holds, bans
    aside. `number` numbers the vacancies; `closed[clinician]` are sessions of her block that a ban, a booking
    or a withdrawal has closed since it was made.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.able: dict[str, dict[str, int]] = {clinician.id: {} for clinician in problem.clinicians}
        self.blocks: dict[str, Block] = {}
        self.closed: dict[str, set[str]] = {}
        self.number: dict[str, int] = {}
        pairs = feasible_pairs(replace(problem, forbidden=frozenset()))
        for who, what in zip(pairs.clinician.tolist(), pairs.vacancy.tolist(), strict=True):
            self._enable(problem.clinicians[who], problem.vacancies[what])
        self._keep()
        for clinician in problem.clinicians:
            self._build(clinician)

    def _enable(self, clinician: Clinician, vacancy: Vacancy) -> None:
        worth = blend(self.problem.options, pair_levels(self.problem, clinician, vacancy))
        self.able[clinician.id][vacancy.id] = worth

    def _keep(self) -> None:
        self.taken = {vacancy for vacancy, _ in self.problem.fixed + self.problem.pinned}
        self.kept: dict[str, list[Vacancy]] = {}
        for vacancy, clinician in self.problem.fixed + self.problem.pinned:
            self.kept.setdefault(clinician, []).append(self.problem.vacancy_of[vacancy])

    def _build(self, clinician: Clinician) -> None:
        kept = self.kept.get(clinician.id, [])
        able, problem = self.able[clinician.id], self.problem
        sessions = [
            problem.vacancy_of[name]
            for name in able
            if name not in self.taken and (name, clinician.id) not in problem.forbidden
        ]
        sessions = [each for each in sessions if fits(problem, clinician, kept, each)]
        sessions.sort(key=lambda each: (each.start, each.id))
        self.closed.pop(clinician.id, None)
        self.blocks.pop(clinician.id, None)
        if sessions:
            worth = [able[each.id] for each in sessions]
            self.blocks[clinician.id] = block_of(problem, clinician, kept, sessions, worth, self.number)

    def copy(self) -> Self:
        """The same ground, free to change."""
        twin = copy(self)
        twin.able = {name: dict(able) for name, able in self.able.items()}
        twin.blocks = dict(self.blocks)
        twin.closed = {name: set(closed) for name, closed in self.closed.items()}
        twin.number = dict(self.number)
        return twin

    def ordered(self) -> list[Block]:
        """The blocks in the order of the problem's clinicians."""
        return [self.blocks[c.id] for c in self.problem.clinicians if c.id in self.blocks]

    def is_open(self, vacancy: str, clinician: str) -> bool:
        """Whether the pair is open to the plan."""
        block = self.blocks.get(clinician)
        return block is not None and vacancy in block.at and vacancy not in self.closed.get(clinician, ())

    def most_worth(self, vacancy: str) -> int:
        """The most points that filling the vacancy could add, 0 where nobody can."""
        most = 0
        for block in self.blocks.values():
            if vacancy in block.at:
                most = max(most, block.gives((block.at[vacancy],)))
        return most

    def move_to(self, problem: Problem, changes: Changes) -> None:
        """Make this the ground of another problem, in which practices, PCNs and options are the same."""
        self.problem = problem
        self._keep()
        again = {who for _, who in changes.kept} | changes.people
        self._forget(changes)
        for name in changes.people:
            self.able[name] = {}
            self._try((problem.clinician_of[name],), problem.vacancies)
        new = [problem.vacancy_of[name] for name in changes.vacancies]
        others = [each for each in problem.clinicians if each.id not in changes.people]
        again |= self._try(others, new)
        again |= self._open_or_close({vacancy for vacancy, _ in changes.kept})
        for vacancy, who in changes.forbidden:
            if vacancy in self.able.get(who, ()):
                again |= self._toggle(who, vacancy)
        for clinician in problem.clinicians:
            if clinician.id in again:
                self._build(clinician)

    def _forget(self, changes: Changes) -> None:
        for name in changes.people_gone:
            del self.able[name]
            self.blocks.pop(name, None)
            self.closed.pop(name, None)
        lost = changes.vacancies | changes.vacancies_gone
        for name, able in self.able.items() if lost else ():
            for vacancy in lost:
                if able.pop(vacancy, None) is not None and vacancy in self._columns(name):
                    self.closed.setdefault(name, set()).add(vacancy)

    def _columns(self, name: str) -> Iterable[str]:
        return self.blocks[name].at if name in self.blocks else ()

    def _try(self, people: Iterable[Clinician], vacancies: Iterable[Vacancy]) -> set[str]:
        found = set()
        for vacancy in vacancies:
            for clinician in people:
                if all(holds(self.problem, clinician, vacancy) for holds in ABLE):
                    self._enable(clinician, vacancy)
                    found.add(clinician.id)
        return found

    def _open_or_close(self, vacancies: set[str]) -> set[str]:
        again = set()
        for vacancy in vacancies:
            for name, able in self.able.items():
                if vacancy in able:
                    again |= self._toggle(name, vacancy)
        return again

    def _toggle(self, name: str, vacancy: str) -> set[str]:
        """Close her column or open it again, as things now stand; her id where her block must be made
        anew.
        """
        shut = vacancy in self.taken or (vacancy, name) in self.problem.forbidden
        if vacancy not in self._columns(name):
            return set() if shut else {name}
        closed = self.closed.setdefault(name, set())
        if shut:
            closed.add(vacancy)
        else:
            closed.discard(vacancy)
        return set()


def fits(problem: Problem, clinician: Clinician, kept: list[Vacancy], vacancy: Vacancy) -> bool:
    """Whether she may work it beside what is kept for her."""
    limits = clinician.max_sessions_day, clinician.max_sessions_week, clinician.max_consecutive_days
    return (not kept and min(limits) > 0) or rules.goes_with(problem, clinician, kept, vacancy)
