"""What a manager may do for a member by her mandate: the same actions as hers, on her behalf.

Handing back never risks her a fee: where no colleague takes the session, she keeps it.
"""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import accept_offer
from desirepath.bookings.handing import hand_back
from desirepath.bookings.models import Booking, HandBack
from desirepath.cascade.actions import decline_offer
from desirepath.cascade.models import Offer
from desirepath.chambers.actions.mandates import use_mandate
from desirepath.chambers.models import Mandate
from desirepath.clinicians.actions import set_day
from desirepath.nhsuk.formats import day, span

Done = tuple[str, UUID | None, str]


def answer_offer(*, by: Person, mandate: Mandate, offer: Offer, yes: bool) -> str:
    """Yes or no to an offer, within her terms; what was done, in words. Raises Refused."""
    _refuse_elsewhere(mandate, offer.vacancy.pool_id, offer.clinician_id)
    when = span(offer.vacancy.start, offer.vacancy.end)

    def act() -> Done:
        if yes:
            booking = accept_offer(by=by, offer=offer)
            done = f"Accepted the offer of {when} at {offer.vacancy.practice}"
            return done, booking.public_id, done
        decline_offer(by=by, offer=offer)
        done = f"Declined the offer of {when} at {offer.vacancy.practice}"
        return done, offer.public_id, done

    return use_mandate(by=by, mandate=mandate, act=act)


def ask_colleagues(*, by: Person, mandate: Mandate, booking: Booking) -> str:
    """Her colleagues are asked to take a session. Raises Refused where there is nobody to ask."""
    _refuse_elsewhere(mandate, booking.pool_id, booking.clinician_id)

    def act() -> Done:
        hand_back(by=by, booking=booking, otherwise=HandBack.Otherwise.KEEP)
        done = f"Asked your colleagues to take {span(booking.start, booking.end)}"
        return done, booking.public_id, done

    return use_mandate(by=by, mandate=mandate, act=act)


def say_when_free(*, by: Person, mandate: Mandate, day: date, free: list[tuple[time, time]] | None) -> str:
    """When she is free on a day: at these times, at none, or (None) as in any week."""
    if day < clock.today():
        raise Refused("That day is over.")
    if mandate.act != Mandate.Act.FREE:
        raise PermissionError("her mandate is for something else")

    def act() -> Done:
        set_day(by=by, clinician=mandate.clinician, day=day, windows=free)
        what = "free as in any week" if free is None else "free at other times" if free else "not free"
        done = f"Said that you are {what} on {_day(day)}"
        return done, None, done

    return use_mandate(by=by, mandate=mandate, act=act)


def _day(on: date) -> str:
    return day(on)


def _refuse_elsewhere(mandate: Mandate, pool: int, clinician: int) -> None:
    if (mandate.pool_id, mandate.clinician_id) != (pool, clinician):
        raise PermissionError("her mandate is for her, and for one pool")
