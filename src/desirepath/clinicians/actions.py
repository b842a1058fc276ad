"""Join a pool; publish terms; say when one is free and where one works gladly or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.choosing import end_standing_yes
from desirepath.clinicians.models import (
    CONDITIONS,
    LIMITS,
    RATES,
    AvailabilityException,
    Clinician,
    Engagement,
    Membership,
    PracticePreference,
    Skill,
    Terms,
    WeeklyPattern,
)
from desirepath.organisations.models import Organisation
from desirepath.pools.actions import give_role
from desirepath.pools.models import Chambers, ClinicianRole, Pool

Window = tuple[time, time]


@transaction.atomic
def register_clinician(
    *,
    by: Person | None,
    person: Person,
    role: str,
    registration: str,
    latitude: float,
    longitude: float,
    skills: Iterable[Skill] = (),
    through_agency: bool = False,
) -> Clinician:
    """A person becomes a clinician of the system, in no pool yet. Raises Refused for a registration number
    that is taken.
    """
    registration = registration.strip().upper()
    if Clinician.objects.filter(role=role, registration=registration).exists():
        raise Refused(
            f"There is a {ClinicianRole(role).label} with the registration number {registration} already."
        )
    clinician = Clinician(
        person=person,
        role=ClinicianRole(role),
        registration=registration,
        latitude=latitude,
        longitude=longitude,
        through_agency=through_agency,
    )
    try:
        clinician.full_clean(exclude=["person"], validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    clinician.save()
    clinician.skills.set(skills)
    give_role(by=by, person=person, role=Role.CLINICIAN)
    Event.record("registered", clinician, by=by)
    return clinician


@transaction.atomic
def join_pool(
    *,
    by: Person | None,
    clinician: Clinician,
    pool: Pool,
    pcn: Organisation | None = None,
    chambers: Chambers | None = None,
    engagement: str = Engagement.Kind.SELF_EMPLOYED,
) -> Membership:
    """She becomes an active member of the pool (invited, then active), in a PCN's bank and a chambers where
    named.
    """
    if clinician.memberships.filter(pool=pool).exists():
        raise Refused(f"{clinician} is a member of {pool} already.")
    membership = Membership.objects.create(clinician=clinician, pool=pool, pcn=pcn)
    if chambers is not None:
        take_place(chambers, membership)
    membership.move("active", by=by)
    Engagement.objects.get_or_create(
        clinician=clinician, host=pool.organisation, kind=engagement, defaults={"state": "active"}
    )
    return membership


def take_place(chambers: Chambers, membership: Membership) -> None:
    """The membership takes a place in a chambers of its pool, whose row stays locked: two never share one.

    Raises Refused where it is another pool's, or every place is taken; who has left takes none.
    """
    if chambers.pool_id != membership.pool_id:
        raise Refused(f"{chambers} belongs to another pool.")
    chambers = Chambers.objects.select_for_update(of=("self",)).get(pk=chambers.pk)
    there = chambers.members.exclude(state__in=("left", "declined")).exclude(pk=membership.pk)
    if there.count() >= chambers.most_members:
        raise Refused(f"{chambers} has its {chambers.most_members} members already.")
    membership.chambers = chambers
    membership.save(update_fields=["chambers"])


def draft_terms(clinician: Clinician) -> Terms:
    """Her draft: the one she has begun, else a new one that starts from what she has published."""
    found = clinician.terms.filter(state="draft").first()
    if found is None:
        published = clinician.current_terms
        found = Terms(clinician=clinician, **(published.values if published else {"base_rate": 0}))
    return found


def _with_values(terms: Terms, values: Mapping[str, Any]) -> Terms:
    unknown = set(values) - {*RATES, *LIMITS, *CONDITIONS}
    if unknown:
        raise ValueError(f"no such term: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(terms, name, value)
    return terms


def _refuse_wrong(terms: Terms, *, unless: Iterable[str] = ()) -> None:
    """Raise Refused with every column that cannot be, ``unless`` it is one of these."""
    try:
        terms.full_clean(exclude=["clinician", "state", *unless], validate_constraints=False)
    except ValidationError as error:
        raise Refused(
            "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        ) from error


@transaction.atomic
def save_draft(*, by: Person, clinician: Clinician, values: Mapping[str, Any]) -> Terms:
    """Keep some of her next terms, by column name, without publishing them. Raises Refused with every column
    that cannot be.
    """
    if by.pk != clinician.person_id:
        raise PermissionError("only she may change her terms")
    clinician.locked()
    terms = _with_values(draft_terms(clinician), values)
    # she may begin anywhere: a rate is asked for when she publishes
    _refuse_wrong(terms, unless=["base_rate"] if terms.base_rate == 0 else [])
    terms.save()
    Event.record("draft saved", terms, by=by)
    return terms


@transaction.atomic
def drop_draft(*, by: Person, clinician: Clinician) -> None:
    """What she changed and has not published is forgotten."""
    if by.pk != clinician.person_id:
        raise PermissionError("only she may change her terms")
    clinician.locked()
    clinician.terms.filter(state="draft").delete()
    Event.record("draft dropped", clinician, by=by)


@transaction.atomic
def publish_terms(*, by: Person, clinician: Clinician, values: Mapping[str, Any] | None = None) -> Terms:
    """Her next version, in force at once; bookings keep the version they were made under.

    It is her draft with ``values`` (by column name) over it; columns left out keep their last value. Only she
    publishes her terms. Raises Refused with every column that cannot be.
    """
    if by.pk != clinician.person_id:
        raise PermissionError("only she may publish her terms")
    clinician.locked()
    terms = _with_values(draft_terms(clinician), values or {})
    _refuse_wrong(terms)
    terms.save()
    if previous := clinician.current_terms:
        previous.move("superseded", by=by)
    latest = (
        clinician.terms.exclude(version=None).order_by("-version").values_list("version", flat=True).first()
    )
    terms.move("published", by=by, version=(latest or 0) + 1, published_at=clock.now())
    return terms


@transaction.atomic
def set_weekly_pattern(*, by: Person, clinician: Clinician, windows: Mapping[int, Iterable[Window]]) -> None:
    """Replace her weekly pattern: local (start, end) by weekday, Monday is 0. Raises Refused for a window
    that ends first.
    """
    rows = [
        WeeklyPattern(clinician=clinician, weekday=weekday, start=start, end=end)
        for weekday, spans in windows.items()
        for start, end in spans
    ]
    if any(row.end <= row.start for row in rows):
        raise Refused("Each time must end after it starts.")
    clinician.weekly_pattern.all().delete()
    WeeklyPattern.objects.bulk_create(rows)
    Event.record("weekly pattern set", clinician, by=by, windows=len(rows))


@transaction.atomic
def set_day(*, by: Person, clinician: Clinician, day: date, windows: Iterable[Window] | None) -> None:
    """Say when she is free on one day: at ``windows``, at none of them (empty), or (None) as in any week
    again.
    """
    spans = None if windows is None else list(windows)
    if spans and any(end <= start for start, end in spans):
        raise Refused("Each time must end after it starts.")
    clinician.exceptions.filter(day=day).delete()
    if spans is not None:
        rows: list[Window | tuple[None, None]] = [*spans] or [(None, None)]
        AvailabilityException.objects.bulk_create(
            [AvailabilityException(clinician=clinician, day=day, start=start, end=end) for start, end in rows]
        )
    Event.record("day set", clinician, by=by, day=str(day))


@transaction.atomic
def set_practice_preference(
    *, by: Person, clinician: Clinician, practice: Organisation, kind: str | None
) -> None:
    """Prefer, mute or block a practice, or (None) none of them. The practice never learns of it.

    A standing yes to a practice that is muted or blocked ends.
    """
    clinician.practice_preferences.filter(practice=practice).delete()
    if kind is not None:
        PracticePreference.objects.create(
            clinician=clinician, practice=practice, kind=PracticePreference.Kind(kind)
        )
    if kind in (PracticePreference.Kind.BLOCKED, PracticePreference.Kind.MUTED):
        end_standing_yes(by=by, clinician=clinician, practice=practice)
    Event.record("practice preference set", clinician, by=by)
