"""Who else was considered for a session of a plan, and why not: no rate, place or limit of hers is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from desirepath.audit import clock
from desirepath.cascade.models import Offer
from desirepath.cascade.said_no import said_no
from desirepath.clinicians.models import Clinician
from desirepath.nhsuk.formats import span
from desirepath.vacancies import planning
from desirepath.vacancies.models import PlanRun, Proposal, Vacancy
from desirepath.vacancies.problem import build

if TYPE_CHECKING:
    from desirepath import matching


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who could have been proposed, and why she is not."""

    public_id: UUID
    name: str
    why_not: str


def considered(proposal: Proposal) -> list[Other]:
    """The next three for a proposal's session, by the plan's own rules on things as they stand now.

    Empty where nobody else could come, or the session is not open any more.
    """
    from desirepath.matching import explain

    run = proposal.run
    vacancies = open_sessions(run)
    if proposal.vacancy_id not in {vacancy.pk for vacancy in vacancies}:
        return []
    offers = Offer.objects.for_pool(run.pool).filter(vacancy__in=vacancies).order_by("-pk")
    asked = dict(offers.live().values_list("vacancy_id", "clinician_id"))
    declined = said_no([vacancy.pk for vacancy in vacancies])
    problem = build(pool=run.pool, vacancies=vacancies, asked=asked.items(), declined=declined, asking=True)
    plan = as_plan(run, problem, run.proposals.values_list("vacancy_id", "clinician_id"))
    session = str(proposal.vacancy_id)
    if plan.clinician_for(session) is None:
        return []
    others = explain.proposal(problem, plan, session).others
    people = Clinician.objects.select_related("person").in_bulk([int(other.clinician) for other in others])
    rows = {vacancy.pk: vacancy for vacancy in vacancies}
    return [
        Other(person.public_id, person.person.name, why_not(other, rows))
        for other in others
        for person in [people[int(other.clinician)]]
    ]


def open_sessions(run: PlanRun) -> list[Vacancy]:
    """The sessions of the plan's weeks that are still to come and open or being asked."""
    start, end = planning.span(run.first_day, run.weeks)
    rows = (
        Vacancy.objects.for_pool(run.pool)
        .between(max(start, clock.now()), end)
        .filter(state__in=("released", "unfilled", "offered"))
    )
    return list(rows.select_related("practice").order_by("start", "id"))


def as_plan(run: PlanRun, problem: matching.Problem, pairs: Iterable[tuple[int, int]]) -> matching.Plan:
    """The plan again, as the pure library knows it, from (vacancy, clinician) row numbers proposed."""
    from desirepath.matching import Assignment, Levels, Plan

    kept = set(problem.fixed)
    proposed = {(str(vacancy), str(clinician)) for vacancy, clinician in pairs}
    fixed_sessions = {vacancy for vacancy, _ in kept}
    known = {
        pair
        for pair in proposed
        if pair[0] in problem.vacancy_of and pair[1] in problem.clinician_of and pair[0] not in fixed_sessions
    }
    assignments = tuple(
        Assignment(vacancy, clinician, 0, 0, 0, 0.0, (), fixed=(vacancy, clinician) in kept)
        for vacancy, clinician in sorted(kept | known)
    )
    return Plan(assignments, (), Levels(), 0, 0, 0.0, 0, 0.0, {}, 0, 0.0, run.seed, {})


def why_not(other: matching.explain.Alternative, sessions: dict[int, Vacancy]) -> str:
    """One sentence; her rate, her distance and her limits can't be read out of it."""
    if other.change is None:
        if other.in_the_way is None:
            return "Has as much work then as their terms allow"
        if other.booked:
            return "Is busy then"
        where = sessions.get(int(other.in_the_way))
        told = f" at {where.practice}, {span(where.start, where.end)}" if where else " elsewhere"
        return f"Is needed more{told}"
    return _by_levels(other.change)


def _by_levels(change: matching.Levels) -> str:
    if change.l2 < 0:
        return "Could come too, but from farther down the cascade"
    if change.l3 < 0:
        return "Could come too, but this clinician and the practice suit each other less"
    if change.l4 < 0:
        return "Could come too, but the work would be spread less evenly by what clinicians wish"
    if change.l5 < 0:
        return "Could come too, but it would cost the practice more"
    return "Would do as well"
