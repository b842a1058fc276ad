"""An extract of the Performers List: CSV with gmc_number, status, from, to.

What the file says of a number takes the place of all that was known of it; numbers that are not in the file
stay as they are. A file with one wrong row is not taken at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit.models import Event
from desirepath.clinicians.credentials.clearing import work_out
from desirepath.clinicians.models import Clinician, RegisterStatus
from desirepath.nhsuk.formats import plural
from desirepath.organisations.importers.reading import Source
from desirepath.pools.models import ClinicianRole

COLUMNS = ("gmc_number", "status", "from", "to")
GMC_NUMBER = re.compile(r"[0-9]{7}")
SAID = {
    "included": RegisterStatus.Status.INCLUDED,
    "included with conditions": RegisterStatus.Status.CONDITIONS,
    "conditions": RegisterStatus.Status.CONDITIONS,
    "suspended": RegisterStatus.Status.SUSPENDED,
    "removed": RegisterStatus.Status.REMOVED,
}
DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})|([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
BATCH = 500
Entry = tuple[str, date, date | None]


@transaction.atomic
def import_statuses(*, path: Path, by: Person | None) -> list[str]:
    """Take an extract, whole or not at all; offers stop and bookings are flagged at once. What was done, in
    sentences. Raises FileRefused with the first wrong row.
    """
    said = _read(Source(path))
    known: dict[str, set[Entry]] = defaultdict(set)
    numbers = sorted(said)
    for at in range(0, len(numbers), BATCH):
        for row in RegisterStatus.objects.filter(gmc_number__in=numbers[at : at + BATCH]):
            known[row.gmc_number].add((row.status, row.starts_on, row.ends_on))
    changed = [number for number in numbers if known[number] != said[number]]
    ours: list[Clinician] = []
    for at in range(0, len(changed), BATCH):
        some = changed[at : at + BATCH]
        RegisterStatus.objects.filter(gmc_number__in=some).delete()
        RegisterStatus.objects.bulk_create(
            RegisterStatus(gmc_number=number, status=status, starts_on=start, ends_on=end)
            for number in some
            for status, start, end in sorted(said[number], key=str)
        )
        rows = Clinician.objects.filter(role=ClinicianRole.GP, registration__in=some)
        ours += rows.select_related("person").order_by("pk")
    for clinician in ours:
        Event.record(
            "register status", clinician, by=by, said=sorted(e[0] for e in said[clinician.registration])
        )
    if ours:
        work_out(ours)
    return [
        f"{path.name}: {plural(len(numbers), 'GMC number')} read, {len(changed):,} of them new or changed",
        f"{plural(len(ours), 'clinician')} here judged again",
    ]


def _read(source: Source) -> dict[str, set[Entry]]:
    rows = source.rows()
    _, heading = next(rows, (0, []))
    names = [name.strip().lower() for name in heading]
    if missing := [name for name in COLUMNS if name not in names]:
        raise source.refused(f"has no column {', '.join(missing)}; wanted are {', '.join(COLUMNS)}")
    at = {name: names.index(name) for name in COLUMNS}
    said: dict[str, set[Entry]] = defaultdict(set)
    for line, cells in rows:
        try:
            number, entry = _entry({name: cells[place] for name, place in at.items() if place < len(cells)})
        except ValueError as error:
            raise source.refused(f"row {line:,}: {error}") from None
        if any(status == entry[0] and start == entry[1] for status, start, _ in said[number] - {entry}):
            raise source.refused(f"row {line:,}: {number} has this status from that day twice")
        said[number].add(entry)
    if not said:
        raise source.refused("holds no rows")
    return said


def _entry(cells: dict[str, str]) -> tuple[str, Entry]:
    number = cells.get("gmc_number", "")
    if not GMC_NUMBER.fullmatch(number):
        raise ValueError("gmc_number must have 7 digits")
    status = SAID.get(" ".join(cells.get("status", "").lower().split()))
    if status is None:
        raise ValueError(f"status must be one of: {', '.join(SAID)}")
    start, end = _day(cells.get("from", ""), "from"), _day(cells.get("to", ""), "to")
    if start is None:
        raise ValueError("from is missing")
    if end and end < start:
        raise ValueError("to lies before from")
    return number, (status.value, start, end)


def _day(cell: str, name: str) -> date | None:
    if not cell:
        return None
    found = DATE.fullmatch(cell)
    try:
        if not found:
            raise ValueError
        year, month, day, first, second, third = found.groups()
        return date(int(year), int(month), int(day)) if year else date(int(third), int(second), int(first))
    except ValueError:
        raise ValueError(f"{name} must be a date, like 2026-12-31") from None
