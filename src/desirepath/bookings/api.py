"""The API of the room: yes to an offer, and the bookings of either side."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from desirepath.accounts.roles import Permission, Scope
from desirepath.bookings import actions
from desirepath.bookings.cancelling import BECAUSE_LENGTH, cancel_booking, fee_now
from desirepath.bookings.models import Booking
from desirepath.bookings.views.bookings import visible_to
from desirepath.cascade.api import hers
from desirepath.organisations.api import (
    PROBLEMS,
    ApiRequest,
    IdempotencyKey,
    Money,
    Page,
    moment,
    once,
    page,
    token,
)
from desirepath.vacancies.api import PracticeOut, Within

router = Router(tags=["Bookings"])


class BookingOut(Schema):
    """A session agreed by both. ``rate`` is pounds an hour, ``fee`` pounds for the session."""

    id: UUID
    vacancy: UUID
    practice: PracticeOut
    clinician: str
    role: str
    start: datetime
    end: datetime
    rate: Money
    fee: Money
    terms_version: int | None
    state: str
    cancellation_percent: int | None
    cancellation_fee: Money | None

    @classmethod
    def of(cls, row: Booking) -> BookingOut:
        return cls(
            id=row.public_id,
            vacancy=row.vacancy.public_id,
            practice=PracticeOut(code=row.practice.code, name=row.practice.name),
            clinician=row.clinician.person.name,
            role=row.clinician.role,
            start=moment(row.start),
            end=moment(row.end),
            rate=row.rate,
            fee=row.fee,
            terms_version=row.terms.version if row.terms else None,
            state=row.state,
            cancellation_percent=row.cancellation_percent,
            cancellation_fee=row.cancellation_fee,
        )


EITHER_SIDE = (Permission.OWN_WORK, Permission.SEE_PRACTICE, Permission.SEE_POOL)
READERS = token(Scope.BOOKINGS_READ, *EITHER_SIDE)


@router.get("/bookings", auth=READERS, response={200: Page[BookingOut], **PROBLEMS})
def bookings(request: ApiRequest, within: Query[Within]) -> Any:
    """Her own, the practice's or the pool's, in order of their start."""
    rows = within.narrow(visible_to(request.acting))
    return page(rows, cursor=within.cursor, limit=within.limit, show=BookingOut.of)


@router.get("/bookings/{uuid:booking}", auth=READERS, response={200: BookingOut, **PROBLEMS})
def booking(request: ApiRequest, booking: UUID) -> Any:
    return BookingOut.of(get_object_or_404(visible_to(request.acting), public_id=booking))


@router.post(
    "/offers/{uuid:offer}/accept",
    auth=token(Scope.OFFERS_ANSWER, Permission.OWN_WORK),
    response={201: BookingOut, **PROBLEMS},
    tags=["Offers"],
)
def accept(request: ApiRequest, offer: UUID, idempotency_key: IdempotencyKey) -> Any:
    """Yes: it is booked at once, unless somebody was faster or it no longer fits her terms."""

    def act() -> BookingOut:
        return BookingOut.of(actions.accept_offer(by=request.user, offer=hers(request, offer)))

    return once(request, idempotency_key, act, status=201)


@router.post(
    "/bookings/{uuid:booking}/confirm",
    auth=token(Scope.BOOKINGS_WRITE, Permission.OWN_WORK),
    response={200: BookingOut, **PROBLEMS},
)
def confirm(request: ApiRequest, booking: UUID, idempotency_key: IdempotencyKey) -> Any:
    """Her yes to a booking that a practice recorded."""

    def act() -> BookingOut:
        found = get_object_or_404(visible_to(request.acting), public_id=booking)
        actions.confirm_booking(by=request.user, booking=found)
        return BookingOut.of(found)

    return once(request, idempotency_key, act)


class CancelIn(Schema):
    """The fee in pounds that was read beforehand, and is agreed to; and why, if one wishes to say."""

    fee: Money = Decimal("0.00")
    because: str = Field(default="", max_length=BECAUSE_LENGTH)


class CancellationFeeOut(Schema):
    """What cancelling now would cost one's own side; ``days`` are whole days of notice, of 24 hours."""

    percent: int
    fee: Money
    days: int


@router.get(
    "/bookings/{uuid:booking}/cancellation-fee",
    auth=token(Scope.BOOKINGS_READ, Permission.OWN_WORK, Permission.ASK_FOR_COVER),
    response={200: CancellationFeeOut, **PROBLEMS},
)
def cancellation_fee(request: ApiRequest, booking: UUID) -> Any:
    """Read it before cancelling: it grows as the session nears."""
    found = get_object_or_404(visible_to(request.acting), public_id=booking)
    due = fee_now(found, "clinician" if request.acting.may(Permission.OWN_WORK) else "practice")
    return CancellationFeeOut(percent=due.percent, fee=due.pounds, days=due.days)


@router.post(
    "/bookings/{uuid:booking}/cancel",
    auth=token(Scope.BOOKINGS_WRITE, Permission.OWN_WORK, Permission.ASK_FOR_COVER),
    response={200: BookingOut, **PROBLEMS},
)
def cancel(
    request: ApiRequest, booking: UUID, idempotency_key: IdempotencyKey, sent: CancelIn | None = None
) -> Any:
    """Call it off, for one's own side. 409 where the fee is not the one that was sent."""

    def act() -> BookingOut:
        found = get_object_or_404(visible_to(request.acting), public_id=booking)
        as_practice = not request.acting.may(Permission.OWN_WORK)
        agreed = sent or CancelIn()
        cancel_booking(
            by=request.user,
            booking=found,
            as_practice=as_practice,
            seen=agreed.fee,
            because=agreed.because,
        )
        return BookingOut.of(found)

    return once(request, idempotency_key, act)
