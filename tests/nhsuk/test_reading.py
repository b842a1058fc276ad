"""What people type, read."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from desirepath.nhsuk.reading import read_date, read_money, read_time


@pytest.mark.parametrize(
    "text", ["8:30am", "08:30", "0830", "8.30", "8:30 AM", "830am", " 8:30 a.m. ", "830"]
)
def test_half_past_eight(text: str) -> None:
    """Every usual way to write half past eight."""
    assert read_time(text) == time(8, 30)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("5pm", time(17)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("Midnight", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_other_times(text: str, at: time) -> None:
    """Halves of the day, and the two that have names."""
    assert read_time(text) == at


@pytest.mark.parametrize(
    "text", ["", "8", "25:00", "8:60", "13pm", "0am", "half past", "8:30:00", "\uff18:30x", "-1:00"]
)
def test_no_time(text: str) -> None:
    """What could mean two times, or none, is refused with an example."""
    with pytest.raises(ValueError, match="like 8:30am"):
        read_time(text)


@pytest.mark.parametrize("month", ["12", "Dec", "december"])
def test_dates(month: str) -> None:
    """A month by number or by name."""
    assert read_date("8", month, "2026") == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        (("8", "", "2026"), "must include a month"),
        (("", "", "2026"), "must include a day and a month"),
        (("31", "2", "2026"), "must be a real date"),
        (("29", "2", "2027"), "must be a real date"),
        (("8", "13", "2026"), "must be a real date"),
        (("8", "dezember!", "2026"), "must be a real date"),
        (("x", "12", "2026"), "must be a real date"),
        (("8", "12", "26"), "year of 4 numbers"),
        (("8", "12", "\uff12\uff10\uff12\uff16"), "year of 4 numbers"),
        (("8", "12", "0000"), "must be a real date"),
    ],
)
def test_no_date(boxes: tuple[str, str, str], said: str) -> None:
    """Says which box is wrong."""
    with pytest.raises(ValueError, match=said):
        read_date(*boxes)


@pytest.mark.parametrize(
    ("text", "amount"), [("92", "92"), ("£92.50", "92.50"), ("1,200", "1200"), (" 0.5 ", "0.5")]
)
def test_money(text: str, amount: str) -> None:
    """Pounds with or without sign, comma and pence."""
    assert read_money(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "-5", "1e5", "NaN", "inf", "92.505", "1,20", "£", "ninety", "9" * 10])
def test_no_money(text: str) -> None:
    """Nothing that is not plainly an amount of pounds."""
    with pytest.raises(ValueError, match="amount"):
        read_money(text)
