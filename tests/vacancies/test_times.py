"""When a session is: over midnight, in the nights when clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.nhsuk.formats import LONDON
from desirepath.vacancies.times import LONGEST, SHORTEST, WrongTime, existing, moments, moved

FORWARD, BACK = date(2027, 3, 28), date(2026, 10, 25)


def test_an_ordinary_morning():
    """Winter's clocks are UTC."""
    start, end = moments(date(2026, 12, 8), time(8, 30), time(12, 40))
    assert (start, end) == (
        datetime(2026, 12, 8, 8, 30, tzinfo=UTC),
        datetime(2026, 12, 8, 12, 40, tzinfo=UTC),
    )


def test_over_midnight():
    """A session that ends no later than it starts ends on the day after."""
    start, end = moments(date(2026, 12, 8), time(20), time(6))
    assert end - start == timedelta(hours=10)
    assert moments(date(2026, 12, 8), time(20), time(0))[1] == datetime(2026, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "field", "words"),
    [
        (time(8, 30), time(8), "end", "must be after the start"),
        (time(8, 30), time(8, 30), "end", "must be after the start"),
        (time(8), time(8, 20), "end", "30 minutes to 13 hours"),
        (time(8), time(22), "end", "30 minutes to 13 hours"),
    ],
)
def test_what_cannot_be_names_its_field(start, end, field, words):
    """An end that was mistaken is told as one, not taken for the next day."""
    with pytest.raises(WrongTime, match=words) as wrong:
        moments(date(2026, 12, 8), start, end)
    assert wrong.value.field == field


def test_the_hour_that_does_not_exist():
    """1:30am is no time on the night when the clocks go forward: neither as start nor as end."""
    with pytest.raises(WrongTime, match="1:30am on Sun 28 Mar 2027: the clocks go forward") as wrong:
        moments(FORWARD, time(1, 30), time(6))
    assert wrong.value.field == "start"
    with pytest.raises(WrongTime) as wrong:
        moments(FORWARD - timedelta(days=1), time(20), time(1, 30))
    assert wrong.value.field == "end"


def test_both_nights_have_their_true_length():
    """8pm to 6am is nine hours in March and eleven in October."""
    before = timedelta(days=1)
    for night, hours in ((FORWARD - before, 9), (BACK - before, 11)):
        start, end = moments(night, time(20), time(6))
        assert end - start == timedelta(hours=hours)


def test_the_hour_that_comes_twice_is_the_first():
    """1:30am in October is while summer time still holds."""
    assert existing(BACK, time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_copy_keeps_the_clock_not_the_distance():
    """8:30am stays 8:30am across the change of clocks."""
    start, end = moments(date(2027, 3, 23), time(8, 30), time(12, 40))
    later = moved(start, end, 7)
    assert [moment.astimezone(LONDON).time() for moment in later] == [time(8, 30), time(12, 40)]
    assert later[0] - start == timedelta(days=7) - timedelta(hours=1)


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.times(), st.times())
def test_it_is_as_typed_or_refused(day, start, end):
    """Whatever is typed is what England's clocks show, and lasts as long as may be; or it is refused."""
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    try:
        first, last = moments(day, start, end)
    except WrongTime:
        return
    assert SHORTEST <= last - first <= LONGEST
    assert (first.astimezone(LONDON).date(), first.astimezone(LONDON).time()) == (day, start)
    assert last.astimezone(LONDON).time() == end
