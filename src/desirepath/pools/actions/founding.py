"""Begin a pool, add practices to it, found chambers; give roles and end them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.accounts.roles import EVERYWHERE, Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.organisations.models import Kind, Organisation, RoleAssignment
from desirepath.pools.models import AgencyRate, Chambers, Pool, PoolPractice


@transaction.atomic
def begin_pool(
    *, by: Person | None, code: str, name: str, host: Organisation | None = None, fictional: bool = False
) -> Pool:
    """A new pool, the tenant. Raises Refused where another pool has the code."""
    if Organisation.objects.filter(kind=Kind.POOL, code=code).exists():
        raise Refused(f"There is a pool with the code {code} already.")
    organisation = Organisation.objects.create(kind=Kind.POOL, code=code, name=name, fictional=fictional)
    pool = Pool.objects.create(organisation=organisation, host=host)
    Event.record("began", pool, by=by)
    return pool


@transaction.atomic
def add_practice(*, by: Person | None, pool: Pool, practice: Organisation, since: date | None = None) -> None:
    """The practice belongs to the pool from ``since`` (today). Raises Refused where it belongs to another."""
    if practice.kind != Kind.PRACTICE:
        raise Refused(f"{practice} is not a practice.")
    since = since or clock.today()
    if pool.practices(since).filter(pk=practice.pk).exists():
        return
    try:
        with transaction.atomic():
            PoolPractice.objects.create(pool=pool, practice=practice, starts_on=since)
    except IntegrityError as error:
        raise Refused(f"{practice} belongs to another pool.") from error
    Event.record("practice added", pool, by=by, practice=str(practice.public_id))


@transaction.atomic
def found_chambers(*, by: Person | None, pool: Pool, name: str, code: str = "") -> Chambers:
    """A chambers in the pool; its members and lead join afterwards."""
    code = code or f"{pool.code}-{pool.chambers.count() + 1}"
    organisation = Organisation.objects.create(
        kind=Kind.CHAMBERS, code=code, name=name, fictional=pool.fictional
    )
    chambers = Chambers.objects.create(pool=pool, organisation=organisation)
    Event.record("founded", chambers, by=by)
    return chambers


@transaction.atomic
def give_role(
    *,
    by: Person | None,
    person: Person,
    role: str,
    organisation: Organisation | None = None,
    starts_on: date | None = None,
    last_day: date | None = None,
) -> RoleAssignment:
    """``person`` holds ``role`` (at ``organisation``, unless it is held at none) from today; twice is once.

    A role that was to end on a coming day no longer does. With days of its own it is a role beside others:
    Refused, where she holds it on one of them already.
    """
    if (role in EVERYWHERE) != (organisation is None):
        raise ValueError(f"{role} is held {'at no' if role in EVERYWHERE else 'at an'} organisation")
    if starts_on or last_day:
        days = (starts_on or clock.today(), last_day)
        return _give_role_for(days, by=by, person=person, role=role, organisation=organisation)
    held = RoleAssignment.objects.current().filter(person=person, role=role, organisation=organisation)
    ending = held.exclude(ends_on=None).first()
    if ending and not held.filter(ends_on=None).exists():
        ending.ends_on = None
        ending.save(update_fields=["ends_on"])
        Event.record("role given", ending, by=by, role=role)
        return ending
    assignment, new = RoleAssignment.objects.get_or_create(
        person=person, role=Role(role), organisation=organisation, ends_on=None
    )
    if new:
        Event.record("role given", assignment, by=by, role=role)
    return assignment


def _give_role_for(
    days: tuple[date, date | None], *, by: Person | None, person: Person, role: str, organisation: Any
) -> RoleAssignment:
    start, last = days
    if start < clock.today():
        raise Refused("The first day must be today or later.")
    if last and last < start:
        raise Refused("The last day must not be before the first.")
    # hers is locked, so that two who give her the role at once do so one after the other
    Person.objects.select_for_update().get(pk=person.pk)
    same = RoleAssignment.objects.not_over().filter(person=person, role=role, organisation=organisation)
    if (
        (same.filter(starts_on__lte=last) if last else same)
        .filter(Q(ends_on=None) | Q(ends_on__gt=start))
        .exists()
    ):
        raise Refused(f"{person} holds this role on some of these days already. End that one first.")
    assignment = RoleAssignment.objects.create(
        person=person,
        role=Role(role),
        organisation=organisation,
        starts_on=start,
        ends_on=last and last + timedelta(days=1),
    )
    told = {"from": str(start), "last_day": str(last) if last else ""}
    Event.record("role given", assignment, by=by, role=role, **told)
    return assignment


@transaction.atomic
def set_agency_rate(
    *, by: Person | None, pool: Pool, role: str, pounds_an_hour: Decimal, since: date, source: str
) -> AgencyRate:
    """What an agency charges for an hour of ``role`` from ``since``, as the pool was told, and by whom."""
    rate, _ = AgencyRate.objects.update_or_create(
        pool=pool, role=role, starts_on=since, defaults={"pounds_an_hour": pounds_an_hour, "source": source}
    )
    Event.record("agency rate set", pool, by=by, role=role, pounds_an_hour=str(pounds_an_hour))
    return rate


@transaction.atomic
def end_role(*, by: Person, assignment: RoleAssignment, last_day: date | None = None) -> None:
    """The role ends after ``last_day``, or (None) at once. Raises Refused for the pool's last manager."""
    today = clock.today()
    if last_day is not None and last_day < today:
        raise Refused("The last day must be today or later.")
    if assignment.role == Role.POOL_MANAGER and assignment.ends_on is None:
        others = RoleAssignment.objects.current().filter(
            role=Role.POOL_MANAGER, organisation=assignment.organisation, ends_on=None
        )
        if not others.exclude(pk=assignment.pk).exists():
            raise Refused("Invite another pool manager first: somebody must look after the pool.")
    if last_day is not None and last_day < assignment.starts_on:
        raise Refused("The role has not begun by then. End it now instead.")
    # what has not begun never does
    ends_on = max(today, assignment.starts_on) if last_day is None else last_day + timedelta(days=1)
    assignment.ends_on = ends_on
    assignment.save(update_fields=["ends_on"])
    Event.record("role ended", assignment, by=by, role=assignment.role, ends_on=str(ends_on))


@transaction.atomic
def new_practice(
    *, by: Person, pool: Pool, code: str, name: str, postcode: str, latitude: float, longitude: float
) -> Organisation:
    """A practice made by hand, as no import knows it, joins the pool. Raises Refused for a code known."""
    if Organisation.objects.filter(kind=Kind.PRACTICE, code=code).exists():
        raise Refused(f"There is a practice with the code {code} already. Search for it and add it.")
    practice = Organisation.objects.create(
        kind=Kind.PRACTICE,
        code=code,
        name=name,
        postcode=postcode,
        latitude=latitude,
        longitude=longitude,
        place_source="entered by hand",
        fictional=pool.fictional,
    )
    Event.record("made by hand", practice, by=by)
    add_practice(by=by, pool=pool, practice=practice)
    return practice
