"""How many clinicians could come to a session as it stands: a count, never names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from desirepath.nhsuk.formats import plural, pounds
from desirepath.vacancies.actions import MOST_RATE
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.problem import build

# below this a count would say too much about too few
FEWEST = 3
# rates are told on a grid of £5, so far above what the practice offers; a finer one, asked
# penny by penny, would tell somebody's rate
GRID, STEPS = Decimal(5), 4


@dataclass(frozen=True, slots=True)
class CouldCome:
    """``now`` clinicians could come; ``dearer`` is the least step of the rate that brings more.

    ``at`` is the rate in pounds an hour that ``now`` was counted at, where the practice pays a little more.
    ``dearer`` is (pounds an hour, clinicians), or None where money brings nobody.
    """

    now: int
    dearer: tuple[Decimal, int] | None = None
    at: Decimal | None = None

    @property
    def sentence(self) -> str:
        number = plural(self.now, "clinician") if self.now >= FEWEST else f"Fewer than {FEWEST} clinicians"
        when = (
            "as it stands"
            if self.at is None
            else f"at {pounds(self.at, exact=False)} an hour (counted in steps of £5)"
        )
        told = f"{number} could come {when}."
        if self.dearer:
            told += f" At {pounds(self.dearer[0], exact=False)} an hour, {self.dearer[1]:,} could."
        return told


def could_come(vacancy: Vacancy) -> CouldCome:
    """Count the pool's active members whom every rule lets come, beside what they have committed already."""
    rates = _rates(vacancy)
    counted = vacancy.rate_cap // GRID * GRID
    now, at = sum(rate <= counted for rate in rates), None if counted == vacancy.rate_cap else counted
    for step in range(1, STEPS + 1):
        cap = (vacancy.rate_cap // GRID + step) * GRID
        more = sum(rate <= cap for rate in rates)
        # a step that brings one or two would tell one person's rate
        if more >= now + FEWEST:
            return CouldCome(now, (cap, more), at)
    return CouldCome(now, at=at)


def _rates(vacancy: Vacancy) -> list[Decimal]:
    """What each who could come were money no matter would be paid an hour, in pounds."""
    from desirepath.matching import feasible_pairs, rules

    problem = build(pool=vacancy.pool, vacancies=[vacancy], asking=True)
    session = replace(problem.vacancy_of[str(vacancy.pk)], rate_cap=int(MOST_RATE * 100))
    others = tuple(each for each in problem.vacancies if each.id != session.id)
    problem = replace(problem, vacancies=(session, *others))
    pairs = feasible_pairs(problem)
    found = []
    columns = (pairs.clinician.tolist(), pairs.vacancy.tolist(), pairs.rate.tolist())
    for who, what, rate in zip(*columns, strict=True):
        person = problem.clinicians[who]
        hers = [problem.vacancy_of[v] for v, c in problem.fixed if c == person.id]
        if problem.vacancies[what].id != session.id:
            continue
        if not rules.broken_together_rules(problem, person, hers, session):
            found.append(Decimal(rate) / 100)
    return found
