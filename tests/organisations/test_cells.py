"""What may stand in a cell, and what is said of the rest."""

from __future__ import annotations

from datetime import date

import pytest

from desirepath.organisations.importers import cells
from desirepath.organisations.importers.refusals import RowRefused

# digits, but not of any publisher here: 20260203
DEVANAGARI = "".join(chr(0x966 + int(digit)) for digit in "20260203")


@pytest.mark.parametrize("cell", ["20260203", "2026-02-03", "03Feb2026", "03/02/2026"])
def test_dates_as_publishers_write_them(cell: str) -> None:
    """Four ways to write 3 February 2026."""
    assert cells.day(cell, "open date") == date(2026, 2, 3)


@pytest.mark.parametrize("cell", ["", "20260230", "18990101", "3 Feb", "20260203T00", DEVANAGARI])
def test_dates_that_are_none(cell: str) -> None:
    """The reason names which date it was."""
    with pytest.raises(RowRefused, match="open date"):
        cells.day(cell, "open date")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("practice", "A81001", "A8100"),
        ("practice", "Y02045", "A81001001"),
        ("PCN", "U89141", "U8914"),
        ("sub-ICB", "16C", "16"),
        ("sub-ICB", "D9Y0V", "D9Y0"),
        ("ICB", "D7T5G", "qhm"),
        ("region", "Y63", "W00"),
    ],
)
def test_codes(kind: str, good: str, bad: str) -> None:
    """Each code has its pattern."""
    assert cells.code(good, kind) == good
    with pytest.raises(RowRefused, match=f"is not a {kind} code"):
        cells.code(bad, kind)


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("95.0", "-1.3", "not on the earth"),
        ("nan", "-1.3", "not on the earth"),
        ("-1.3", "54.5", "not in England"),
        ("57.1", "-2.1", "not in England"),
        ("", "", "not coordinates"),
        ("54.5N", "1.3W", "not coordinates"),
    ],
)
def test_places_that_are_not_in_england(latitude: str, longitude: str, reason: str) -> None:
    """Off the earth, swapped, Scotland, nothing: each has its reason."""
    with pytest.raises(RowRefused, match=reason):
        cells.place(latitude, longitude)


@pytest.mark.parametrize("cell", ["-1", "1.5", "", "many", DEVANAGARI])
def test_counts_are_whole_and_not_negative(cell: str) -> None:
    """A list size below nought is a fault of the file."""
    with pytest.raises(RowRefused, match="whole number"):
        cells.count(cell, "patients")
