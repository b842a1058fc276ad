"""A month painted, a week copied, bank holidays chosen; her other calendars: sent, looked at, taken."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians import actions, busy, painting
from desirepath.clinicians.free_forms import MonthForm, box_of
from desirepath.clinicians.free_month import FreeDay, free_month
from desirepath.clinicians.models import BusyTime, BusyUpload, Clinician
from desirepath.clinicians.month import (
    PARTS,
    beside_parts,
    less,
    merged,
    part_windows,
    parts_within,
    read_month,
)
from tests import cast
from tests.clinicians.calendars import calendar, once

FREE = reverse("clinicians:free")
BUSY = reverse("clinicians:busy")
LOOK = reverse("clinicians:busy-look")
TUESDAY = date(2026, 12, 8)
MORNING, AFTERNOON, EVENING = (part.window for part in PARTS)


@pytest.fixture
def ann(db: None, clock_at: Any) -> Clinician:
    """Free on every morning, on 1 December 2026, a Tuesday."""
    clock_at("2026-12-01 09:00")
    return cast.clinician("Ann Locum", pool=cast.pool("", cast.practice("Quayside")), free=MORNING)


@pytest.fixture
def hers(client: Client, ann: Clinician, sign_in: Any) -> Client:
    """Ann's browser."""
    return sign_in(client, ann.person)


def exceptions(ann: Clinician) -> dict[date, list[Any]]:
    found: dict[date, list[Any]] = {}
    for row in ann.exceptions.order_by("day", "start"):
        found.setdefault(row.day, []).append((row.start, row.end))
    return found


def weeks_of(ann: Clinician) -> list[list[FreeDay]]:
    """December as her page shows it."""
    return free_month(Clinician.objects.get(pk=ann.pk), read_month("2026-12", date(2026, 12, 1)))


def boxes(ann: Clinician) -> dict[str, Any]:
    """The month's form as a browser would send it back unchanged."""
    weeks = weeks_of(ann)
    ticked = [
        box_of(day.day, part.part.key)
        for week in weeks
        for day in week
        for part in day.parts
        if day.paintable and part.free
    ]
    return {"was": MonthForm(weeks=weeks)["was"].value(), "free": ticked}


def test_only_what_changed_is_saved(hers: Client, ann: Clinician) -> None:
    """Two boxes ticked and one cleared are two exceptions; the rest of the month stays as in any week."""
    sent = boxes(ann)
    sent["free"] += ["2026-12-08 afternoon", "2026-12-08 evening"]
    sent["free"].remove("2026-12-09 morning")
    answer = hers.post(f"{reverse('clinicians:paint')}?month=2026-12", sent, follow=True)
    assert "2 days saved" in answer.text
    assert exceptions(ann) == {TUESDAY: [(time(8), time(22))], date(2026, 12, 9): [(None, None)]}
    sent = boxes(ann)
    sent["free"].append("2026-12-09 morning")
    hers.post(reverse("clinicians:paint"), sent)
    assert list(exceptions(ann)) == [TUESDAY]  # as in any week again: no exception


def test_a_change_elsewhere_is_not_undone(hers: Client, ann: Clinician) -> None:
    """A page left open for an hour saves its own change, not the month as it was then."""
    sent = boxes(ann)
    actions.set_day(by=ann.person, clinician=ann, day=date(2026, 12, 10), windows=[])
    sent["free"].append("2026-12-08 evening")
    hers.post(reverse("clinicians:paint"), sent)
    assert exceptions(ann)[date(2026, 12, 10)] == [(None, None)]


def test_finer_times_stay(ann: Clinician) -> None:
    """Free from 2pm to 4pm that day as well: ticking the evening keeps it."""
    actions.set_day(by=ann.person, clinician=ann, day=TUESDAY, windows=[(time(14), time(16))])
    painting.paint(by=ann.person, clinician=ann, days={TUESDAY: {"evening": True}})
    assert exceptions(ann)[TUESDAY] == [(time(14), time(16)), EVENING]


@pytest.mark.parametrize("was", ["", "0", "x" * 93, "1" * 300])
def test_an_incomplete_page_is_told(hers: Client, ann: Clinician, was: str) -> None:
    """A form that does not belong to the month changes nothing and says so."""
    answer = hers.post(reverse("clinicians:paint"), {"was": was, "free": "2026-12-08 evening"})
    assert answer.status_code == 422
    assert "This page was not complete" in answer.text
    assert not exceptions(ann)


