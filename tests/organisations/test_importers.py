"""Each publisher's file: what its rows become, and which are refused."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import pytest

from desirepath.organisations.importers import coordinates, crosswalk, epcn, epraccur, registrations
from desirepath.organisations.importers.found import Found
from desirepath.organisations.importers.reading import Source
from desirepath.organisations.importers.refusals import FileRefused
from desirepath.organisations.lineage import Sighting
from tests.organisations import files

TODAY = date(2026, 11, 21)
OLD = {"status": "A", "setting": "4"}


def register(tmp_path: Path, *rows: list[str], as_of: date | None = date(2026, 2, 3)) -> Found:
    return epraccur.find(Source(files.write_csv(tmp_path / "epraccur.csv", rows)), as_of, TODAY)


@pytest.mark.parametrize("layout", [{}, OLD], ids=["new", "old"])
def test_epraccur_both_layouts(tmp_path: Path, layout: dict[str, str]) -> None:
    """A practice with its description, and its sub-ICB since the joining date."""
    found = register(tmp_path, files.register_row(**layout))
    practice = found.described["practice", "A81001"]
    assert practice.columns == {
        "name": "THE DENSHAM SURGERY",
        "address": "HEALTH CENTRE, LAWSON STREET, STOCKTON-ON-TEES",
        "postcode": "TS18 1HU",
        "phone": "01642 672351",
        "opened_on": date(1974, 4, 1),
        "closed_on": None,
        "dormant": False,
    }
    sighting = Sighting("16C", date(2020, 4, 1), date(2026, 2, 3), date(2026, 2, 3), "epraccur", dated=True)
    assert found.sightings[("practice", "A81001"), "sub-icb"] == {sighting}
    assert {s.parent for s in found.sightings[("sub-icb", "16C"), "icb"]} == {"QHM"}
    assert {s.parent for s in found.sightings[("icb", "QHM"), "region"]} == {"Y63"}


def test_epraccur_closed_and_dormant(tmp_path: Path) -> None:
    """A closed practice is closed from the day after its last, and so has it left its sub-ICB."""
    gone = {"status": "INACTIVE", "closed": "20250331", "left": "20250331"}
    found = register(tmp_path, files.register_row(**gone), files.register_row("A81002", status="DORMANT"))
    assert found.described["practice", "A81001"].columns["closed_on"] == date(2025, 4, 1)
    (sighting,) = found.sightings[("practice", "A81001"), "sub-icb"]
    assert (sighting.last, sighting.ended) == (date(2025, 3, 31), True)
    assert found.described["practice", "A81002"].columns["dormant"] is True
    assert (("sub-icb", "16C"), "icb") not in found.sightings


def test_epraccur_leaves_out_what_is_no_practice_of_england(tmp_path: Path) -> None:
    """Other prescribers and Wales are counted, not imported."""
    found = register(
        tmp_path,
        files.register_row(),
        files.register_row("Y00001", setting="RO72"),
        files.register_row("W91016", region="", icb="", sub_icb="7A1"),
        files.register_row("A81003", setting="RO76|RO268"),
    )
    assert [code for kind, code in found.described if kind == "practice"] == ["A81001", "A81003"]
    assert (found.counts["other kinds"], found.counts["outside England"], found.counts["read"]) == (1, 1, 4)


def test_epraccur_dates_itself_by_its_latest_date(tmp_path: Path) -> None:
    """The latest date of any row that is not in the future, said to be so."""
    rows = [
        files.register_row(),
        files.register_row("Y1", setting="RO72", opened="20260203", joined="20991231"),
    ]
    found = register(tmp_path, *rows, as_of=None)
    assert (found.as_of, found.how_dated) == (date(2026, 2, 3), "the latest date in the file")


def test_epraccur_sub_icb_is_where_most_of_its_practices_say(tmp_path: Path) -> None:
    """One practice that names another ICB does not move its sub-ICB."""
    rows = [files.register_row(f"A8100{n}", icb="QZZ" if n == 1 else "QHM") for n in range(1, 4)]
    (sighting,) = register(tmp_path, *rows).sightings[("sub-icb", "16C"), "icb"]
    assert sighting.parent == "QHM"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code": "A8100"}, "“A8100” is not a practice code"),
        ({"opened": "19741301"}, "“19741301” is not a date (open date)"),
        ({"closed": "19700101", "status": "INACTIVE"}, "closed (1970-01-01) before it opened"),
        ({"status": "INACTIVE"}, "closed, but without a close date"),
        ({"status": "GONE"}, "“GONE” is not a status"),
        ({"joined": "20200401", "left": "20190101"}, "before it joined"),
        ({"sub_icb": "1"}, "“1” is not a sub-ICB code"),
        ({"region": "XX"}, "“XX” is not a region code"),
        ({"postcode": "TS18 1HU TS18 1HU"}, "the postcode has 17 characters; 10 is the most"),
        ({"code": "A81001"}, "A81001 is there twice: first on line 1"),
    ],
)
def test_epraccur_refuses_bad_rows(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    """The bad row is refused by line and reason, the good one is taken, nothing of the bad one is."""
    found = register(tmp_path, files.register_row(), files.register_row(**{"code": "A81002", **changes}))
    assert found.counts["refused"] == 1
    assert found.refused[0][0] == 2
    assert reason in found.refused[0][1]
    assert [code for kind, code in found.described if kind == "practice"] == ["A81001"]


def test_only_the_first_twenty_reasons_are_kept(tmp_path: Path) -> None:
    """A file full of faults does not flood the terminal."""
    found = register(tmp_path, files.register_row(), *(files.register_row("BAD") for _ in range(30)))
    assert (found.counts["refused"], len(found.refused)) == (30, 20)


def test_epraccur_cut_off_in_the_middle(tmp_path: Path) -> None:
    """A last row that is short means that the download broke: nothing of the file is taken."""
    path = files.write_csv(
        tmp_path / "epraccur.csv", [files.register_row(), files.register_row("A81002")[:9]]
    )
    with pytest.raises(FileRefused, match=r"cut off on line 2 \(9 columns instead of 27\)"):
        epraccur.find(Source(path), None, TODAY)


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    """Who mixes up two files is told which one it is."""
    july = files.registrations(tmp_path / "july", [files.map_row()], [files.size_row("A81001", 10)])
    register_file = files.write_csv(tmp_path / "epraccur.csv", [files.register_row()])
    with pytest.raises(FileRefused, match="epraccur has 27; it looks like a file for: import registrations"):
        epraccur.find(Source(july[0]), None, TODAY)
    with pytest.raises(
        FileRefused, match="EXTRACT_DATE is missing; it looks like a file for: import epraccur"
    ):
        registrations.find_map(Source(register_file))
    with pytest.raises(FileRefused, match="it looks like a file for: import registrations, its second file"):
        registrations.find(Source(july[1]), Source(july[0]))


def test_epcn_reads_both_sheets(tmp_path: Path) -> None:
    """PCNs with their sub-ICB as last seen, practices with the dates of the relationship."""
    path = files.epcn(
        tmp_path / "ePCN.xlsx",
        [("U00001", "16C", "20190701", ""), ("U00002", "16C", "20190701", "20240331")],
        [("A81001", "U00001", "20240401", None), ("A81001", "U00002", "20190701", "20240331")],
    )
    found = epcn.find(Source(path), None, TODAY)
    assert found.as_of == date(2024, 4, 1)
    assert found.described["pcn", "U00001"].columns["address"] == "1 HIGH ST, LEEDS"
    assert found.described["pcn", "U00002"].columns["closed_on"] == date(2024, 4, 1)
    said = {(s.parent, s.first, s.last, s.ended) for s in found.sightings[("practice", "A81001"), "pcn"]}
    assert said == {
        ("U00001", date(2024, 4, 1), date(2024, 4, 1), False),
        ("U00002", date(2019, 7, 1), date(2024, 3, 31), True),
    }
    (sub_icb,) = found.sightings[("pcn", "U00002"), "sub-icb"]
    assert (sub_icb.last, sub_icb.ended) == (date(2024, 3, 31), True)


def test_epcn_refuses_bad_rows(tmp_path: Path) -> None:
    """Bad codes and relationships that end before they start."""
    path = files.epcn(
        tmp_path / "ePCN.xlsx",
        [("U00001", "16C", "20190701", ""), ("U1", "16C", "20190701", ""), ("U00003", "16C", "soon", "")],
        [("A81001", "U00001", "20240401", None), ("A81002", "U00001", "20240401", "20200101")],
    )
    found = epcn.find(Source(path), None, TODAY)
    assert [line for line, _ in found.refused] == [3, 4, 3]
    assert "ends (2020-01-01) before it starts" in found.refused[2][1]


def test_epcn_is_a_workbook_of_these_sheets(tmp_path: Path) -> None:
    """A csv in its place, and a workbook with other sheets, are refused."""
    with pytest.raises(FileRefused, match="PCN CODE is missing; it looks like a file for: import epraccur"):
        epcn.find(Source(files.write_csv(tmp_path / "x.csv", [files.register_row()])), None, TODAY)
    from openpyxl import Workbook

    Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(FileRefused, match="no sheet of the workbook has the columns PCN CODE"):
        epcn.find(Source(tmp_path / "empty.xlsx"), None, TODAY)


def test_registrations_place_a_practice(tmp_path: Path) -> None:
    """PCN, sub-ICB, ICB, region and list size of the extract's day; U is no PCN but says so."""
    rows = [files.map_row(), files.map_row("A81002", pcn="U")]
    sizes = [
        files.size_row("A81001", 3733),
        files.size_row("A81002", 17),
        files.size_row("Y63", 3750, kind="Comm Region"),
    ]
    mapped, listed = registrations.find(*map(Source, files.registrations(tmp_path, rows, sizes)))
    assert mapped.as_of == listed.as_of == date(2026, 7, 1)
    assert {s.parent for s in mapped.sightings[("practice", "A81001"), "pcn"]} == {"U89141"}
    assert {s.parent for s in mapped.sightings[("practice", "A81002"), "pcn"]} == {None}
    assert ("pcn", "U") not in mapped.described
    assert mapped.described["icb", "QHM"].columns["name"] == "NHS North East Integrated Care Board"
    assert listed.list_sizes == {"A81001": (3733, 2), "A81002": (17, 3)}


