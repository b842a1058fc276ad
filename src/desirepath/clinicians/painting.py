"""Say when one is free for many days at once: paint a month, copy a week, choose what bank holidays are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import AvailabilityException, Clinician
from desirepath.clinicians.month import PARTS, Window, holidays_between, less, merged

WEEK = timedelta(days=7)
MOST_WEEKS = 26
PART_OF = {part.key: part for part in PARTS}


@dataclass(frozen=True, slots=True)
class Said:
    """What she has said of one day, before any busy time: its windows, and those of a usual such day."""

    windows: list[Window]
    usual: list[Window]
    exception: bool


def said_of(clinician: Clinician, first: date, last: date) -> dict[date, Said]:
    """What she has said of each day from ``first`` to ``last``. Asks for pattern and exceptions once each."""
    weekly: dict[int, list[Window]] = {}
    for row in clinician.weekly_pattern.all():
        weekly.setdefault(row.weekday, []).append((row.start, row.end))
    dated: dict[date, list[Window]] = {}
    for exception in clinician.exceptions.filter(day__range=(first, last)):
        windows = dated.setdefault(exception.day, [])
        if exception.start and exception.end:
            windows.append((exception.start, exception.end))
    days_off = {} if clinician.free_on_bank_holidays else holidays_between(first, last)
    found = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        usual = [] if day in days_off else merged(weekly.get(day.weekday(), ()))
        found[day] = Said(merged(dated[day]) if day in dated else usual, usual, day in dated)
    return found


@transaction.atomic
def paint(*, by: Person, clinician: Clinician, days: Mapping[date, Mapping[str, bool]]) -> int:
    """Make parts of days free, or not free, and leave the rest of each day as it is; the number of days that
    changed.

    ``days`` has by day the keys of parts and whether each is free now. A day that becomes as in any week
    again is no exception any more. Raises Refused for a day that is over.
    """
    if not days:
        return 0
    clinician.locked()
    said = said_of(clinician, min(days), max(days))
    wanted = {}
    for day, parts in days.items():
        windows = said[day].windows
        for key, free in parts.items():
            window = PART_OF[key].window
            windows = merged([*windows, window]) if free else less(windows, window)
        if windows != said[day].windows:
            wanted[day] = windows
    _write(by, clinician, wanted, said)
    return len(wanted)


@transaction.atomic
def copy_week(*, by: Person, clinician: Clinician, week: date, to: Iterable[date]) -> int:
    """Make other weeks as one is (all given by their Mondays); the number of days that changed.

    Days that are over stay as they are, and so do bank holidays where she works none unless she says so.
    """
    mondays = sorted(set(to) - {week})
    if week.weekday() or any(monday.weekday() for monday in mondays):
        raise ValueError("a week is given by its Monday")
    if not mondays:
        raise Refused("Choose at least one other week to copy to.")
    if len(mondays) > MOST_WEEKS:
        raise Refused(f"Copy to at most {MOST_WEEKS} weeks at once.")
    clinician.locked()
    first, last = min(week, mondays[0]), max(week, mondays[-1]) + timedelta(days=6)
    said = said_of(clinician, first, last)
    kept = {} if clinician.free_on_bank_holidays else holidays_between(first, last)
    wanted = {}
    for monday in mondays:
        for offset in range(7):
            source, day = said[week + timedelta(days=offset)], monday + timedelta(days=offset)
            if day >= clock.today() and day not in kept and source.windows != said[day].windows:
                wanted[day] = source.windows
    _write(by, clinician, wanted, said)
    return len(wanted)


def _write(
    by: Person, clinician: Clinician, wanted: Mapping[date, list[Window]], said: Mapping[date, Said]
) -> None:
    if any(day < clock.today() for day in wanted):
        raise Refused("A day that is over can't be changed.")
    if not wanted:
        return
    clinician.exceptions.filter(day__in=list(wanted)).delete()
    rows: list[AvailabilityException] = []
    for day, windows in wanted.items():
        if windows == said[day].usual:
            continue
        spans: list[Window | tuple[None, None]] = [*windows] or [(None, None)]
        rows += [
            AvailabilityException(clinician=clinician, day=day, start=start, end=end) for start, end in spans
        ]
    AvailabilityException.objects.bulk_create(rows)
    Event.record("days set", clinician, by=by, days=len(wanted), spans=in_a_row(wanted))


def in_a_row(days: Iterable[date]) -> list[str]:
    """Days as spans for the log: "2026-12-01 to 2026-12-05"."""
    found = []
    for _, run in groupby(enumerate(sorted(days)), key=lambda pair: pair[1].toordinal() - pair[0]):
        together = [day for _, day in run]
        found.append(str(together[0]) if len(together) == 1 else f"{together[0]} to {together[-1]}")
    return found


@transaction.atomic
def set_bank_holidays(*, by: Person, clinician: Clinician, free: bool) -> None:
    """Her weekly pattern holds on bank holidays (``free``), or only what she says of the very day does."""
    locked = clinician.locked()
    if locked.free_on_bank_holidays == free:
        return
    Clinician.objects.filter(pk=clinician.pk).update(free_on_bank_holidays=free)
    clinician.free_on_bank_holidays = free
    Event.record("bank holidays chosen", clinician, by=by, free=free)
