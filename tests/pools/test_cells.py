"""What may stand in a cell."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.pools import cells


@pytest.mark.parametrize(
    ("parse", "typed", "value"),
    [
        (cells.day, "2026-12-08", date(2026, 12, 8)),
        (cells.day, "8/12/2026", date(2026, 12, 8)),
        (cells.day, "8 Dec 2026", date(2026, 12, 8)),
        (cells.clock, "08:30", time(8, 30)),
        (cells.clock, "8.30am", time(8, 30)),
        (cells.clock, "08:30:00", time(8, 30)),
        (cells.pounds(1, 500), "£92.50", Decimal("92.50")),
        (cells.pounds(1, 500), "92.10000000000001", Decimal("92.10")),
        (cells.whole(0, 300, "per cent"), "15%", 15),
        (cells.email, "Sam@Example.org", "sam@example.org"),
        (cells.role, "GPs", "gp"),
        (cells.role, "Nurse", "nurse"),
        (cells.registration, "12a 3456e", "12A3456E"),
        (cells.postcode, "nr13ab", "NR1 3AB"),
        (cells.several, "coil fitting; ; minor surgery;coil fitting", ["coil fitting", "minor surgery"]),
        (cells.windows, "13:30-18:30; 8am-1pm", [(time(8), time(13)), (time(13, 30), time(18, 30))]),
        (cells.code("practice"), "d82001", "D82001"),
    ],
)
def test_what_people_type(parse: Any, typed: str, value: Any) -> None:
    """Each cell is read the ways people write it."""
    assert parse(typed) == value


@pytest.mark.parametrize(
    ("parse", "typed", "told"),
    [
        (cells.day, "31/2/2026", "real date"),
        (cells.day, "soon", "must be a date"),
        (cells.clock, "8", "must be a time"),
        (cells.pounds(1, 500), "0.50", "from £1 to £500"),
        (cells.pounds(1, 500), "ninety", "amount of money"),
        (cells.whole(0, 300, "per cent"), "301", "from 0 to 300"),
        (cells.whole(0, 300, "per cent"), "1.5", "whole number"),
        (cells.email, "sam at example", "e-mail address"),
        (cells.role, "plumber", "GP, Nurse, Pharmacist, Paramedic"),
        (cells.registration, "12", "registration number"),
        (cells.latitude, "12.0", "in England"),
        (cells.latitude, "nan", "in England"),
        (cells.longitude, "west", "degrees"),
        (cells.postcode, "hello", "postcode"),
        (cells.windows, "08:00", "must be times"),
        (cells.windows, "13:00-08:00", "end after it starts"),
        (cells.windows, "08:00-13:00;12:00-14:00", "overlap"),
        (cells.code("practice"), "82001", "a letter and 5 digits"),
        (cells.words(120), "Ann, patient 943 476 5919", "NHS number"),
        (cells.several, "943-476-5919", "NHS number"),
    ],
)
def test_what_cannot_be(parse: Any, typed: str, told: str) -> None:
    """Each complaint says what would be right."""
    with pytest.raises(ValueError, match=told):
        parse(typed)


PARSERS = [
    cells.clock,
    cells.code("PCN"),
    cells.day,
    cells.email,
    cells.latitude,
    cells.postcode,
    cells.pounds(1, 500),
    cells.registration,
    cells.role,
    cells.several,
    cells.whole(0, 9, "days"),
    cells.windows,
    cells.words(),
]


@given(st.sampled_from(PARSERS), st.text(min_size=1, max_size=30))
def test_a_cell_is_a_value_or_a_complaint(parse: Any, typed: str) -> None:
    """Whatever stands in a cell, nothing but a ValueError comes of it."""
    with suppress(ValueError):
        assert parse(typed) is not None
