"""What a calendar file says of busy time, and files that are none or mean harm."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit.clock import LONDON
from desirepath.audit.refusal import Refused
from desirepath.clinicians.ics import Read, read_busy
from tests.clinicians.calendars import calendar, once

START = datetime(2026, 12, 1, tzinfo=LONDON)
END = datetime(2027, 12, 1, tzinfo=LONDON)


def read(*events: str) -> Read:
    return read_busy(calendar(*events), start=START, end=END, ours="https://here.example/")


def spans(found: Read) -> list[tuple[str, str]]:
    """Stretches on England's clocks."""
    return [
        (f"{each.start.astimezone(LONDON):%m-%d %H:%M}", f"{each.end.astimezone(LONDON):%m-%d %H:%M}")
        for each in found.times
    ]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (once("20261208T090000", "20261208T100000"), [("12-08 09:00", "12-08 10:00")]),
        ("DTSTART:20270608T090000Z\nDTEND:20270608T100000Z", [("06-08 10:00", "06-08 11:00")]),
        ("DTSTART:20270608T090000\nDURATION:PT2H", [("06-08 09:00", "06-08 11:00")]),
        (
            "DTSTART;TZID=America/New_York:20261208T090000\nDURATION:PT1H",
            [("12-08 14:00", "12-08 15:00")],
        ),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227", [("12-24 00:00", "12-27 00:00")]),
        ("DTSTART;VALUE=DATE:20261224", [("12-24 00:00", "12-25 00:00")]),
        (once("20261130T230000", "20261201T020000"), [("12-01 00:00", "12-01 02:00")]),
        (
            once("20261208T090000", "20261208T100000", "RRULE:FREQ=DAILY;COUNT=3"),
            [("12-08 09:00", "12-08 10:00"), ("12-09 09:00", "12-09 10:00"), ("12-10 09:00", "12-10 10:00")],
        ),
        (
            once(
                "20261208T090000",
                "20261208T100000",
                "RRULE:FREQ=DAILY;UNTIL=20261210T090000Z",
                "EXDATE;TZID=Europe/London:20261209T090000",
            ),
            [("12-08 09:00", "12-08 10:00"), ("12-10 09:00", "12-10 10:00")],
        ),
        (
            once("20261208T090000", "20261208T100000", "RDATE;TZID=Europe/London:20261215T110000"),
            [("12-08 09:00", "12-08 10:00"), ("12-15 11:00", "12-15 12:00")],
        ),
        ("DTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY", [("12-25 00:00", "12-26 00:00")]),
        (
            once("20200107T180000", "20200107T190000", "RRULE:FREQ=MONTHLY;BYDAY=1TU;UNTIL=20270131"),
            [("12-01 18:00", "12-01 19:00"), ("01-05 18:00", "01-05 19:00")],
        ),
    ],
)
def test_what_counts(lines: str, wanted: list[Any]) -> None:
    """Ends and durations, zones and dates, repeats with their ends and gaps; cut to the time asked for."""
    assert spans(read(lines)) == wanted


def test_repeats_keep_to_the_clock_when_it_changes() -> None:
    """Every Sunday at nine is at nine before and after both nights on which the clocks change."""
    found = read(once("20261206T090000", "20261206T100000", "RRULE:FREQ=WEEKLY"))
    assert len(found.times) == 52
    assert {f"{each.start.astimezone(LONDON):%a %H:%M}" for each in found.times} == {"Sun 09:00"}


def test_every_other_week_from_long_ago() -> None:
    """A rule that began years ago is laid out as if it had been walked through, whatever its stride."""
    long_ago, lately = date(2015, 1, 9), date(2026, 11, 27)
    assert (lately - long_ago).days % 14 == 0
    old, new = (
        read(once(f"{day:%Y%m%d}T090000", f"{day:%Y%m%d}T100000", "RRULE:FREQ=WEEKLY;INTERVAL=2"))
        for day in (long_ago, lately)
    )
    assert old.times == new.times
    assert len(old.times) == 26


