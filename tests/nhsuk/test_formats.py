"""Dates, times, money and numbers as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.nhsuk import formats
from desirepath.nhsuk.reading import read_money, read_time


def test_a_session_is_said_in_one_line() -> None:
    """Both ends of a session in winter, London's time."""
    start, end = datetime(2026, 12, 8, 8, 30, tzinfo=UTC), datetime(2026, 12, 8, 12, 40, tzinfo=UTC)
    assert formats.span(start, end) == "Tue 8 Dec, 8:30am to 12:40pm"


def test_summer_time_is_londons() -> None:
    """What is stored in UTC shows an hour later in summer."""
    assert formats.moment(datetime(2026, 7, 1, 7, 30, tzinfo=UTC)) == "Wed 1 Jul, 8:30am"


def test_a_span_over_midnight_names_both_days() -> None:
    """A night's end is on another day, and says so; midnight in London decides."""
    start = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert formats.span(start, start + timedelta(hours=3)) == "Tue 30 Jun, 11:30pm to Wed 1 Jul, 2:30am"


def test_a_moment_without_a_zone_is_refused() -> None:
    """Nobody knows when "8:30" is without a place."""
    with pytest.raises(ValueError, match="time zone"):
        formats.moment(datetime(2026, 12, 8, 8, 30))


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(0), "midnight"),
        (time(12), "midday"),
        (time(0, 5), "12:05am"),
        (time(12, 5), "12:05pm"),
        (time(9), "9am"),
        (time(17, 30), "5:30pm"),
    ],
)
def test_times_of_day(at: time, said: str) -> None:
    """Noon and midnight by name; minutes only where there are any."""
    assert formats.clock(at) == said


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_what_is_shown_can_be_typed(at: time) -> None:
    """Every time of day as shown reads back as itself."""
    assert read_time(formats.clock(at)) == at


@given(st.decimals(min_value=0, max_value=999_999, places=2), st.booleans())
def test_money_as_shown_can_be_typed(amount: Decimal, exact: bool) -> None:
    """Every amount as shown reads back as itself."""
    assert read_money(formats.pounds(amount, exact=exact)) == amount


def test_money() -> None:
    """Pence always, unless whole pounds may stand alone; rounded half-up; a minus before the sign."""
    assert formats.pounds(Decimal("564.705")) == "£564.71"
    assert formats.pounds(Decimal("92.00"), exact=False) == "£92"
    assert formats.pounds(Decimal("92.50"), exact=False) == "£92.50"
    assert formats.pounds(-1200) == "-£1,200.00"


def test_numbers() -> None:
    """Thousands with a comma, percentages with one decimal."""
    assert formats.number(49945) == "49,945"
    assert formats.percent(0.094) == "9.4%"
    assert formats.plural(1, "session") == "1 session"
    assert formats.plural(2, "person", "people") == "2 people"


def test_lengths_of_time() -> None:
    """Hours and minutes in words, from a timedelta or minutes."""
    assert formats.hours(timedelta(hours=4, minutes=10)) == "4 hours 10 minutes"
    assert formats.hours(60) == "1 hour"
    assert formats.hours(0) == "0 minutes"


def test_days() -> None:
    """Short in a line, long in a heading."""
    assert formats.day(date(2026, 12, 8)) == "Tue 8 Dec"
    assert formats.day_and_year(date(2026, 12, 8)) == "Tue 8 Dec 2026"
    assert formats.long_day(date(2026, 12, 8)) == "Tuesday 8 December 2026"
    assert formats.month(date(2026, 12, 8)) == "December 2026"
