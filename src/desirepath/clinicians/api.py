"""The API of the room: when she is free, and her terms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from desirepath.accounts.roles import Permission, Scope
from desirepath.audit import clock
from desirepath.clinicians import actions
from desirepath.clinicians.models import CONDITIONS, LIMITS, RATES, Clinician, Terms
from desirepath.organisations.api import PROBLEMS, ApiRequest, IdempotencyKey, moment, once, token

router = Router()
MOST_WINDOWS = 6
MOST_DAYS = 366


class Stretch(Schema):
    """From ``start`` to ``end``, times of day on England's clocks."""

    start: time
    end: time


Stretches = Annotated[list[Stretch], Field(max_length=MOST_WINDOWS)]


class OneDay(Schema):
    """What holds on one date instead of the weekly pattern; no windows: not free."""

    day: date
    windows: list[Stretch]


class AvailabilityOut(Schema):
    """Her weekly pattern, Monday first, and the dates that differ from it. Times are England's."""

    time_zone: str = "Europe/London"
    week: list[list[Stretch]]
    days: list[OneDay]


class WeekIn(Schema):
    """Seven lists of windows, Monday first; an empty one: not free on that weekday."""

    week: Annotated[list[Stretches], Field(min_length=7, max_length=7)]


class DayIn(Schema):
    """Windows of one date; empty: not free; null: as in any week again."""

    windows: Stretches | None


class Conditions(Schema):
    """What is agreed beside rates and limits. A scale of cancellation is rows of [days, per cent]: with less
    than so many days of notice, so much of the fee is owed. ``extras`` are rows of [name, pounds as text],
    ``session_types`` of [name, description, whether she does it]. A null says nothing about it.
    """

    model_config = ConfigDict(extra="forbid")

    practice_cancels: list[tuple[int, int]] = []
    clinician_cancels: list[tuple[int, int]] = []
    payment_days: int | None = None
    most_patients: int | None = None
    shortest_appointment: int | None = None
    home_visits: int | None = None
    extras: list[tuple[str, str]] = []
    session_types: list[tuple[str, str, bool]] = []
    statement: str = ""


class TermsOut(Schema):
    """One version: ``rates`` and ``limits`` by name, as the planning rules read them. ``base_rate`` is pounds
    an hour, ``_pct`` per cent added, ``_km`` kilometres in a straight line.
    """

    version: int
    published_at: datetime
    in_force: bool
    rates: dict[str, Decimal]
    limits: dict[str, int]
    conditions: Conditions

    @classmethod
    def of(cls, row: Terms) -> TermsOut:
        assert row.published_at is not None  # the database holds it so, and the version
        assert row.version is not None
        return cls(
            version=row.version,
            published_at=moment(row.published_at),
            in_force=row.state == "published",
            rates={name: Decimal(getattr(row, name)) for name in RATES},
            limits={name: getattr(row, name) for name in LIMITS},
            conditions=Conditions(**{name: getattr(row, name) for name in CONDITIONS}),
        )


class TermsIn(Schema):
    """What changes; whatever is left out stays as it is."""

    rates: dict[str, Decimal] = {}
    limits: dict[str, int] = {}
    conditions: Conditions = Field(default_factory=Conditions)

    def columns(self) -> dict[str, Any]:
        wrong = [name for name in self.rates if name not in RATES]
        wrong += [name for name in self.limits if name not in LIMITS]
        if wrong:
            raise ValidationError({name: ["There is no such term"] for name in sorted(wrong)})
        whole = {name: int(value) for name, value in self.rates.items() if name != "base_rate"}
        if fractions := [name for name, value in whole.items() if value != self.rates[name]]:
            raise ValidationError({name: ["Must be a whole number"] for name in fractions})
        # rows as columns of JSON hold them
        conditions = self.conditions.model_dump(mode="json", exclude_unset=True)
        return {**self.rates, **whole, **self.limits, **conditions}


def own(request: ApiRequest) -> Clinician:
    """The clinician whose token it is."""
    return get_object_or_404(Clinician.objects.select_related("person"), person=request.user)