def test_registrations_of_two_months_do_not_go_together(tmp_path: Path) -> None:
    """June's map and July's list sizes are refused."""
    paths = files.registrations(tmp_path, [files.map_row(day="01Jun2026")], [files.size_row("A81001", 1)])
    with pytest.raises(FileRefused, match="give the two files of one month"):
        registrations.find(*map(Source, paths))


def test_list_sizes_must_add_up(tmp_path: Path) -> None:
    """A file whose end is missing has fewer patients than its own regions say."""
    sizes = [files.size_row("Y63", 100, kind="Comm Region"), files.size_row("A81001", 60)]
    paths = files.registrations(tmp_path, [files.map_row()], sizes)
    with pytest.raises(FileRefused, match="its practices have 60 patients but its regions 100"):
        registrations.find(*map(Source, paths))


def test_a_negative_list_size_refuses_its_row(tmp_path: Path) -> None:
    """And no other."""
    sizes = [files.size_row("A81001", -5), files.size_row("A81002", 60)]
    _, listed = registrations.find(*map(Source, files.registrations(tmp_path, [files.map_row()], sizes)))
    assert listed.refused == [(2, "“-5” is not a whole number from 0 (patients)")]
    assert list(listed.list_sizes) == ["A81002"]


def test_coordinates(tmp_path: Path) -> None:
    """Places by whichever of the usual headings; without a date they are of today, and said to be."""
    rows = [["practice_code", "name", "lat", "lon", "coord_source"], ["A81001", "X", "54.5", "-1.3", "nhs"]]
    rows.append(["A81002", "X", "-1.3", "54.5", "swapped"])
    found = coordinates.find(Source(files.write_csv(tmp_path / "c.csv", rows)), None, TODAY)
    columns = {"latitude": 54.5, "longitude": -1.3, "place_source": "nhs"}
    assert found.described["practice", "A81001"].columns == columns
    assert found.how_dated == "today: the file carries no date"
    assert found.refused == [(3, "-1.3, 54.5 is not in England (latitude, longitude in degrees)")]


