"""What is done to organisations: bringing in the publishers' files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from desirepath.audit import clock
from desirepath.audit.models import Actor, Event
from desirepath.organisations.importers import coordinates, crosswalk, england, epcn, epraccur, registrations
from desirepath.organisations.importers.found import Found
from desirepath.organisations.importers.reading import Source, Watch, unwatched
from desirepath.organisations.importers.refusals import FileRefused
from desirepath.organisations.importers.writing import write
from desirepath.organisations.models import ImportRun

Reader = Callable[[Sequence[Source], date | None, date], Sequence[Found]]

# how many files of each kind make one import is the reader's to know
READERS: dict[str, Reader] = {
    "epraccur": lambda sources, as_of, today: [epraccur.find(sources[0], as_of, today)],
    "epcn": lambda sources, as_of, today: [epcn.find(sources[0], as_of, today)],
    "registrations": lambda sources, as_of, today: registrations.find(sources[0], sources[1]),
    "crosswalk": lambda sources, as_of, today: [crosswalk.find(sources[0], as_of, today)],
    "coordinates": lambda sources, as_of, today: [coordinates.find(sources[0], as_of, today)],
}


@transaction.atomic
def import_files(
    *, kind: str, paths: Sequence[Path], as_of: date | None = None, by: Actor | None, watch: Watch = unwatched
) -> list[Found]:
    """Bring in one publication (``kind`` of ``READERS``; registrations: the map, then the list sizes), whole
    or not at all.

    ``as_of`` is the day whose state of affairs the files give, where they do not say it themselves. ``by`` is
    None for the command line. Gives what was found, with counts. Raises FileRefused.
    """
    today = clock.today()
    if as_of and as_of > today:
        raise FileRefused(f"--as-of {as_of} lies in the future")
    _one_import_at_a_time()
    sources = [Source(path, watch) for path in paths]
    findings = list(READERS[kind](sources, as_of, today))
    for found in findings:
        write(found, watch)
        run = ImportRun.objects.create(
            kind=found.kind,
            file_name=found.name[-255:],
            sha256=found.sha256,
            as_of=found.as_of,
            counts=found.counts,
            at=clock.now(),
        )
        Event.record("imported", run, by=by, kind=found.kind, as_of=found.as_of.isoformat(), **found.counts)
    return findings


@transaction.atomic
def import_england(*, folder: Path, by: Actor | None, watch: Watch = unwatched) -> list[Found]:
    """Bring in all of England from ``folder`` (see ``importers.england``), whole or not at all. Raises
    FileRefused.

    Coordinates carry no date; they count as of the newest map of registrations, whose practices they place.
    """
    findings: list[Found] = []
    for step in england.steps(folder):
        as_of = None
        if step.kind == coordinates.KIND:
            as_of = max(found.as_of for found in findings if found.kind == registrations.MAP_KIND)
        findings += import_files(kind=step.kind, paths=step.paths, as_of=as_of, by=by, watch=watch)
    return findings


def _one_import_at_a_time() -> None:
    """Two imports at once would both add what neither sees. SQLite has one writer anyway (see
    ``config.database``).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE organisations_importrun IN SHARE ROW EXCLUSIVE MODE")
