"""Spreadsheets as people send them, and files that are none."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from desirepath.audit.refusal import Refused
from desirepath.pools import spreadsheet

CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc"), max_codepoint=0x2FFF), max_size=20)


def workbook(*rows: list[object]) -> bytes:
    """A workbook with these rows."""
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_in_any_encoding_of_excel(encoding: str) -> None:
    """Names keep their accents whatever Excel wrote them in."""
    data = "name,email\nZoë Brontë,zoe@example.org\n".encode(encoding)
    assert spreadsheet.read(data) == [(1, ["name", "email"]), (2, ["Zoë Brontë", "zoe@example.org"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_with_any_delimiter(delimiter: str) -> None:
    """The delimiter is the one of the heading; a ; within a cell stays."""
    data = delimiter.join(["name", "skills", "role"]) + "\n" + delimiter.join(["Ann", '"a;b"', "GP"])
    assert spreadsheet.read(data.encode())[1] == (2, ["Ann", "a;b", "GP"])


def test_rows_keep_the_numbers_that_people_see() -> None:
    """Empty rows and the template's help are left out, and still counted."""
    data = b"name,role\n# Full name,GP or nurse\n\n,\n  Ann   Lee ,gp\n"
    assert spreadsheet.read(data) == [(1, ["name", "role"]), (5, ["Ann Lee", "gp"])]


def test_a_workbook_s_cells_read_as_typed() -> None:
    """Dates, times, whole numbers and decimals come as people would type them."""
    row = [
        "Ann",
        date(2026, 12, 8),
        datetime(2026, 12, 8, 8, 30),
        time(8, 30),
        7012345.0,
        92.5,
        None,
        "0123456",
    ]
    read = spreadsheet.read(workbook(["a", "b", "c", "d", "e", "f", "g", "h"], row))
    assert read[1] == (
        2,
        ["Ann", "2026-12-08", "2026-12-08 08:30", "08:30", "7012345", "92.5", "", "0123456"],
    )


def test_formulas_are_read_as_their_value() -> None:
    """A formula itself never comes in: what Excel worked out does, and nothing where it never did."""
    assert spreadsheet.read(workbook(["a", "b"], ["x", "=1+1"]))[1] == (2, ["x", ""])


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


BOMB = _zip(**{"[Content_Types].xml": b"", "xl__workbook.xml": b"0" * 26_000_000})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\n,,\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a spreadsheet"),
        (b"\x81\x8d\x90", "not a spreadsheet"),
        (b"<!DOCTYPE html><html>", "not a spreadsheet"),
        (b"%PDF-1.7 and so on", "not a spreadsheet"),
        (b'name,role\n"Ann,gp\n', "not a whole CSV file"),
        (b"name,role\nLee, Ann,gp\n", "Row 2 has more cells"),
        (b"PK\x03\x04 and no more", "cannot be read"),
        (_zip(**{"letter.txt": b"hello"}), "not a spreadsheet of a kind"),
        (_zip(**{"[Content_Types].xml": b"<a/>", "xl__workbook.xml": b"<a/>"}), "cannot be read"),
        (BOMB, "unpacks to more than 25 MB"),
        (b"name\n" + b"x\n" * 5_001, "more than 5,000 rows"),
        (b"name\n" + b"x" * 501, "Row 2 has a cell of 501 characters"),
        (b"name\n" + b"x" * 5_000_000, "larger than 5 MB"),
    ],
)
def test_what_is_no_spreadsheet_is_told_in_one_line(data: bytes, told: str) -> None:
    """Whatever was sent instead, the person gets one sentence or two, on one line."""
    with pytest.raises(Refused, match=told) as refused:
        spreadsheet.read(data)
    assert "\n" not in str(refused.value)


def test_a_sheet_that_claims_a_far_row_ends() -> None:
    """A made-up row number beyond Excel's last one does not keep the reader busy."""
    data = io.BytesIO(workbook(["a"], ["x"]))
    out = io.BytesIO()
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b'r="2"', b'r="99999999999"').replace(b'r="A2"', b'r="A99999999999"')
            new.writestr(name, text)
    assert spreadsheet.read(out.getvalue()) == [(1, ["a"])]


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5))
def test_no_download_holds_a_formula(rows: list[list[str]]) -> None:
    """Whatever people typed, no cell of a CSV or XLSX file begins as a formula does."""
    text = spreadsheet.to_csv(rows).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if cell.startswith(spreadsheet.FORMULA)]
    sheet = load_workbook(io.BytesIO(spreadsheet.to_xlsx({"Rows": rows}))).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("typed", ["=1+1", "+44", "-3", "@SUM(A1)", "\tx", "＝1"])  # noqa: RUF001
def test_formulas_are_disarmed(typed: str) -> None:
    """An apostrophe makes text of it; numbers stay numbers."""
    assert spreadsheet.safe(typed) == f"'{typed}"
    assert spreadsheet.safe(-3) == -3
