"""Bookings as pages show them: states in words, months, what needs her this week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from desirepath.audit import clock
from desirepath.bookings.cancelling import Due
from desirepath.bookings.models import Booking, HandBackAsk, Swap
from desirepath.cascade.blocks import waiting_blocks
from desirepath.cascade.models import BlockOffer, Reserve
from desirepath.cascade.offered import Offered, waiting_for, with_fees
from desirepath.clinicians.asked_words import Asked, asked_now
from desirepath.clinicians.models import BusySource, Clinician
from desirepath.clinicians.presenters import PoolChecks, day_bounds, pool_checks
from desirepath.nhsuk import formats
from desirepath.organisations.models import InductionPack

OFFERS_IN_FULL = 3
# how long before another calendar of hers was laid out to its end she is told to send it again
CALENDAR_NOTICE = timedelta(days=60)

STATE_WORDS = {
    "provisional": ("To confirm", "yellow"),
    "confirmed": ("Confirmed", "green"),
    "in progress": ("In progress", "blue"),
    "worked": ("Worked", "grey"),
    "cancelled by practice": ("Cancelled by the practice", "red"),
    "cancelled by clinician": ("Cancelled by the clinician", "red"),
    "no-show": ("Nobody came", "red"),
    "turned away": ("Turned away", "red"),
}


def state_words(booking: Booking) -> tuple[str, str]:
    """A booking's state in words, and the colour of its tag."""
    return STATE_WORDS[booking.state]


def due_in_words(booking: Booking, due: Due, *, hers: bool) -> str:
    """What calling it off would cost now: "You would owe £90.00: 25% of the fee, because it is 3 days
    before". ``hers`` is whether she reads it.
    """
    if due.by == "clinician":
        who = "You" if hers else booking.clinician.person.name
    else:
        who = booking.practice.name if hers else "You"
    if booking.state == "provisional":
        return f"{who} would owe nothing: it is not confirmed yet."
    if not booking.terms or not booking.terms.scale(due.by).steps:
        return f"{who} would owe nothing: the terms agreed ask for no fee."
    if booking.start <= clock.now():
        why = "without notice"
    else:
        why = f"it is {formats.plural(due.days, 'day') if due.days else 'less than a day'} before"
    amount = f"{formats.pounds(due.pounds)}: {due.percent}% of the fee" if due.percent else "nothing"
    return f"{who} would owe {amount}, because {'it is ' if why == 'without notice' else ''}{why}."


def cost_in_words(booking: Booking, *, hers: bool) -> str:
    """What calling it off did cost, on both sides' record; nothing is said while it stands."""
    if booking.stands or booking.cancellation_fee is None:
        return ""
    if not booking.cancellation_fee:
        return "Nothing is owed for it"
    mine = (booking.called_off_by == "clinician") == hers
    other = booking.practice.name if hers else booking.clinician.person.name
    amount = f"{formats.pounds(booking.cancellation_fee)}, {booking.cancellation_percent}% of the fee"
    return f"You owe {other} {amount}" if mine else f"{other} owes you {amount}"


@dataclass(frozen=True, slots=True)
class Week:
    """What needs her now."""

    next: Booking | None
    to_confirm: list[Booking]
    offers: list[Offered]
    more_offers: int
    blocks: list[BlockOffer]
    booked: int
    wished: int | None
    checks: list[PoolChecks]
    has_terms: bool
    has_times: bool
    in_a_pool: bool
    asked: Asked
    reserves: list[Reserve]
    pack: InductionPack | None
    colleagues_ask: list[HandBackAsk]
    swaps: list[Swap]
    calendars_end: list[BusySource]


def week_of(clinician: Clinician) -> Week:
    """Her week as things stand; few questions, however much waits."""
    now, today = clock.now(), clock.today()
    ahead = Booking.objects.for_clinician(clinician).filter(end__gt=now).select_related("practice", "vacancy")
    waiting = waiting_for(clinician)
    terms = clinician.current_terms
    memberships = list(clinician.memberships.filter(state="active").select_related("pool__organisation"))
    following = ahead.filter(state__in=("confirmed", "in progress")).first()
    return Week(
        next=following,
        to_confirm=list(ahead.filter(state="provisional")),
        offers=with_fees(clinician, waiting[:OFFERS_IN_FULL]),
        more_offers=max(0, len(waiting) - OFFERS_IN_FULL),
        blocks=waiting_blocks(clinician),
        booked=_booked_this_week(clinician, today),
        wished=terms.wished_sessions_week if terms else None,
        checks=[told for row in memberships if (told := pool_checks(row, today))],
        has_terms=terms is not None,
        has_times=clinician.weekly_pattern.exists()
        or clinician.exceptions.filter(day__gte=today).exclude(start=None).exists(),
        in_a_pool=bool(memberships),
        asked=asked_now(clinician, today),
        reserves=list(
            Reserve.objects.standing_by()
            .for_clinician(clinician)
            .filter(vacancy__start__gt=now)
            .select_related("vacancy__practice")
        ),
        pack=InductionPack.objects.for_practice(following.practice).shown().first() if following else None,
        colleagues_ask=_colleagues_ask(clinician),
        swaps=list(
            Swap.objects.open()
            .filter(colleague=clinician, expires_at__gt=now, given__state="confirmed")
            .select_related("given__practice", "given__clinician__person")
        ),
        calendars_end=list(clinician.busy_sources.filter(until__lt=today + CALENDAR_NOTICE)),
    )


def _colleagues_ask(clinician: Clinician) -> list[HandBackAsk]:
    """Sessions of colleagues that wait for her answer."""
    rows = HandBackAsk.objects.filter(clinician=clinician, state="asked", hand_back__state="asked")
    return list(
        rows.filter(hand_back__asked_until__gt=clock.now(), hand_back__booking__state="confirmed")
        .select_related("hand_back__booking__practice", "hand_back__booking__clinician__person")
        .order_by("hand_back__asked_until")
    )


def _booked_this_week(clinician: Clinician, today: date) -> int:
    monday = today - timedelta(days=today.weekday())
    start, end = day_bounds(monday)[0], day_bounds(monday + timedelta(days=6))[1]
    return Booking.objects.for_clinician(clinician).standing().between(start, end).count()
