"""What is open to one clinician in her pools: the sessions she may find, and the few that fit instead of one
that has gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from desirepath.audit import clock
from desirepath.cascade.models import NotForMe, Offer
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician, PracticePreference
from desirepath.pools.models import Pool
from desirepath.vacancies.finding import Found, find
from desirepath.vacancies.light import light
from desirepath.vacancies.models import Vacancy, VacancyQuerySet
from desirepath.vacancies.models.block import TOGETHER

OPEN = ("released", "offered", "unfilled")
# instead of one that has gone: how many are shown, of the days around it
INSTEAD, DAYS_AROUND = 3, 7


@dataclass(frozen=True, slots=True)
class Instead:
    """A session that fits her: ``found`` has its distance in km and her fee in pounds."""

    vacancy: Vacancy
    found: Found


def pools_of(clinician: Clinician) -> list[Pool]:
    """The pools she is an active member of."""
    rows = Pool.objects.filter(memberships__clinician=clinician, memberships__state="active")
    return list(rows.select_related("organisation").order_by("pk"))


def open_to(clinician: Clinician, pool: Pool, start: datetime, end: datetime) -> VacancyQuerySet:
    """Sessions of ``pool`` she may find: without practices she blocked and sessions that are not for her."""
    blocked = PracticePreference.objects.filter(clinician=clinician, kind=PracticePreference.Kind.BLOCKED)
    return (
        Vacancy.objects.for_pool(pool)
        .between(start, end)
        .filter(state__in=OPEN, role=clinician.role)
        .exclude(block__state__in=TOGETHER)
        .exclude(practice__in=blocked.values("practice"))
        .exclude(pk__in=NotForMe.objects.for_clinician(clinician).values("vacancy"))
    )


def instead_of(vacancy: Vacancy, clinician: Clinician) -> list[Instead]:
    """Up to three open sessions of the days around ``vacancy`` that fit her, the best for her first.

    None that is offered to her already. A fixed number of queries for each of her pools.
    """
    first = max(clock.today(), vacancy.day - timedelta(days=DAYS_AROUND))
    start = max(local(first, time.min), clock.now())
    end = local(first + timedelta(days=2 * DAYS_AROUND + 1), time.min)
    offered = Offer.objects.live().for_clinician(clinician).values("vacancy")
    fits: list[Found] = []
    for pool in pools_of(clinician):
        rows = open_to(clinician, pool, start, end).exclude(pk=vacancy.pk).exclude(pk__in=offered)
        fits += find(pool=pool, clinician=clinician, sessions=light(rows)).fits
    best = sorted(fits, key=lambda each: each.rank)[:INSTEAD]
    shown = Vacancy.objects.select_related("practice").in_bulk([each.session.pk for each in best])
    return [Instead(shown[each.session.pk], each) for each in best if each.session.pk in shown]
