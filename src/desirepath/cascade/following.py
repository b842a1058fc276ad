"""The plan's order, kept up with what has happened since: whom the re-planner would ask now.

A plan is made once; then she declines, a booking is cancelled, a session is posted, terms change. Where that
touches a session whose turn it is, the plan's open weeks are planned again from where the plan stood, with as
few proposals changed as the best plan allows (``matching.replan``), and what differs is kept beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from logging import getLogger

from django.db import transaction

from desirepath.audit import clock
from desirepath.cascade.considered import as_plan, open_sessions
from desirepath.cascade.models import ANSWERED, Offer
from desirepath.cascade.said_no import said_no
from desirepath.clinicians.models import Clinician, Terms
from desirepath.vacancies.fit import fits
from desirepath.vacancies.models import MADE, PlanRun, Proposal, Replanned, Vacancy
from desirepath.vacancies.planning import span
from desirepath.vacancies.problem import build

log = getLogger(__name__)
# a plan is not made up to date again sooner than this: sessions looked at meanwhile go by what is known
PAUSE = timedelta(seconds=30)
# plans looked through for the one in force: the newest of each weeks is among them
RUNS = 20


def proposed_now(vacancies: Iterable[Vacancy]) -> dict[int, int]:
    """By vacancy, whom the newest plan proposes, or the re-plan in its place; absent where nobody."""
    wanted = list(vacancies)
    rows = Proposal.objects.filter(vacancy__in=wanted, run__state__in=MADE).order_by("run_id")
    found: dict[int, tuple[int, int | None]] = {
        vacancy: (run, who) for vacancy, run, who in rows.values_list("vacancy_id", "run_id", "clinician_id")
    }
    since = Replanned.objects.filter(vacancy__in=wanted).order_by("run_id")
    for vacancy, run, who in since.values_list("vacancy_id", "run_id", "clinician_id"):
        if vacancy not in found or found[vacancy][0] <= run:
            found[vacancy] = (run, who)
    return {vacancy: who for vacancy, (_, who) in found.items() if who is not None}


def follow_plans(vacancies: Sequence[Vacancy]) -> int:
    """Make the plans in force of one pool's ``vacancies`` up to date where they need it; how many were."""
    by_run: dict[int, list[Vacancy]] = defaultdict(list)
    runs = PlanRun.objects.filter(pool=vacancies[0].pool).made()
    in_force = list(runs.filter(first_day__lte=max(each.day for each in vacancies))[:RUNS])
    for vacancy in vacancies:
        run = next((each for each in in_force if _holds(each, vacancy)), None)
        if run is not None:
            by_run[run.pk].append(vacancy)
    return sum(_follow(run, by_run[run.pk]) for run in in_force if run.pk in by_run)


def _holds(run: PlanRun, vacancy: Vacancy) -> bool:
    start, end = span(run.first_day, run.weeks)
    return start <= vacancy.start < end


def _follow(run: PlanRun, vacancies: list[Vacancy]) -> bool:
    known = run.replanned_at or run.read_at
    if run.replanned_at and clock.now() - run.replanned_at < PAUSE:
        return False
    if not _is_stale(run, vacancies, known):
        return False
    replan_run(run)
    return True


def _is_stale(run: PlanRun, vacancies: list[Vacancy], known: datetime) -> bool:
    """Whether what has happened since ``known`` bears on one of them: opened since, its proposal gone, or
    terms published in the pool.
    """
    if any(each.state_since > known and each.state != "offered" for each in vacancies):
        return True
    members = Clinician.objects.for_pool(run.pool)
    if Terms.objects.filter(state="published", state_since__gt=known, clinician__in=members).exists():
        return True
    now = proposed_now(vacancies)
    pairs = {(vacancy.pk, now[vacancy.pk]) for vacancy in vacancies if vacancy.pk in now}
    offers = Offer.objects.filter(vacancy__in=vacancies, state__in=ANSWERED, state_since__gt=known)
    said = {*offers.values_list("vacancy_id", "clinician_id"), *said_no([each.pk for each in vacancies])}
    if pairs & said:
        return True
    people = Clinician.objects.select_related("person").in_bulk([who for _, who in pairs])
    judged = [
        (people[now[each.pk]], each) for each in vacancies if each.pk in now and each.state != "offered"
    ]
    return any(not each.fits for each in fits(pool=run.pool, pairs=judged)) if judged else False


def replan_run(run: PlanRun) -> None:
    """Plan the open sessions of the run's weeks again from where it stood, and keep what differs."""
    from desirepath.matching import replan

    at = clock.now()
    vacancies = open_sessions(run)
    offers = Offer.objects.for_pool(run.pool).filter(vacancy__in=vacancies)
    asked = dict(offers.live().order_by("-pk").values_list("vacancy_id", "clinician_id"))
    answered = set(
        offers.filter(state__in=("declined", "expired", "accepted")).values_list("vacancy_id", "clinician_id")
    )
    declined = answered | said_no([vacancy.pk for vacancy in vacancies])
    problem = build(pool=run.pool, vacancies=vacancies, asked=asked.items(), declined=declined, asking=True)
    before = dict(run.proposals.values_list("vacancy_id", "clinician_id"))
    stood: dict[int, int | None] = {**before, **dict(run.replanned.values_list("vacancy_id", "clinician_id"))}
    able = {
        (vacancy, who) for vacancy, who in stood.items() if who is not None and (vacancy, who) not in declined
    }
    after = replan(problem, as_plan(run, problem, able))
    fixed = set(problem.fixed)
    now = {
        int(each.vacancy): int(each.clinician)
        for each in after.assignments
        if (each.vacancy, each.clinician) not in fixed
    }
    differs = {
        vacancy.pk: now.get(vacancy.pk)
        for vacancy in vacancies
        if vacancy.pk not in asked and now.get(vacancy.pk) != before.get(vacancy.pk)
    }
    _keep(run, at, differs)


@transaction.atomic
def _keep(run: PlanRun, at: datetime, differs: dict[int, int | None]) -> None:
    held = PlanRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if held.replanned_at != run.replanned_at:
        return  # another worker was faster: what it has seen is as new
    run.replanned.all().delete()
    Replanned.objects.bulk_create(
        [Replanned(run=run, vacancy_id=vacancy, clinician_id=who) for vacancy, who in differs.items()],
        batch_size=500,
    )
    PlanRun.objects.filter(pk=run.pk).update(replanned_at=at)
