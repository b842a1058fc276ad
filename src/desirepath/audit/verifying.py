"""Whether the log is as it was written: what was changed, taken out, put in, re-ordered or swapped, by name.

What nobody can see from within: the newest seals taken off the end together with their events. Against that
the head of the chain is told, to be kept elsewhere; asked with it, verify says whether it still stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from desirepath.audit import marks
from desirepath.audit.models import Event, Seal, Source
from desirepath.audit.sealing import REACH


@dataclass
class Verified:
    """``head`` is "number:digest" of the newest seal, ``waiting`` the events that no seal covers yet."""

    seals: int = 0
    events: int = 0
    waiting: int = 0
    erased: int = 0
    head: str = ""
    wrong: list[str] = field(default_factory=list)


def verify(head: str = "") -> Verified:
    """Read the whole log against its seals. ``head`` is one that was told before, of this log."""
    told = Verified()
    sealed: set[int] = set()
    stands = not head
    last: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator():
        told.wrong += _chain_faults(seal, last)
        told.wrong += _seal_faults(seal, sealed)
        told.seals, last = told.seals + 1, seal
        told.head = f"{seal.number}:{seal.digest}"
        stands = stands or told.head == head
    if not stands:
        told.wrong.append(f"the chain does not hold {head}: it was cut or written anew since that was told")
    told.events = len(sealed)
    told.wrong += _tail_faults(told, sealed, last)
    told.wrong += _source_faults(told)
    return told


def _chain_faults(seal: Seal, last: Seal | None) -> Iterator[str]:
    number, digest = (last.number, last.digest) if last else (0, "")
    if seal.number != number + 1:
        yield f"seal {number + 1} is missing"
    if seal.previous != digest:
        yield f"seal {seal.number} does not follow the one before it"
    if not marks.is_seal_marked(seal.digest, seal.mark):
        yield f"seal {seal.number} was not made by this installation, or its key was changed"


def _seal_faults(seal: Seal, sealed: set[int]) -> Iterator[str]:
    """Each event that is not as it was sealed; ``sealed`` learns the numbers."""
    ids = list(marks.numbers(seal.events))
    rows = {}
    if ids:
        rows = {row.pk: row for row in Event.objects.filter(pk__gte=min(ids), pk__lte=max(ids))}
    if twice := sealed.intersection(ids):
        yield f"seal {seal.number} covers event {min(twice)} a second time"
    sealed.update(ids)
    if missing := [each for each in ids if each not in rows]:
        yield f"seal {seal.number}: {_events(missing)} taken out"
    there = [rows[each] for each in ids if each in rows]
    digest = marks.seal_digest(
        number=seal.number,
        made_at=seal.made_at,
        previous=seal.previous,
        lines=[marks.line(row) for row in there],
    )
    if digest == seal.digest:
        return
    if changed := [row.pk for row in there if not marks.is_marked(row)]:
        yield f"seal {seal.number}: {_events(changed)} changed"
    elif not missing:
        yield f"seal {seal.number}: its events {seal.events} are others than were sealed, or in another order"


def _tail_faults(told: Verified, sealed: set[int], last: Seal | None) -> Iterator[str]:
    """Events that no seal covers: they bear our mark, and are new."""
    foreign, stray = [], []
    ids = Event.objects.order_by("pk").values_list("pk", flat=True)
    waiting = [each for each in ids.iterator() if each not in sealed]
    told.waiting = len(waiting)
    newest = Event.objects.filter(pk__gte=waiting[0]) if waiting else Event.objects.none()
    for row in newest.order_by("pk").iterator():
        if row.pk in sealed:
            continue
        if not marks.is_marked(row):
            foreign.append(row.pk)
        elif last and row.pk <= last.upto - REACH:
            stray.append(row.pk)
    if foreign:
        yield f"{_events(foreign)} put in or changed by somebody without this installation's key"
    if stray:
        yield f"{_events(stray)} never sealed, though far younger ones are"


def _source_faults(told: Verified) -> Iterator[str]:
    """Every address that lies beside the log is the one that its hash stands for."""
    swapped = [
        row.pk
        for row in Source.objects.order_by("pk").iterator()
        if marks.source_digest(row.salt, row.address, row.browser) != row.digest
    ]
    if swapped:
        yield f"the side table: source {', '.join(map(str, swapped))} is another than was written"
    known = Source.objects.values("digest")
    told.erased = (
        Event.objects.exclude(source="").exclude(source__in=known).values("source").distinct().count()
    )


def _events(ids: list[int]) -> str:
    return f"event{'s' if len(ids) > 1 else ''} {marks.spans(ids)}"
