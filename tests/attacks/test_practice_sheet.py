"""A practice's spreadsheet as a door: whatever is sent, nothing is posted that nobody confirmed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desirepath.accounts.roles import Role
from desirepath.pools.models import ImportUpload
from desirepath.vacancies.models import Vacancy
from tests.architecture.world import Side
from tests.attacks.test_spreadsheets import bomb

pytestmark = pytest.mark.django_db

COLUMNS = ("date", "start", "end", "role", "rate", "skills", "contacts", "duties", "reason")
ROW = ("8/12/2026", "8:30am", "12:40pm", "GP", "95", "", "12", "Visits", "Sickness")


@pytest.fixture
def side(clock_at) -> Side:
    clock_at("2026-12-01 09:00")
    return Side("Ours")


@pytest.fixture
def booker(side: Side) -> Client:
    client = Client()
    client.force_login(side.person(Role.PRACTICE_BOOKER))
    return client


def sent(client: Client, data: bytes, name: str = "c.csv") -> int:
    return client.post("/practice/sessions/", {"file": SimpleUploadedFile(name, data)}).status_code


def line(**typed: str) -> bytes:
    cells = dict(zip(COLUMNS, ROW, strict=True)) | typed
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells.values())
    return f"{','.join(cells)}\n{','.join(quoted)}\n".encode()


@pytest.mark.parametrize("data", [bomb(), b"", b"\x00" * 100, b"%PDF-1.7", b"practice\nD82001\n"])
def test_what_is_no_sheet_is_refused(booker: Client, data: bytes) -> None:
    """422 in our words; nothing is kept."""
    assert sent(booker, data) == 422
    assert not ImportUpload.objects.exists()


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("duties", "Ask for 943 476 5919"),
        ("date", "9999-12-31"),
        ("date", "0001-01-01"),
        ("start", "8:30xm"),
        ("end", "25:00"),
        ("rate", "1e9"),
        ("rate", "-5"),
        ("contacts", "9" * 400),
        ("skills", ";" * 400 + "x"),
        ("role", "=cmd|' /C calc'!A0"),
        ("reason", "<script>alert(1)</script>"),
    ],
)
def test_a_cell_that_means_harm_stops_the_file(booker: Client, column: str, typed: str) -> None:
    """The preview names it, escaped, and taking it posts nothing."""
    if sent(booker, line(**{column: typed})) != 302:
        assert not ImportUpload.objects.exists()
        return
    page = booker.get("/practice/sessions/preview/").content.decode()
    assert f"row 2, {column}" in page
    assert "<script>alert" not in page
    upload = ImportUpload.objects.get()
    booker.post("/practice/sessions/preview/", {"upload": upload.public_id})
    assert not Vacancy.objects.exists()


def test_a_formula_is_only_text(booker: Client) -> None:
    """What would be a formula elsewhere is posted as the words it is, and shown escaped."""
    assert sent(booker, line(duties="=HYPERLINK(1)<b>")) == 302
    upload = ImportUpload.objects.get()
    booker.post("/practice/sessions/preview/", {"upload": upload.public_id})
    assert Vacancy.objects.get().duties == "=HYPERLINK(1)<b>"


def test_another_person_s_file(booker: Client, side: Side) -> None:
    """A colleague at the next practice of the pool can neither see nor take it."""
    sent(booker, line())
    upload = ImportUpload.objects.get()
    stranger = Client()
    stranger.force_login(Side("Theirs").person(Role.PRACTICE_BOOKER))
    for address in ("preview/", "discard/"):
        stranger.post(f"/practice/sessions/{address}", {"upload": upload.public_id})
    assert ImportUpload.objects.filter(pk=upload.pk).exists()
    assert not Vacancy.objects.exists()
