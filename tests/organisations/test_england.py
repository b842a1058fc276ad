"""The real files of England, where they lie beside the project."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db.models import Sum

from desirepath.organisations.actions import import_england
from desirepath.organisations.models import Kind, Organisation, Parent
from desirepath.organisations.presenters import england_in_numbers

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (DATA / "england").is_dir(), reason="the public files are not at ../shared/data"),
]

JULY = date(2026, 7, 1)


def test_all_england() -> None:
    """6,139 practices, all that is above them (52 in no PCN), size and place; the second time, nothing."""
    findings = import_england(folder=DATA, by=None)
    assert sum(found.counts["refused"] for found in findings) == 0
    practices = Organisation.objects.practices().open_on(JULY).with_patients(JULY)
    assert practices.count() == 6_139
    assert practices.aggregate(total=Sum("list_sizes__patients"))["total"] == 63_436_508
    assert not practices.filter(latitude=None).exists()
    above = {
        kind: Parent.objects.current(JULY).filter(kind=kind, child__in=practices) for kind in Kind.values
    }
    assert (above[Kind.PCN].count(), above[Kind.SUB_ICB].count()) == (6_087, 6_139)
    assert england_in_numbers() == (
        "England on Wed 1 Jul 2026: 6,139 practices with 63,436,508 patients, 6,087 of them in 1,298 PCNs "
        "and 52 in none; 106 sub-ICBs, 36 ICBs, 7 regions; coordinates of 6,139."
    )
    _ask_about_frimley()
    quiet = {"read", "other kinds", "outside England"}
    for found in import_england(folder=DATA, by=None):
        assert {key for key, n in found.counts.items() if n} <= quiet, found.name


def _ask_about_frimley() -> None:
    """Frimley ICB was split in three on 1 April 2026."""
    village = Organisation.objects.get(kind=Kind.PRACTICE, code="K81082")
    answers = [village.icb(day) for day in (date(2023, 6, 1), date(2026, 3, 31), date(2026, 4, 1), JULY)]
    assert [icb and icb.code for icb in answers] == ["QNQ", "QNQ", "S0E4D", "S0E4D"]
    frimley = Organisation.objects.get(kind=Kind.ICB, code="QNQ")
    assert frimley.closed_on == date(2026, 4, 1)
    assert (
        Organisation.objects.practices().of_icb(frimley, date(2026, 3, 31)).with_patients(JULY).count() == 66
    )


def test_a_folder_with_a_broken_file_is_refused_whole(tmp_path: Path) -> None:
    """The real files with a cut-off workbook among them: nothing is written."""
    from desirepath.organisations.importers.refusals import FileRefused

    shutil.copytree(DATA / "epraccur", tmp_path / "epraccur", ignore=shutil.ignore_patterns("*2023*"))
    shutil.copytree(DATA / "gp-registrations-jul2026", tmp_path / "registrations")
    (tmp_path / "ePCN.xlsx").write_bytes((DATA / "epcn" / "ePCN.xlsx").read_bytes()[:300_000])
    with pytest.raises(FileRefused, match=r"^ePCN.xlsx: damaged or cut off"):
        import_england(folder=tmp_path, by=None)
    assert not Organisation.objects.exists()
