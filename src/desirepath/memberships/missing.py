"""What is still missing before a member can work: her checks, and what she says herself.

Checks are one day until which they are valid, as a manager enters it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Clinician, Membership
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
    if in_the_way(membership):
        until = clinician.cleared_until
        said = f"Ran out {day_and_year(until)}" if until else "The pool has not recorded them yet"
        found.append(Missing("Checks", said, True, ""))
    if not hers and not clinician.person.has_usable_password():
        found.append(Missing("Signing in", "No password set yet", False, ""))
    if clinician.current_terms is None:
        found.append(Missing("Terms", "Not published yet", False, reverse("clinicians:terms")))
    if not clinician.weekly_pattern.exists() and not clinician.exceptions.exclude(start=None).exists():
        found.append(Missing("Free time", "Not said yet", False, reverse("clinicians:free")))
    return found


def in_the_way(membership: Membership) -> list[str]:
    """What she lacks today and can't be active without. Somebody who was never checked has no day: who came
    into a pool by invitation was checked before, and needs none.
    """
    until = membership.clinician.cleared_until
    joining = until is None and membership.state in ("applied", "checking")
    return ["Checks"] if joining or (until is not None and until < clock.today()) else []


def record_checks(*, by: Person, membership: Membership, until: date | None) -> None:
    """A manager has checked her: valid to the end of ``until``. Nothing where none is given; raises Refused
    for a day that is over.
    """
    if until is None:
        return
    if until < clock.today():
        raise Refused("The checks must be valid today.")
    Clinician.objects.filter(pk=membership.clinician_id).update(cleared_until=until)
    membership.clinician.cleared_until = until
    Event.record("checked", membership, by=by, until=str(until))
