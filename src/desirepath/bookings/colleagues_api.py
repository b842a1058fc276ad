"""The API of sessions that change hands among colleagues of one chambers: handed back, or swapped."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from desirepath.accounts.roles import Permission, Scope
from desirepath.audit.refusal import Refused
from desirepath.bookings import handing, swapping
from desirepath.bookings.api import BookingOut
from desirepath.bookings.colleagues import chambers_of, colleagues_in
from desirepath.bookings.models import Booking, HandBack, HandBackAsk, Swap
from desirepath.cascade.api import OffersWithin
from desirepath.clinicians.models import Clinician
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
from desirepath.vacancies.api import PracticeOut

router = Router(tags=["Colleagues"])
READS = token(Scope.BOOKINGS_READ, Permission.OWN_WORK)
WRITES = token(Scope.BOOKINGS_WRITE, Permission.OWN_WORK)


def _hers(request: ApiRequest, booking: UUID) -> Booking:
    rows = Booking.objects.filter(clinician__person=request.user)
    rows = rows.select_related("clinician__person", "practice", "vacancy__pool", "vacancy__practice", "terms")
    return get_object_or_404(rows, public_id=booking)


class ColleagueOut(Schema):
    id: UUID
    name: str


class HandBackIn(Schema):
    """``otherwise``: what happens if no colleague takes it; ``fee`` the pounds that were read beforehand and
    are agreed to be owed then at the most.
    """

    otherwise: Literal["keep", "re-open"] = "keep"
    fee: Money = Decimal("0.00")


class HandBackOut(Schema):
    """Her colleagues are asked until ``asked_until``; her booking stands meanwhile. ``fee`` in pounds is what
    she owes at the most if it is opened again then.
    """

    id: UUID
    booking: UUID
    asked_until: datetime
    otherwise: str
    fee: Money
    state: str

    @classmethod
    def of(cls, row: HandBack) -> HandBackOut:
        return cls(
            id=row.public_id,
            booking=row.booking.public_id,
            asked_until=moment(row.asked_until),
            otherwise=row.otherwise,
            fee=row.fee_seen.quantize(Decimal("0.01")),
            state=row.state,
        )


class AskOut(Schema):
    """A colleague's session that she is asked to take over."""

    id: UUID
    colleague: str
    practice: PracticeOut
    start: datetime
    end: datetime
    answer_by: datetime
    state: str

    @classmethod
    def of(cls, row: HandBackAsk) -> AskOut:
        booking = row.hand_back.booking
        return cls(
            id=row.public_id,
            colleague=booking.clinician.person.name,
            practice=PracticeOut(code=booking.practice.code, name=booking.practice.name),
            start=moment(booking.start),
            end=moment(booking.end),
            answer_by=moment(row.hand_back.asked_until),
            state=row.state,
        )


@router.get("/bookings/{uuid:booking}/colleagues", auth=READS, response={200: list[ColleagueOut], **PROBLEMS})
def colleagues(request: ApiRequest, booking: UUID) -> Any:
    """Whom she may propose a swap to: the colleagues of her chambers."""
    found = _hers(request, booking)
    chambers = chambers_of(found)
    rows = colleagues_in(chambers, found.clinician).select_related("person") if chambers else ()
    return [ColleagueOut(id=row.public_id, name=row.person.name) for row in rows]


@router.post("/bookings/{uuid:booking}/hand-back", auth=WRITES, response={201: HandBackOut, **PROBLEMS})
def hand_back(
    request: ApiRequest, booking: UUID, idempotency_key: IdempotencyKey, sent: HandBackIn | None = None
) -> Any:
    """Ask her colleagues to take it. 409 where nobody can, or the fee is more than the one that was sent."""
    wanted = sent or HandBackIn()

    def act() -> HandBackOut:
        found = _hers(request, booking)
        made = handing.hand_back(by=request.user, booking=found, otherwise=wanted.otherwise, seen=wanted.fee)
        return HandBackOut.of(made)

    return once(request, idempotency_key, act, status=201)


