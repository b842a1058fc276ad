"""Call a booking off: what it costs is known first, from the scale frozen in its terms and from the clock.

Either side may cancel before the session starts. After that a practice records that nobody came, a clinician
that she was turned away: each as if cancelled by the other side without notice. The fee is recorded with the
booking, and both sides read it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.privacy import REFUSAL, nhs_numbers_in
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.bookings.actions import address_of, people_of
from desirepath.bookings.models import Booking
from desirepath.cascade.reserves import ask_first
from desirepath.clinicians.conditions import fee_owed, whole_days
from desirepath.clinicians.models import Side
from desirepath.messages.actions import tell
from desirepath.nhsuk.formats import span
from desirepath.vacancies.models import Vacancy

# how long after its session a booking may still be said not to have been worked
SAID_WITHIN = timedelta(days=7)
BECAUSE_LENGTH = 200
STARTED = "This booking can't be cancelled any more: the session has started."
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Due:
    """What ``by`` would owe now: ``percent`` of the fee, in ``pounds``; ``days`` are whole days of notice."""

    by: Side
    percent: int
    pounds: Decimal
    days: int


class FeeChanged(Refused):
    """The fee is not the one that was seen: a step of the scale was passed meanwhile. ``due`` is the new
    one.
    """

    def __init__(self, due: Due) -> None:
        super().__init__("The fee has changed since you saw it. Nothing is cancelled yet: look again.")
        self.due = due


def fee_now(booking: Booking, by: Side) -> Due:
    """What ``by`` owes who calls it off now. Unconfirmed, or without terms, it costs nothing."""
    notice = booking.start - clock.now()
    terms = booking.terms
    bound = terms is not None and booking.state != "provisional"
    percent = terms.cancellation_percent(notice=notice, by=by) if terms and bound else 0
    return Due(by, percent, fee_owed(booking.fee, percent), whole_days(notice))


@retried
@transaction.atomic
def cancel_booking(
    *, by: Person, booking: Booking, as_practice: bool, seen: Decimal = NOTHING, because: str = ""
) -> None:
    """One side calls it off before it starts: her time is free again.

    ``seen`` is the fee in pounds that whoever cancels was shown. Raises FeeChanged where another is due now,
    Refused where it can't be cancelled. The vacancy is open again if it was she, withdrawn if the practice.
    """
    _lock(booking)
    if booking.start <= clock.now():
        raise Refused(STARTED)
    if as_practice:
        _call_off(by, booking, "cancelled by practice", fee_now(booking, "practice"), seen, because)
        _free(by, booking, "withdrawn")
    else:
        _call_off(by, booking, "cancelled by clinician", fee_now(booking, "clinician"), seen, because)
        _free(by, booking, "released")
    _tell(booking, [booking.clinician.person] if as_practice else people_of(booking), "has been cancelled")


@retried
@transaction.atomic
def record_no_show(*, by: Person, booking: Booking, seen: Decimal, because: str) -> None:
    """The practice says that nobody came; ``because`` is its note, which both sides read."""
    if not because.strip():
        raise Refused("Say what happened, in a few words.")
    _lock(booking)
    _refuse_unless_begun(booking)
    _call_off(by, booking, "no-show", fee_now(booking, "clinician"), seen, because)
    _free(by, booking, "unfilled")
    _tell(booking, [booking.clinician.person], "was recorded by the practice: nobody came")


@retried
@transaction.atomic
def record_turned_away(*, by: Person, booking: Booking, seen: Decimal, because: str = "") -> None:
    """She says that she came and was not needed."""
    if by.pk != booking.clinician.person_id:
        raise PermissionError("only she may say that she was turned away")
    _lock(booking)
    _refuse_unless_begun(booking)
    _call_off(by, booking, "turned away", fee_now(booking, "practice"), seen, because)
    _free(by, booking, "withdrawn")
    _tell(booking, people_of(booking), "was recorded by the clinician: turned away")


def may_be_cancelled(booking: Booking) -> bool:
    """Before it starts, by either side."""
    return booking.state in ("provisional", "confirmed") and booking.start > clock.now()


def may_say_not_worked(booking: Booking) -> bool:
    """From its start, and for a week after its end."""
    begun = booking.start <= clock.now() <= booking.end + SAID_WITHIN
    return begun and booking.state in ("confirmed", "in progress", "worked")


def _lock(booking: Booking) -> None:
    """Whoever changes her time meets at her row."""
    booking.clinician.locked()
    booking.refresh_from_db()


def _refuse_unless_begun(booking: Booking) -> None:
    if clock.now() < booking.start:
        raise Refused("The session has not started yet: it can still be cancelled.")
    if clock.now() > booking.end + SAID_WITHIN:
        raise Refused(f"This can be recorded until {SAID_WITHIN.days} days after the session.")


def _call_off(by: Person, booking: Booking, state: str, due: Due, seen: Decimal, because: str) -> None:
    """Move the booking, with what it costs; nothing moves where the fee is not the one that was seen."""
    if not booking.may(state):
        raise Refused("This booking can't be cancelled any more.")
    if due.pounds != seen:
        raise FeeChanged(due)
    if nhs_numbers_in(because):
        raise Refused(f"{REFUSAL}.")
    try:
        booking.move(
            state,
            by=by,
            details={"percent": due.percent, "fee": str(due.pounds)},
            cancelled_at=clock.now(),
            cancellation_percent=due.percent,
            cancellation_fee=due.pounds,
            cancelled_because=" ".join(because.split())[:BECAUSE_LENGTH],
            committed_time=None,
        )
    except InvalidMove as error:  # the worker moves on what has begun, without her lock
        raise Refused("This booking has just changed. Look at it again.") from error


def _free(by: Person, booking: Booking, leaves: str) -> None:
    """Let go of her time and of the vacancy, which ``leaves`` for another state."""
    vacancy = Vacancy.objects.select_for_update(of=("self",)).get(pk=booking.vacancy_id)
    time = vacancy.cover
    if not vacancy.may(leaves):
        vacancy.move("released", by=by, cover=None)
    vacancy.move(leaves, by=by, cover=None)
    if time is not None:
        time.delete()
    if leaves == "released":
        transaction.on_commit(lambda: ask_first(vacancy), robust=True)


def _tell(booking: Booking, people: list[Person], what: str) -> None:
    when = span(booking.start, booking.end)
    for person in people:
        tell(
            to=person,
            subject=f"{'Cancelled' if booking.state.startswith('cancelled') else 'Not worked'}: {when}",
            body=f"The booking for {when} {what}.\n\nSee it, and what is owed: {address_of(booking)}\n",
            key=f"called off {booking.public_id} {person.public_id}",
        )
