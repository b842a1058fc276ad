"""The API of blocks offered to her: several sessions together, answered once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from desirepath.accounts.roles import Permission, Scope
from desirepath.audit.privacy import refuse_nhs_number
from desirepath.bookings.api import BookingOut
from desirepath.bookings.blocks import accept_block
from desirepath.cascade.api import No, OffersWithin
from desirepath.cascade.blocks import decline_block
from desirepath.cascade.models import BlockOffer
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

router = Router(tags=["Offers"])
READS = token(Scope.OFFERS_READ, Permission.OWN_WORK)
ANSWERS = token(Scope.OFFERS_ANSWER, Permission.OWN_WORK)


class BlockSessionOut(Schema):
    vacancy: UUID
    start: datetime
    end: datetime
    fee: Money


class BlockOfferOut(Schema):
    """A block, or the part of it that was agreed with the practice; ``fee`` is pounds for all its sessions.

    It is answered as it was put to her: all of ``sessions`` (of ``block_sessions`` in the whole block), or
    none.
    """

    id: UUID
    title: str
    practice: PracticeOut
    sessions: list[BlockSessionOut]
    block_sessions: int
    fee: Money
    answer_by: datetime
    state: str

    @classmethod
    def of(cls, row: BlockOffer) -> BlockOfferOut:
        practice = row.block.practice
        offers = sorted(row.offers.all(), key=lambda offer: (offer.vacancy.start, offer.pk))
        return cls(
            id=row.public_id,
            title=row.block.title,
            practice=PracticeOut(code=practice.code, name=practice.name),
            sessions=[
                BlockSessionOut(
                    vacancy=offer.vacancy.public_id,
                    start=moment(offer.vacancy.start),
                    end=moment(offer.vacancy.end),
                    fee=offer.fee,
                )
                for offer in offers
            ],
            block_sessions=len(row.block.vacancies.all()),
            fee=row.fee,
            answer_by=moment(row.expires_at),
            state=row.state,
        )


class BookedOut(Schema):
    """One booking for each session."""

    items: list[BookingOut]


def _hers(request: ApiRequest) -> QuerySet[BlockOffer]:
    rows = BlockOffer.objects.filter(clinician__person=request.user)
    rows = rows.select_related("clinician__person", "block__practice", "block__pool")
    return rows.prefetch_related("offers__vacancy", "block__vacancies")


@router.get("/block-offers", auth=READS, response={200: Page[BlockOfferOut], **PROBLEMS})
def block_offers(request: ApiRequest, within: Query[OffersWithin]) -> Any:
    """Blocks put to her, whole or in parts, the oldest first."""
    rows = _hers(request)
    rows = rows.filter(state=within.state) if within.state else rows
    return page(rows, cursor=within.cursor, limit=within.limit, show=BlockOfferOut.of, by="created_at")


@router.get("/block-offers/{uuid:block_offer}", auth=READS, response={200: BlockOfferOut, **PROBLEMS})
def block_offer(request: ApiRequest, block_offer: UUID) -> Any:
    return BlockOfferOut.of(get_object_or_404(_hers(request), public_id=block_offer))


@router.post("/block-offers/{uuid:block_offer}/accept", auth=ANSWERS, response={201: BookedOut, **PROBLEMS})
def accept(request: ApiRequest, block_offer: UUID, idempotency_key: IdempotencyKey) -> Any:
    """Yes to all of it: every session is booked at once, or none is."""

    def act() -> BookedOut:
        found = get_object_or_404(_hers(request), public_id=block_offer)
        made = accept_block(by=request.user, offer=found)
        return BookedOut(items=[BookingOut.of(each) for each in made])

    return once(request, idempotency_key, act, status=201)


@router.post(
    "/block-offers/{uuid:block_offer}/decline", auth=ANSWERS, response={200: BlockOfferOut, **PROBLEMS}
)
def decline(
    request: ApiRequest, block_offer: UUID, idempotency_key: IdempotencyKey, no: No | None = None
) -> Any:
    """No to all of it. Declining costs nothing and owes no reason."""
    reason = no.reason if no else ""
    refuse_nhs_number(reason)

    def act() -> BlockOfferOut:
        found = get_object_or_404(_hers(request), public_id=block_offer)
        decline_block(by=request.user, offer=found, reason=reason)
        return BlockOfferOut.of(found)

    return once(request, idempotency_key, act)
