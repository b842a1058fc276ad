"""A yes on both sides: accept an offer, agree by phone and confirm, complete. (``cancelling`` calls it off.)

Whoever books takes the same road: lock the clinician's row, judge the pair again by the plan's own rules,
commit her time (the database refuses an overlap), fill the vacancy if it is still open. Two who race meet at
the lock or at the constraint.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.bookings import applicants
from desirepath.bookings.models import Application, Booking
from desirepath.cascade.actions import withdraw_offer
from desirepath.cascade.asking import let_go
from desirepath.cascade.models import Offer
from desirepath.chambers.actions.mandates import speaks_for
from desirepath.chambers.models import Mandate
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import span
from desirepath.vacancies.fit import OUTSIDE_HER_TERMS, Fit, fit
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS

TAKEN = "This session has been taken."
NOT_CLEARED = "Something that the pool asks for is not verified for that day: see what you hold, and send it."
BUSY = "You are busy then: another booking of yours overlaps this session."


@retried
@transaction.atomic
def accept_offer(*, by: Person, offer: Offer) -> Booking:
    """She says yes, and it is booked. Raises Refused, kindly, when the offer or the session is gone or no
    longer fits her terms.
    """
    if not speaks_for(by, offer.clinician, Mandate.Act.OFFERS):
        raise PermissionError("only she may answer her offer")
    if offer.block_offer_id:
        raise Refused("This session is offered to you with others: answer all of them together.")
    booking = take(by=by, offer=offer)
    tell_practice(booking)
    return booking


def take(*, by: Person, offer: Offer) -> Booking:
    """Book what an offer says, within the transaction of whoever answers it. Raises Refused."""
    clinician = offer.clinician.locked()
    # her offer as it is now, and the vacancy's row, which is what is locked
    rows = Offer.objects.select_related("vacancy__pool", "vacancy__practice")
    offer.refresh_from_db(from_queryset=rows.select_for_update(of=("vacancy",)))
    if offer.state == "accepted":
        return offer.booking
    vacancy = offer.vacancy
    if not offer.live:
        raise Refused(TAKEN if vacancy.cover_id else "This offer is no longer open.")
    if min(offer.expires_at, vacancy.start) <= clock.now():
        raise Refused("The time to answer this offer has passed.")
    applied, others = applicants.hers_and_others(clinician, vacancy)
    result = judge(clinician, vacancy, applied=applied, next_pools=offer.tier == NEXT_POOLS)
    booking = book(
        clinician,
        vacancy,
        result,
        by=by,
        origin=Booking.Origin.OFFER,
        rate=result.rate,
        fee=result.fee,
        offer=offer,
        applied=applied,
        others=others,
    )
    try:
        offer.move("accepted", by=by)
    except InvalidMove as error:
        raise Refused("This offer is no longer open.") from error
    let_go_of_what_clashes(booking, by)
    return booking


def judge(
    clinician: Clinician,
    vacancy: Vacancy,
    *,
    applied: Application | None = None,
    next_pools: bool = False,
) -> Fit:
    """Whether she may be booked, beside all her time but what she holds for this very session; with
    ``next_pools`` also where a neighbouring pool asked her.

    Raises Refused, in her own words, where she may not.
    """
    held = [applied.hold] if applied and applied.hold else ()
    result = fit(clinician, vacancy, without=held, next_pools=next_pools)
    if "overlap" in result.broken:
        raise Refused(_why_busy(clinician, vacancy))
    if not result.fits:
        raise Refused(f"You can't be booked for this session: {result.why_not}.")
    return result


def _why_busy(clinician: Clinician, vacancy: Vacancy) -> str:
    """A hold that she may let go of herself is named."""
    overlapping = CommittedTime.objects.of([clinician]).between(vacancy.start, vacancy.end)
    if overlapping.exclude(application=None).exists():
        return "You have applied for another session then: withdraw that application first."
    return BUSY


def book(
    clinician: Clinician,
    vacancy: Vacancy,
    result: Fit,
    *,
    by: Person,
    origin: str,
    rate: Decimal,
    fee: Decimal,
    offer: Offer | None = None,
    applied: Application | None = None,
    others: Iterable[Application],
    provisional: bool = False,
) -> Booking:
    """Commit her time, fill the vacancy, write the booking. Raises Refused where another was first.

    The time that she held by applying becomes the booking's; ``others`` who applied are free again.
    """
    if vacancy.state not in ("released", "offered", "unfilled"):
        raise Refused(TAKEN)
    time = _committed(clinician, vacancy, applied, provisional=provisional)
    try:
        vacancy.move("filled", by=by, cover=time, tier=result.asked_at)
    except InvalidMove as error:
        raise Refused(TAKEN) from error
    booking = Booking.objects.create(
        vacancy=vacancy,
        clinician=clinician,
        practice=vacancy.practice,
        pool=vacancy.pool,
        offer=offer,
        terms=result.terms,
        origin=origin,
        start=vacancy.start,
        end=vacancy.end,
        km=result.km,
        rate=rate,
        fee=fee,
        made_by=by,
        committed_time=time,
    )
    Event.record("booked", booking, by=by, origin=origin)
    if applied:
        applied.move("confirmed", by=by, hold=None, booking=booking)
    applicants.turn_down(others, by=by)
    if not provisional:
        booking.move("confirmed", by=by)
    return booking


def _committed(
    clinician: Clinician, vacancy: Vacancy, applied: Application | None, *, provisional: bool
) -> CommittedTime:
    kind = CommittedTime.Kind.HOLD if provisional else CommittedTime.Kind.BOOKING
    if applied and applied.hold:
        applied.hold.kind = kind
        applied.hold.save(update_fields=["kind"])
        return applied.hold
    try:
        with transaction.atomic():
            return CommittedTime.objects.create(
                clinician=clinician,
                pool=vacancy.pool,
                practice=vacancy.practice,
                kind=kind,
                start=vacancy.start,
                end=vacancy.end,
            )
    except IntegrityError as error:
        raise Refused(BUSY) from error


def let_go_of_what_clashes(booking: Booking, by: Person) -> None:
    """Others asked for this session, and her own other offers that overlap it, are no longer open."""
    let_go(vacancy=booking.vacancy, by=by, comes=booking.clinician)
    hers = Offer.objects.live().for_clinician(booking.clinician).overlapping(booking.start, booking.end)
    for offer in hers.select_related("vacancy"):
        withdraw_offer(by=by, offer=offer, because="you are booked elsewhere then")


def tell_practice(booking: Booking) -> None:
    """Its bookers hear that somebody is coming."""
    when = span(booking.start, booking.end)
    for person in people_of(booking):
        tell(
            to=person,
            subject=f"Covered: {when}",
            body=f"Somebody is coming for {when}.\n\nSee who: {address_of(booking)}\n",
            key=f"booked {booking.public_id} {person.public_id}",
            about=("booking", booking.public_id),
        )


def people_of(booking: Booking) -> list[Person]:
    """The practice's bookers."""
    held = booking.practice.role_assignments.current().filter(role="practice booker").select_related("person")
    return [assignment.person for assignment in held]


