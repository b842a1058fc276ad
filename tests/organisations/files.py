"""Small hand-made files of each publisher, and the figures to check them by."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

MAP_HEADINGS = [
    "PUBLICATION",
    "EXTRACT_DATE",
    "PRACTICE_CODE",
    "PRACTICE_NAME",
    "PRACTICE_POSTCODE",
    "PCN_CODE",
    "PCN_NAME",
    "ONS_SUB_ICB_LOCATION_CODE",
    "SUB_ICB_LOCATION_CODE",
    "SUB_ICB_LOCATION_NAME",
    "ONS_ICB_CODE",
    "ICB_CODE",
    "ICB_NAME",
    "ONS_COMM_REGION_CODE",
    "COMM_REGION_CODE",
    "COMM_REGION_NAME",
    "SUPPLIER_NAME",
]
QUINAGE_HEADINGS = [
    "PUBLICATION",
    "EXTRACT_DATE",
    "ORG_TYPE",
    "ORG_CODE",
    "ONS_CODE",
    "POSTCODE",
    "SEX",
    "AGE_GROUP_5",
    "NUMBER_OF_PATIENTS",
]
CROSSWALK_HEADINGS = [
    "sub_icb_code_2025",
    "sub_icb_code_2026",
    "n_practices",
    "icb_code_2025",
    "icb_name_2025",
    "sub_icb_name_2025",
    "ons_sub_icb",
    "ons_icb_2025",
    "icb_code_2026",
    "icb_name_2026",
]


def write_csv(path: Path, rows: Iterable[Sequence[Any]]) -> Path:
    """Rows as a publisher writes them."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def register_row(code: str = "A81001", **changes: str) -> list[str]:
    """One row of epraccur in the new layout."""
    row = {
        "name": "THE DENSHAM SURGERY",
        "region": "Y63",
        "icb": "QHM",
        "postcode": "TS18 1HU",
        "opened": "19740401",
        "closed": "",
        "status": "ACTIVE",
        "sub_icb": "16C",
        "joined": "20200401",
        "left": "",
        "phone": "01642 672351",
        "setting": "RO76",
        **changes,
    }
    address = ["HEALTH CENTRE", "LAWSON STREET", "", "STOCKTON-ON-TEES", ""]
    dates = [row["opened"], row["closed"], row["status"], "B", row["sub_icb"], row["joined"], row["left"]]
    start = [code, row["name"], row["region"], row["icb"], *address, row["postcode"], *dates]
    return [*start, row["phone"], "", "", "", "1", "", row["sub_icb"], "", row["setting"], ""]


def map_row(practice: str = "A81001", day: str = "01Jul2026", **changes: str) -> list[str]:
    """One row of the map of registrations."""
    row = {
        "name": "THE DENSHAM SURGERY",
        "pcn": "U89141",
        "sub_icb": "16C",
        "icb": "QHM",
        "icb_name": "NHS North East Integrated Care Board",
        "region": "Y63",
        **changes,
    }
    pcn_name = "UNALLOCATED" if row["pcn"] == "U" else f"PCN {row['pcn']}"
    place = [
        "E38000247",
        row["sub_icb"],
        f"NHS ICB - {row['sub_icb']}",
        "E54000050",
        row["icb"],
        row["icb_name"],
    ]
    start = ["GP_PRAC_PAT_LIST", day, practice, row["name"], "TS18 1HU", row["pcn"], pcn_name]
    return [*start, *place, "E40000012", row["region"], "North East and Yorkshire", "TPP"]


def size_row(practice: str, patients: str | int, day: str = "2026-07-01", kind: str = "GP") -> list[str]:
    """One row of list sizes: both sexes, all ages."""
    return ["GP_PRAC_PAT_LIST", day, kind, practice, "E1", "TS18 1HU", "ALL", "ALL", str(patients)]


def crosswalk_row(old: str, new: str, old_icb: str, new_icb: str) -> list[str]:
    """One row: a sub-ICB and its ICB before and after."""
    return [
        old,
        new,
        "10",
        old_icb,
        f"NHS {old_icb}",
        f"NHS sub {old}",
        "E3",
        "E5",
        new_icb,
        f"NHS {new_icb}",
    ]


def registrations(folder: Path, rows: Sequence[Sequence[str]], sizes: Sequence[Sequence[str]]) -> list[Path]:
    """The two files of one month."""
    folder.mkdir(exist_ok=True)
    return [
        write_csv(folder / "gp-reg-pat-prac-map.csv", [MAP_HEADINGS, *rows]),
        write_csv(folder / "gp-reg-pat-prac-quin-age.csv", [QUINAGE_HEADINGS, *sizes]),
    ]


def epcn(path: Path, details: Sequence[Sequence[Any]], partners: Sequence[Sequence[Any]]) -> Path:
    """A workbook of the two sheets, its headings broken over lines as the publisher's are."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "PCNDetails"
    lines = [f"Address Line {n}" for n in range(1, 6)]
    names = [
        "PCN Code",
        "PCN Name",
        "Current Sub ICB Loc Code",
        "Sub ICB Location",
        "Open Date",
        "Close Date",
    ]
    sheet.append([*names, *lines, "Postcode"])
    for code, sub_icb, opened, closed in details:
        sheet.append(
            [code, f"{code} PCN", sub_icb, "NHS", opened, closed, "1 HIGH ST", "", "", "LEEDS", "", "LS1 1AA"]
        )
    other = book.create_sheet("PCN Core Partner Details")
    other.append(
        [
            "Partner\nOrganisation\nCode",
            "Partner\nName",
            "PCN Code",
            "Practice to PCN\nRelationship\nStart Date",
            "Practice to PCN\nRelationship\nEnd Date",
        ]
    )
    for practice, pcn, start, end in partners:
        other.append([practice, "NAME", pcn, start, end])
    book.save(path)
    return path
