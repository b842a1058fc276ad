"""Swap sessions with a colleague of the chambers: each judged for the other, both or neither.

Whoever proposes names the colleague and the day, as they have talked about; which session it is the colleague
says herself when she agrees. So a proposal tells nobody where another works, or whether she does.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.bookings.actions import BUSY, address_of
from desirepath.bookings.colleagues import (
    book_in_place_of,
    chambers_of,
    colleagues_in,
    end_handed_on,
    lock,
    may_change_hands,
)
from desirepath.bookings.models import Booking, Swap
from desirepath.cascade.asking import latest_answer
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.clinicians.presenters import day_bounds
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import moment, span
from desirepath.vacancies.fit import Fit, fit

DAYS_TO_ANSWER = timedelta(days=3)
GONE = "This swap is no longer open."


@retried
@transaction.atomic
def propose_swap(*, by: Person, booking: Booking, colleague: Clinician, day: date) -> Swap:
    """Ask ``colleague`` to take over ``booking`` for one of her sessions on ``day``.

    Raises Refused where it is not hers to give any more, or is proposed to her already.
    """
    if by.pk != booking.clinician.person_id:
        raise PermissionError("only she may give her session away")
    lock([booking.clinician], [booking])
    chambers = chambers_of(booking)
    if not may_change_hands(booking):
        raise Refused("This session can't be swapped any more.")
    if chambers is None or not colleagues_in(chambers, booking.clinician).filter(pk=colleague.pk).exists():
        raise Refused("You can swap with a colleague of your chambers only.")
    if day < clock.today():
        raise Refused("That day is over.")
    try:
        with transaction.atomic():
            made = Swap.objects.create(
                given=booking,
                colleague=colleague,
                day=day,
                expires_at=min(clock.now() + DAYS_TO_ANSWER, latest_answer(booking.vacancy)),
            )
    except IntegrityError as error:
        raise Refused("You have asked her to swap this session already.") from error
    Event.record("proposed", made, by=by)
    tell(
        to=colleague.person,
        subject=f"A colleague proposes a swap: {span(booking.start, booking.end)}",
        body=(
            f"A colleague of your chambers would give you {span(booking.start, booking.end)} at "
            f"{booking.practice} for a session of yours on another day. "
            f"Answer by {moment(made.expires_at)}.\n\n"
            f"See it and answer: {link(reverse('bookings:swap', args=[made.public_id]))}\n"
        ),
        key=f"swap {made.public_id}",
        about=("swap", made.public_id),
    )
    return made


def could_give(swap: Swap) -> list[tuple[Booking, Fit, Fit]]:
    """Sessions of the colleague on the day that would fit both: each with how hers fits the proposer, and how
    the proposer's fits the colleague instead.
    """
    start, end = day_bounds(swap.day)
    rows = (
        Booking.objects.for_clinician(swap.colleague)
        .for_pool(swap.given.pool)
        .between(start, end)
        .filter(state="confirmed", start__gt=clock.now())
        .select_related("vacancy__pool", "vacancy__practice", "practice", "committed_time", "clinician")
    )
    found = [(row, *_both_ways(swap.given, row)) for row in rows]
    return [each for each in found if each[1].fits and each[2].fits]


def _both_ways(given: Booking, wanted: Booking) -> tuple[Fit, Fit]:
    """``wanted`` judged for whoever gives, and ``given`` for whoever wants, each without her own of the
    two.
    """
    times = [row.committed_time for row in (given, wanted) if row.committed_time]
    return (
        fit(given.clinician, wanted.vacancy, without=times),
        fit(wanted.clinician, given.vacancy, without=times),
    )


@retried
@transaction.atomic
def agree_swap(*, by: Person, swap: Swap, wanted: Booking) -> Booking:
    """Her yes, with the session that she gives: both change hands, or neither. Gives her new booking.

    Raises Refused, kindly, where it is too late or no longer fits one of the two.
    """
    if by.pk != swap.colleague.person_id:
        raise PermissionError("only she may answer")
    given = swap.given
    proposer, colleague = given.clinician, swap.colleague
    lock([proposer, colleague], [given, wanted])
    swap.refresh_from_db()
    if swap.state == "agreed":
        return Booking.objects.standing().get(vacancy=given.vacancy, clinician=colleague)
    if swap.state != "proposed" or swap.expires_at <= clock.now() or not may_change_hands(given):
        raise Refused(GONE)
    start, end = day_bounds(swap.day)
    hers = wanted.clinician_id == colleague.pk and wanted.pool_id == given.pool_id
    if not (hers and may_change_hands(wanted) and start <= wanted.start < end):
        raise Refused("Choose one of your sessions of that day.")
    for_proposer, for_colleague = _both_ways(given, wanted)
    if not for_colleague.fits:
        raise Refused(f"You can't take this session: {for_colleague.why_not}.")
    if not for_proposer.fits:
        # which of her terms it is stays hers
        raise Refused("Your colleague can't take that session as things stand.")
    times = (end_handed_on(given, by=by), end_handed_on(wanted, by=by))
    _exchange(times, (colleague, proposer))
    made = book_in_place_of(given, colleague, times[0], for_colleague, origin=Booking.Origin.SWAP, by=by)
    theirs = book_in_place_of(wanted, proposer, times[1], for_proposer, origin=Booking.Origin.SWAP, by=by)
    swap.move("agreed", by=by, wanted=wanted)
    _tell_proposer(swap, "Swapped", f"In its place you have {span(theirs.start, theirs.end)}.", theirs)
    return made


def _exchange(times: tuple[CommittedTime, CommittedTime], owners: tuple[Clinician, Clinician]) -> None:
    """Give two committed times to new owners at once.

    Where they overlap, neither can change hands while the other stands. So both are taken out and put back,
    within the transaction; the vacancies that they cover point at the same rows as before.
    """
    CommittedTime.objects.filter(pk__in=[time.pk for time in times])._raw_delete(
        using=CommittedTime.objects.db
    )
    try:
        with transaction.atomic():
            for time, owner in zip(times, owners, strict=True):
                time.clinician = owner
                time.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(BUSY) from error


def _tell_proposer(swap: Swap, subject: str, words: str, about: Booking) -> None:
    given = swap.given
    when = span(given.start, given.end)
    tell(
        to=given.clinician.person,
        subject=f"{subject}: {when}",
        body=f"{when} at {given.practice}. {words}\n\nSee it: {address_of(about)}\n",
        key=f"swap over {swap.public_id}",
    )


@retried
@transaction.atomic
def decline_swap(*, by: Person, swap: Swap) -> None:
    """No, and no reason is owed."""
    if by.pk != swap.colleague.person_id:
        raise PermissionError("only she may answer")
    _end(swap, "declined", by)
    _tell_proposer(swap, "Not swapped", "Your colleague can't swap. You are still booked.", swap.given)


@retried
@transaction.atomic
def withdraw_swap(*, by: Person, swap: Swap) -> None:
    """Whoever proposed takes it back."""
    if by.pk != swap.given.clinician.person_id:
        raise PermissionError("only whoever proposed it may take it back")
    _end(swap, "withdrawn", by)


def _end(swap: Swap, state: str, by: Person | None) -> None:
    try:
        swap.move(state, by=by)
    except InvalidMove as error:
        raise Refused(GONE) from error


def expire_swaps() -> int:
    """Proposals whose time has passed are over; the number."""
    ended = 0
    for swap in Swap.objects.overdue().select_related("given__clinician__person", "given__practice"):
        with taking_turns(f"swap {swap.public_id}"):
            _expire(swap)
            ended += 1
    return ended


@retried
@transaction.atomic
def _expire(swap: Swap) -> None:
    swap.move("expired", by=None)
    _tell_proposer(swap, "Not swapped", "Your colleague has not answered in time.", swap.given)
