"""Hand a session back: her booking stands while the colleagues of her chambers are asked; one takes it, or
what she chose beforehand happens.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.bookings.actions import address_of, judge
from desirepath.bookings.cancelling import NOTHING, Due, cancel_booking, fee_now
from desirepath.bookings.colleagues import (
    book_in_place_of,
    chambers_of,
    colleagues_in,
    end_handed_on,
    give_time,
    lock,
    may_change_hands,
)
from desirepath.bookings.models import Booking, HandBack, HandBackAsk
from desirepath.cascade.asking import latest_answer
from desirepath.cascade.models import CascadePolicy, Offer
from desirepath.chambers.actions.mandates import speaks_for
from desirepath.chambers.models import Mandate
from desirepath.chambers.notice import refusal_hours
from desirepath.clinicians.conditions import fee_owed, whole_days
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.presenters import day_bounds
from desirepath.clinicians.quiet import may_be_asked, with_choices
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import moment, span
from desirepath.vacancies.fit import fits

# what she is told to owe at the end of it is told for a little later: a worker may be late
GRACE = timedelta(hours=1)
GONE = "This session is no longer waiting for a colleague."
NOBODY = "None of your colleagues can take it as things stand."


def asked_until(booking: Booking) -> datetime:
    """Until when colleagues who are asked now may answer: the hours of their charter, else of the pool's
    policy, while it helps.
    """
    hours = refusal_hours(chambers_of(booking))
    if hours is None:
        hours = CascadePolicy.of(booking.pool).chambers_hours
    return min(clock.now() + timedelta(hours=hours), latest_answer(booking.vacancy))


def fee_then(booking: Booking, until: datetime) -> Due:
    """What she would owe were it cancelled once the time of her colleagues is over."""
    notice = booking.start - until - GRACE
    percent = booking.terms.cancellation_percent(notice=notice, by="clinician") if booking.terms else 0
    return Due("clinician", percent, fee_owed(booking.fee, percent), whole_days(notice))


def whom_it_fits(booking: Booking, until: datetime) -> list[Clinician]:
    """The colleagues of her chambers who could take it under their own terms, and may be asked now: nobody
    where their charter gives them no first refusal.
    """
    chambers = chambers_of(booking)
    if chambers is None or refusal_hours(chambers) == 0:
        return []
    others = with_choices(colleagues_in(chambers, booking.clinician))
    pairs = [(other, booking.vacancy) for other in others]
    fitting = [
        pair[0]
        for pair, result in zip(pairs, fits(pool=booking.pool, pairs=pairs) if pairs else (), strict=True)
        if result.fits
    ]
    now = clock.now()
    return [
        other
        for other in fitting
        if not may_be_asked(other, booking.practice, now, _asked_today(other), until=until)
    ]


def _asked_today(clinician: Clinician) -> int:
    since = day_bounds(clock.today())[0]
    offers = Offer.objects.for_clinician(clinician).filter(created_at__gte=since).count()
    return offers + HandBackAsk.objects.filter(clinician=clinician, created_at__gte=since).count()


@retried
@transaction.atomic
def hand_back(*, by: Person, booking: Booking, otherwise: str, seen: Decimal = NOTHING) -> HandBack:
    """Ask her colleagues; her booking stands meanwhile.

    ``otherwise`` says what happens when none of them takes it; ``seen`` is the fee in pounds that she was
    told she would owe then at the most. Raises Refused where there is nobody to ask, or it is not hers to
    hand back any more.
    """
    if not speaks_for(by, booking.clinician, Mandate.Act.HAND_BACK):
        raise PermissionError("only she may hand her session back")
    lock([booking.clinician], [booking])
    if not may_change_hands(booking):
        raise Refused("This session can't be handed back any more.")
    chambers, until = chambers_of(booking), asked_until(booking)
    colleagues = whom_it_fits(booking, until)
    if chambers is None or not colleagues:
        raise Refused(NOBODY)
    due = fee_then(booking, until)
    if otherwise == HandBack.Otherwise.REOPEN and due.pounds > seen:
        raise Refused("The fee has changed since you saw it. Nobody has been asked yet: look again.")
    try:
        with transaction.atomic():
            made = HandBack.objects.create(
                booking=booking,
                chambers=chambers,
                asked_until=until,
                otherwise=HandBack.Otherwise(otherwise),
                fee_seen=due.pounds,
            )
    except IntegrityError as error:
        raise Refused("Your colleagues are being asked already.") from error
    Event.record("asked", made, by=by, colleagues=len(colleagues), otherwise=otherwise)
    for colleague in colleagues:
        _ask(HandBackAsk.objects.create(hand_back=made, clinician=colleague))
    return made


def _ask(ask: HandBackAsk) -> None:
    booking = ask.hand_back.booking
    tell(
        to=ask.clinician.person,
        subject=f"A colleague asks: could you take {span(booking.start, booking.end)}?",
        body=(
            f"A colleague of your chambers can't work {span(booking.start, booking.end)} at "
            f"{booking.practice}. The first of you who says yes is booked, under her own terms. "
            f"Answer by {moment(ask.hand_back.asked_until)}.\n\n"
            f"See it and answer: {link(reverse('bookings:take-over', args=[ask.public_id]))}\n"
        ),
        key=f"hand-back {ask.public_id}",
        about=("hand-back", ask.public_id),
    )


@retried
@transaction.atomic
def take_over(*, by: Person, ask: HandBackAsk) -> Booking:
    """A colleague's yes: the session is hers at once, and nothing is owed by whoever handed it back.

    Raises Refused, kindly, where another was first, the time has passed, or it no longer fits her terms.
    """
    if by.pk != ask.clinician.person_id:
        raise PermissionError("only she may answer")
    booking, colleague = ask.hand_back.booking, ask.clinician
    lock([booking.clinician, colleague], [booking])
    handed = HandBack.objects.get(pk=ask.hand_back_id)
    ask.refresh_from_db()
    if ask.state == "yes" and handed.covered_by:
        return handed.covered_by
    if handed.state == "covered":
        raise Refused("Another colleague has taken this session. Thank you for looking.")
    if ask.state != "asked" or handed.state != "asked" or not may_change_hands(booking):
        raise Refused(GONE)
    if handed.asked_until <= clock.now():
        raise Refused("The time to answer has passed.")
    result = judge(colleague, booking.vacancy)
    time = end_handed_on(booking, by=by)
    give_time(time, colleague)
    made = book_in_place_of(booking, colleague, time, result, origin=Booking.Origin.HANDED, by=by)
    handed.move("covered", by=by, covered_by=made)
    ask.move("yes", by=by)
    _over(handed, by=by)
    _tell_her(handed, "A colleague takes it", "A colleague has taken this session. You owe nothing.")
    return made


def _over(handed: HandBack, *, by: Person | None) -> None:
    """Nobody else is asked any more."""
    for ask in handed.asks.filter(state="asked"):
        ask.move("over", by=by)


def _tell_her(handed: HandBack, subject: str, words: str) -> None:
    booking = handed.booking
    when = span(booking.start, booking.end)
    tell(
        to=booking.clinician.person,
        subject=f"{subject}: {when}",
        body=f"{when} at {booking.practice}. {words}\n\nSee the booking: {address_of(booking)}\n",
        key=f"hand-back over {handed.public_id}",
    )


@retried
@transaction.atomic
def say_no(*, by: Person, ask: HandBackAsk) -> None:
    """A colleague can't either, and owes no reason."""
    if by.pk != ask.clinician.person_id:
        raise PermissionError("only she may answer")
    try:
        ask.move("no", by=by)
    except InvalidMove as error:
        raise Refused(GONE) from error


