"""The days of a series."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.vacancies.series import MOST, Repeat, days_of

TUESDAY = date(2026, 12, 8)
HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28)}


def test_every_week_on_some_days():
    """Tuesdays and Fridays until the day that is named, that day included."""
    found = days_of(TUESDAY, Repeat(1, frozenset({1, 4}), date(2026, 12, 22)), HOLIDAYS)
    assert [each.day.day for each in found] == [8, 11, 15, 18, 22]


def test_bank_holidays_are_seen_and_left_out():
    """Christmas stays in the list, marked, and is wanted only where that is asked."""
    out = days_of(TUESDAY, Repeat(1, frozenset({4}), date(2027, 1, 1)), HOLIDAYS)
    assert [(each.day.day, each.wanted) for each in out if each.bank_holiday] == [(25, False)]
    kept = days_of(TUESDAY, Repeat(1, frozenset({4}), date(2027, 1, 1), True), HOLIDAYS)
    assert all(each.wanted for each in kept)


def test_every_second_week_counts_from_the_first_week():
    """The week of the first day is the first, though its Monday is past."""
    found = days_of(TUESDAY, Repeat(2, frozenset({0, 1}), date(2026, 12, 31)), ())
    assert [each.day for each in found] == [TUESDAY, date(2026, 12, 21), date(2026, 12, 22)]


@pytest.mark.parametrize(
    ("repeat", "words"),
    [
        (Repeat(1, frozenset({1}), date(2026, 12, 7)), "before the first day"),
        (Repeat(1, frozenset({1}), date(2028, 1, 1)), "within a year"),
        (Repeat(1, frozenset({6}), date(2026, 12, 9)), "no day"),
        (
            Repeat(1, frozenset(range(7)), TUESDAY + timedelta(days=200)),
            "makes 201 sessions; 200 is the most",
        ),
    ],
)
def test_what_cannot_be(repeat, words):
    """Each impossible series is refused in words that follow "Until"."""
    with pytest.raises(ValueError, match=words):
        days_of(TUESDAY, repeat, ())


@given(
    st.integers(1, 12),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 366),
    st.booleans(),
)
def test_every_day_is_of_the_series(every, weekdays, length, keep):
    """In order, none twice, on the weekdays, in every nth week; and none that belongs is missing."""
    until = TUESDAY + timedelta(days=length)
    try:
        found = days_of(TUESDAY, Repeat(every, frozenset(weekdays), until, keep), HOLIDAYS)
    except ValueError:
        return
    monday = TUESDAY - timedelta(days=TUESDAY.weekday())
    all_days = (TUESDAY + timedelta(days=n) for n in range(length + 1))
    expected = [
        day for day in all_days if day.weekday() in weekdays and (day - monday).days // 7 % every == 0
    ]
    assert [each.day for each in found] == expected
    assert 0 < sum(each.wanted for each in found) <= MOST
    assert all(each.wanted == (keep or each.day not in HOLIDAYS) for each in found)
