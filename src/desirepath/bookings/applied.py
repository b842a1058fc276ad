"""Who has applied for a session, as its practice sees it: name, fee, checks, worked here before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from desirepath.bookings.models import Application
from desirepath.nhsuk import formats
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
    pending = rows.select_related("clinician__person").order_by("pk")
    return [_applicant(row, vacancy) for row in pending]


def _applicant(row: Application, vacancy: Vacancy) -> Applicant:
    cleared = row.clinician.cleared_on(vacancy.day)
    return Applicant(
        application=row.public_id,
        name=row.clinician.person.name,
        fee=row.fee,
        checks=_checks(row.clinician.cleared_until, cleared),
        cleared=cleared,
        worked_here=row.worked_here,
        until=row.expires_at,
    )


def _checks(until: date | None, cleared: bool) -> str:
    if until is None:
        return "Checks valid, with no end date"
    told = formats.day_and_year(until)
    return f"Checks valid until {told}" if cleared else f"Checks run out {told}, before this session"