def address_of(booking: Booking) -> str:
    """Where it is read, for a letter."""
    return link(reverse("bookings:booking", args=[booking.public_id]))


@retried
@transaction.atomic
def record_booking(
    *,
    by: Person,
    vacancy: Vacancy,
    clinician: Clinician,
    rate: Decimal,
    origin: str = Booking.Origin.PHONE,
) -> Booking:
    """A booking agreed outside the system: her time is held until she confirms in one tap.

    ``rate`` is the agreed pounds an hour. Raises Refused where it is not within her terms (a booking from
    before she published any is held as agreed), her time is committed, or the session is taken.
    """
    clinician = clinician.locked()
    vacancy = (
        Vacancy.objects.select_for_update(of=("self",)).select_related("pool", "practice").get(pk=vacancy.pk)
    )
    applied, others = applicants.hers_and_others(clinician, vacancy)
    result = fit(clinician, vacancy, without=[applied.hold] if applied and applied.hold else ())
    broken = set(result.broken) - ({"availability"} if origin == Booking.Origin.PHONE else set())
    if result.terms is None and origin != Booking.Origin.IMPORT:
        raise Refused(f"{clinician} has not published terms yet, so can't be booked.")
    if result.terms is not None and (broken or rate < result.rate):
        # a practice must not learn her rate by trying: one sentence for every term of hers
        why = result.why_not_for_others if broken else OUTSIDE_HER_TERMS
        raise Refused(f"{clinician} can't be booked for this session: {why}.")
    fee = (rate * vacancy.minutes / 60).quantize(Decimal("0.01"), ROUND_FLOOR)
    booking = book(
        clinician,
        vacancy,
        result,
        by=by,
        origin=origin,
        rate=rate,
        fee=fee,
        applied=applied,
        others=others,
        provisional=True,
    )
    let_go(vacancy=vacancy, by=by, comes=clinician)
    tell(
        to=clinician.person,
        subject=f"Please confirm: {span(booking.start, booking.end)}",
        body=(
            f"{booking.practice} has recorded that you agreed to work {span(booking.start, booking.end)}.\n\n"
            f"Confirm it, or say that it is wrong: {address_of(booking)}\n"
        ),
        key=f"confirm {booking.public_id}",
        about=("provisional booking", booking.public_id),
    )
    return booking


