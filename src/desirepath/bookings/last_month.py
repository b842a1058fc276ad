"""What her draft would have changed in the last four weeks: her own sessions, by the plan's own rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from desirepath.audit import clock
from desirepath.bookings.models import Booking
from desirepath.cascade.models import Offer
from desirepath.clinicians.models import Clinician, CommittedTime, Terms
from desirepath.pools.models import Pool
from desirepath.vacancies.fit import IN_HER_WORDS, OF_HER_TERMS, Fit, under_terms
from desirepath.vacancies.models import Vacancy

LOOKED_BACK = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Line:
    """One session: ``was`` the fee then, ``fee`` under the draft, in pounds; ``outside`` says why it would
    not have been offered, or is empty.
    """

    vacancy: Vacancy
    booking: Booking | None
    was: Decimal
    fee: Decimal
    outside: str


@dataclass(frozen=True, slots=True)
class LastMonth:
    lines: list[Line]

    @property
    def outside(self) -> list[Line]:
        return [line for line in self.lines if line.outside]

    @property
    def worked(self) -> list[Line]:
        """The sessions she was booked for and would still have been offered."""
        return [line for line in self.lines if line.booking and not line.outside]

    @property
    def was(self) -> Decimal:
        return sum((line.was for line in self.lines if line.booking), Decimal(0))

    @property
    def would_be(self) -> Decimal:
        return sum((line.fee for line in self.worked), Decimal(0))


def last_month(clinician: Clinician, draft: Terms) -> LastMonth:
    """Offers sent and sessions begun in the last 28 days, judged under ``draft``, the earliest first."""
    since, now = clock.now() - LOOKED_BACK, clock.now()
    booked = {
        row.vacancy: row
        for row in Booking.objects.for_clinician(clinician)
        .standing()
        .filter(start__range=(since, now))
        .select_related("vacancy__pool", "vacancy__practice", "committed_time")
    }
    offers = (
        Offer.objects.for_clinician(clinician)
        .filter(created_at__gte=since)
        .select_related("vacancy__pool", "vacancy__practice")
    )
    fees = {offer.vacancy: offer.fee for offer in offers} | {v: row.fee for v, row in booked.items()}
    times = {vacancy: _time(booked.get(vacancy)) for vacancy in fees}
    judged: dict[Vacancy, Fit] = {}
    for pool in {vacancy.pool for vacancy in fees}:
        judged |= _judged(pool, clinician, draft, {v: t for v, t in times.items() if v.pool_id == pool.pk})
    ordered = sorted(fees, key=lambda vacancy: (vacancy.start, vacancy.pk))
    return LastMonth([_line(v, booked.get(v), fees[v], judged[v]) for v in ordered])


def _time(booking: Booking | None) -> CommittedTime | None:
    return booking.committed_time if booking else None


def _judged(
    pool: Pool, clinician: Clinician, draft: Terms, sessions: dict[Vacancy, CommittedTime | None]
) -> dict[Vacancy, Fit]:
    found = under_terms(pool=pool, clinician=clinician, terms=draft, sessions=sessions)
    return dict(zip(sessions, found, strict=True))


def _line(vacancy: Vacancy, booking: Booking | None, was: Decimal, result: Fit) -> Line:
    # what else may have changed since (her free time, her checks, other bookings) is not of these terms
    broken = [name for name in result.broken if name in OF_HER_TERMS]
    outside = "; ".join(dict.fromkeys(IN_HER_WORDS[name] for name in broken))
    return Line(vacancy, booking, was, result.fee, outside)