@router.post("/bookings/{uuid:booking}/keep", auth=WRITES, response={200: BookingOut, **PROBLEMS})
def keep(request: ApiRequest, booking: UUID, idempotency_key: IdempotencyKey) -> Any:
    """She works it after all: no colleague is asked any more."""

    def act() -> BookingOut:
        found = _hers(request, booking)
        handed = found.hand_backs.open().first()
        if handed is None:
            raise Refused("Your colleagues are not being asked for this session.")
        handing.keep(by=request.user, handed=handed)
        return BookingOut.of(found)

    return once(request, idempotency_key, act)


def _asks(request: ApiRequest) -> QuerySet[HandBackAsk]:
    rows = HandBackAsk.objects.filter(clinician__person=request.user)
    return rows.select_related(
        "clinician__person",
        "hand_back__booking__practice",
        "hand_back__booking__clinician__person",
        "hand_back__booking__vacancy__pool",
        "hand_back__booking__vacancy__practice",
    )


@router.get("/hand-backs", auth=READS, response={200: Page[AskOut], **PROBLEMS})
def asks(request: ApiRequest, within: Query[OffersWithin]) -> Any:
    """Sessions of colleagues that she is asked to take over, the oldest first."""
    rows = _asks(request)
    rows = rows.filter(state=within.state) if within.state else rows
    return page(rows, cursor=within.cursor, limit=within.limit, show=AskOut.of, by="created_at")


@router.post("/hand-backs/{uuid:ask}/take", auth=WRITES, response={201: BookingOut, **PROBLEMS})
def take(request: ApiRequest, ask: UUID, idempotency_key: IdempotencyKey) -> Any:
    """Yes: it is hers at once, unless another colleague was faster."""

    def act() -> BookingOut:
        found = get_object_or_404(_asks(request), public_id=ask)
        return BookingOut.of(handing.take_over(by=request.user, ask=found))

    return once(request, idempotency_key, act, status=201)


@router.post("/hand-backs/{uuid:ask}/decline", auth=WRITES, response={200: AskOut, **PROBLEMS})
def say_no(request: ApiRequest, ask: UUID, idempotency_key: IdempotencyKey) -> Any:
    """No, and no reason is owed."""

    def act() -> AskOut:
        found = get_object_or_404(_asks(request), public_id=ask)
        handing.say_no(by=request.user, ask=found)
        found.refresh_from_db(fields=["state"])
        return AskOut.of(found)

    return once(request, idempotency_key, act)


class SwapIn(Schema):
    """To which colleague (see ``colleagues``), and on which day she would take one of hers: both needed."""

    colleague: UUID | None = None
    day: date | None = None


class SwapOut(Schema):
    """``proposed_by`` would give ``booking`` for a session of ``colleague`` on ``day``; ``fits`` are those of
    hers that suit both, told to ``colleague`` alone while it is open.
    """

    id: UUID
    booking: UUID
    proposed_by: str
    colleague: str
    practice: PracticeOut
    start: datetime
    end: datetime
    day: date
    answer_by: datetime
    state: str
    fits: list[UUID] = []


def _swaps(request: ApiRequest) -> QuerySet[Swap]:
    """Those proposed to her, and those she proposed."""
    rows = Swap.objects.filter(Q(colleague__person=request.user) | Q(given__clinician__person=request.user))
    return rows.select_related(
        "colleague__person", "given__practice", "given__clinician__person", "given__vacancy__pool"
    )


def _swap_out(row: Swap, *, fits: bool = False) -> SwapOut:
    given = row.given
    return SwapOut(
        id=row.public_id,
        booking=given.public_id,
        proposed_by=given.clinician.person.name,
        colleague=row.colleague.person.name,
        practice=PracticeOut(code=given.practice.code, name=given.practice.name),
        start=moment(given.start),
        end=moment(given.end),
        day=row.day,
        answer_by=moment(row.expires_at),
        state=row.state,
        fits=[each[0].public_id for each in swapping.could_give(row)] if fits else [],
    )


def _swap(request: ApiRequest, swap: UUID) -> Swap:
    return get_object_or_404(_swaps(request), public_id=swap)


