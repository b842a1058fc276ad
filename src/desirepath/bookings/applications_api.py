"""The API of what she finds herself: open sessions that fit her terms, and applications of either side."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from desirepath.accounts.roles import Permission, Scope
from desirepath.audit import clock
from desirepath.bookings import applying
from desirepath.bookings.api import BookingOut
from desirepath.bookings.models import Application
from desirepath.bookings.work import MOST_DAYS, USUAL_DAYS, Wanted, work_for
from desirepath.cascade.open_work import pools_of
from desirepath.clinicians.api import own
from desirepath.organisations.acting import Acting
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
from desirepath.vacancies.models import Vacancy

router = Router(tags=["Applications"])


class WorkOut(Schema):
    """An open session that fits her terms. ``fee`` is pounds, ``km`` a straight line, ``offered`` whether she
    may accept it at once.
    """

    vacancy: UUID
    practice: PracticeOut
    start: datetime
    end: datetime
    duties: str
    fee: Money
    km: float
    tier: int
    offered: bool


class WorkWithin(Schema):
    """Which days: two weeks from today where nothing is said."""

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")

    def wanted(self) -> Wanted:
        first = self.first or clock.today()
        last = self.last or first + timedelta(days=USUAL_DAYS - 1)
        if not 0 <= (last - first).days < MOST_DAYS:
            raise ValidationError({"to": [f"Must be from `from` to {MOST_DAYS} days later"]})
        return Wanted(first, last)


class ApplicationIn(Schema):
    vacancy: UUID


class ApplicationOut(Schema):
    """Her wish for a session; ``rate`` (pounds an hour) and ``fee`` (pounds) are what she is booked at."""

    id: UUID
    vacancy: UUID
    practice: PracticeOut
    clinician: str
    start: datetime
    end: datetime
    rate: Money
    fee: Money
    worked_here: bool
    answer_by: datetime
    state: str

    @classmethod
    def of(cls, row: Application) -> ApplicationOut:
        vacancy = row.vacancy
        return cls(
            id=row.public_id,
            vacancy=vacancy.public_id,
            practice=PracticeOut(code=vacancy.practice.code, name=vacancy.practice.name),
            clinician=row.clinician.person.name,
            start=moment(vacancy.start),
            end=moment(vacancy.end),
            rate=row.rate,
            fee=row.fee,
            worked_here=row.worked_here,
            answer_by=moment(row.expires_at),
            state=row.state,
        )


READS = Scope.APPLICATIONS_READ
HERS = token(Scope.APPLICATIONS_WRITE, Permission.OWN_WORK)
THEIRS = token(Scope.APPLICATIONS_WRITE, Permission.ASK_FOR_COVER)


def _seen_by(acting: Acting) -> QuerySet[Application]:
    """Her own, or those for the practice's sessions."""
    rows = Application.objects.select_related("vacancy__practice", "clinician__person")
    if acting.may(Permission.OWN_WORK):
        return rows.filter(clinician__person=acting.person)
    return rows.for_practice(acting.place)


def _one(request: ApiRequest, application: UUID) -> Application:
    return get_object_or_404(_seen_by(request.acting), public_id=application)


@router.get("/work", auth=token(READS, Permission.OWN_WORK), response={200: list[WorkOut], **PROBLEMS})
def work(request: ApiRequest, within: Query[WorkWithin]) -> Any:
    """Open sessions of her pools that fit her terms, the best fitting first."""
    clinician = own(request)
    found = work_for(clinician, within.wanted(), pools_of(clinician))
    keys = [each.session.pk for each in found.fits]
    rows = {row.pk: row for row in Vacancy.objects.filter(pk__in=keys).select_related("practice")}
    return [
        WorkOut(
            vacancy=row.public_id,
            practice=PracticeOut(code=row.practice.code, name=row.practice.name),
            start=moment(row.start),
            end=moment(row.end),
            duties=row.duties,
            fee=each.fee,
            km=each.km,
            tier=each.tier,
            offered=row.pk in found.offers,
        )
        for each in found.fits
        if (row := rows.get(each.session.pk))
    ]


@router.get(
    "/applications",
    auth=token(READS, Permission.OWN_WORK, Permission.ASK_FOR_COVER),
    response={200: Page[ApplicationOut], **PROBLEMS},
)
def applications(request: ApiRequest, within: Query[Within]) -> Any:
    """Her own, or those for the practice's sessions, the oldest first; from and until are of the session."""
    rows = _seen_by(request.acting)
    if within.since:
        rows = rows.filter(vacancy__start__gte=within.since)
    if within.until:
        rows = rows.filter(vacancy__start__lt=within.until)
    rows = rows.filter(state=within.state) if within.state else rows
    return page(rows, cursor=within.cursor, limit=within.limit, show=ApplicationOut.of, by="created_at")


@router.post("/applications", auth=HERS, response={201: ApplicationOut, **PROBLEMS})
def apply(request: ApiRequest, wanted: ApplicationIn, idempotency_key: IdempotencyKey) -> Any:
    """She would work a session that was not offered to her: her time is held until the practice answers."""

    def act() -> ApplicationOut:
        clinician = own(request)
        rows = Vacancy.objects.filter(pool__in=pools_of(clinician)).exclude(state="draft")
        found = get_object_or_404(rows, public_id=wanted.vacancy)
        return ApplicationOut.of(applying.apply_for(by=request.user, clinician=clinician, vacancy=found))

    return once(request, idempotency_key, act, status=201)


@router.post(
    "/applications/{uuid:application}/withdraw", auth=HERS, response={200: ApplicationOut, **PROBLEMS}
)
def withdraw(request: ApiRequest, application: UUID, idempotency_key: IdempotencyKey) -> Any:
    """She takes it back, without a reason owed."""

    def act() -> ApplicationOut:
        found = _one(request, application)
        applying.withdraw_application(by=request.user, application=found)
        return ApplicationOut.of(found)

    return once(request, idempotency_key, act)


@router.post("/applications/{uuid:application}/confirm", auth=THEIRS, response={201: BookingOut, **PROBLEMS})
def confirm(request: ApiRequest, application: UUID, idempotency_key: IdempotencyKey) -> Any:
    """The practice's yes: she is booked at what she applied with."""

    def act() -> BookingOut:
        found = _one(request, application)
        return BookingOut.of(applying.confirm_application(by=request.user, application=found))

    return once(request, idempotency_key, act, status=201)


@router.post(
    "/applications/{uuid:application}/decline", auth=THEIRS, response={200: ApplicationOut, **PROBLEMS}
)
def decline(request: ApiRequest, application: UUID, idempotency_key: IdempotencyKey) -> Any:
    """The practice's no, without a reason owed."""

    def act() -> ApplicationOut:
        found = _one(request, application)
        applying.decline_application(by=request.user, application=found)
        return ApplicationOut.of(found)

    return once(request, idempotency_key, act)
