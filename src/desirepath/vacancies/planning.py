"""Make a plan for a pool's weeks, and keep it with its figures and reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import TYPE_CHECKING, Any

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.clinicians.free_time import local
from desirepath.pools.models import AgencyRate, Pool
from desirepath.vacancies.models import PlanRun, Proposal, Unfilled, Vacancy
from desirepath.vacancies.problem import build

if TYPE_CHECKING:
    from desirepath import matching

TIERS = ("the practice's own PCN bank", "a neighbouring PCN", "the rest of the pool", "through an agency")
PENNY = Decimal("0.01")
# pounds: a rate that would bring somebody is kept, and told, on this grid
GRID = 5


def span(first_day: date, weeks: int) -> tuple[datetime, datetime]:
    """The moments between which sessions of ``weeks`` from ``first_day`` start."""
    return local(first_day, time()), local(first_day + timedelta(weeks=weeks), time())


def make_plan(
    *,
    pool: Pool,
    first_day: date,
    weeks: int = 1,
    seed: int = 0,
    by: Person | None = None,
    asked: Iterable[tuple[int, int]] = (),
    declined: Iterable[tuple[int, int]] = (),
    seconds: float | None = None,
    on_progress: Callable[[Any], None] | None = None,
) -> PlanRun:
    """Plan every open vacancy of ``pool`` that starts within ``weeks`` of ``first_day``, exactly, and keep
    the result.

    ``asked`` are (vacancy, clinician) row numbers with a live offer: they stay; ``declined``
    ones are not proposed again. ``seconds`` bounds the solver; the best plan found by
    then is kept with its gap. Solving happens outside the transaction.
    """
    from desirepath.matching import solve

    asked = list(asked)
    start, end = span(first_day, weeks)
    within = Vacancy.objects.for_pool(pool).between(start, end).filter(start__gt=clock.now())
    vacancies = list(within.open() | within.filter(pk__in=[vacancy for vacancy, _ in asked]))
    problem = build(pool=pool, vacancies=vacancies, asked=asked, declined=declined)
    plan = solve(problem, seed=seed, seconds=seconds, on_progress=on_progress)
    return keep_plan(
        pool=pool, first_day=first_day, weeks=weeks, by=by, problem=problem, plan=plan, vacancies=vacancies
    )


@transaction.atomic
def keep_plan(
    *,
    pool: Pool,
    first_day: date,
    weeks: int,
    by: Person | None,
    problem: matching.Problem,
    plan: matching.Plan,
    vacancies: list[Vacancy],
) -> PlanRun:
    """Write a solved plan as a run with its proposals and its unfilled vacancies."""
    run = PlanRun.objects.create(pool=pool, made_by=by, first_day=first_day, weeks=weeks, seed=plan.seed)
    proposals = list(_proposals(run, problem, plan))
    Proposal.objects.bulk_create(proposals, batch_size=500)
    rows = {vacancy.pk: vacancy for vacancy in vacancies}
    Unfilled.objects.bulk_create(
        [
            Unfilled(
                run=run,
                vacancy=rows[int(each.vacancy)],
                reason=each.cause,
                candidates=each.candidates,
                changes=[_told(change) for change in each.changes],
            )
            for each in plan.unfilled
        ],
        batch_size=500,
    )
    run.summary = _summary(plan, proposals, rows, AgencyRate.on(pool, first_day), problem)
    run.save(update_fields=["summary"])
    Event.record("planned", run, by=by, filled=len(proposals), unfilled=len(plan.unfilled))
    return run


def _told(change: matching.Change) -> dict[str, Any]:
    """A change as it is kept: no exact rate and no distance of anybody's."""
    amount = change.amount
    if change.kind == "rate":
        amount = str(GRID * ceil(int(amount) / (100 * GRID)))
    elif change.kind == "distance":
        amount = ""
    return {"kind": change.kind, "amount": amount, "brings": change.brings}


def _proposals(run: PlanRun, problem: matching.Problem, plan: matching.Plan) -> Iterable[Proposal]:
    pinned = set(problem.pinned)
    for each in plan.assignments:
        if each.fixed and (each.vacancy, each.clinician) not in pinned:
            continue
        session, person = problem.vacancy_of[each.vacancy], problem.clinician_of[each.clinician]
        facts = [
            name
            for name, true in (
                ("pinned", (each.vacancy, each.clinician) in pinned),
                ("worked", problem.feels(person, session.practice, "worked")),
                ("preferred", problem.feels(person, session.practice, "preferred")),
            )
            if true
        ]
        yield Proposal(
            run=run,
            vacancy_id=int(each.vacancy),
            clinician_id=int(each.clinician),
            tier=each.tier,
            preference=each.preference,
            fee=Decimal(each.pay) / 100,
            km=round(each.km, 1),
            reasons=facts,
        )


def _summary(
    plan: matching.Plan,
    proposals: list[Proposal],
    vacancies: dict[int, Vacancy],
    agency: dict[str, Decimal],
    problem: matching.Problem,
) -> dict[str, Any]:
    """The figures of a plan, as JSON: money as text in pounds."""
    fees = sum((p.fee for p in proposals), Decimal(0))
    compared = [p for p in proposals if vacancies[p.vacancy_id].role in agency]
    dearer = sum(
        (agency[vacancies[p.vacancy_id].role] * vacancies[p.vacancy_id].hours for p in compared), Decimal(0)
    ).quantize(PENNY, ROUND_HALF_UP)
    asked = sum(1 for vacancy, _ in problem.fixed if not vacancy.startswith("busy"))
    return {
        "needed": len(vacancies),
        "asked": asked,
        "filled": len(proposals),
        "tiers": [sum(1 for p in proposals if p.tier == tier) for tier in range(len(TIERS))],
        "fees": str(fees),
        "agency": str(dearer),
        "saved": str(dearer - sum((p.fee for p in compared), Decimal(0))),
        "gap": plan.gap,
        "objective": plan.objective,
        "bound": plan.bound,
        "edges": plan.edges,
        "seconds": round(plan.seconds["total"], 2),
        "clinicians": len(problem.clinicians),
    }