@retried
@transaction.atomic
def confirm_booking(*, by: Person, booking: Booking) -> None:
    """Her yes to a booking that was recorded for her."""
    if by.pk != booking.clinician.person_id:
        raise PermissionError("only she may confirm it")
    booking.clinician.locked()
    booking.refresh_from_db()
    if booking.state == "confirmed":
        return
    if booking.state != "provisional":
        raise Refused("This booking is no longer waiting for your confirmation.")
    if booking.vacancy.day > booking.clinician.cleared_by_pool()(booking.pool_id):
        raise Refused(NOT_CLEARED)
    booking.move("confirmed", by=by)
    CommittedTime.objects.filter(booking=booking).update(kind=CommittedTime.Kind.BOOKING)
    let_go_of_what_clashes(booking, by)
    tell_practice(booking)


def complete_due() -> int:
    """Bookings whose session began are in progress, those whose session ended are worked; the number
    moved.
    """
    now = clock.now()
    moved = 0
    for booking in Booking.objects.filter(state="confirmed", start__lte=now).order_by("start", "pk"):
        # another worker, or a cancellation, may be first: then it is theirs
        with taking_turns(f"booking {booking.public_id}"):
            _begin(booking)
            moved += 1
    for booking in Booking.objects.filter(state="in progress", end__lte=now).order_by("end", "pk"):
        with taking_turns(f"booking {booking.public_id}"):
            _complete(booking)
            moved += 1
    return moved


@retried
def _begin(booking: Booking) -> None:
    booking.move("in progress", by=None)


@retried
@transaction.atomic
def _complete(booking: Booking) -> None:
    vacancy = Vacancy.objects.select_for_update().get(pk=booking.vacancy_id)
    booking.move("worked", by=None)
    vacancy.move("completed", by=None)


def unfilled_due() -> int:
    """Vacancies that began with nobody coming are unfilled; the number."""
    moved = 0
    for vacancy in Vacancy.objects.filter(state="released", start__lte=clock.now()).order_by("start", "pk"):
        with taking_turns(f"session {vacancy.public_id}"):
            _leave_unfilled(vacancy)
            moved += 1
    return moved


@retried
def _leave_unfilled(vacancy: Vacancy) -> None:
    vacancy.move("unfilled", by=None)
