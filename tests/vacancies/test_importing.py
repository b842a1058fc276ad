"""A practice's spreadsheet of sessions: every row looked at, errors by cell, all or nothing."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from desirepath.pools.actions import add_practice
from desirepath.pools.models import ImportUpload
from desirepath.pools.spreadsheet import read
from desirepath.vacancies.importing import COLUMNS, sessions_of
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.architecture.house import ROOT

pytestmark = pytest.mark.django_db

ROW = {"date": "8/12/2026", "start": "8:30am", "end": "12:40", "role": "GP", "rate": "95"}


@pytest.fixture
def surgery(clock_at):
    clock_at("2026-12-01 09:00")
    made = cast.practice("Quayside Surgery", code="D82001")
    cast.pool("Saltmarsh pool", made)
    return made


@pytest.fixture
def booker(client, sign_in, surgery):
    return sign_in(client, cast.booker("Bo Booker", surgery))


def sheet(*rows, name="cover.csv"):
    """The rows as a CSV file; each is ROW with its changes."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in COLUMNS])
    writer.writeheader()
    writer.writerows([{**ROW, **row} for row in rows])
    return SimpleUploadedFile(name, out.getvalue().encode())


def send(client, *rows):
    answer = client.post(reverse("vacancies:sessions"), {"file": sheet(*rows)}, follow=True)
    return answer.content.decode()


def confirm(client):
    upload = ImportUpload.objects.get()
    address = reverse("vacancies:sessions-preview")
    return client.post(address, {"upload": upload.public_id}, follow=True).content.decode()


def test_sent_looked_at_and_posted(booker, surgery):
    """Every column arrives; a session over midnight too; nothing is posted before the word is given."""
    full = {
        "session_type": "booked surgery",
        "contacts": "26",
        "appointment_minutes": "15",
        "home_visits": "1",
        "duties": "No on call",
        "urgency": "urgent",
        "reason": "Sickness",
        "funding": "ICB pool funding",
    }
    page = send(booker, full, {"date": "2026-12-09", "start": "20:00", "end": "6am"})
    assert "2 rows read, and each can be taken" in page
    assert "at most 25 contacts a day" in page
    assert not Vacancy.objects.exists()
    assert "2 sessions posted" in confirm(booker)
    first, night = Vacancy.objects.order_by("start")
    assert (first.contacts, first.funding, first.reason, first.urgency) == (26, "pool", "sickness", 3)
    assert (first.session_type, first.home_visits, first.duties) == ("surgery", 1, "No on call")
    assert night.minutes == 600
    assert not ImportUpload.objects.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"date": "31/2/2027"}, "row 3, date: must be a real date"),
        ({"date": "1/12/2025"}, "row 3, date: is in the past"),
        ({"date": "28/3/2027", "start": "1:30am", "end": "6am"}, "row 3, start: cannot be 1:30am"),
        ({"end": "8am"}, "row 3, end: must be after the start"),
        ({"rate": "900"}, "row 3, rate: must be from £1 to £500"),
        ({"role": "porter"}, "row 3, role: must be one of"),
        ({"skills": "juggling"}, "row 3, skills: there is no skill"),
        ({"duties": "See 943 476 5919"}, "row 3, duties: This holds what looks like an NHS number"),
        ({"funding": "magic"}, "row 3, funding: must be one of: Practice budget"),
        ({"contacts": "many"}, "row 3, contacts: must be a whole number"),
    ],
)
def test_one_wrong_cell_is_named_and_nothing_is_posted(booker, change, told):
    """The row and the column are told; there is no button to take the rest."""
    page = send(booker, {}, change)
    assert told.replace("'", "&#39;") in page
    assert "Confirm: take" not in page
    confirm(booker)
    assert not Vacancy.objects.exists()


def test_the_world_changes_after_the_look(booker, clock_at):
    """A session that has begun meanwhile stops the whole file."""
    send(booker, {"date": "1/12/2026", "start": "9:30am", "end": "12:40pm"}, {})
    clock_at("2026-12-01 09:40")
    assert "look at the rows again" in confirm(booker)
    assert not Vacancy.objects.exists()


def test_a_file_is_its_practice_s(client, sign_in, booker, surgery):
    """Somebody who books for two practices posts a file for the one she sent it for."""
    send(booker, {})
    other = cast.practice("Hilltop Surgery")
    pool = ImportUpload.objects.get().pool
    add_practice(by=None, pool=pool, practice=other, since=cast.LONG_AGO)
    sign_in(client, cast.booker("Olive Other", other))
    assert (
        "There is no file waiting"
        in client.get(reverse("vacancies:sessions-preview"), follow=True).content.decode()
    )


def test_the_most_rows(booker):
    """200 sessions at once, as of a series."""
    rows = [{"start": f"{8 + n % 4}:00", "end": "14:00"} for n in range(201)]
    assert "more than 200 rows" in send(booker, *rows)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_template_is_read_again(booker, surgery, ending):
    """The file to download has the columns that are read."""
    data = booker.get(reverse("vacancies:sessions-template", args=[ending])).content
    assert read(data)[0][1] == [column.name for column in COLUMNS]


def test_every_column_is_documented(surgery):
    """docs/spreadsheets.md explains each column as the template does."""
    what = sessions_of(surgery)
    part = (ROOT / "docs" / "spreadsheets.md").read_text().split(f"## {what.title}\n")[1].split("\n## ")[0]
    assert [line for line in part.splitlines() if line.startswith("| `")] == [
        f"| `{column.name}` | {'yes' if column.required else 'no'} | {column.help} | {column.example} |"
        for column in what.columns
    ]
