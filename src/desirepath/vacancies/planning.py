"""Ask for a plan of a pool's weeks, make it, and keep it with its figures and reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, OperationalError, close_old_connections, transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.states import InvalidMove, Stale
from desirepath.clinicians.free_time import local
from desirepath.pools.models import AgencyRate, Pool
from desirepath.vacancies.disclosure import FEWEST
from desirepath.vacancies.models import PlanRun, Proposal, Shortness, Unfilled, Vacancy
from desirepath.vacancies.problem import build
from desirepath.vacancies.relay import Relay, figures
from desirepath.vacancies.shortness import shortness

if TYPE_CHECKING:
    from desirepath import matching

TIERS = ("the practice's own PCN bank", "a neighbouring PCN", "the rest of the pool", "through an agency")
PENNY = Decimal("0.01")
# pounds: a rate that would bring somebody is kept, and told, on this grid
GRID = 5
# workers may die of one plan so often
MOST_TRIES = 3
# as a fraction: the prices of a plan that is proven no nearer than this say little
TOLD_WITHIN = 0.01


def span(first_day: date, weeks: int) -> tuple[datetime, datetime]:
    """The moments between which sessions of ``weeks`` from ``first_day`` start."""
    return local(first_day, time()), local(first_day + timedelta(weeks=weeks), time())


def ask_for_plan(
    *,
    pool: Pool,
    first_day: date,
    weeks: int = 1,
    seed: int = 0,
    by: Person | None = None,
    seconds: float | None = None,
) -> PlanRun:
    """A plan of ``weeks`` of ``pool`` that a worker is to make; the one that is under way already, if any.

    ``seconds`` bounds the search; the best plan found by then is kept with its gap.
    """
    weeks_of = {"pool": pool, "first_day": first_day, "weeks": weeks}
    if under_way := PlanRun.objects.under_way().filter(**weeks_of).first():
        return under_way
    try:
        with transaction.atomic():
            run = PlanRun.objects.create(**weeks_of, made_by=by, seed=seed, seconds=seconds)
            Event.record("asked", run, by=by)
    except IntegrityError:
        # somebody pressed at the same moment, and was faster
        return PlanRun.objects.filter(**weeks_of).latest()
    return run


@transaction.atomic
def stop_plan(*, by: Person | None, run: PlanRun) -> None:
    """End a plan that is under way: with the best found so far, or with none where nobody has begun it.

    One that has ended by itself stays as it is.
    """
    run.refresh_from_db()
    try:
        run.move("called off", by=by)
    except InvalidMove:
        searching = PlanRun.objects.filter(pk=run.pk, state="planning", stop_asked_at=None)
        if searching.update(stop_asked_at=clock.now()):
            Event.record("stop asked", run, by=by)
        run.refresh_from_db()


class Left(Exception):
    """The plan is not ours to make any more."""


def make_plan(
    run: PlanRun,
    *,
    asked: Iterable[tuple[int, int]] = (),
    declined: Iterable[tuple[int, int]] = (),
    on_progress: Callable[[matching.Progress], None] | None = None,
    leaving: Callable[[], bool] = lambda: False,
) -> bool:
    """Plan every open vacancy of the weeks of ``run``, which is claimed by us, exactly, and keep the result.

    ``asked`` are (vacancy, clinician) row numbers with a live offer: they stay; ``declined`` ones are not
    proposed again. The search runs outside any transaction; about once a second the row says how far it is,
    and is asked whether somebody wants it to stop, as Ctrl-C does too: the best plan found by then is kept.
    False where ``leaving`` said so, which hands it back for another to make, or where another has claimed it.
    """
    relay = Relay(on_progress)
    asked = list(asked)
    try:
        vacancies = _open(run, [vacancy for vacancy, _ in asked])
        problem = build(pool=run.pool, vacancies=vacancies, asked=asked, declined=declined, asking=True)
        run.renew()
        plan = relay.wait_for(
            lambda: _solved(run, problem, relay), lambda: _tick(run, problem, relay, leaving)
        )
        return keep_plan(run, problem=problem, plan=plan, vacancies=vacancies, stopped=relay.stopping)
    except Left:
        relay.stop()
        return False
    except BaseException as fault:
        relay.stop()
        left = isinstance(fault, KeyboardInterrupt)
        _fail(run, PlanRun.Failure.LEFT if left else PlanRun.Failure.FAULT)
        raise


def _open(run: PlanRun, asked: list[int]) -> list[Vacancy]:
    start, end = span(run.first_day, run.weeks)
    within = Vacancy.objects.for_pool(run.pool).between(start, end).filter(start__gt=clock.now())
    return list(within.open() | within.filter(pk__in=asked))


def _solved(run: PlanRun, problem: matching.Problem, relay: Relay) -> matching.Plan:
    from desirepath.matching import Stop, solve

    stop = Stop(seconds=run.seconds, when=relay.when)
    return solve(problem, stop=stop, seed=run.seed, on_progress=relay.hear)


def _tick(run: PlanRun, problem: matching.Problem, relay: Relay, leaving: Callable[[], bool]) -> None:
    """Say how far it is; hear whether to stop, or to leave it."""
    if leaving():
        run.give_back()
        raise Left
    try:
        if not run.renew(figures(relay.latest, problem)):
            raise Left
        if PlanRun.objects.filter(pk=run.pk).exclude(stop_asked_at=None).exists():
            relay.stop()
    except OperationalError:
        # a busy database, or one that begins again: the lease outlasts it
        close_old_connections()


def _fail(run: PlanRun, why: PlanRun.Failure) -> None:
    """Unless it is another's by now."""
    with suppress(InvalidMove), transaction.atomic():
        if run.renew():
            run.fail(why)


