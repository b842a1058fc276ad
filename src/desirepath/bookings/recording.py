"""A booking agreed by phone, with its session: made together, or neither is.

A refusal says that it is outside the terms she has set. Asked again and again, with another rate or time,
that would tell where her terms begin: so a practice is refused a few times a day for one clinician, and then
not answered until the next day.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.bookings.actions import record_booking
from desirepath.bookings.models import Booking, RefusedTry
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation
from desirepath.vacancies.actions import post_vacancy

TRIED_ENOUGH = (
    "You have tried several times today to record a booking of {} that they can't be booked for. "
    "Ask them what they agreed to, and record it tomorrow, or ask for cover: they can accept it at once."
)


def record_agreed(
    *,
    by: Person,
    practice: Organisation,
    clinician: Clinician,
    start: datetime,
    end: datetime,
    rate: Decimal,
) -> Booking:
    """Post the session and hold her time until she confirms; ``rate`` is the agreed pounds an hour.

    Raises Refused as ``post_vacancy`` and ``record_booking`` do, and where the practice has been refused her
    too often today. Call it outside a transaction: a refusal is counted though nothing else is kept.
    """
    counted = _count_beforehand(practice, clinician)
    try:
        made = _record(by, practice, clinician, start, end, rate)
    except _NotHerTerms as refusal:
        # the one that says something of her, and so stays counted
        raise Refused(str(refusal)) from refusal
    except BaseException:
        _take_back(counted)
        raise
    _take_back(counted)
    return made


class _NotHerTerms(Exception):
    """She can't be booked for it, as things stand."""


@retried
@transaction.atomic
def _record(
    by: Person, practice: Organisation, clinician: Clinician, start: datetime, end: datetime, rate: Decimal
) -> Booking:
    vacancy = post_vacancy(by=by, practice=practice, role=clinician.role, start=start, end=end, rate_cap=rate)
    try:
        return record_booking(by=by, vacancy=vacancy, clinician=clinician, rate=rate)
    except Refused as refusal:
        raise _NotHerTerms(str(refusal)) from refusal


def _count_beforehand(practice: Organisation, clinician: Clinician) -> RefusedTry:
    """One try more, before it is known how it ends: many at once are not more than many in a row."""
    row, _ = RefusedTry.objects.get_or_create(practice=practice, clinician=clinician, day=clock.today())
    left = RefusedTry.objects.filter(pk=row.pk, tries__lt=RefusedTry.MOST)
    if left.update(tries=F("tries") + 1) != 1:
        raise Refused(TRIED_ENOUGH.format(clinician))
    return row


def _take_back(row: RefusedTry) -> None:
    RefusedTry.objects.filter(pk=row.pk, tries__gt=0).update(tries=F("tries") - 1)
