"""The API of the room: the sessions a practice needs covered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from desirepath.accounts.roles import Permission, Scope
from desirepath.audit.privacy import refuse_nhs_number
from desirepath.clinicians.models import Skill
from desirepath.organisations.api import (
    PROBLEMS,
    ApiRequest,
    IdempotencyKey,
    Moment,
    Money,
    Page,
    moment,
    once,
    page,
    token,
)
from desirepath.pools.models import Pool
from desirepath.vacancies import actions
from desirepath.vacancies.models import Vacancy, VacancyQuerySet

router = Router(tags=["Vacancies"])
Pounds = Annotated[Decimal, Field(gt=0, max_digits=6, decimal_places=2)]


class PracticeOut(Schema):
    """A practice, by its national code."""

    code: str
    name: str


class VacancyOut(Schema):
    """One session. ``most_an_hour`` is the most the practice pays, in pounds."""

    id: UUID
    practice: PracticeOut
    role: str
    skills: list[str]
    start: datetime
    end: datetime
    most_an_hour: Money
    urgency: int
    reason: str
    duties: str
    state: str
    covered: bool

    @classmethod
    def of(cls, row: Vacancy) -> VacancyOut:
        return cls(
            id=row.public_id,
            practice=PracticeOut(code=row.practice.code, name=row.practice.name),
            role=row.role,
            skills=sorted(skill.code for skill in row.skills.all()),
            start=moment(row.start),
            end=moment(row.end),
            most_an_hour=row.rate_cap,
            urgency=row.urgency,
            reason=row.reason,
            duties=row.duties,
            state=row.state,
            covered=row.cover_id is not None,
        )


class VacancyIn(Schema):
    """What a practice asks for; releasing it is its yes to whoever fits."""

    role: Literal["gp", "nurse", "pharmacist", "paramedic"]
    skills: list[str] = []
    start: Moment
    end: Moment
    most_an_hour: Pounds
    urgency: Literal[1, 2, 3, 5] = 1
    reason: Literal["vacancy", "sickness", "parental", "holiday", "demand", "other"] = "other"
    duties: Annotated[str, Field(max_length=1000)] = ""

    def wanted(self) -> dict[str, Any]:
        """What ``actions.post_vacancy`` takes. Raises ValidationError for a skill nobody knows, and for an
        NHS number.
        """
        refuse_nhs_number(self.duties)
        skills = list(Skill.objects.filter(role=self.role, code__in=self.skills))
        if unknown := set(self.skills) - {skill.code for skill in skills}:
            raise ValidationError({"skills": [f"No such skill of the role: {', '.join(sorted(unknown))}"]})
        given = self.model_dump(exclude={"skills", "most_an_hour"})
        return {**given, "skills": skills, "rate_cap": self.most_an_hour}


class Within(Schema):
    """Which rows: those that start from ``since`` and before ``until``, in ``state`` where one is named."""

    since: Moment | None = Field(None, alias="from")
    until: Moment | None = None
    state: Annotated[str, Field(max_length=30)] = ""
    cursor: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def narrow(self, rows: Any) -> Any:
        if self.since:
            rows = rows.filter(start__gte=self.since)
        if self.until:
            rows = rows.filter(start__lt=self.until)
        return rows.filter(state=self.state) if self.state else rows


def seen_by(request: ApiRequest) -> VacancyQuerySet:
    """The vacancies of the practice, or of the pool, acted for."""
    rows = Vacancy.objects.select_related("practice", "pool").prefetch_related("skills")
    if request.acting.may(Permission.SEE_POOL):
        return rows.for_pool(get_object_or_404(Pool, organisation=request.acting.place))
    return rows.for_practice(request.acting.place)


READERS = token(Scope.VACANCIES_READ, Permission.SEE_PRACTICE, Permission.SEE_POOL)


@router.get("/vacancies", auth=READERS, response={200: Page[VacancyOut], **PROBLEMS})
def vacancies(request: ApiRequest, within: Query[Within]) -> Any:
    """Sessions of the practice or the pool, in order of their start."""
    rows = within.narrow(seen_by(request))
    return page(rows, cursor=within.cursor, limit=within.limit, show=VacancyOut.of)


@router.get("/vacancies/{uuid:vacancy}", auth=READERS, response={200: VacancyOut, **PROBLEMS})
def vacancy(request: ApiRequest, vacancy: UUID) -> Any:
    return VacancyOut.of(get_object_or_404(seen_by(request), public_id=vacancy))


@router.post(
    "/vacancies",
    auth=token(Scope.VACANCIES_WRITE, Permission.ASK_FOR_COVER),
    response={201: VacancyOut, **PROBLEMS},
)
def post_vacancy(request: ApiRequest, wanted: VacancyIn, idempotency_key: IdempotencyKey) -> Any:
    """Ask for cover of one session."""

    def act() -> VacancyOut:
        place = request.acting.place
        return VacancyOut.of(actions.post_vacancy(by=request.user, practice=place, **wanted.wanted()))

    return once(request, idempotency_key, act, status=201)