def _to_her(request: ApiRequest, swap: UUID) -> Swap:
    found = _swap(request, swap)
    if found.colleague.person_id != request.user.pk:
        raise Refused("You proposed it: your colleague answers. You can withdraw it.")
    return found


@router.post("/bookings/{uuid:booking}/swap", auth=WRITES, response={201: SwapOut, **PROBLEMS})
def propose(
    request: ApiRequest, booking: UUID, idempotency_key: IdempotencyKey, sent: SwapIn | None = None
) -> Any:
    """Propose to a colleague to take it for one of her sessions on a day."""

    def act() -> SwapOut:
        found = _hers(request, booking)
        if sent is None or sent.colleague is None or sent.day is None:
            raise ValidationError({"colleague": ["Say which colleague, and on which day"]})
        chambers = chambers_of(found)
        rows = colleagues_in(chambers, found.clinician) if chambers else Clinician.objects.none()
        colleague = rows.filter(public_id=sent.colleague).first()
        if colleague is None:
            raise Refused("You can swap with a colleague of your chambers only.")
        made = swapping.propose_swap(by=request.user, booking=found, colleague=colleague, day=sent.day)
        return _swap_out(made)

    return once(request, idempotency_key, act, status=201)


@router.get("/swaps", auth=READS, response={200: Page[SwapOut], **PROBLEMS})
def swaps(request: ApiRequest, within: Query[OffersWithin]) -> Any:
    """Proposed to her and by her, the oldest first."""
    rows = _swaps(request)
    rows = rows.filter(state=within.state) if within.state else rows
    return page(rows, cursor=within.cursor, limit=within.limit, show=_swap_out, by="created_at")


@router.get("/swaps/{uuid:swap}", auth=READS, response={200: SwapOut, **PROBLEMS})
def one_swap(request: ApiRequest, swap: UUID) -> Any:
    """One of them; whoever is asked reads which of her sessions would suit both."""
    found = _swap(request, swap)
    is_asked = found.colleague.person_id == request.user.pk and found.state == "proposed"
    return _swap_out(found, fits=is_asked)


class AgreeIn(Schema):
    """The session of hers that she gives in return: it is needed."""

    booking: UUID | None = None


@router.post("/swaps/{uuid:swap}/agree", auth=WRITES, response={201: BookingOut, **PROBLEMS})
def agree(
    request: ApiRequest, swap: UUID, idempotency_key: IdempotencyKey, sent: AgreeIn | None = None
) -> Any:
    """Yes: both sessions change hands at once, or neither does. Answers with her new booking."""

    def act() -> BookingOut:
        found = _to_her(request, swap)
        if sent is None or sent.booking is None:
            raise ValidationError({"booking": ["Say which of your sessions you give"]})
        wanted = _hers(request, sent.booking)
        return BookingOut.of(swapping.agree_swap(by=request.user, swap=found, wanted=wanted))

    return once(request, idempotency_key, act, status=201)


@router.post("/swaps/{uuid:swap}/decline", auth=WRITES, response={200: SwapOut, **PROBLEMS})
def decline(request: ApiRequest, swap: UUID, idempotency_key: IdempotencyKey) -> Any:
    """No, and no reason is owed."""

    def act() -> SwapOut:
        found = _to_her(request, swap)
        swapping.decline_swap(by=request.user, swap=found)
        return _swap_out(found)

    return once(request, idempotency_key, act)


@router.post("/swaps/{uuid:swap}/withdraw", auth=WRITES, response={200: SwapOut, **PROBLEMS})
def withdraw(request: ApiRequest, swap: UUID, idempotency_key: IdempotencyKey) -> Any:
    """Whoever proposed takes it back."""

    def act() -> SwapOut:
        found = _swap(request, swap)
        if found.given.clinician.person_id != request.user.pk:
            raise Refused("Your colleague proposed it: you can agree or decline.")
        swapping.withdraw_swap(by=request.user, swap=found)
        return _swap_out(found)

    return once(request, idempotency_key, act)
