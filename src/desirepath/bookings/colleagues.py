"""A booked session changes hands between two clinicians of a chambers: what handing back and swapping share.

Both rows are locked in the order of their numbers, so that two who exchange never wait for each other.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.bookings.actions import BUSY, address_of, let_go_of_what_clashes, people_of
from desirepath.bookings.models import Booking
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.actions import tell
from desirepath.nhsuk.formats import span
from desirepath.pools.models import Chambers
from desirepath.vacancies.fit import Fit
from desirepath.vacancies.models import Vacancy

HANDED_ON = "Handed on to a colleague"
CHANGED = "This session has just changed. Look at it again."


def chambers_of(booking: Booking) -> Chambers | None:
    """The chambers of whoever is booked, in the booking's pool: also of somebody on a break, whose sessions
    stay hers to hand back.
    """
    hers = booking.clinician.memberships.filter(pool=booking.pool, state__in=("active", "paused"))
    found = hers.select_related("chambers")
    return next((membership.chambers for membership in found), None)


def colleagues_in(chambers: Chambers, of: Clinician) -> QuerySet[Clinician]:
    """The other active members of a chambers."""
    return (
        Clinician.objects.filter(memberships__chambers=chambers, memberships__state="active")
        .exclude(pk=of.pk)
        .select_related("person")
        .order_by("person__name", "pk")
    )


def lock(clinicians: list[Clinician], bookings: list[Booking]) -> None:
    """Lock the rows of clinicians, then of the vacancies of ``bookings``, each in the order of their numbers;
    the bookings are read again.
    """
    ids = sorted({clinician.pk for clinician in clinicians})
    list(Clinician.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    sessions = sorted({booking.vacancy_id for booking in bookings})
    list(Vacancy.objects.select_for_update(of=("self",)).filter(pk__in=sessions).order_by("pk"))
    for booking in bookings:
        booking.refresh_from_db()


def may_change_hands(booking: Booking) -> bool:
    """Confirmed, and not begun."""
    return booking.state == "confirmed" and booking.start > clock.now()


def end_handed_on(booking: Booking, *, by: Person) -> CommittedTime:
    """Hers ends with nothing owed, as somebody comes in her place; gives the time that it had committed."""
    time = booking.committed_time
    assert time is not None  # the database holds it so while a booking stands
    try:
        booking.move(
            "cancelled by clinician",
            by=by,
            details={"percent": 0, "fee": "0.00", "handed on": True},
            committed_time=None,
            cancelled_at=clock.now(),
            cancellation_percent=0,
            cancellation_fee=0,
            cancelled_because=HANDED_ON,
        )
    except InvalidMove as error:
        raise Refused(CHANGED) from error
    return time


def give_time(time: CommittedTime, to: Clinician) -> None:
    """Committed time becomes another's; the vacancy that it covers stays filled. Raises Refused where she is
    busy then.
    """
    try:
        with transaction.atomic():
            CommittedTime.objects.filter(pk=time.pk).update(clinician=to)
    except IntegrityError as error:
        raise Refused(BUSY) from error


def book_in_place_of(
    old: Booking, to: Clinician, time: CommittedTime, result: Fit, *, origin: str, by: Person
) -> Booking:
    """The booking of whoever comes now, under her own terms."""
    Vacancy.objects.filter(pk=old.vacancy_id).update(tier=result.tier)
    made = Booking.objects.create(
        vacancy=old.vacancy,
        clinician=to,
        practice=old.practice,
        pool=old.pool,
        terms=result.terms,
        origin=origin,
        start=old.start,
        end=old.end,
        km=result.km,
        rate=result.rate,
        fee=result.fee,
        made_by=by,
        committed_time=time,
    )
    Event.record("booked", made, by=by, origin=origin, instead_of=str(old.public_id))
    made.move("confirmed", by=by)
    let_go_of_what_clashes(made, by)
    _tell_practice(made)
    return made


def _tell_practice(booking: Booking) -> None:
    when = span(booking.start, booking.end)
    for person in people_of(booking):
        tell(
            to=person,
            subject=f"Somebody else comes: {when}",
            body=(
                f"The session of {when} has been handed on to a colleague. It stays covered.\n\n"
                f"See who comes: {address_of(booking)}\n"
            ),
            key=f"handed on {booking.public_id} {person.public_id}",
            about=("booking", booking.public_id),
        )
