"""Files as they come: packed, damaged, or something else altogether."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from desirepath.organisations.importers import reading
from desirepath.organisations.importers.reading import Source
from desirepath.organisations.importers.refusals import FileRefused

TEXT = 'code,name\nA81001,THE DENSHAM SURGERY\n\nA81002,"QUEENS PARK, STOCKTON"\n'
ROWS = [
    (1, ["code", "name"]),
    (2, ["A81001", "THE DENSHAM SURGERY"]),
    (4, ["A81002", "QUEENS PARK, STOCKTON"]),
]


def packed(tmp_path: Path, how: str) -> Path:
    path = tmp_path / f"file.{how}"
    if how == "csv":
        path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    elif how == "gz":
        path.write_bytes(gzip.compress(TEXT.encode()))
    elif how == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("readme.txt", "see the other file")
            archive.writestr("folder/data.csv", TEXT)
    else:
        from openpyxl import Workbook

        book = Workbook()
        assert book.active is not None
        for row in (
            ["code", "name"],
            ["A81001", "THE DENSHAM SURGERY"],
            [],
            ["A81002", "QUEENS PARK, STOCKTON"],
        ):
            book.active.append(row)
        book.save(path)
    return path


@pytest.mark.parametrize("how", ["csv", "gz", "zip", "xlsx"])
@pytest.mark.parametrize("name", ["as it is", "misnamed.dat"])
def test_read_as_it_is(tmp_path: Path, how: str, name: str) -> None:
    """Each packing gives the same rows with their line numbers, whatever the file is called."""
    path = packed(tmp_path, how)
    if name == "misnamed.dat":
        path = path.rename(tmp_path / name)
    assert list(Source(path).rows()) == ROWS


@pytest.mark.parametrize("how", ["gz", "zip", "xlsx"])
@pytest.mark.parametrize("keep", [0.4, 0.9])
def test_cut_off(tmp_path: Path, how: str, keep: float) -> None:
    """A packed file that ends too early is refused in one line."""
    path = packed(tmp_path, how)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(FileRefused, match=r"^file\.\w+: damaged or cut off") as refusal:
        list(Source(path).rows())
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b"<!DOCTYPE html><html>404</html>", "a web page"),
        (b"  <html><body>Sign in</body></html>", "a web page"),
        (b"\x7fELF\x02\x01\x00\x00", "not a text file"),
        (b"code,name\nA81001,CAF\xc9\n", "not in UTF-8"),
        (b'code,name\nA81001,"never closed\n', "not a whole comma-separated file"),
        (b"PK\x03\x04 but no zip", "damaged or cut off"),
        (b"\x1f\x8b but no gzip", "damaged or cut off"),
    ],
)
def test_not_a_data_file(tmp_path: Path, content: bytes, reason: str) -> None:
    """What is no table is called by its name."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=reason):
        list(Source(path).rows())


def test_no_such_file(tmp_path: Path) -> None:
    """A missing file, and a folder in its place, are said in one line."""
    with pytest.raises(FileRefused, match="there is no such file"):
        Source(tmp_path / "missing.csv")
    with pytest.raises(FileRefused, match="is a directory"):
        Source(tmp_path)


@pytest.mark.parametrize("how", ["gz", "zip", "xlsx"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to a great one is refused before it fills the machine."""
    monkeypatch.setattr(reading, "LARGEST", 1_000_000)
    path, much = tmp_path / f"bomb.{how}", b"A81001,NAME\n" * 500_000
    if how == "gz":
        path.write_bytes(gzip.compress(much))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.csv" if how == "zip" else "xl/worksheets/sheet1.xml", much)
            if how == "xlsx":
                archive.writestr("[Content_Types].xml", "<Types/>")
    assert path.stat().st_size < 100_000
    with pytest.raises(FileRefused, match="unpacks to more than 1 MB"):
        list(Source(path).rows())


def test_a_zip_of_several_tables(tmp_path: Path) -> None:
    """Which table is meant is not guessed."""
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", TEXT)
        archive.writestr("b.csv", TEXT)
    with pytest.raises(FileRefused, match="holds 2 csv files; one is wanted"):
        list(Source(path).rows())


def test_a_workbook_whose_parts_are_no_xml(tmp_path: Path) -> None:
    """A zip that only pretends to be a workbook is refused, not crashed on."""
    path = tmp_path / "false.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "nothing of the kind")
    with pytest.raises(FileRefused, match="cannot be read"):
        list(Source(path).rows())