def test_boxes_that_are_none(hers: Client, ann: Clinician) -> None:
    """A day that is over, or no day, is refused; what was ticked stays ticked."""
    sent = boxes(ann)
    answer = hers.post(reverse("clinicians:paint"), {**sent, "free": [*sent["free"], "2026-11-30 morning"]})
    assert answer.status_code == 422
    with pytest.raises(Refused, match="over"):
        painting.paint(by=ann.person, clinician=ann, days={date(2026, 11, 30): {"evening": True}})


def test_states_of_a_part_of_a_day(hers: Client, ann: Clinician) -> None:
    """Booked, held and taken back are told on the parts; busy time stands beside them."""
    place = ann.memberships.get().pool.practices().get()
    cast.booking(cast.vacancy(place, start=cast.at(7, 8)), ann)
    actions.set_day(by=ann.person, clinician=ann, day=date(2026, 12, 9), windows=[])
    week = weeks_of(ann)[1]
    assert [part.state for part in week[1].parts] == ["booked", "", ""]
    assert [part.state for part in week[2].parts] == ["withdrawn", "", ""]
    assert [part.state for part in week[3].parts] == ["open", "", ""]


def test_a_week_is_copied(hers: Client, ann: Clinician) -> None:
    """The week as it stands, exceptions and all, to the weeks chosen; days that are over stay."""
    actions.set_day(by=ann.person, clinician=ann, day=TUESDAY, windows=[EVENING])
    sent = {"week": "2026-12-07", "to": ["2026-12-14", "2026-12-28", "2026-11-30"]}
    answer = hers.post(reverse("clinicians:copy-week"), sent, follow=True)
    assert "Copied to 3 weeks: 3 days changed" in answer.text
    tuesdays = {date(2026, 12, 1), TUESDAY, date(2026, 12, 15), date(2026, 12, 29)}
    assert exceptions(ann) == {day: [EVENING] for day in tuesdays}


def test_a_copy_leaves_bank_holidays_where_she_says_so(ann: Clinician) -> None:
    """Where she works no bank holiday unless she says so of the day, a copy is not saying so."""
    christmas = date(2026, 12, 21)
    painting.set_bank_holidays(by=ann.person, clinician=ann, free=False)
    painting.paint(by=ann.person, clinician=ann, days={date(2026, 12, 11): {"evening": True}})
    painting.copy_week(by=ann.person, clinician=ann, week=date(2026, 12, 7), to=[christmas])
    assert date(2026, 12, 25) not in exceptions(ann)
    said = painting.said_of(ann, date(2026, 12, 24), date(2026, 12, 25))
    assert [day.windows for day in said.values()] == [[MORNING], []]


@pytest.mark.parametrize("sent", [{}, {"week": "2026-12-07"}, {"week": "2026-12-07", "to": ["2026-12-07"]}])
def test_a_copy_of_nothing(hers: Client, ann: Clinician, sent: dict[str, Any]) -> None:
    """No week, or only the week itself: told beside the field."""
    answer = hers.post(reverse("clinicians:copy-week"), sent)
    assert answer.status_code == 422
    assert "Choose" in answer.text
    assert not exceptions(ann)


def test_bank_holidays_as_she_says(hers: Client, ann: Clinician) -> None:
    """The choice is kept, logged once, and shown on the month and on the day."""
    where = reverse("clinicians:bank-holidays")
    for _ in range(2):
        assert (
            "On bank holidays you are not free" in hers.post(where, {"holidays": "unless"}, follow=True).text
        )
    ann.refresh_from_db()
    assert not ann.free_on_bank_holidays
    assert Event.objects.filter(verb="bank holidays chosen").count() == 1
    christmas = weeks_of(ann)[3][4]
    assert christmas.holiday == "Christmas Day"
    assert not any(part.free for part in christmas.parts)
    assert "It is a bank holiday" in hers.get(reverse("clinicians:free-day", args=["2026-12-25"])).text
    assert hers.post(where, {}).status_code == 422


def sent(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "file": SimpleUploadedFile("calendar.ics", data)}


DENTIST = calendar(once("20261208T090000", "20261208T100000"))


def test_a_calendar_is_looked_at_before_it_counts(hers: Client, ann: Clinician) -> None:
    """Sent, it shows what it would change and counts for nothing; taken, it counts, and no title is kept."""
    assert hers.post(BUSY, sent("Family", DENTIST)).url == LOOK
    text = hers.get(LOOK).text
    assert "1 event in the next 12 months counts as busy" in text
    assert "1 day on which you are free now would have less free time" in text
    assert "Tue 8 Dec, 9am to 10am" in text
    assert not BusyTime.objects.exists()
    assert "Family counts from now on" in hers.post(LOOK, {"do": "take"}, follow=True).text
    assert BusyTime.objects.get().start == cast.at(7, 9, 0)
    assert not BusyUpload.objects.exists()
    assert "Busy 9am to 10am" in hers.get(FREE).text
    assert not Event.objects.filter(details__icontains="Family").exists()


