"""Files made to do harm: bombs, foreign entities, sheets without end, broken text. One line, nothing kept."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Clinician
from desirepath.pools.importing import IMPORTS, cells_by_column
from desirepath.pools.models import ImportUpload
from desirepath.pools.spreadsheet import read, to_xlsx
from tests.architecture.world import Side

HEAD = ["name", "email", "role", "registration", "latitude", "longitude"]
ROW = ["Una Upload", "una@example.org", "GP", "7654321", "52.6", "1.3"]
SHEET = "xl/worksheets/sheet1.xml"
START = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
)
#: seconds: far above what any of them takes, far below what a bomb would
PATIENCE = 20


def with_part(name: str, content: str) -> bytes:
    """A workbook of ours with one of its parts replaced."""
    whole, out = zipfile.ZipFile(io.BytesIO(to_xlsx({"Sheet": [HEAD, ROW]}))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for member in whole.namelist():
            if member != name:
                made.writestr(member, whole.read(member))
        made.writestr(name, content)
    return out.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    return with_part(SHEET, f'<?xml version="1.0"?>{before}{START}{rows}</worksheet>')


def cell(text: str, place: str = "A1") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def bomb() -> bytes:
    return with_part("xl/media/x.bin", "0" * 60_000_000)


def lying_bomb() -> bytes:
    """Its directory says that the sheet unpacks to a few bytes."""
    data = bytearray(sheet(f"<sheetData><row>{cell('x' * 30_000_000)}</row></sheetData>"))
    place = data.rindex(SHEET.encode()) - 46
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        bomb(),
        lying_bomb(),
        sheet(f"<sheetData><row>{cell('&a9;')}</row></sheetData>", f"{LAUGHS}]>"),
        sheet("<sheetData><row>"),
        with_part("xl/workbook.xml", "<workbook/>"),
        with_part("[Content_Types].xml", "]]>"),
        sheet(f"<sheetData>{'<row/>' * 1_000_000}</sheetData>"),
        b"PK\x03\x04" + b"\x00" * 100,
        b"\xd0\xcf\x11\xe0" + b"\x00" * 100,
        b'"name\n' * 10,
        b"name,email\n\x00,\x00\n",
        b"\xff\xfename",
        b"\xef\xbb\xbf\xff\xfe\x81",
        ("a," * 200_000).encode(),
        ("#\n" * 2_000_000).encode(),
        b"\x1f\x8b\x08" + b"\x00" * 50,
        b"%PDF-1.7",
        b"\n" * 4_000_000,
        ("x" * 4_000_000).encode(),
        ("name\n" + "y\n" * 6_000).encode(),
    ],
    ids=range(20),
)
def test_harm_is_refused_in_one_line(data: bytes) -> None:
    """Within reason of time, in words for whoever sent it."""
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        cells_by_column(IMPORTS["clinicians"].columns, read(data))
    assert len(str(refused.value).splitlines()) == 1
    assert time.monotonic() - began < PATIENCE


def test_a_workbook_reads_no_file_of_ours(tmp_path: Path) -> None:
    """An external entity is not fetched, whatever stands behind it."""
    secret = tmp_path / "secret"
    secret.write_text("the signing key")
    kind = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    try:
        rows = read(sheet(f"<sheetData><row>{cell('a&e;b')}</row></sheetData>", kind))
    except Refused:
        return
    assert "signing" not in str(rows)


@pytest.mark.parametrize("place", ["A1048576", "XFD1048576", "XFD1", "A99999999", "ZZZZZZ1"])
def test_a_sheet_without_end_ends(place: str) -> None:
    """A cell, or a claim, at the end of the world."""
    number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<sheetData><row r="1">{cell("name")}</row><row r="{number}">{cell("x", place)}</row></sheetData>'
    began = time.monotonic()
    try:
        rows = read(sheet(f'<dimension ref="A1:{place}"/>{far}'))
    except Refused:
        rows = []
    assert len(rows) <= 2
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("../../etc/passwd", b"name\n"),
        ("x\r\nSet-Cookie: a=b.csv", b"name\n"),
        ("<script>alert(1)</script>.csv", ",".join(HEAD).encode() + b"\n" + ",".join(ROW).encode()),
        ("a.xlsx", bomb()),
        ("", b""),
    ],
)
def test_an_upload_that_is_refused_keeps_nothing(side: Side, name: str, data: bytes) -> None:
    """Through the page: 422 in our words (or a preview, escaped); nobody is made."""
    client = Client()
    client.force_login(side.person(Role.POOL_MANAGER))
    people, clinicians = Person.objects.count(), Clinician.objects.count()
    answer = client.post("/people/import/clinicians/", {"file": SimpleUploadedFile(name or "x", data)})
    assert answer.status_code in (302, 422)
    assert ImportUpload.objects.count() == (answer.status_code == 302)
    page = client.get("/people/import/clinicians/preview", follow=True).content.decode()
    assert "<script>alert" not in page
    assert (Person.objects.count(), Clinician.objects.count()) == (people, clinicians)


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("name", "=cmd|' /C calc'!A0"),
        ("name", "Ann 943 476 5919"),
        ("email", "a@b\u202egro.elpmaxe"),
        ("registration", "٧٦٥٤٣٢١"),
        ("latitude", "nan"),
        ("latitude", "1e999"),
        ("longitude", "-0x1p3"),
        ("cleared_until", "9999-12-31"),
        ("cleared_until", "0001-01-01"),
        ("base_rate", "1e9"),
        ("base_rate", "-5"),
        ("max_km", "9" * 400),
        ("mon", "00:00-24:00"),
        ("mon", "-"),
        ("mon", "08:00-13:00" + ";08:00-13:00" * 40),
        ("skills", ";" * 400),
        ("skills", "x" * 300),
        ("pcn", "U99999"),
    ],
)
def test_a_cell_that_means_harm_fails_alone(side: Side, column: str, typed: str) -> None:
    """The preview names the row and the column, or takes it as text; taking it fails for no other reason."""
    cells: dict[str, Any] = dict(zip(HEAD, ROW, strict=True)) | {column: typed}
    quoted = ['"' + str(cell).replace('"', '""') + '"' for cell in cells.values()]
    data = f"{','.join(cells)}\n{','.join(quoted)}\n".encode()
    client = Client()
    client.force_login(side.person(Role.POOL_MANAGER))
    client.post("/people/import/clinicians/", {"file": SimpleUploadedFile("c.csv", data)})
    upload = ImportUpload.objects.filter().first()
    if upload is None:
        return
    assert client.get("/people/import/clinicians/preview").status_code == 200
    before = (Person.objects.count(), Clinician.objects.count())
    answer = client.post("/people/import/clinicians/preview", {"upload": upload.public_id})
    assert answer.status_code == 302
    after = (Person.objects.count(), Clinician.objects.count())
    assert after in (before, (before[0] + 1, before[1] + 1))