def _availability(clinician: Clinician, first: date, last: date) -> AvailabilityOut:
    week: list[list[Stretch]] = [[] for _ in range(7)]
    for row in clinician.weekly_pattern.all():
        week[row.weekday].append(Stretch(start=row.start, end=row.end))
    days: dict[date, list[Stretch]] = {}
    for exception in clinician.exceptions.filter(day__range=(first, last)):
        windows = days.setdefault(exception.day, [])
        if exception.start and exception.end:
            windows.append(Stretch(start=exception.start, end=exception.end))
    return AvailabilityOut(week=week, days=[OneDay(day=day, windows=found) for day, found in days.items()])


def from_today(first: date | None = None) -> tuple[date, date]:
    """Four weeks from ``first``, or from today."""
    first = first or clock.today()
    return first, first + timedelta(days=27)


class Days(Schema):
    """Which dates: from today for four weeks where nothing is said, a year at the most."""

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")

    def span(self) -> tuple[date, date]:
        first = self.first or clock.today()
        last = self.last or from_today(first)[1]
        if not 0 <= (last - first).days <= MOST_DAYS:
            raise ValidationError({"to": [f"Must be from `from` to {MOST_DAYS} days later"]})
        return first, last


OWN: dict[str, Any] = {"tags": ["Availability"], "response": {200: AvailabilityOut, **PROBLEMS}}
WRITES = token(Scope.AVAILABILITY_WRITE, Permission.OWN_WORK)


@router.get("/availability", auth=token(Scope.AVAILABILITY_READ, Permission.OWN_WORK), **OWN)
def availability(request: ApiRequest, days: Query[Days]) -> Any:
    """Her weekly pattern, and the dates that differ from it."""
    return _availability(own(request), *days.span())


@router.put("/availability/week", auth=WRITES, **OWN)
def put_week(request: ApiRequest, wanted: WeekIn, idempotency_key: IdempotencyKey) -> Any:
    """Replace the weekly pattern."""

    def act() -> AvailabilityOut:
        clinician = own(request)
        windows = {day: [(w.start, w.end) for w in spans] for day, spans in enumerate(wanted.week)}
        actions.set_weekly_pattern(by=request.user, clinician=clinician, windows=windows)
        return _availability(clinician, *from_today())

    return once(request, idempotency_key, act)


@router.put("/availability/days/{day}", auth=WRITES, **OWN)
def put_day(request: ApiRequest, day: date, wanted: DayIn, idempotency_key: IdempotencyKey) -> Any:
    """Say when she is free on one date."""
    if not 0 <= (day - clock.today()).days <= MOST_DAYS:
        raise ValidationError({"day": ["Must be within the next year"]})

    def act() -> AvailabilityOut:
        clinician = own(request)
        windows = None if wanted.windows is None else [(w.start, w.end) for w in wanted.windows]
        actions.set_day(by=request.user, clinician=clinician, day=day, windows=windows)
        return _availability(clinician, day, day)

    return once(request, idempotency_key, act)


@router.get(
    "/terms",
    auth=token(Scope.TERMS_READ, Permission.OWN_WORK),
    response={200: list[TermsOut], **PROBLEMS},
    tags=["Terms"],
)
def terms(request: ApiRequest) -> Any:
    """Every version of her terms, the newest first."""
    return [TermsOut.of(row) for row in own(request).terms.exclude(version=None).order_by("-version")]


@router.post(
    "/terms",
    auth=token(Scope.TERMS_WRITE, Permission.OWN_WORK),
    response={201: TermsOut, **PROBLEMS},
    tags=["Terms"],
)
def publish(request: ApiRequest, wanted: TermsIn, idempotency_key: IdempotencyKey) -> Any:
    """Publish the next version, in force at once; bookings keep the version they were made under."""

    def act() -> TermsOut:
        clinician = own(request)
        made = actions.publish_terms(by=request.user, clinician=clinician, values=wanted.columns())
        return TermsOut.of(made)

    return once(request, idempotency_key, act, status=201)