def test_a_file_of_the_same_name_takes_its_place(ann: Clinician) -> None:
    """Read in anew, the older times are gone; another name stands beside it; removed, all is as before."""
    for name, day in (("Family", "08"), ("Other job", "09"), ("Family", "10")):
        data = calendar(once(f"202612{day}T090000", f"202612{day}T100000"))
        upload = busy.keep_upload(by=ann.person, clinician=ann, name=name, data=data)
        source = busy.take_upload(by=ann.person, upload=upload)
    assert [f"{row.start:%d}" for row in ann.busy_time.all()] == ["09", "10"]
    busy.remove_source(by=ann.person, source=source)
    assert [f"{row.start:%d}" for row in ann.busy_time.all()] == ["09"]


def test_a_calendar_is_forgotten_or_taken_once(hers: Client, ann: Clinician, clock_at: Any) -> None:
    """Discarded, or left for an hour, it is gone; taken twice at once, it counts once."""
    hers.post(BUSY, sent("Family", DENTIST))
    hers.post(LOOK, {"do": "discard"})
    assert hers.get(LOOK).url == BUSY
    hers.post(BUSY, sent("Family", DENTIST))
    upload = busy.upload_of(ann)
    assert upload is not None
    busy.take_upload(by=ann.person, upload=upload)
    with pytest.raises(Refused, match="already"):
        busy.take_upload(by=ann.person, upload=upload)
    hers.post(BUSY, sent("Other", DENTIST))
    clock_at("2026-12-01 10:30")
    assert busy.upload_of(ann) is None


def test_sessions_within_busy_time_are_named(hers: Client, ann: Clinician) -> None:
    """Before she takes it she is told which booked sessions lie within; they stay."""
    place = ann.memberships.get().pool.practices().get()
    booking = cast.booking(cast.vacancy(place, start=cast.at(7, 8)), ann)
    hers.post(BUSY, sent("Family", DENTIST))
    assert "These stay as they are" in hers.get(LOOK).text
    hers.post(LOOK, {"do": "take"})
    booking.refresh_from_db()
    assert booking.stands


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"not a calendar", "This is not a calendar file"),
        (calendar(), "There is no event in this calendar"),
        (b"", "The file is empty"),
        (b"x" * 5_000_001, "The file must be smaller than 5 MB"),
    ],
)
def test_bad_files_are_refused_in_plain_words(hers: Client, data: bytes, told: str) -> None:
    """The page comes back with what is wrong, and what was typed."""
    answer = hers.post(BUSY, sent("Family", data))
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Family"' in answer.text


def test_only_she_says_when_she_is_busy(ann: Clinician) -> None:
    """Nobody else reads a calendar in for her."""
    with pytest.raises(PermissionError):
        busy.keep_upload(by=cast.person(), clinician=ann, name="Mine", data=DENTIST)


window = (
    st.tuples(st.integers(0, 94), st.integers(1, 95))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: (time(pair[0] // 4, pair[0] % 4 * 15), time(pair[1] // 4, pair[1] % 4 * 15)))
)
windows = st.lists(window, max_size=4)


def quarters(spans: Any) -> set[timedelta]:
    """The quarters of an hour that lie in windows."""
    return {
        quarter * timedelta(minutes=15)
        for quarter in range(96)
        if any(start <= time(quarter // 4, quarter % 4 * 15) < end for start, end in spans)
    }


@given(windows, window)
def test_a_window_taken_away_is_gone_and_nothing_else(spans: Any, taken: Any) -> None:
    """Quarter by quarter."""
    assert quarters(less(spans, taken)) == quarters(spans) - quarters([taken])


@given(windows)
def test_parts_and_what_is_beside_them_are_all_there_is(spans: Any) -> None:
    """Whole parts and other times add up to the windows, but for what is earlier or later than the parts."""
    whole, beside = part_windows(parts_within(spans)), beside_parts(spans)
    told = quarters(whole) | quarters(beside)
    assert told <= quarters(spans)
    early_or_late = quarters([(time(0), time(8)), (time(22), time(23, 59))])
    assert quarters(spans) - told <= early_or_late
    assert merged(whole) == merged(part_windows(parts_within(merged(whole))))
