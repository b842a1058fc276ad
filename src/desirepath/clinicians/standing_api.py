"""The API of her standing yes: which practices may book her at once, within which limits. Hers alone."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from desirepath.accounts.roles import Permission, Scope
from desirepath.clinicians.api import own
from desirepath.clinicians.choosing import end_standing_yes, give_standing_yes
from desirepath.clinicians.models import StandingYes
from desirepath.clinicians.views import practices_of
from desirepath.organisations.api import PROBLEMS, ApiRequest, IdempotencyKey, Page, once, page, token
from desirepath.organisations.models import Organisation

router = Router(tags=["Availability"])
READS = token(Scope.AVAILABILITY_READ, Permission.OWN_WORK)
WRITES = token(Scope.AVAILABILITY_WRITE, Permission.OWN_WORK)


class LimitsIn(Schema):
    """``days`` of the week, Monday is 0; exactly one of ``most_sessions`` (a week) and ``most_percent`` (of
    the sessions a week that she wishes for).
    """

    days: list[Annotated[int, Field(ge=0, le=6)]] = [0, 1, 2, 3, 4, 5, 6]
    least_notice_hours: Annotated[int, Field(ge=0, le=672)] = 24
    most_sessions: Annotated[int, Field(ge=1, le=20)] | None = None
    most_percent: Annotated[int, Field(ge=1, le=100)] | None = None


class StandingYesOut(Schema):
    """``practice`` is its id in addresses of this interface. Switched off, the limits are kept for later."""

    practice: UUID
    code: str
    name: str
    on: bool
    days: list[int]
    least_notice_hours: int
    most_sessions: int | None
    most_percent: int | None

    @classmethod
    def of(cls, row: StandingYes) -> StandingYesOut:
        return cls(
            practice=row.practice.public_id,
            code=row.practice.code,
            name=row.practice.name,
            on=row.on,
            days=list(row.days),
            least_notice_hours=row.least_notice_hours,
            most_sessions=row.most_sessions,
            most_percent=row.most_percent,
        )


class Cursor(Schema):
    cursor: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PracticeChoice(Schema):
    id: UUID
    code: str
    name: str


def _hers(request: ApiRequest) -> QuerySet[StandingYes]:
    return StandingYes.objects.for_clinician(own(request)).select_related("practice")


def _practice(request: ApiRequest, practice: UUID) -> Organisation:
    return get_object_or_404(practices_of(own(request)), public_id=practice)


@router.get("/practices", auth=READS, response={200: list[PracticeChoice], **PROBLEMS})
def practices(request: ApiRequest) -> Any:
    """The practices of her pools, by name: those that she may say yes to beforehand."""
    return [
        PracticeChoice(id=each.public_id, code=each.code, name=each.name)
        for each in practices_of(own(request))
    ]


@router.get("/standing-yes", auth=READS, response={200: Page[StandingYesOut], **PROBLEMS})
def standing_yeses(request: ApiRequest, within: Query[Cursor]) -> Any:
    """Every practice she has said yes to beforehand, also those switched off, the oldest first."""
    rows = _hers(request)
    return page(rows, cursor=within.cursor, limit=within.limit, show=StandingYesOut.of, by="created_at")


@router.put("/standing-yes/{uuid:practice}", auth=WRITES, response={200: StandingYesOut, **PROBLEMS})
def give(
    request: ApiRequest, practice: UUID, idempotency_key: IdempotencyKey, sent: LimitsIn | None = None
) -> Any:
    """From now on the practice may book her at once, within these limits."""

    def act() -> StandingYesOut:
        place = _practice(request, practice)
        if sent is None or (sent.most_sessions is None) == (sent.most_percent is None):
            raise ValidationError({"most_sessions": ["Give either this or most_percent"]})
        given = give_standing_yes(
            by=request.user, clinician=own(request), practice=place, **sent.model_dump()
        )
        return StandingYesOut.of(given)

    return once(request, idempotency_key, act)


@router.delete("/standing-yes/{uuid:practice}", auth=WRITES, response={200: StandingYesOut, **PROBLEMS})
def end(request: ApiRequest, practice: UUID, idempotency_key: IdempotencyKey) -> Any:
    """It books nothing from this moment on. 404 where she has not said yes to the practice."""

    def act() -> StandingYesOut:
        place = get_object_or_404(Organisation, public_id=practice)
        found = get_object_or_404(_hers(request), practice=place)
        end_standing_yes(by=request.user, clinician=own(request), practice=place)
        found.refresh_from_db()
        return StandingYesOut.of(found)

    return once(request, idempotency_key, act)
