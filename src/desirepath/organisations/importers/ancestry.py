"""Sightings of who was above whom, into the database, and the history that they tell anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db import models

from desirepath.organisations import lineage
from desirepath.organisations.importers.found import Found, Key
from desirepath.organisations.models import Organisation, Parent
from desirepath.organisations.models import Sighting as Stored

_BATCH = 500

# a child and a kind of parent: what one history is about
Line = tuple[int, str]


def write_sightings(found: Found, known: dict[Key, Organisation], closings: Collection[Key]) -> int:
    """Keep what the file saw, and rewrite the histories it bears on. Gives how many lines it spoke of.

    ``known``: every organisation of the kinds in the file. ``closings``: those whose closing day has just
    changed, which bears on all that were ever seen under them.
    """
    seen: dict[Line, set[lineage.Sighting]] = {}
    for (child, kind), sightings in found.sightings.items():
        if child in known and all(s.parent is None or (kind, s.parent) in known for s in sightings):
            seen[known[child].pk, kind] = sightings
    if not seen and not closings:
        return 0
    bearing = _seen_under([known[key].pk for key in closings])
    stored = _stored({(child[0], kind) for child, kind in found.sightings} | set(bearing.values()))
    codes = _Codes()
    retold = set(bearing)
    gone: list[int] = []
    new: list[Stored] = []
    for line, sightings in seen.items():
        before = stored[line]
        kept = lineage.worth_keeping([*before, *sightings])
        gone += [pk for sighting, pk in before.items() if sighting not in kept]
        fresh = [sighting for sighting in kept if sighting not in before]
        new += [codes.row(line, sighting) for sighting in fresh]
        if fresh:
            retold.add(line)
            stored[line] = dict.fromkeys(kept, 0)
    _delete(Stored, gone)
    Stored.objects.bulk_create(new, batch_size=_BATCH)
    _retell(found, {line: stored[line] for line in retold}, codes)
    return len(seen)


class _Codes:
    """Organisations by code and kind, as lineage names them, and their closing days."""

    def __init__(self) -> None:
        self.pks: dict[Key, int] = {}
        self.closed: dict[str, dict[str, date]] = defaultdict(dict)
        for kind, code, pk, closed_on in Organisation.objects.values_list("kind", "code", "pk", "closed_on"):
            self.pks[kind, code] = pk
            if closed_on:
                self.closed[kind][code] = closed_on

    def row(self, line: Line, sighting: lineage.Sighting) -> Stored:
        return Stored(
            child_id=line[0],
            kind=line[1],
            parent_id=self.pks[line[1], sighting.parent] if sighting.parent else None,
            first=sighting.first,
            last=sighting.last,
            ended=sighting.ended,
            dated=sighting.dated,
            stated_on=sighting.stated_on,
            source=sighting.source,
        )


def _seen_under(parents: Collection[int]) -> dict[Line, tuple[str, str]]:
    """The lines in which these parents were ever seen, each with the kinds of child and parent."""
    lines: dict[Line, tuple[str, str]] = {}
    pks = list(parents)
    for start in range(0, len(pks), _BATCH):
        rows = Stored.objects.filter(parent__in=pks[start : start + _BATCH])
        for child, kind, child_kind in rows.values_list("child_id", "kind", "child__kind"):
            lines[child, kind] = (child_kind, kind)
    return lines


def _stored(kinds: Iterable[tuple[str, str]]) -> defaultdict[Line, dict[lineage.Sighting, int]]:
    """What is kept of each line of these (child kind, parent kind), with the keys of the rows."""
    stored: defaultdict[Line, dict[lineage.Sighting, int]] = defaultdict(dict)
    for child_kind, kind in sorted(kinds):
        rows = Stored.objects.filter(child__kind=child_kind, kind=kind)
        columns = ("parent__code", "first", "last", "stated_on", "source", "ended", "dated")
        for pk, child, *said in rows.values_list("pk", "child_id", *columns).iterator():
            stored[child, kind][lineage.Sighting(*said)] = pk
    return stored


def _retell(found: Found, lines: dict[Line, dict[lineage.Sighting, int]], codes: _Codes) -> None:
    """Bring the parents of each line into agreement with what is known of it now."""
    before: defaultdict[Line, dict[tuple[int, date, date | None], int]] = defaultdict(dict)
    rows = Parent.objects.filter(kind__in={kind for _, kind in lines})
    columns = ("pk", "child_id", "kind", "parent_id", "starts_on", "ends_on")
    for pk, child, kind, parent, starts_on, ends_on in rows.values_list(*columns):
        if (child, kind) in lines:
            before[child, kind][parent, starts_on, ends_on] = pk
    gone: list[int] = []
    new: list[Parent] = []
    for line, sightings in lines.items():
        told = lineage.history(sightings, codes.closed[line[1]])
        wanted = {(codes.pks[line[1], t.parent], t.starts_on, t.ends_on): t.source for t in told}
        gone += [pk for key, pk in before[line].items() if key not in wanted]
        begun = {key[:2] for key in before[line]}
        for key, source in wanted.items():
            if key not in before[line]:
                found.count("links changed" if key[:2] in begun else "links added")
                new.append(_parent(line, key, source))
    _delete(Parent, gone)
    Parent.objects.bulk_create(new, batch_size=_BATCH)


def _parent(line: Line, key: tuple[int, date, date | None], source: str) -> Parent:
    return Parent(
        child_id=line[0], kind=line[1], parent_id=key[0], starts_on=key[1], ends_on=key[2], source=source
    )


def _delete(model: type[models.Model], pks: list[int]) -> None:
    for start in range(0, len(pks), _BATCH):
        model._default_manager.filter(pk__in=pks[start : start + _BATCH]).delete()
