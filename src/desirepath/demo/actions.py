"""Build a demonstration: the invented land, one real ICB, or all England. Each is built
whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from django.db import transaction

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.models import Booking
from desirepath.cascade.models import Offer
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.month import bank_holidays
from desirepath.demo import asked, cascades, history, holdings, land, perform, real, waiting
from desirepath.demo.cast import Cast, here
from desirepath.demo.perform import OnStep, silent
from desirepath.demo.script import FICTIONAL_POOL, Area
from desirepath.demo.writing import WEXBRIDGE, Size, write
from desirepath.pools.models import Pool
from desirepath.vacancies.models import PlanRun

# of England's week, for benchmarks
ENGLAND_CLINICIANS, ENGLAND_SESSIONS = 17_000, 25_000


@dataclass(frozen=True, slots=True)
class Built:
    """A demonstration: its cast, the plan of its coming week, the offers that wait, the
    bookings to confirm.
    """

    cast: Cast
    run: PlanRun
    offers: list[Offer]
    to_confirm: list[Booking]


def is_here(code: str = FICTIONAL_POOL) -> bool:
    """Whether the demonstration of this pool has been built."""
    return bool(here([code]))


@transaction.atomic
def build_wexbridge(*, seed: int, today: date, size: Size = WEXBRIDGE, on_step: OnStep = silent) -> Built:
    """The fictional integrated care system, with the weeks it has lived. Raises Refused where it is here
    already.
    """
    return _build(land.wexbridge(), seed=seed, today=today, size=size, on_step=on_step)


@transaction.atomic
def build_icb(*, code: str, seed: int, today: date, on_step: OnStep = silent) -> Built:
    """A real ICB's practices in a fictional pool that carries the ICB's code."""
    area = real.area_of_icb(code, today)
    return _build(area, seed=seed, today=today, size=Size.of_practices(len(area.practices)), on_step=on_step)


def _build(area: Area, *, seed: int, today: date, size: Size, on_step: OnStep) -> Built:
    if is_here(area.code):
        raise Refused(f"There is a pool with the code {area.code} already.")
    script = write(
        area, seed=seed, today=today, size=size, closed=_closed(today), first_number=_first_number()
    )
    cast = perform.perform(script)
    on_step("Clinicians", len(script.workers), len(script.workers))
    if size.weeks_before:
        history.Past(cast, Random(f"{seed} {area.code} past")).live(on_step)  # noqa: S311 - a story, not a secret
    with clock.at(script.now):
        perform.post(cast, [s for s in script.sessions if s.start.date() >= script.coming])
        to_confirm = history.agreed_by_phone(cast)
        on_step("Planning the coming week", 0, 1)
        run = history.plan_the_coming_week(cast)
        on_step("Planning the coming week", 1, 1)
        offers = history.release_a_part(cast, run)
        perform.choose(cast)
    cascades.begin(cast, on_step)
    with clock.at(script.now):
        asked.nobody_tomorrow(cast)
        holdings.begin(cast)
        waiting.begin(cast)
    return Built(cast, run, offers, to_confirm)


@transaction.atomic
def build_england(*, seed: int, today: date, weeks: int = 1, on_step: OnStep = silent) -> list[Pool]:
    """Every real ICB with its share of 17,000 clinicians and of 25,000 sessions in each of the coming
    ``weeks``, in bulk; no history, no plan.
    """
    areas = list(real.areas_of_england(today))
    taken = set(here(area.code for area in areas))
    areas = [area for area in areas if area.code not in taken]
    if not areas:
        raise Refused("Every ICB of England has its pool here already.")
    number, pools = _first_number(), []
    for done, (area, size) in enumerate(shared_out(areas, weeks), 1):
        script = write(area, seed=seed, today=today, size=size, closed=_closed(today), first_number=number)
        cast = perform.perform(script)
        perform.post(cast, script.sessions)
        with clock.at(script.now):
            perform.choose(cast)
        number += size.clinicians
        pools.append(cast.pool)
        on_step("Integrated care systems", done, len(areas))
    return pools


def shared_out(areas: list[Area], weeks: int = 1) -> Iterator[tuple[Area, Size]]:
    """Each area with its share of England's clinicians and sessions, by practices; the
    shares add up exactly.
    """
    practices = sum(len(area.practices) for area in areas)
    before = 0
    for area in areas:
        after = before + len(area.practices)
        clinicians, sessions = (
            round(whole * after / practices) - round(whole * before / practices)
            for whole in (ENGLAND_CLINICIANS, ENGLAND_SESSIONS)
        )
        # few enough for their chambers, and enough to be somebody
        chambers = area.chambers if clinicians >= 4 * len(area.chambers) else ()
        yield (
            replace(area, chambers=chambers),
            Size(clinicians=max(2, clinicians), sessions_a_week=sessions, weeks_ahead=weeks),
        )
        before = after


def _closed(today: date) -> frozenset[date]:
    """Bank holidays around ``today``, on which practices are shut."""
    years = {(today + timedelta(days=days)).year for days in (-60, 60)}
    return frozenset().union(*(bank_holidays(year) for year in years))


def _first_number() -> int:
    """Registration numbers of fictional clinicians go on from those that are here."""
    return Clinician.objects.filter(person__fictional=True).count() + 1
