"""Sessions agreed before the pool began come from a spreadsheet, are held, and wait for her word."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.bookings.actions import confirm_booking
from desirepath.bookings.models import Booking, RefusedTry
from desirepath.clinicians.actions import join_pool, register_clinician
from desirepath.clinicians.models import CommittedTime
from desirepath.messages.models import Message
from desirepath.messages.sending import send_due
from desirepath.pools.models import ImportUpload
from desirepath.vacancies.models import Vacancy
from tests import cast

ADDRESS = ["sessions"]


@pytest.fixture
def coast(db: None, clock_at: Any) -> SimpleNamespace:
    """A pool that begins in November: Ann has published no terms yet, Ben has."""
    clock_at("2026-11-23 09:00")
    practice = cast.practice("Coast Surgery", code="D82001")
    pool = cast.pool("Coast Pool", practice)
    manager = cast.person("Mo Manager")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    ann = register_clinician(
        by=None,
        person=cast.person("Ann Able", email="ann@example.org"),
        role="gp",
        registration="7012345",
        latitude=52.0,
        longitude=1.0,
    )
    join_pool(by=None, clinician=ann, pool=pool)
    ben = cast.clinician("Ben Bold", pool=pool, registration="7054321", rate=90)
    return SimpleNamespace(pool=pool, practice=practice, manager=manager, ann=ann, ben=ben)


@pytest.fixture
def manager(client: Client, coast: SimpleNamespace, sign_in: Any) -> Client:
    return sign_in(client, coast.manager)


ANN = {
    "practice": "D82001",
    "registration": "7012345",
    "role": "GP",
    "date": "8/12/2026",
    "start": "08:30",
    "end": "12:40",
    "rate": "92",
}
BEN = {**ANN, "registration": "7054321"}


def send(client: Client, *rows: dict[str, str]) -> str:
    """Send a CSV file of these rows; the page of the preview."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile("sessions.csv", out.getvalue().encode())
    answer = client.post(reverse("pools:import", args=ADDRESS), {"file": file}, follow=True)
    return answer.content.decode().replace("&#39;", "'")


def confirm(client: Client) -> Any:
    upload = ImportUpload.objects.get()
    return client.post(reverse("pools:preview", args=ADDRESS), {"upload": upload.public_id}, follow=True)


def test_held_until_she_confirms(manager: Client, coast: SimpleNamespace, mailoutbox: list[Any]) -> None:
    """Her time is held, provisionally, at the agreed rate; she gets one link, and her word confirms it."""
    assert "1 row read, and each can be taken" in send(manager, ANN)
    assert not Vacancy.objects.exists()
    assert "1 session held" in confirm(manager).content.decode()
    send_due()
    booking = Booking.objects.get()
    assert (booking.state, booking.origin, booking.clinician) == ("provisional", "import", coast.ann)
    assert (booking.rate, booking.fee, booking.terms) == (Decimal(92), Decimal("383.33"), None)
    assert booking.start == datetime(2026, 12, 8, 8, 30, tzinfo=clock.LONDON)
    assert booking.committed_time.kind == CommittedTime.Kind.HOLD
    (mail,) = mailoutbox
    assert str(booking.public_id) in mail.body
    confirm_booking(by=coast.ann.person, booking=booking)
    assert booking.state == "confirmed"


def test_by_her_address(manager: Client, coast: SimpleNamespace) -> None:
    """Her e-mail address does in place of the number."""
    send(manager, {**ANN, "registration": "", "email": "Ann@Example.org"})
    confirm(manager)
    assert Booking.objects.get().clinician == coast.ann


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"practice": "D99999"}, "row 3, practice: D99999 is not a practice of this pool"),
        ({"practice": "x"}, "row 3, practice: must be the code of a practice"),
        ({"registration": "7099999"}, "row 3, registration: there is no GP with it among the active members"),
        ({"registration": ""}, "row 3, registration: is missing"),
        ({"registration": "", "email": "who@example.org"}, "row 3, email: there is no GP with it"),
        ({"email": "who@example.org"}, "row 3, email: is not the address of the GP"),
        ({"role": "nurse"}, "row 3, registration: there is no Nurse with it"),
        ({"date": "1/11/2026"}, "row 3, date: is in the past"),
        ({"date": "23/11/2026"}, "row 3, start: is in the past"),
        ({"date": "8/12/2028"}, "row 3, date: must be within the next year"),
        ({"start": "8"}, "row 3, start: must be a time"),
        ({"end": "08:00"}, "row 3, end: must be after the start"),
        ({"end": "08:45"}, "row 3, end: must be from 30 minutes"),
        ({"rate": "0"}, "row 3, rate: must be from £1"),
        ({"rate": "80"}, "row 3: Ben Bold can't be booked for this session: it is outside the terms they"),
    ],
)
def test_errors_by_cell_and_nothing_held(
    manager: Client, coast: SimpleNamespace, change: dict[str, str], told: str
) -> None:
    """Each error names its row and column; the good row is not held either."""
    page = send(manager, {**ANN, "email": ""}, {**BEN, **change})
    assert told in page
    assert "Confirm: take" not in page
    confirm(manager)
    assert not Vacancy.objects.exists()
    assert not CommittedTime.objects.exists()
    assert not Message.objects.exists()


