"""Who has applied for a session, as its practice sees it: name, fee, checks, worked here before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from desirepath.bookings.models import Application
from desirepath.clinicians.credentials.shown import Check, in_short
from desirepath.clinicians.models import Membership
from desirepath.vacancies.models import Vacancy


@dataclass(frozen=True, slots=True)
class Applicant:
    """``fee`` is pounds for the session, fixed when they applied."""

    application: UUID
    name: str
    fee: Decimal
    checks: str
    cleared: bool
    worked_here: bool
    until: datetime


def applicants(vacancy: Vacancy) -> list[Applicant]:
    """Those who wait for an answer, in the order in which they applied."""
    rows = Application.objects.pending().filter(vacancy=vacancy)
    pending = list(rows.select_related("clinician__person").order_by("pk"))
    here = Membership.objects.filter(pool=vacancy.pool, clinician__in=[row.clinician_id for row in pending])
    members = {row.clinician_id: row for row in here}
    return [_applicant(row, in_short(members.get(row.clinician_id), vacancy.day)) for row in pending]


def _applicant(row: Application, check: Check) -> Applicant:
    return Applicant(
        application=row.public_id,
        name=row.clinician.person.name,
        fee=row.fee,
        checks=check.words,
        cleared=check.good,
        worked_here=row.worked_here,
        until=row.expires_at,
    )
