"""epraccur: the register of GP practices and other prescribers, by NHS England's Organisation Data Service.

27 columns without headings. Until 2025: status A, C, D, P and prescribing setting 4 for a GP practice; since
then ACTIVE, INACTIVE, DORMANT and the role RO76 (source: PROVENANCE of the two files, read side by side).
Practices of Wales are in it too, and are left out.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import chain

from desirepath.organisations.importers import cells
from desirepath.organisations.importers.found import ICB, PRACTICE, REGION, SUB_ICB, Found
from desirepath.organisations.importers.headings import guess, whole_rows
from desirepath.organisations.importers.reading import Row, Source
from desirepath.organisations.importers.refusals import RowRefused
from desirepath.organisations.lineage import Sighting

KIND = "epraccur"
WIDTH = 27
CODE, NAME, REGION_AT, ICB_AT, POSTCODE, OPENED, CLOSED, STATUS = 0, 1, 2, 3, 9, 10, 11, 12
ADDRESS, COMMISSIONER, JOINED, LEFT, PHONE, SETTING = slice(4, 9), 14, 15, 16, 17, 25

OPEN, SHUT, DORMANT = "open", "shut", "dormant"
_STATUSES = {
    "A": OPEN,
    "C": SHUT,
    "D": DORMANT,
    "P": OPEN,
    "ACTIVE": OPEN,
    "INACTIVE": SHUT,
    "DORMANT": DORMANT,
}

_DAY = timedelta(days=1)


def find(source: Source, as_of: date | None, today: date) -> Found:
    """What the register says. Without ``as_of`` the latest date inside, up to ``today``, stands for the
    file's own.
    """
    found = Found(KIND, source.name, source.sha256(), as_of or date.min, "given")
    dates: set[str] = set()
    rows = _practices(source, found, dates)
    if as_of is None:
        found.as_of = _latest(dates, today)
        found.how_dated = "the latest date in the file"
        if found.as_of == date.min:
            raise source.refused("no date inside says of when it is: give --as-of DATE")
    above: dict[tuple[str, str, str], Counter[str]] = {}
    for line, row in rows:
        try:
            _practice(found, line, row)
        except RowRefused as reason:
            found.refuse(line, str(reason))
            continue
        if _STATUSES[row[STATUS]] == OPEN and row[ICB_AT]:
            above.setdefault((SUB_ICB, row[COMMISSIONER], ICB), Counter())[row[ICB_AT]] += 1
            above.setdefault((ICB, row[ICB_AT], REGION), Counter())[row[REGION_AT]] += 1
    for (child_kind, child, kind), votes in sorted(above.items()):
        # a few practices name another ICB than the rest of their sub-ICB: the most named one is the sub-ICB's
        parent = min(votes, key=lambda code: (-votes[code], code))
        found.describe(child_kind, child, {})
        found.see((child_kind, child), kind, Sighting(parent, found.as_of, found.as_of, found.as_of, KIND))
    return found


def _practices(source: Source, found: Found, dates: set[str]) -> list[Row]:
    """The rows of GP practices of England, unread; the others only counted, but ``dates`` takes the dates of
    all.

    Refuses a file of another layout.
    """
    rows = source.rows()
    first = next(rows, None)
    if first is None:
        raise source.refused("holds no rows")
    if len(first[1]) != WIDTH:
        raise source.refused(f"has {len(first[1])} columns; epraccur has {WIDTH}{guess(first[1])}")
    if first[1][STATUS] not in _STATUSES:
        raise source.refused(f"column {STATUS + 1} holds no status of epraccur{guess(first[1])}")
    kept = []
    for line, row in whole_rows(source, chain([first], rows), WIDTH, found.refuse):
        found.count("read")
        dates.update((row[OPENED], row[CLOSED], row[JOINED], row[LEFT]))
        if not _is_practice(row[SETTING]):
            found.count("other kinds")
        elif row[CODE].startswith("W") or row[REGION_AT] in ("", "W00"):
            found.count("outside England")
        else:
            kept.append((line, row))
    if not kept:
        raise source.refused("holds no GP practice of England")
    return kept


def _is_practice(setting: str) -> bool:
    return setting == "4" or "RO76" in setting.split("|")


def _latest(dates: set[str], today: date) -> date:
    """The latest day up to ``today``; bad dates are met again, and refused, row by row."""
    latest = date.min
    for cell in dates:
        try:
            day = cells.day(cell, "")
        except RowRefused:
            continue
        if latest < day <= today:
            latest = day
    return latest


def _practice(found: Found, line: int, row: list[str]) -> None:
    """One practice and its sub-ICB; everything of the row is read before anything is noted."""
    code = cells.code(row[CODE], "practice")
    if row[STATUS] not in _STATUSES:
        raise RowRefused(f"“{row[STATUS][:20]}” is not a status of epraccur")
    status = _STATUSES[row[STATUS]]
    opened = cells.day(row[OPENED], "open date")
    closed = cells.day_or_none(row[CLOSED], "close date")
    joined = cells.day_or_none(row[JOINED], "join date") or opened
    left = cells.day_or_none(row[LEFT], "left date") or closed
    if closed and closed < opened:
        raise RowRefused(f"closed ({closed}) before it opened ({opened})")
    if status == SHUT and not closed:
        raise RowRefused("closed, but without a close date")
    if left and left < joined:
        raise RowRefused(f"left its sub-ICB ({left}) before it joined ({joined})")
    sub_icb = cells.code(row[COMMISSIONER], "sub-ICB")
    cells.code(row[REGION_AT], "region")
    if row[ICB_AT]:
        cells.code(row[ICB_AT], "ICB")
    found.describe(
        PRACTICE,
        code,
        {
            "name": cells.text(row[NAME], 200, "name") or code,
            "address": cells.text(", ".join(filter(None, row[ADDRESS])), 300, "address"),
            "postcode": cells.text(row[POSTCODE], 10, "postcode"),
            "phone": cells.text(row[PHONE], 40, "telephone"),
            "opened_on": opened,
            "closed_on": closed + _DAY if closed else None,
            "dormant": status == DORMANT,
        },
        line,
    )
    last = left or max(found.as_of, joined)
    sighting = Sighting(sub_icb, joined, last, found.as_of, KIND, ended=left is not None, dated=True)
    found.see((PRACTICE, code), SUB_ICB, sighting)
