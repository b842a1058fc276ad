"""ePCN: primary care networks and their core partner practices, a workbook of two sheets by the Organisation
Data Service.

Dates are of the form 20240331 and a relationship's end date is its last day. The file carries no date of its
own.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from desirepath.organisations.importers import cells
from desirepath.organisations.importers.found import PCN, PRACTICE, SUB_ICB, Found
from desirepath.organisations.importers.headings import Cells, Columns, Table
from desirepath.organisations.importers.reading import Source
from desirepath.organisations.importers.refusals import RowRefused
from desirepath.organisations.lineage import Sighting

KIND = "epcn"
DETAILS = {
    "code": ("PCN CODE",),
    "name": ("PCN NAME",),
    "sub_icb": ("CURRENT SUB ICB LOC CODE",),
    "opened": ("OPEN DATE",),
    "closed": ("CLOSE DATE",),
    **{f"address{n}": (f"ADDRESS LINE {n}",) for n in range(1, 6)},
    "postcode": ("POSTCODE",),
}
PARTNERS = {
    "practice": ("PARTNER ORGANISATION CODE",),
    "pcn": ("PCN CODE",),
    "start": ("PRACTICE TO PCN RELATIONSHIP START DATE",),
    "end": ("PRACTICE TO PCN RELATIONSHIP END DATE",),
}
_DAY = timedelta(days=1)


def find(source: Source, as_of: date | None, today: date) -> Found:
    """What the workbook says. Without ``as_of`` the latest date inside, up to ``today``, stands for the
    file's own.
    """
    found = Found(KIND, source.name, source.sha256(), as_of or date.min, "given")
    details = _read(source, found, DETAILS, _detail)
    partners = _read(source, found, PARTNERS, _partner)
    if as_of is None:
        days = [
            d for row in (*details, *partners) for d in row.values() if isinstance(d, date) and d <= today
        ]
        if not days:
            raise source.refused("no date inside says of when it is: give --as-of DATE")
        found.as_of, found.how_dated = max(days), "the latest date in the file"
    for row in details:
        _note_pcn(found, row)
    for row in partners:
        _note_partner(found, row)
    return found


def _read(source: Source, found: Found, columns: Columns, read: Any) -> list[dict[str, Any]]:
    sheet = source.sheet([known[0] for known in columns.values()])
    kept = []
    for line, cell in Table(source, sheet, columns).rows(found.refuse):
        found.count("read")
        try:
            kept.append({"line": line, **read(cell)})
        except RowRefused as reason:
            found.refuse(line, str(reason))
    return kept


def _detail(cell: Cells) -> dict[str, Any]:
    opened, closed = cells.day(cell("opened"), "open date"), cells.day_or_none(cell("closed"), "close date")
    if closed and closed < opened:
        raise RowRefused(f"closed ({closed}) before it opened ({opened})")
    address = ", ".join(filter(None, (cell(f"address{n}") for n in range(1, 6))))
    return {
        "code": cells.code(cell("code"), "PCN"),
        "name": cells.text(cell("name"), 200, "name") or cell("code"),
        "sub_icb": cells.code(cell("sub_icb"), "sub-ICB"),
        "opened": opened,
        "closed": closed,
        "address": cells.text(address, 300, "address"),
        "postcode": cells.text(cell("postcode"), 10, "postcode"),
    }


def _partner(cell: Cells) -> dict[str, Any]:
    start, end = cells.day(cell("start"), "start date"), cells.day_or_none(cell("end"), "end date")
    if end and end < start:
        raise RowRefused(f"ends ({end}) before it starts ({start})")
    return {
        "practice": cells.code(cell("practice"), "practice"),
        "pcn": cells.code(cell("pcn"), "PCN"),
        "start": start,
        "end": end,
    }


def _note_pcn(found: Found, row: dict[str, Any]) -> None:
    closed: date | None = row["closed"]
    columns = {name: row[name] for name in ("name", "address", "postcode")}
    columns |= {"opened_on": row["opened"], "closed_on": closed + _DAY if closed else None}
    try:
        found.describe(PCN, row["code"], columns, row["line"])
    except RowRefused as reason:
        found.refuse(row["line"], str(reason))
        return
    # the sheet says under which sub-ICB the PCN is, or was when it closed, but not since when
    seen = min(closed or found.as_of, found.as_of)
    sighting = Sighting(row["sub_icb"], seen, seen, found.as_of, KIND, ended=seen == closed)
    found.see((PCN, row["code"]), SUB_ICB, sighting)


def _note_partner(found: Found, row: dict[str, Any]) -> None:
    start: date = row["start"]
    last = row["end"] or max(found.as_of, start)
    sighting = Sighting(row["pcn"], start, last, found.as_of, KIND, ended=row["end"] is not None, dated=True)
    found.describe(PRACTICE, row["practice"], {})
    found.see((PRACTICE, row["practice"]), PCN, sighting)
