"""Read another calendar of hers in: send it, look at what it holds, take it as busy time; remove it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.free_time import FreeTime, local
from desirepath.clinicians.ics import read_busy
from desirepath.clinicians.models import BusySource, BusyTime, BusyUpload, Clinician
from desirepath.messages.actions import link

# how far ahead repeated events are laid out
AHEAD = timedelta(days=366)
MOST_SOURCES = 10
COUNTS = ("events", "free", "outside", "ours", "unread")


@transaction.atomic
def keep_upload(*, by: Person, clinician: Clinician, name: str, data: bytes) -> BusyUpload:
    """Keep what a calendar file says of the next twelve months for an hour, for her to look at: from when to
    when, and nothing else. Raises Refused where the file is none.
    """
    _hers(by, clinician)
    today = clock.today()
    until = today + AHEAD
    found = read_busy(data, start=local(today, time.min), end=local(until, time.min), ours=link("/"))
    counts = {name: value for name, value in asdict(found).items() if name in COUNTS}
    if not sum(counts.values()):
        raise Refused("There is no event in this calendar.")
    BusyUpload.objects.over().delete()
    BusyUpload.objects.filter(clinician=clinician).delete()
    return BusyUpload.objects.create(
        clinician=clinician,
        name=name.strip()[:40],
        until=until,
        times=[[int(each.start.timestamp()), int(each.end.timestamp())] for each in found.times],
        counts=counts,
    )


def upload_of(clinician: Clinician) -> BusyUpload | None:
    """What she has sent and not taken yet."""
    return BusyUpload.objects.open().filter(clinician=clinician).first()


def times_of(upload: BusyUpload) -> list[FreeTime]:
    """Its stretches, in order."""
    return [
        FreeTime(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
        for start, end in upload.times
    ]


@transaction.atomic
def take_upload(*, by: Person, upload: BusyUpload) -> BusySource:
    """From now on she is busy at these times, in place of what a calendar of that name said before.

    Sessions that she has booked stay. Raises Refused where it has been taken already.
    """
    clinician = upload.clinician.locked()
    _hers(by, clinician)
    deleted, _ = BusyUpload.objects.filter(pk=upload.pk).delete()
    if not deleted:
        raise Refused("This calendar has been taken already.")
    others = BusySource.objects.filter(clinician=clinician).exclude(name=upload.name)
    if others.count() >= MOST_SOURCES:
        raise Refused(f"You have read in {MOST_SOURCES} calendars already: remove one first.")
    BusySource.objects.filter(clinician=clinician, name=upload.name).delete()
    source = BusySource.objects.create(
        clinician=clinician, name=upload.name, read_at=clock.now(), until=upload.until
    )
    BusyTime.objects.bulk_create(
        [
            BusyTime(clinician=clinician, source=source, start=each.start, end=each.end)
            for each in times_of(upload)
        ],
        batch_size=500,
    )
    Event.record("busy time read in", clinician, by=by, times=len(upload.times))
    return source


@transaction.atomic
def discard_upload(*, by: Person, clinician: Clinician) -> None:
    """What she has sent is forgotten."""
    _hers(by, clinician)
    BusyUpload.objects.filter(clinician=clinician).delete()


@transaction.atomic
def remove_source(*, by: Person, source: BusySource) -> None:
    """A calendar is forgotten, and its times are as her pattern says again."""
    _hers(by, source.clinician)
    if source.delete()[0]:
        Event.record("busy time removed", source.clinician, by=by)


def _hers(by: Person, clinician: Clinician) -> None:
    if by.pk != clinician.person_id:
        raise PermissionError("only she says when she is busy")