def hand_back_abandoned() -> int:
    """Plans whose worker died are anybody's again, until several have died of one; how many there were.

    Safe to run twice and on several machines.
    """
    found = 0
    for run in PlanRun.objects.abandoned():
        with suppress(Stale):
            if run.tries >= MOST_TRIES:
                run.fail(PlanRun.Failure.DIED)
            else:
                run.give_back()
            found += 1
    return found


@transaction.atomic
def keep_plan(
    run: PlanRun,
    *,
    problem: matching.Problem,
    plan: matching.Plan,
    vacancies: list[Vacancy],
    stopped: bool = False,
) -> bool:
    """Write a solved plan into its run: proposals, unfilled vacancies, shortness. False where another has
    claimed the run meanwhile: then nothing is written.
    """
    if not run.renew():
        return False
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
                changes=told_changes(problem, each),
            )
            for each in plan.unfilled
        ],
        batch_size=500,
    )
    _keep_shortness(run, problem, plan)
    summary = _summary(plan, proposals, rows, AgencyRate.on(run.pool, run.first_day), problem)
    state = "stopped" if stopped and plan.gap > 0 else "proposed"
    run.move(state, by=None, summary=summary, claim=None, lease_until=None, progress={})
    Event.record("planned", run, by=run.made_by, filled=len(proposals), unfilled=len(plan.unfilled))
    return True


def _keep_shortness(run: PlanRun, problem: matching.Problem, plan: matching.Plan) -> None:
    """How short each vacancy was that the plan had to fill, where its proof is near enough to tell."""
    if plan.gap > TOLD_WITHIN:
        return
    Shortness.objects.bulk_create(
        [
            Shortness(run=run, vacancy_id=int(vacancy), sessions=round(sessions, 3))
            for vacancy, sessions in shortness(problem, plan).items()
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["vacancy"],
        update_fields=["run", "sessions"],
    )


def told_changes(problem: matching.Problem, unfilled: matching.Unfilled) -> list[dict[str, Any]]:
    """The changes as they are kept, by the rules of ``could_come``: only what brings at least three, a rate
    on the grid, and no distance or limit of anybody's.
    """
    kept = []
    for change in unfilled.changes:
        if change.kind == "rate":
            kept += _step_of_rate(problem, unfilled.vacancy)
        elif change.kind in ("skill", "time") and change.brings >= FEWEST:
            kept.append({"kind": change.kind, "amount": change.amount, "brings": change.brings})
    return kept


def _step_of_rate(problem: matching.Problem, vacancy: str) -> list[dict[str, Any]]:
    """The least rate of the grid at which enough could come whom only the rate keeps away, and how many."""
    from desirepath.matching import rules

    session = problem.vacancy_of[vacancy]
    asked = sorted(
        rules.rate(problem, each, session)
        for each in problem.clinicians
        if each.role == session.role and rules.broken_pair_rules(problem, each, session) == ["rate"]
    )
    if len(asked) < FEWEST:
        return []
    step = GRID * ceil(asked[FEWEST - 1] / (100 * GRID))
    return [{"kind": "rate", "amount": str(step), "brings": sum(rate <= 100 * step for rate in asked)}]


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
