"""The API of the room: offers, and taking a vacancy back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from desirepath.accounts.roles import Permission, Scope
from desirepath.audit.privacy import refuse_nhs_number
from desirepath.audit.refusal import Refused
from desirepath.cascade import actions, offered
from desirepath.cascade.models import Offer
from desirepath.cascade.models.offers import OfferQuerySet
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
from desirepath.pools.models import Pool
from desirepath.vacancies.api import PracticeOut, VacancyOut, seen_by

router = Router(tags=["Offers"])


class OfferOut(Schema):
    """A session put to her. ``fee`` is pounds for the session under ``terms_version`` of her terms; ``km`` a
    straight line.
    """

    id: UUID
    vacancy: UUID
    practice: PracticeOut
    role: str
    start: datetime
    end: datetime
    duties: str
    fee: Money
    terms_version: int
    km: float
    why: list[str]
    answer_by: datetime
    state: str

    @classmethod
    def of(cls, row: Offer) -> OfferOut:
        vacancy = row.vacancy
        return cls(
            id=row.public_id,
            vacancy=vacancy.public_id,
            practice=PracticeOut(code=vacancy.practice.code, name=vacancy.practice.name),
            role=vacancy.role,
            start=moment(vacancy.start),
            end=moment(vacancy.end),
            duties=vacancy.duties,
            fee=row.fee,
            terms_version=row.terms.version or 0,
            km=row.km,
            why=row.reasons,
            answer_by=moment(offered.answer_by(row)),
            state=row.state,
        )


class AskedOut(Schema):
    """An offer as the pool's manager sees it: who was asked for what, never her rate or her reasons."""

    id: UUID
    vacancy: UUID
    clinician: str
    tier: int
    sent_at: datetime
    answer_by: datetime
    state: str

    @classmethod
    def of(cls, row: Offer) -> AskedOut:
        return cls(
            id=row.public_id,
            vacancy=row.vacancy.public_id,
            clinician=row.clinician.person.name,
            tier=row.tier,
            sent_at=moment(row.created_at),
            answer_by=moment(offered.answer_by(row)),
            state=row.state,
        )


class No(Schema):
    """A reason is welcome and never needed."""

    reason: Annotated[str, Field(max_length=200)] = ""


class OffersWithin(Schema):
    """``state`` narrows; the oldest offer comes first."""

    state: Annotated[str, Field(max_length=30)] = ""
    cursor: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


def _rows(**narrowed: Any) -> OfferQuerySet:
    return Offer.objects.filter(**narrowed).select_related(
        "vacancy__practice", "vacancy__pool", "terms", "clinician__person"
    )


def hers(request: ApiRequest, offer: UUID) -> Offer:
    """An offer of the clinician whose token it is; 404 for any other."""
    return get_object_or_404(_rows(clinician__person=request.user), public_id=offer)


OWN = token(Scope.OFFERS_READ, Permission.OWN_WORK)


@router.get("/offers", auth=OWN, response={200: Page[OfferOut], **PROBLEMS})
def offers(request: ApiRequest, within: Query[OffersWithin]) -> Any:
    """What was put to her, the oldest first."""
    rows = _rows(clinician__person=request.user)
    rows = rows.filter(state=within.state) if within.state else rows
    return page(rows, cursor=within.cursor, limit=within.limit, show=OfferOut.of, by="created_at")


@router.get("/offers/{uuid:offer}", auth=OWN, response={200: OfferOut, **PROBLEMS})
def offer(request: ApiRequest, offer: UUID) -> Any:
    return OfferOut.of(hers(request, offer))


@router.post(
    "/offers/{uuid:offer}/decline",
    auth=token(Scope.OFFERS_ANSWER, Permission.OWN_WORK),
    response={200: OfferOut, **PROBLEMS},
)
def decline(request: ApiRequest, offer: UUID, no: No, idempotency_key: IdempotencyKey) -> Any:
    """No. Declining costs nothing and owes no reason."""
    refuse_nhs_number(no.reason)

    def act() -> OfferOut:
        found = hers(request, offer)
        if found.state != "declined":
            if not found.live:
                raise Refused(offered.gone_in_words(found))
            actions.decline_offer(by=request.user, offer=found, reason=no.reason)
        return OfferOut.of(found)

    return once(request, idempotency_key, act)


@router.get(
    "/pool/offers",
    auth=token(Scope.OFFERS_READ, Permission.SEE_POOL),
    response={200: Page[AskedOut], **PROBLEMS},
)
def asked(request: ApiRequest, within: Query[OffersWithin]) -> Any:
    """Who was asked in the pool, the oldest first; of neighbouring pools only whoever accepted."""
    pool = get_object_or_404(Pool, organisation=request.acting.place)
    rows = _rows(vacancy__pool=pool).of_the_pool()
    rows = rows.filter(state=within.state) if within.state else rows
    return page(rows, cursor=within.cursor, limit=within.limit, show=AskedOut.of, by="created_at")


@router.post(
    "/vacancies/{uuid:vacancy}/withdraw",
    auth=token(Scope.VACANCIES_WRITE, Permission.ASK_FOR_COVER),
    response={200: VacancyOut, **PROBLEMS},
    tags=["Vacancies"],
)
def withdraw(request: ApiRequest, vacancy: UUID, idempotency_key: IdempotencyKey) -> Any:
    """The practice no longer needs cover; whoever was asked is told."""

    def act() -> VacancyOut:
        found = get_object_or_404(seen_by(request), public_id=vacancy)
        actions.withdraw_vacancy(by=request.user, vacancy=found)
        return VacancyOut.of(found)

    return once(request, idempotency_key, act)
