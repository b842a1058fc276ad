"""A month as weeks, a day as parts."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.clinicians.month import (
    PARTS,
    free_in_words,
    holidays_between,
    in_parts,
    merged,
    part_windows,
    read_month,
)

TODAY = date(2026, 12, 1)
minutes = st.integers(0, 24 * 60 - 1)


@st.composite
def windows(draw: Any) -> list[tuple[time, time]]:
    pairs = draw(st.lists(st.lists(minutes, min_size=2, max_size=2, unique=True).map(sorted), max_size=5))
    return [(time(a // 60, a % 60), time(b // 60, b % 60)) for a, b in pairs]


def covered(spans: list[tuple[time, time]]) -> set[int]:
    return {
        m for start, end in spans for m in range(start.hour * 60 + start.minute, end.hour * 60 + end.minute)
    }


@given(windows())
def test_merging_keeps_the_time(spans: Any) -> None:
    """The same minutes, in order, with a gap between any two."""
    joined = merged(spans)
    assert covered(joined) == covered(spans)
    assert all(a[1] < b[0] for a, b in pairwise(joined))


def test_parts_that_touch_are_one_stretch() -> None:
    """A session may cross from the morning into the afternoon: it must lie in one window."""
    assert merged(part_windows(["afternoon", "morning"])) == [(time(8), time(18, 30))]


@given(windows())
def test_parts_and_other_times_are_the_whole(spans: Any) -> None:
    """What the form shows, saved unchanged, is the same time."""
    keys, others = in_parts(spans)
    assert covered(merged([*part_windows(keys), *others])) == covered(spans)


def test_parts_are_told_where_one_piece_is_left() -> None:
    """8am to 6:45pm is two parts and a quarter of an hour; 9am to 7pm stays as it was said."""
    assert in_parts([(time(8), time(18, 45))]) == (["morning", "afternoon"], [(time(18, 30), time(18, 45))])
    assert in_parts([(time(9), time(19))]) == ([], [(time(9), time(19))])


@given(st.dates(date(2022, 1, 1), date(2031, 12, 31)))
def test_a_month_is_whole_weeks(day: date) -> None:
    """From a Monday to a Sunday, every day of the month inside; its neighbours are the months beside it."""
    month = read_month(f"{day:%Y-%m}", TODAY)
    assert month.has(day)
    assert (month.start.weekday(), month.end.weekday()) == (0, 6)
    assert month.start <= month.first <= month.end
    assert month.before < month.first < month.after
    assert month.after - month.first <= timedelta(days=31)


@pytest.mark.parametrize("odd", ["", "2026-13", "0001-01", "9999-12", "now", "2026-1"])
def test_an_odd_month_is_the_present_one(odd: str) -> None:
    """A mistyped address shows this month."""
    assert read_month(odd, TODAY).first == TODAY


def test_free_in_words() -> None:
    """Whole parts by name, what is less of them with its times."""
    assert free_in_words([(time(7), time(22))]) == ["Morning", "Afternoon", "Evening"]
    assert free_in_words([(time(9), time(15))]) == ["9am to 3pm"]
    assert free_in_words([(time(8), time(18, 45))]) == ["8am to 6:45pm"]
    assert free_in_words([]) == []
    assert [part.hours for part in PARTS] == ["8am to 1pm", "1pm to 6:30pm", "6:30pm to 10pm"]


def test_bank_holidays_of_england() -> None:
    """By name, only within the days asked for; St Andrew's Day is Scotland's."""
    found = holidays_between(date(2026, 11, 1), date(2026, 12, 27))
    assert found == {date(2026, 12, 25): "Christmas Day", date(2026, 12, 26): "Boxing Day"}