def test_overlaps_in_the_file(manager: Client) -> None:
    """Two rows of one clinician may touch, not overlap."""
    touching = {**ANN, "start": "12:40", "end": "17:00"}
    assert "each can be taken" in send(manager, ANN, touching, BEN)
    page = send(manager, ANN, {**touching, "start": "12:30"})
    assert "row 3, start: overlaps row 2, also of Ann Able" in page


def test_busy_elsewhere_says_no_more(manager: Client, coast: SimpleNamespace) -> None:
    """Time committed in another pool shows as busy, and not where."""
    other = cast.pool("Inland Pool", cast.practice("Hilltop Practice"))
    join_pool(by=None, clinician=coast.ben, pool=other)
    start = datetime(2026, 12, 8, 10, tzinfo=clock.LONDON)
    session = cast.vacancy(other.practices().get(), start=start)
    cast.booking(session, coast.ben)
    page = send(manager, BEN)
    assert "row 2, start: they are busy then" in page
    assert "Hilltop" not in page
    assert "Inland" not in page


def test_looking_keeps_nothing(manager: Client, coast: SimpleNamespace) -> None:
    """Rows of whoever has published terms are tried by the plan's own rules, and all of it is undone."""
    send(manager, BEN)
    assert not Vacancy.objects.exists()
    assert not CommittedTime.objects.exists()
    assert not Message.objects.exists()


def test_her_limits_hold_over_the_rows_together(manager: Client, coast: SimpleNamespace) -> None:
    """What fits alone but not beside another row is an error of the later row."""
    from desirepath.clinicians.actions import publish_terms

    publish_terms(by=coast.ben.person, clinician=coast.ben, values={"max_sessions_day": 1})
    page = send(manager, BEN, {**BEN, "start": "14:00", "end": "18:00"})
    assert "row 3: Ben Bold can't be booked for this session: it is outside the terms they have set" in page


def test_busy_since_the_preview(manager: Client, coast: SimpleNamespace) -> None:
    """Booked in between, she is not booked twice: nothing of the file is held."""
    send(manager, {**ANN, "date": "9/12/2026"}, BEN)
    cast.booking(cast.vacancy(coast.practice, start=datetime(2026, 12, 8, 9, tzinfo=clock.LONDON)), coast.ben)
    page = confirm(manager).content.decode()
    assert "Something has changed since you looked" in page
    assert Booking.objects.filter(origin="import").count() == 0


def test_another_pool_s_people_are_unknown(manager: Client, coast: SimpleNamespace) -> None:
    """Neither its practices nor its members can be named."""
    cast.clinician("Cy Castaway", pool=cast.pool("Inland Pool"), registration="7077777")
    assert "row 2, registration: there is no GP with it" in send(manager, {**ANN, "registration": "7077777"})


def test_an_hour_lost_or_won_by_the_clocks(manager: Client, coast: SimpleNamespace) -> None:
    """Times are those of clocks in England, in summer too."""
    send(manager, {**ANN, "date": "6/7/2027"})
    confirm(manager)
    booking = Booking.objects.get()
    assert booking.end - booking.start == timedelta(hours=4, minutes=10)
    assert booking.start.astimezone(clock.LONDON).hour == 8


def rows_at(rates, **changed):
    """Rows of Ben on days of their own, one for each rate."""
    return [{**BEN, "date": f"{8 + n}/12/2026", "rate": str(rate), **changed} for n, rate in enumerate(rates)]


def test_a_rate_is_not_searched_by_a_file_of_many(manager: Client, coast: SimpleNamespace) -> None:
    """Of a file with a step in each row five are answered: where Ben's rate begins can't be read out."""
    page = send(manager, *rows_at(range(94, 84, -1)))
    # each is said in the summary and beside its row
    assert page.count("outside the terms they have set") == 0
    assert page.count("checked in several versions today") == 2 * 5
    page = send(manager, *rows_at([89.99, 90]))
    assert "outside the terms" not in page
    assert "checked in several versions today" in page
    assert not Booking.objects.exists()


def test_nor_by_one_file_after_the_other(manager: Client, coast: SimpleNamespace) -> None:
    """Five different rates a day are told of, whichever way they end; the message is one for all reasons."""
    for rate in (60, 120, 75, 105, 85):
        assert "checked in several versions" not in send(manager, *rows_at([rate]))
    assert "checked in several versions" in send(manager, *rows_at([95]))
    assert "checked in several versions" in send(manager, *rows_at([40]))
    # what was told is told again, and another day is another day
    assert "outside the terms they have set" in send(manager, *rows_at([60]))
    with clock.at(cast.at(1, 9)):
        assert "checked in several versions" not in send(manager, *rows_at([95]))


def test_taking_a_file_tells_no_more_than_its_preview(manager: Client, coast: SimpleNamespace) -> None:
    """Sent and taken without a look, a row that was not answered is not tried."""
    RefusedTry.objects.create(
        practice=coast.practice, clinician=coast.ben, day=clock.today(), rates=["1", "2", "3", "4", "5"]
    )
    send(manager, *rows_at([100]))
    page = confirm(manager).content.decode()
    assert "look at the rows of the file once more" in page and not Booking.objects.exists()


def test_usual_files_are_not_in_the_way(manager: Client, coast: SimpleNamespace) -> None:
    """Three sessions at one rate, looked at six times, are taken."""
    for _ in range(6):
        page = send(manager, *rows_at([92] * 3))
    assert "checked in several versions" not in page
    confirm(manager)
    assert Booking.objects.count() == 3
