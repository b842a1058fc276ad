"""What may stand in a cell: codes, dates, counts and places of England. Each raises RowRefused with the
reason.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from functools import lru_cache

from desirepath.organisations.importers.refusals import RowRefused

# DOMAIN, identifiers
PATTERNS = {
    "practice": re.compile(r"[A-Z][0-9]{5}"),
    "PCN": re.compile(r"U[0-9]{5}"),
    "sub-ICB": re.compile(r"[A-Z0-9]{3}|[A-Z0-9]{5}"),
    "ICB": re.compile(r"[A-Z0-9]{3}|[A-Z0-9]{5}"),
    "region": re.compile(r"Y[0-9]{2}"),
}

# Berwick to the Isles of Scilly, and Land's End to Lowestoft, with a little sea around
SOUTH, NORTH, WEST, EAST = 49.8, 55.9, -6.6, 1.9

_DATES = (
    (re.compile(r"[0-9]{8}"), "%Y%m%d"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "%Y-%m-%d"),
    (re.compile(r"[0-9]{2}[A-Za-z]{3}[0-9]{4}"), "%d%b%Y"),
    (re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}"), "%d/%m/%Y"),
)


def code(cell: str, kind: str) -> str:
    """A code of that ``kind`` (a key of ``PATTERNS``)."""
    if not PATTERNS[kind].fullmatch(cell):
        raise RowRefused(f"{_shown(cell)} is not a {kind} code" if cell else f"the {kind} code is missing")
    return cell


def day(cell: str, what: str) -> date:
    """A date as any of these publishers writes it: 20260203, 2026-02-03, 03Feb2026 or 03/02/2026."""
    if found := _read_day(cell):
        return found
    raise RowRefused(f"{_shown(cell)} is not a date ({what})" if cell else f"the date is missing ({what})")


# a register repeats the same few thousand dates, and strptime is slow
@lru_cache(maxsize=20_000)
def _read_day(cell: str) -> date | None:
    for pattern, form in _DATES:
        if pattern.fullmatch(cell):
            try:
                found = datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day has no time zone
            except ValueError:
                return None
            return found if 1900 <= found.year <= 2100 else None
    return None


def day_or_none(cell: str, what: str) -> date | None:
    return day(cell, what) if cell else None


def count(cell: str, what: str) -> int:
    """A whole number from 0."""
    if not re.fullmatch(r"[0-9]{1,9}", cell):
        raise RowRefused(f"{_shown(cell)} is not a whole number from 0 ({what})")
    return int(cell)


def place(latitude: str, longitude: str) -> tuple[float, float]:
    """WGS84 degrees of a place in England."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        raise RowRefused(f"{_shown(latitude)}, {_shown(longitude)} are not coordinates in degrees") from None
    if not (math.isfinite(north) and math.isfinite(east) and abs(north) <= 90 and abs(east) <= 180):
        raise RowRefused(f"{latitude}, {longitude} is not on the earth (latitude, longitude in degrees)")
    if not (SOUTH <= north <= NORTH and WEST <= east <= EAST):
        raise RowRefused(f"{latitude}, {longitude} is not in England (latitude, longitude in degrees)")
    return north, east


def text(cell: str, longest: int, what: str) -> str:
    """Free text of a publisher, such as a name or an address."""
    if len(cell) > longest:
        raise RowRefused(f"the {what} has {len(cell)} characters; {longest} is the most")
    return cell


def _shown(cell: str) -> str:
    """A wrong cell as it is quoted to people."""
    return f"“{cell[:40]}…”" if len(cell) > 40 else f"“{cell}”"
