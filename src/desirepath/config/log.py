"""The log of events as an auditor reads it: a page of it, and a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from desirepath.accounts.roles import Role
from desirepath.audit import context
from desirepath.audit.clock import LONDON
from desirepath.audit.models import Event, Source
from desirepath.organisations.models import Organisation
from desirepath.pools.spreadsheet import safe

DOORS = {
    context.PAGE: "A page",
    context.PROGRAM: "A program with an access token",
    context.WORKER: "The worker, by itself",
    context.COMMAND: "A command on the server",
}
COLUMNS = (
    "number",
    "when",
    "what",
    "to what",
    "id",
    "by whom",
    "as role",
    "at place",
    "on behalf of",
    "way",
    "source",
    "details",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One event in words. ``nobody`` stands where no person acted."""

    at: datetime
    verb: str
    entity: str
    entity_id: UUID | None
    actor: UUID | None
    nobody: str
    acted_as: str
    on_behalf_of: UUID | None
    came_from: str
    details: dict[str, Any]


def shown(events: list[Event]) -> list[Shown]:
    """Events with the names of places and the addresses still kept: one query for each of the two."""
    places = dict(
        Organisation.objects.filter(public_id__in={each.place for each in events if each.place}).values_list(
            "public_id", "name"
        )
    )
    addresses = dict(
        Source.objects.filter(digest__in={each.source for each in events if each.source}).values_list(
            "digest", "address"
        )
    )
    return [_shown(each, places, addresses) for each in events]


def _shown(event: Event, places: dict[UUID, str], addresses: dict[str, str]) -> Shown:
    role = Role(event.role).label if event.role in Role else event.role
    place = places.get(event.place, str(event.place)) if event.place else ""
    address = addresses.get(event.source, "an address no longer kept") if event.source else ""
    return Shown(
        at=event.at,
        verb=event.verb,
        entity=event.entity,
        entity_id=event.entity_id,
        actor=event.actor,
        nobody="Nobody signed in" if event.door == context.PAGE else "Desirepath itself",
        acted_as=", ".join(filter(None, (role, place))),
        on_behalf_of=event.on_behalf_of,
        came_from=", ".join(filter(None, (DOORS.get(event.door, event.door), address))) or "Not known",
        details=event.details,
    )


class _Line:
    """What a csv writer writes to: it gives the line back."""

    def write(self, text: str) -> str:
        return text


def as_csv(events: QuerySet[Event]) -> Iterator[str]:
    """A spreadsheet of events, line by line; nothing in it is a formula."""
    writer = csv.writer(_Line())
    # the mark by which Excel knows UTF-8
    yield f"\ufeff{writer.writerow(COLUMNS)}"
    for event in events.iterator():
        yield writer.writerow([safe(value) for value in _cells(event)])


def _cells(event: Event) -> Iterable[Any]:
    return (
        event.pk,
        event.at.astimezone(LONDON).isoformat(timespec="seconds"),
        event.verb,
        event.entity,
        str(event.entity_id or ""),
        str(event.actor or ""),
        event.role,
        str(event.place or ""),
        str(event.on_behalf_of or ""),
        event.door,
        event.source,
        json.dumps(event.details, ensure_ascii=False),
    )
