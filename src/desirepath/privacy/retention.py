"""What is over its time by the schedule, and what is then done with it; the schedule is data.

Doing it again does nothing more: a run that was interrupted is finished by the next.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from desirepath.accounts.models import Invitation, Person
from desirepath.audit import clock
from desirepath.audit.models import Actor, Event, Source
from desirepath.audit.sources import forget_known
from desirepath.bookings.models import Booking
from desirepath.clinicians.models import BusyUpload, Membership
from desirepath.messages.models import Message
from desirepath.organisations.models import IdempotentAnswer, RoleAssignment
from desirepath.pools.models import ImportUpload
from desirepath.privacy.forgetting import GONE, forget

SCHEDULE = Path(__file__).parent / "data" / "retention.toml"
BATCH = 500
# states of a membership in which somebody has nothing more to do with a pool
OVER = ("left", "declined")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the schedule."""

    code: str
    what: str
    days: int
    after: str
    then: str
    why: str


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows a rule finds over their time."""

    rule: Rule
    rows: int


@cache
def schedule() -> tuple[Rule, ...]:
    """The lines of the file, in its order. Raises KeyError for one that nothing is known of."""
    rules = tuple(Rule(**each) for each in tomllib.loads(SCHEDULE.read_text())["rule"])
    for rule in rules:
        _FOUND[rule.code]
    return rules


def due() -> list[Due]:
    """What each rule would do today; nothing is changed."""
    return [Due(rule, _FOUND[rule.code](_before(rule)).count()) for rule in schedule()]


def apply(*, by: Actor | None) -> list[Due]:
    """Do what is due, rule by rule, in small transactions; what was done, each with its event."""
    return [Due(rule, _apply(rule, by)) for rule in schedule()]


def _before(rule: Rule) -> datetime:
    return clock.now() - timedelta(days=rule.days)


def _apply(rule: Rule, by: Actor | None) -> int:
    done = 0
    while ids := list(_FOUND[rule.code](_before(rule)).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += _people(ids, by) if rule.code == "people" else _erased(rule, ids)
    if rule.code == "addresses" and done:
        forget_known()
    return done


def _people(ids: list[int], by: Actor | None) -> int:
    for person in Person.objects.filter(pk__in=ids).order_by("pk"):
        forget(person=person, by=by)
    return len(ids)


@transaction.atomic
def _erased(rule: Rule, ids: list[int]) -> int:
    rows = _FOUND[rule.code](_before(rule)).filter(pk__in=ids)
    rows.delete()
    Event.objects.create(verb="erased by the schedule", entity=rule.code, details={"rows": len(ids)})
    return len(ids)


def _gone(before: datetime) -> QuerySet[Person]:
    """People who have had nothing to do with anything here since."""
    holding = RoleAssignment.objects.filter(person=OuterRef("pk")).filter(
        Q(ends_on=None) & ~Q(role="clinician") | Q(ends_on__gte=before.date())
    )
    member = Membership.objects.filter(clinician__person=OuterRef("pk")).filter(
        ~Q(state__in=OVER) | Q(state_since__gte=before)
    )
    worked = Booking.objects.filter(clinician__person=OuterRef("pk"), end__gte=before)
    return Person.objects.filter(
        ~Exists(holding), ~Exists(member), ~Exists(worked), created_at__lt=before, fictional=False
    ).exclude(Q(last_login__gte=before) | Q(name=GONE))


_FOUND: dict[str, Callable[[datetime], QuerySet[Any]]] = {
    "calendars": lambda before: BusyUpload.objects.filter(created_at__lt=before),
    "answers": lambda before: IdempotentAnswer.objects.filter(at__lt=before),
    "uploads": lambda before: ImportUpload.objects.filter(created_at__lt=before),
    "invitations": lambda before: Invitation.objects.filter(created_at__lt=before).exclude(
        state="sent", expires_at__gt=clock.now()
    ),
    "addresses": lambda before: Source.objects.filter(first_seen_at__lt=before),
    "messages": lambda before: Message.objects.filter(created_at__lt=before).exclude(state="queued"),
    "people": _gone,
}
