"""Any publisher's file as rows of text: csv, gz, zip or xlsx, streamed, told apart by content and not by
name.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from desirepath.organisations.importers.refusals import FileRefused

# the largest publication read here is 21 MB unpacked; a file that unpacks to ten times that is no register
LARGEST = 200_000_000

Row = tuple[int, list[str]]
Watch = Callable[[str, float], None]
"""Told what is being done, and which share of it (0 to 1) is behind us."""


def unwatched(doing: str, share: float) -> None:
    """Nobody is looking."""


class _Capped(io.RawIOBase):
    """A stream that refuses to give more than ``LARGEST`` bytes, however small the file that holds them."""

    def __init__(self, inner: IO[bytes] | gzip.GzipFile, name: str) -> None:
        self.inner, self.name, self.given = inner, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.inner.read(len(buffer))
        buffer[: len(data)] = data
        self.given += len(data)
        if self.given > LARGEST:
            raise FileRefused(
                f"{self.name}: unpacks to more than {LARGEST // 1_000_000} MB; that is no file of this kind"
            )
        return len(data)


class Source:
    """One file given for import. Raises FileRefused where it is missing, empty or not a data file."""

    def __init__(self, path: Path, watch: Watch = unwatched) -> None:
        self.path, self.name, self.watch = path, path.name, watch
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                self.magic = file.read(4)
        except OSError as error:
            raise self.refused(
                "there is no such file" if not path.exists() else str(error.strerror).lower()
            ) from None
        if not self.size:
            raise self.refused("the file is empty")
        if self.size > LARGEST:
            raise self.refused(f"larger than {LARGEST // 1_000_000} MB; that is no file of this kind")

    def refused(self, reason: str) -> FileRefused:
        return FileRefused(f"{self.name}: {reason}")

    def sha256(self) -> str:
        """The digest of the file as given, in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def rows(self) -> Iterator[Row]:
        """Line number (of the end of the row, from 1) and cells, stripped; empty rows are left out."""
        yield from self._checked(self._text_rows)

    def sheet(self, columns: Sequence[str]) -> Iterator[Row]:
        """The rows of the workbook's first sheet whose top row holds ``columns``, that row first; a csv has
        one sheet.
        """
        if self._is_workbook():
            yield from self._checked(lambda: self._sheet_rows(columns))
        else:
            yield from self.rows()

    def _checked(self, rows: Callable[[], Iterator[Row]]) -> Iterator[Row]:
        """``rows``, with whatever may break in them said in one line."""
        try:
            yield from rows()
        except FileRefused:
            raise
        except (
            EOFError,
            zlib.error,
            gzip.BadGzipFile,
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise self.refused(f"damaged or cut off ({str(error).rstrip('.')})") from None
        except UnicodeDecodeError:
            raise self.refused("not a text file (or not in UTF-8)") from None
        except csv.Error as error:
            raise self.refused(f"not a whole comma-separated file ({error})") from None
        except (KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
            # what openpyxl lets through of a workbook whose parts are missing or are not XML
            raise self.refused(f"cannot be read ({str(error) or type(error).__name__})") from None

    def _is_workbook(self) -> bool:
        if self.magic != b"PK\x03\x04":
            return False
        try:
            with zipfile.ZipFile(self.path) as archive:
                return "[Content_Types].xml" in archive.namelist()
        except zipfile.BadZipFile:
            raise self.refused("damaged or cut off (the end of the zip file is missing)") from None

    def _text_rows(self) -> Iterator[Row]:
        if self._is_workbook():
            yield from self._sheet_rows(())
            return
        with self.path.open("rb") as raw:
            capped = io.BufferedReader(_Capped(self._unpacked(raw), self.name), 1 << 16)
            self._must_be_text(capped.peek(512)[:512])
            # utf-8-sig: some publications begin with a byte order mark
            text = io.TextIOWrapper(capped, encoding="utf-8-sig", newline="")
            reader = csv.reader(text, strict=True)
            for count, row in enumerate(reader):
                if count % 2_000 == 0:
                    self.watch(f"reading {self.name}", raw.tell() / self.size)
                if any(row):
                    yield reader.line_num, [cell.strip() for cell in row]

    def _unpacked(self, raw: IO[bytes]) -> IO[bytes] | gzip.GzipFile:
        if self.magic[:2] == b"\x1f\x8b":
            return gzip.GzipFile(fileobj=raw)
        if self.magic == b"PK\x03\x04":
            archive = zipfile.ZipFile(raw)
            members = [
                m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")
            ]
            tables = [m for m in members if m.filename.lower().endswith(".csv")]
            if len(tables) != 1:
                raise self.refused(f"holds {len(tables)} csv files; one is wanted")
            return archive.open(tables[0])
        return raw

    def _must_be_text(self, start: bytes) -> None:
        beginning = start.removeprefix(codecs.BOM_UTF8).lstrip().lower()
        if not beginning:
            raise self.refused("the file is empty")
        if b"\0" in start:
            raise self.refused("not a text file")
        if beginning.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
            raise self.refused("a web page, not the data: perhaps the download went wrong")

    def _sheet_rows(self, columns: Sequence[str]) -> Iterator[Row]:
        from openpyxl import load_workbook

        with zipfile.ZipFile(self.path) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise self.refused(
                    f"unpacks to more than {LARGEST // 1_000_000} MB; that is no file of this kind"
                )
        self.watch(f"opening {self.name}", 0.0)
        wanted = {name.lower() for name in columns}
        # by handle: given a path, openpyxl would go by the file's name
        with self.path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True)
            try:
                for sheet in book.worksheets:
                    lines = self._lines(sheet)
                    top = next(lines, (0, []))
                    if wanted <= {cell.lower() for cell in top[1]}:
                        yield top
                        yield from (
                            (n, row + [""] * (len(top[1]) - len(row))) for n, row in lines if any(row)
                        )
                        return
            finally:
                book.close()
        raise self.refused("no sheet of the workbook has the columns " + ", ".join(columns))

    def _lines(self, sheet: Any) -> Iterator[Row]:
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number % 1_000 == 0:
                self.watch(f"reading {self.name}", number / max(sheet.max_row or number, number))
            yield number, [_cell(value) for value in row]


def _cell(value: Any) -> str:
    """A workbook's cell as the text a csv would hold; line breaks in a heading count as spaces."""
    if value is None:
        return ""
    if hasattr(value, "strftime"):
        return f"{value:%Y%m%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