@retried
@transaction.atomic
def keep(*, by: Person, handed: HandBack) -> None:
    """She works it after all: nobody is asked any more. Raises Refused where a colleague was faster."""
    booking = handed.booking
    if by.pk != booking.clinician.person_id:
        raise PermissionError("only she may keep her session")
    lock([booking.clinician], [booking])
    handed.refresh_from_db()
    if handed.state != "asked":
        raise Refused("A colleague has taken it already." if handed.state == "covered" else GONE)
    handed.move("withdrawn", by=by)
    _over(handed, by=by)


def settle_due() -> int:
    """Hand-backs whose time is over end as was chosen; the number. Safe to run twice and on several
    machines.
    """
    settled = 0
    for row in HandBack.objects.due().select_related("booking__clinician__person"):
        with taking_turns(f"hand-back {row.public_id}"):
            settled += _settle(row)
    return settled


@retried
@transaction.atomic
def _settle(handed: HandBack) -> bool:
    booking = handed.booking
    lock([booking.clinician], [booking])
    handed.refresh_from_db()
    if handed.state != "asked":
        return False
    if not may_change_hands(booking):
        handed.move("re-opened" if booking.state == "cancelled by clinician" else "withdrawn", by=None)
    elif (
        handed.otherwise == HandBack.Otherwise.REOPEN
        and fee_now(booking, "clinician").pounds <= handed.fee_seen
    ):
        handed.move("re-opened", by=None)
        due = fee_now(booking, "clinician")
        cancel_booking(by=booking.clinician.person, booking=booking, as_practice=False, seen=due.pounds)
        _tell_her(
            handed,
            "No colleague could come",
            "As you chose, your booking is cancelled, and others are asked.",
        )
    else:
        handed.move("withdrawn", by=None)
        _tell_her(
            handed,
            "No colleague could come: it is still yours",
            "You are still booked. You can work it, ask again, or cancel it.",
        )
    _over(handed, by=None)
    return True
