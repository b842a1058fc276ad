"""Scales of cancellation, extras and kinds of session: what a column may hold, and what it comes to."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.clinicians.conditions import (
    MOST_DAYS,
    Scale,
    fee_owed,
    read_extras,
    read_kinds,
    read_scale,
    whole_days,
)

notices = st.timedeltas(timedelta(days=-2), timedelta(days=40))
money = st.decimals(0, 5_000, places=2)


@st.composite
def scales(draw: Any) -> list[list[int]]:
    """A column as she may fill it: its rows in any order."""
    days = draw(st.lists(st.integers(1, MOST_DAYS), max_size=5, unique=True))
    percents = draw(st.lists(st.integers(0, 100), min_size=len(days), max_size=len(days)))
    rows = [list(row) for row in zip(sorted(days), sorted(percents, reverse=True), strict=True)]
    return draw(st.permutations(rows))


@given(scales(), notices, notices)
def test_more_notice_never_costs_more(raw: list[list[int]], one: timedelta, other: timedelta) -> None:
    """The percentage never rises with notice, and lies between 0 and 100."""
    scale = read_scale(raw)
    short, long = sorted((one, other))
    assert 0 <= scale.percent(long) <= scale.percent(short) <= 100


@given(money, st.integers(0, 100))
def test_what_is_owed_is_within_the_fee(fee: Decimal, percent: int) -> None:
    """Never below nothing, never above the fee, always to the penny."""
    owed = fee_owed(fee, percent)
    assert 0 <= owed <= fee and owed == owed.quantize(Decimal("0.01"))


def test_half_a_penny_rounds_up() -> None:
    """A half goes up, as an invoice does."""
    assert fee_owed(Decimal("0.01"), 50) == Decimal("0.01")
    assert fee_owed(Decimal("375.25"), 50) == Decimal("187.63")


def test_days_are_whole_days_floored() -> None:
    """Two days and 23 hours are two days; exactly three are three; what has begun has none."""
    scale = read_scale([[3, 50], [1, 100]])
    assert scale == Scale(((1, 100), (3, 50)))
    assert whole_days(timedelta(days=2, hours=23, minutes=59)) == 2
    assert [scale.percent(timedelta(hours=h)) for h in (-5, 0, 23, 24, 71, 72)] == [100, 100, 100, 50, 50, 0]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ([[2, 50], [7, 60]], "More notice can't cost more: 60% with less than 7 days, but 50%"),
        ([[2, 50], [2, 40]], "same number of days"),
        ([[29, 10]], "Days must be between 1 and 28"),
        ([[0, 10]], "Days must be between 1 and 28"),
        ([[3, 101]], "percentage must be between 0 and 100"),
        ([[3, -1]], "percentage must be between 0 and 100"),
        ([[n, 10] for n in range(1, 7)], "at most 5 steps"),
        ([[3]], "number of days and a percentage"),
        ([[3, True]], "number of days and a percentage"),
        ("7 days", "at most 5 steps"),
    ],
)
def test_a_scale_that_can_not_be(raw: Any, says: str) -> None:
    """Each says what is wrong with it."""
    with pytest.raises(ValueError, match=says):
        read_scale(raw)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ([["Coil fitting", "25"], ["coil fitting", "30"]], "same name"),
        ([["Coil fitting", "25.001"]], "to the penny"),
        ([["Coil fitting", "-1"]], "between £0"),
        ([["Coil fitting", "NaN"]], "between £0"),
        ([["Coil fitting", "lots"]], "amount in pounds"),
        ([["", "25"]], "between 1 and 60 letters"),
        ([["Coil fitting", 25]], "a name and a fee"),
        ([[f"Extra {n}", "1"] for n in range(9)], "at most 8 extras"),
    ],
)
def test_extras_that_can_not_be(raw: Any, says: str) -> None:
    """A name once, a fee to the penny."""
    with pytest.raises(ValueError, match=says):
        read_extras(raw)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ([["Duty doctor", "", True], ["Duty doctor", "", False]], "same name"),
        ([["Duty doctor", "x" * 201, True]], "200 letters"),
        ([["Duty doctor", "", "yes"]], "whether you do it"),
        ([["Duty doctor", ""]], "whether you do it"),
    ],
)
def test_kinds_of_session_that_can_not_be(raw: Any, says: str) -> None:
    """A name once, a short description, yes or no."""
    with pytest.raises(ValueError, match=says):
        read_kinds(raw)