def test_a_moved_repeat_is_where_it_was_moved_to() -> None:
    """An event of its own replaces the repeat that it names."""
    series = once("20261207T090000", "20261207T100000", "RRULE:FREQ=DAILY;COUNT=2", "UID:run")
    moved = once(
        "20261208T150000", "20261208T160000", "UID:run", "RECURRENCE-ID;TZID=Europe/London:20261208T090000"
    )
    assert spans(read(series, moved)) == [("12-07 09:00", "12-07 10:00"), ("12-08 15:00", "12-08 16:00")]


def test_what_does_not_count_is_told() -> None:
    """Free, cancelled, over, our own, and what can't be read: each is counted, none makes her busy."""
    free = once("20261208T090000", "20261208T100000", "TRANSP:TRANSPARENT")
    outlook = once("20261208T090000", "20261208T100000", "X-MICROSOFT-CDO-BUSYSTATUS:FREE")
    cancelled = once("20261208T090000", "20261208T100000", "STATUS:CANCELLED")
    over = once("20261108T090000", "20261108T100000")
    ours = once("20261208T090000", "20261208T100000", "URL:https://here.example/booking/1/")
    hourly = once("20261208T090000", "20261208T100000", "RRULE:FREQ=HOURLY")
    never = once("20261208T090000", "20261208T100000", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    odd = once("20261208T090000", "20261208T100000", "RRULE:FREQ=DAILY;INTERVAL=0")
    found = read(free, outlook, cancelled, over, ours, hourly, never, odd, "DTSTART:soon", "DURATION:PT1H")
    assert found == Read([], events=0, free=3, outside=1, ours=1, unread=5)


def test_no_word_of_an_event_is_kept() -> None:
    """What is read holds times and counts, and no title."""
    assert "secret" not in repr(read(once("20261208T090000", "20261208T100000")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"name,date\nDentist,2026-12-08\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 5_000,
        "BEGIN:VCALENDAR\r\nEND:VEVENT\r\n".encode("utf-16"),
        b"<html>BEGIN:VCALENDAR</html>",
    ],
)
def test_what_is_no_calendar_is_refused_or_empty(data: bytes) -> None:
    """Plain words, or nothing in it; never a fault."""
    with suppress(Refused):
        assert not read_busy(data, start=START, end=END).times


@given(st.binary(max_size=300), st.integers(0, 200))
def test_broken_files_are_never_a_fault(noise: bytes, place: int) -> None:
    """Whatever bytes stand in a calendar, it is read or refused."""
    whole = calendar(once("20261208T090000", "20261208T100000", "RRULE:FREQ=DAILY;COUNT=3"))
    with suppress(Refused):
        read_busy(whole[:place] + noise + whole[place:], start=START, end=END)


def test_a_file_that_would_keep_the_server_busy() -> None:
    """Endless rules, thousands of them, and years that never match: refused within seconds."""
    daily = once("19700101T090000", "19700101T091500", "RRULE:FREQ=DAILY;COUNT=99999")
    began = time.monotonic()
    with pytest.raises(Refused, match="more events than can be read"):
        read(*[daily] * 400)
    assert time.monotonic() - began < 20
    with pytest.raises(Refused, match="smaller than 5 MB"):
        read_busy(b"x" * 5_000_001, start=START, end=END)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 90)), max_size=12))
def test_the_stretches_never_touch(events: list[tuple[int, int]]) -> None:
    """However events overlap, the same minutes come out, in stretches that say nothing of single events."""
    first = datetime(2026, 12, 8, tzinfo=UTC)
    lines = [
        f"DTSTART:{first + timedelta(minutes=a):%Y%m%dT%H%M%SZ}\nDURATION:PT{length}M" for a, length in events
    ]
    found = read(*lines)
    wanted = {minute for a, length in events for minute in range(a, a + length)}
    got = {
        int((each.start - first).total_seconds()) // 60 + minute
        for each in found.times
        for minute in range(int((each.end - each.start).total_seconds()) // 60)
    }
    assert got == wanted
    assert all(a.end < b.start for a, b in zip(found.times, found.times[1:], strict=False))
