"""How she may be asked: her quiet choices, and her standing yes to a practice. Only she decides either."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import EVERY_DAY, Clinician, QuietChoices, StandingYes
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool

CHOICES = (
    "most_offers_day",
    "quiet_from",
    "quiet_until",
    "digest_at",
    "paused_until",
    "phone_allowed",
    "standby",
    "sms",
    "next_pools",
)


@transaction.atomic
def set_quiet_choices(
    *, by: Person, clinician: Clinician, values: Mapping[str, Any], phone: str | None = None
) -> QuietChoices:
    """Keep how she wants to be asked; columns left out of ``values`` stay, ``phone`` is her own number.

    Raises Refused where they cannot be.
    """
    _only_she(by, clinician)
    unknown = set(values) - set(CHOICES)
    if unknown:
        raise ValueError(f"no such choice: {', '.join(sorted(unknown))}")
    clinician.locked()
    choices, _ = QuietChoices.objects.get_or_create(clinician=clinician)
    for name, value in values.items():
        setattr(choices, name, value)
    if phone is not None:
        by.phone = phone.strip()
        by.save(update_fields=["phone"])
    if (choices.phone_allowed or choices.sms) and not by.phone:
        raise Refused("Enter your telephone number, so that you can be reached by it.")
    if (choices.quiet_from is None) != (choices.quiet_until is None):
        raise Refused("Enter both the start and the end of your quiet hours, or neither.")
    if choices.quiet_from is not None and choices.quiet_from == choices.quiet_until:
        raise Refused("Your quiet hours must end at another time than they start.")
    try:
        choices.full_clean(exclude=["clinician"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    choices.save()
    Event.record("quiet choices set", choices, by=by)
    return choices


@transaction.atomic
def give_standing_yes(
    *,
    by: Person,
    clinician: Clinician,
    practice: Organisation,
    days: Iterable[int] = range(7),
    least_notice_hours: int = 24,
    most_sessions: int | None = None,
    most_percent: int | None = None,
) -> StandingYes:
    """From now on the practice may book her at once within these limits. ``days``: Monday is 0.

    Exactly one of ``most_sessions`` (of a week) and ``most_percent`` (of the sessions a week she wishes for)
    limits it. Raises Refused for a practice of none of her pools, and for limits that cannot be.
    """
    _only_she(by, clinician)
    if not _works_for(clinician, practice):
        raise Refused("You are not an active member of this practice's pool.")
    if clinician.practice_preferences.filter(practice=practice, kind__in=("blocked", "muted")).exists():
        raise Refused("You have blocked or muted this practice: change that first.")
    if (most_sessions is None) == (most_percent is None):
        raise Refused("Say at most how many sessions a week, or how much of your week.")
    weekdays = StandingYes.bits(days)
    if not 0 < weekdays <= EVERY_DAY:
        raise Refused("Choose at least one day of the week.")
    clinician.locked()
    given = StandingYes.objects.for_clinician(clinician).for_practice(practice).first() or StandingYes(
        clinician=clinician, practice=practice
    )
    if not given.on:
        given.since = clock.now()
    given.on, given.weekdays, given.least_notice_hours = True, weekdays, least_notice_hours
    given.most_sessions, given.most_percent = most_sessions, most_percent
    try:
        given.full_clean(exclude=["clinician", "practice"], validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    given.save()
    Event.record("standing yes given", given, by=by)
    return given


@transaction.atomic
def end_standing_yes(*, by: Person, clinician: Clinician, practice: Organisation) -> None:
    """It books nothing from this moment on; her limits are kept for another time."""
    # whoever books by it holds this lock too: after this returns nothing is booked by it
    clinician.locked()
    for given in StandingYes.objects.for_clinician(clinician).for_practice(practice).on():
        given.on = False
        given.save(update_fields=["on"])
        Event.record("standing yes ended", given, by=by)


def _only_she(by: Person, clinician: Clinician) -> None:
    if by.pk != clinician.person_id:
        raise PermissionError("only she may choose how she is asked")


def _works_for(clinician: Clinician, practice: Organisation) -> bool:
    pool = Pool.of_practice(practice)
    return pool is not None and clinician.memberships.filter(pool=pool, state="active").exists()
