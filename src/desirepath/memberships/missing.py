"""What is still missing before a member can work: her checks, and what she says herself.

Checks are what she holds beside what the pool asks for. A manager who has seen everything elsewhere records
so for the pool, as one day until which it is valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.credentials.actions import record_whole
from desirepath.clinicians.credentials.clearance import NEVER, Clearance
from desirepath.clinicians.credentials.clearing import truth_of
from desirepath.clinicians.credentials.usual import blocker_in_words
from desirepath.clinicians.models import Membership
from desirepath.nhsuk.formats import day_and_year


@dataclass(frozen=True, slots=True)
class Missing:
    """``blocks``: she can't be active without it. ``href`` is the page on which she sees to it herself."""

    what: str
    state: str
    blocks: bool
    href: str


def missing(membership: Membership, *, hers: bool) -> list[Missing]:
    """What stands in the way first. ``hers``: as she reads it herself, who has signed in."""
    clinician = membership.clinician
    found = []
    if named := in_the_way(membership):
        until = _clearance(membership).until
        said = f"Ran out {day_and_year(until)}" if until > NEVER else f"Not verified yet: {', '.join(named)}"
        found.append(Missing("Checks", said, True, reverse("clinicians:credentials")))
    if not hers and not clinician.person.has_usable_password():
        found.append(Missing("Signing in", "No password set yet", False, ""))
    if clinician.current_terms is None:
        found.append(Missing("Terms", "Not published yet", False, reverse("clinicians:terms")))
    if not clinician.weekly_pattern.exists() and not clinician.exceptions.exclude(start=None).exists():
        found.append(Missing("Free time", "Not said yet", False, reverse("clinicians:free")))
    return found


def in_the_way(membership: Membership) -> list[str]:
    """What the pool asks for that she lacks today, by name: she can't be active without it."""
    today = clock.today()
    found = _clearance(membership)
    return [blocker_in_words(name) for name in found.in_the_way(today)] if found.until < today else []


def _clearance(membership: Membership) -> Clearance:
    clinician = membership.clinician
    return truth_of([clinician], [membership.pool_id]).of(membership, clinician)


def record_checks(*, by: Person, membership: Membership, until: date | None) -> None:
    """A manager has checked her: valid to the end of ``until``. Nothing where none is given; raises Refused
    for a day that is over.
    """
    if until is None:
        return
    if until < clock.today():
        raise Refused("The checks must be valid today.")
    record_whole(
        by=by,
        clinician=membership.clinician,
        pool=membership.pool,
        until=until,
        against="What the pool has seen, as its manager recorded it",
    )
    Event.record("checked", membership, by=by, until=str(until))
