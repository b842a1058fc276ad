"""When she is free, over real days and the nights on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit.clock import LONDON
from desirepath.clinicians.free_time import free_time, local, without

MONDAY = date(2026, 3, 23)  # the week in which the clocks go forward
quarter = st.integers(0, 95)


@st.composite
def window(draw: Any) -> tuple[time, time]:
    first, last = sorted(draw(st.lists(quarter, min_size=2, max_size=2, unique=True)))
    return time(first // 4, first % 4 * 15), time(last // 4, last % 4 * 15)


weekly = st.lists(st.tuples(st.integers(0, 6), window()), max_size=10).map(
    lambda rows: [SimpleNamespace(weekday=day, start=w[0], end=w[1]) for day, w in rows]
)
days = st.dates(date(2026, 3, 1), date(2026, 11, 30))
dated = st.lists(st.tuples(st.integers(0, 13), st.none() | window()), max_size=6)


def exceptions_from(first: date, rows: list[Any]) -> list[Any]:
    """Dated rows: (days after ``first``, window or none)."""
    return [
        SimpleNamespace(day=first + timedelta(days=offset), start=w and w[0], end=w and w[1])
        for offset, w in rows
    ]


@given(weekly, days, dated)
def test_free_time_lies_in_its_days(pattern: Any, first: date, rows: Any) -> None:
    """Each stretch is of a day asked for, in order of days, and never ends before it starts."""
    last = first + timedelta(days=13)
    found = free_time(pattern, exceptions_from(first, rows), first, last)
    starts = [stretch.start.astimezone(LONDON).date() for stretch in found]
    assert starts == sorted(starts)
    for stretch in found:
        assert first <= stretch.start.astimezone(LONDON).date() <= last
        assert stretch.start <= stretch.end
        assert stretch.start.tzinfo is not None


@given(weekly, days, dated)
def test_exceptions_replace_the_day(pattern: Any, first: date, rows: Any) -> None:
    """A day with an exception shows the exception's windows alone; other days are as if there were none."""
    last = first + timedelta(days=13)
    exceptions = exceptions_from(first, rows)
    changed = {row.day for row in exceptions}

    def by_day(found: Any) -> dict[date, list[Any]]:
        days: dict[date, list[Any]] = {}
        for stretch in found:
            days.setdefault(stretch.start.astimezone(LONDON).date(), []).append((stretch.start, stretch.end))
        return days

    with_them, without = (
        by_day(free_time(pattern, exceptions, first, last)),
        by_day(free_time(pattern, [], first, last)),
    )
    for offset in range(14):
        day = first + timedelta(days=offset)
        if day in changed:
            wanted = sorted((row.start, row.end) for row in exceptions if row.day == day and row.start)
            assert with_them.get(day, []) == [(local(day, start), local(day, end)) for start, end in wanted]
        else:
            assert with_them.get(day) == without.get(day)


@given(days, quarter)
def test_local_time_is_what_the_clocks_show(day: date, at: int) -> None:
    """A local time is that time on England's clocks, or, in the hour that is skipped, one hour later."""
    moment = time(at // 4, at % 4 * 15)
    shown = local(day, moment)
    skipped = shown.time() != moment
    assert shown.date() == day
    assert not skipped or (day == date(2026, 3, 29) and moment.hour == 1 and shown.hour == 2)


def test_the_night_the_clocks_go_forward() -> None:
    """A night window is an hour shorter in real time; one inside the skipped hour moves on whole."""
    sunday = date(2026, 3, 29)
    row = SimpleNamespace(weekday=6, start=time(0), end=time(8))
    (night,) = free_time([row], [], sunday, sunday)
    assert night.end.astimezone(UTC) - night.start.astimezone(UTC) == timedelta(hours=7)
    assert local(sunday, time(1, 30)) == datetime(2026, 3, 29, 2, 30, tzinfo=LONDON)


def test_the_night_the_clocks_go_back() -> None:
    """A night window is an hour longer in real time."""
    sunday = date(2026, 10, 25)
    row = SimpleNamespace(weekday=6, start=time(0), end=time(8))
    (night,) = free_time([row], [], sunday, sunday)
    assert night.end.astimezone(UTC) - night.start.astimezone(UTC) == timedelta(hours=9)


def test_an_empty_day_is_no_window() -> None:
    """An exception without times means not free, whatever the pattern says."""
    row = SimpleNamespace(weekday=0, start=time(8), end=time(13))
    off = SimpleNamespace(day=MONDAY, start=None, end=None)
    assert free_time([row], [off], MONDAY, MONDAY) == []


def test_a_night_is_free_across_midnight() -> None:
    """Free until the day's last minute is free until midnight: a night has no minute missing."""
    evening = SimpleNamespace(weekday=0, start=time(20), end=time(23, 59))
    (found,) = free_time([evening], [], MONDAY, MONDAY)
    assert found.end == datetime(2026, 3, 24, 0, 0, tzinfo=LONDON)


def test_within_the_skipped_hour_there_is_no_time() -> None:
    """A window that the night of the clocks swallows is left out: it would end before it starts."""
    row = SimpleNamespace(weekday=6, start=time(1, 30), end=time(2))
    assert free_time([row], [], date(2026, 3, 29), date(2026, 3, 29)) == []


def test_bank_holidays_are_free_only_where_she_says_so() -> None:
    """On a day off her pattern does not hold, but what she says of that very day does."""
    row = SimpleNamespace(weekday=0, start=time(8), end=time(13))
    her_word = SimpleNamespace(day=MONDAY, start=time(9), end=time(12))
    assert free_time([row], [], MONDAY, MONDAY, days_off={MONDAY}) == []
    (found,) = free_time([row], [her_word], MONDAY, MONDAY, days_off={MONDAY})
    assert found.start == local(MONDAY, time(9))


@st.composite
def stretches(draw: Any) -> list[Any]:
    """Stretches of minutes around the night on which the clocks go forward, in any order, overlapping."""
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    pairs = draw(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 120)), max_size=8))
    return [
        SimpleNamespace(start=start + timedelta(minutes=a), end=start + timedelta(minutes=a + b))
        for a, b in pairs
    ]


def minutes_of(spans: Any) -> set[datetime]:
    """Every whole minute that lies in one of ``spans``."""
    return {
        span.start + timedelta(minutes=n)
        for span in spans
        for n in range(int((span.end - span.start) / timedelta(minutes=1)))
    }


@given(stretches(), stretches())
def test_what_is_busy_is_not_free_and_nothing_else_is_lost(free: Any, busy: Any) -> None:
    """Minute by minute: what is left is exactly what was free and not busy, in stretches that are not
    empty.
    """
    left = without(free, busy)
    assert minutes_of(left) == minutes_of(free) - minutes_of(busy)
    assert all(stretch.start < stretch.end for stretch in left)


@given(stretches(), stretches(), stretches())
def test_busy_time_in_any_order_or_in_parts_is_the_same(free: Any, one: Any, other: Any) -> None:
    """Two calendars taken away together, or one after the other, leave the same."""
    assert without(free, one + other) == without(without(free, other), one)


@given(stretches())
def test_with_nothing_busy_all_stays_free(free: Any) -> None:
    """Nothing taken away changes nothing, not even where stretches touch."""
    assert [(s.start, s.end) for s in without(free, [])] == [(s.start, s.end) for s in free]