def test_crosswalk(tmp_path: Path) -> None:
    """Before and after the 1 April of the later year; who is in one only opened or closed then."""
    rows = [files.CROSSWALK_HEADINGS, files.crosswalk_row("06Q", "06Q", "QH8", "D7T5G")]
    rows.append(files.crosswalk_row("D4U1Y", "U2G6B", "QNQ", "S0E4D"))
    found = crosswalk.find(Source(files.write_csv(tmp_path / "c.csv", rows)), None, TODAY)
    day = date(2026, 4, 1)
    assert found.as_of == day
    assert {(s.parent, s.first) for s in found.sightings[("sub-icb", "06Q"), "icb"]} == {
        ("QH8", date(2026, 3, 31)),
        ("D7T5G", day),
    }
    assert found.described["icb", "QH8"].columns == {"name": "NHS QH8", "closed_on": day}
    assert found.described["icb", "D7T5G"].columns == {"name": "NHS D7T5G", "opened_on": day}
    assert found.described["sub-icb", "D4U1Y"].columns["closed_on"] == day


def test_epraccur_packed_reads_the_same(tmp_path: Path) -> None:
    """As the publisher's copy comes: gzipped, every field quoted."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(files.register_row())
    (tmp_path / "epraccur.csv.gz").write_bytes(gzip.compress(text.getvalue().encode()))
    found = epraccur.find(Source(tmp_path / "epraccur.csv.gz"), None, TODAY)
    assert ("practice", "A81001") in found.described
