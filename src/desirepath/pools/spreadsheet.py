"""People's spreadsheets: a CSV or XLSX file as rows of text, and rows as a CSV or XLSX file to download.

A file is told by its content, not its name. What is none raises Refused, in the words of whoever sent it.
Pure: no database.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any

from desirepath.audit.refusal import Refused

MOST_BYTES = 5_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 100
# 5,000 rows of 40 columns unpack to about 8 MB; a file that unpacks to more than this was made to do harm
MOST_UNPACKED = 25_000_000
LONGEST_CELL = 500
# the list is over where so many rows one after the other hold nothing: a made-up sheet may claim a million
MOST_EMPTY = 100_000
LAST_ROW = 1_048_576

SAVE_AS = "Save it as an Excel workbook (.xlsx) or as CSV, and send that."
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width signs count too

Row = tuple[int, list[str]]
"""The row's number as the spreadsheet shows it, and its cells as text."""


def read(data: bytes) -> list[Row]:
    """Rows with anything in them, the heading first; those that begin with # (help) are left out.

    Dates come as "2026-12-08", times as "08:30", formulas as their value. Raises Refused.
    """
    if not data.strip():
        raise Refused("The file is empty.")
    if len(data) > MOST_BYTES:
        raise Refused(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    if data.startswith(OLD_EXCEL):
        raise Refused(f"This is an old Excel file (.xls), or one with a password. {SAVE_AS}")
    rows = _workbook_rows(data) if data.startswith(ZIP) else _text_rows(data)
    found = []
    for number, cells in rows:
        tidy = [_tidy(number, cell) for cell in cells]
        if not any(tidy) or tidy[0].startswith("#"):
            continue
        found.append((number, tidy))
        if len(found) > MOST_ROWS + 1:
            raise Refused(f"The file has more than {MOST_ROWS:,} rows. Send it in parts.")
    if not found:
        raise Refused("The file is empty.")
    return _as_wide_as_the_heading(found)


def _as_wide_as_the_heading(rows: list[Row]) -> list[Row]:
    """Empty cells beyond the heading are nothing; a filled one is a comma too many somewhere."""
    width = max(place for place, cell in enumerate(rows[0][1], 1) if cell)
    for number, cells in rows:
        if any(cells[width:]):
            raise Refused(f"Row {number:,} has more cells than the first row has names of columns.")
    return [(number, cells[:width]) for number, cells in rows]


def _tidy(number: int, cell: str) -> str:
    text = " ".join(cell.split())
    if len(text) > LONGEST_CELL:
        raise Refused(f"Row {number:,} has a cell of {len(text):,} characters; {LONGEST_CELL} is the most.")
    return text


def _text_rows(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    if text.lstrip().lower().startswith(("<!doctype", "<html", "<?xml", "{", "%pdf")):
        raise Refused(f"This is not a spreadsheet. {SAVE_AS}")
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep="):
        text, first = "\n" + rest, rest.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells[:MOST_COLUMNS]
    except csv.Error as error:
        raise Refused(
            f"The file is not a whole CSV file: after line {reader.line_num:,} it cannot be read."
        ) from error


def _decoded(data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused(f"This is not a spreadsheet. {SAVE_AS}")


def _workbook_rows(data: bytes) -> Iterator[Row]:
    """The rows of the first sheet."""
    from openpyxl import load_workbook

    unreadable = Refused(f"This workbook cannot be read: it is damaged, or not one of Excel's. {SAVE_AS}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise unreadable from error
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= {member.filename for member in members}:
        raise Refused(f"This is not a spreadsheet of a kind that can be read here. {SAVE_AS}")
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Refused(
            f"The workbook unpacks to more than {MOST_UNPACKED // 1_000_000} MB. Send it in parts, or as CSV."
        )
    # whatever a made-up workbook breaks in the library, the person is told one thing
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        found = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS, values_only=True)
        last = 0
        for number, cells in enumerate(found, 1):
            if any(value is not None for value in cells):
                last = number
                yield number, [_text(value) for value in cells]
            elif number - last > MOST_EMPTY:
                break
        book.close()
    except Refused:
        raise
    except Exception as error:
        raise unreadable from error


def _text(value: Any) -> str:
    """A workbook's cell as people would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time(0) else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def safe(value: Any) -> Any:
    """What may be written into a cell: what would be a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def to_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file as Excel opens it rightly (UTF-8 with its mark)."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(sheets: dict[str, list[Sequence[Any]]], *, blank_rows: int = 0) -> bytes:
    """A workbook of named sheets, the first row of each a heading.

    ``blank_rows`` more rows of the first sheet take what is typed as text: a number keeps its first 0.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([safe(value) for value in row])
        for column, heading in enumerate(rows[0], 1):
            sheet.cell(1, column).font = Font(bold=True)
            longest = max(len(str(row[column - 1])) for row in rows if len(row) >= column)
            sheet.column_dimensions[get_column_letter(column)].width = min(
                60, max(12, len(str(heading)), longest) + 2
            )
        sheet.freeze_panes = "A2"
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.alignment = Alignment(vertical="top", wrap_text=True)
    if blank_rows:
        first = book.worksheets[0]
        for typed in first.iter_rows(min_row=2, max_row=first.max_row + blank_rows):
            for cell in typed:
                cell.number_format = "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
