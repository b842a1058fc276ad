"""Which sub-ICB and ICB became which when ICBs merged: one row per pair of old and new, years in the
headings.

12 ICBs became 6 on 1 April 2026 (DOMAIN, identifiers). The file names the years only; reorganisations of the
NHS take effect with its year, on 1 April of the later one, unless ``as_of`` says otherwise.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import chain

from desirepath.organisations.importers import cells
from desirepath.organisations.importers.found import ICB, SUB_ICB, Found
from desirepath.organisations.importers.headings import Cells, Table, guess
from desirepath.organisations.importers.reading import Source
from desirepath.organisations.importers.refusals import RowRefused
from desirepath.organisations.lineage import Sighting

KIND = "crosswalk"
_DAY = timedelta(days=1)


def find(source: Source, as_of: date | None, today: date) -> Found:
    """The ICB of each sub-ICB on the day before the change and on the day itself; who is gone by then has
    closed.
    """
    rows = source.rows()
    first = next(rows, (0, []))
    old, new = _years(source, first[1])
    found = Found(KIND, source.name, source.sha256(), as_of or date(new, 4, 1), "given")
    if as_of is None:
        found.how_dated = f"1 April of the later year in its headings ({new})"

    table = Table(source, chain([first], rows), _columns(old, new))
    before: dict[tuple[str, str], str] = {}
    after: dict[tuple[str, str], str] = {}
    for line, cell in table.rows(found.refuse):
        found.count("read")
        try:
            _pair(found, before, after, cell)
        except RowRefused as reason:
            found.refuse(line, str(reason))
    _note(found, before, after)
    return found


def _years(source: Source, top: list[str]) -> tuple[int, int]:
    years = sorted(
        int(m[1]) for cell in top if (m := re.fullmatch(r"sub_icb_code_(20\d\d)", cell, re.IGNORECASE))
    )
    if len(years) != 2:
        raise source.refused(f"the columns sub_icb_code_YEAR of two years are missing{guess(top)}")
    return years[0], years[1]


def _columns(old: int, new: int) -> dict[str, tuple[str, ...]]:
    return {
        "old_sub_icb": (f"SUB_ICB_CODE_{old}",),
        "old_sub_icb_name": (f"SUB_ICB_NAME_{old}",),
        "old_icb": (f"ICB_CODE_{old}",),
        "old_icb_name": (f"ICB_NAME_{old}",),
        "new_sub_icb": (f"SUB_ICB_CODE_{new}",),
        "new_icb": (f"ICB_CODE_{new}",),
        "new_icb_name": (f"ICB_NAME_{new}",),
    }


def _pair(
    found: Found, before: dict[tuple[str, str], str], after: dict[tuple[str, str], str], cell: Cells
) -> None:
    """One row: everything is read before anything is noted. ``before`` and ``after``: (sub-ICB, ICB) > name
    of the ICB.
    """
    was = cells.code(cell("old_sub_icb"), "sub-ICB"), cells.code(cell("old_icb"), "ICB")
    now = cells.code(cell("new_sub_icb"), "sub-ICB"), cells.code(cell("new_icb"), "ICB")
    for pairs, pair in ((before, was), (after, now)):
        if other := next((icb for sub_icb, icb in pairs if sub_icb == pair[0] and icb != pair[1]), None):
            raise RowRefused(f"sub-ICB {pair[0]} is in {pair[1]} here, but in {other} above")
    before[was] = cells.text(cell("old_icb_name"), 200, "name")
    after[now] = cells.text(cell("new_icb_name"), 200, "name")
    if name := cells.text(cell("old_sub_icb_name"), 200, "name"):
        found.describe(SUB_ICB, was[0], {"name": name})


def _note(found: Found, before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> None:
    """Names, openings and closings, and who was under whom on either side of the change."""
    day, eve = found.as_of, found.as_of - _DAY
    for side, kind in ((0, SUB_ICB), (1, ICB)):
        old, new = {pair[side] for pair in before}, {pair[side] for pair in after}
        for code in sorted(old | new):
            columns = {"closed_on": day} if code not in new else {"opened_on": day} if code not in old else {}
            found.describe(kind, code, columns)
    for (_, icb), name in (*before.items(), *after.items()):
        found.describe(ICB, icb, {"name": name or icb})
    for sub_icb, icb in before:
        found.see((SUB_ICB, sub_icb), ICB, Sighting(icb, eve, eve, day, KIND, ended=True))
    for sub_icb, icb in after:
        found.see((SUB_ICB, sub_icb), ICB, Sighting(icb, day, day, day, KIND, dated=True))
