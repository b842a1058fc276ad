"""The whole log in one file of JSON lines, which anyone can check without this installation or its key.

Each seal is a line, its events are the lines after it, as they were sealed; events that no seal covers yet
are left for the next export.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from desirepath.audit import marks
from desirepath.audit.models import Event, Seal
from desirepath.audit.refusal import Refused


def exported() -> Iterator[str]:
    """The lines of the file."""
    for seal in Seal.objects.order_by("number").iterator():
        told = {name: getattr(seal, name) for name in ("number", "events", "previous", "digest", "mark")}
        yield json.dumps({"seal": {**told, "made_at": seal.made_at.isoformat()}})
        ids = set(marks.numbers(seal.events))
        if not ids:
            continue
        for row in Event.objects.filter(pk__gte=min(ids), pk__lte=max(ids)).order_by("pk").iterator():
            if row.pk in ids:
                yield json.dumps({"event": marks.line(row)})


def check_export(lines: Iterable[str]) -> tuple[str, list[str]]:
    """The head ("number:digest") of an exported chain and what is wrong with it. Raises Refused where it is
    no export.
    """
    head, wrong, previous, number = "", [], "", 0
    for seal, events in _sealed(lines):
        number += 1
        if seal["number"] != number or seal["previous"] != previous:
            wrong.append(f"seal {seal['number']} does not follow the one before it")
        made_at = datetime.fromisoformat(seal["made_at"])
        digest = marks.seal_digest(
            number=seal["number"], made_at=made_at, previous=seal["previous"], lines=events
        )
        if digest != seal["digest"]:
            wrong.append(f"seal {seal['number']}: its events are not those that were sealed")
        number, previous = seal["number"], seal["digest"]
        head = f"{number}:{previous}"
    return head, wrong


def _sealed(lines: Iterable[str]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each seal with the lines of its events."""
    seal: dict[str, Any] | None = None
    events: list[str] = []
    for count, text in enumerate(lines, 1):
        try:
            said = json.loads(text)
            if seal is not None and "event" in said:
                events.append(str(said["event"]))
                continue
            following = {**said["seal"], "number": int(said["seal"]["number"])}
            datetime.fromisoformat(following["made_at"])
            following["previous"] + following["digest"]
        except (ValueError, KeyError, TypeError):
            raise Refused(f"Line {count:,} is not one that `desirepath audit export` writes.") from None
        if seal is not None:
            yield seal, events
        seal, events = following, []
    if seal is not None:
        yield seal, events
