"""Files into the database: whole or not at all, in any order, and again without effect."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from desirepath.audit.models import Event
from desirepath.organisations.actions import import_england, import_files
from desirepath.organisations.importers.refusals import FileRefused
from desirepath.organisations.models import ImportRun, Kind, ListSize, Organisation, Parent, Sighting
from desirepath.organisations.presenters import england_in_numbers, history, summary
from tests.organisations import files

pytestmark = pytest.mark.django_db

COORDINATES = ["practice_code", "lat", "lon", "coord_source"]


def register(tmp_path: Path, *rows: list[str], as_of: date = date(2026, 2, 3)) -> dict[str, int]:
    path = files.write_csv(tmp_path / f"epraccur {as_of}.csv", rows)
    return import_files(kind="epraccur", paths=[path], as_of=as_of, by=None)[0].counts


def month(tmp_path: Path, day: str, *rows: list[str], patients: int = 100) -> dict[str, int]:
    """The registrations of one month, such as 01Jul2026."""
    sizes = [files.size_row(row[2], patients, day) for row in rows]
    paths = files.registrations(tmp_path / day, rows, sizes)
    return import_files(kind="registrations", paths=paths, by=None)[0].counts


def practice(code: str = "A81001") -> Organisation:
    return Organisation.objects.get(kind=Kind.PRACTICE, code=code)


def told() -> set[tuple[str, str, str, date, date | None]]:
    """All history there is."""
    return set(Parent.objects.values_list("child__code", "kind", "parent__code", "starts_on", "ends_on"))


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    """Idempotent: the same file again adds, changes and closes nothing, and is on record as read."""
    rows = [
        files.register_row(),
        files.register_row("A81002", status="INACTIVE", closed="20250331", left="20250331"),
    ]
    first, before = register(tmp_path, *rows), told()
    second = register(tmp_path, *rows)
    assert (first["added"], first["closed"], first["links added"]) == (5, 1, 4)
    assert {key: n for key, n in second.items() if n} == {"read": 2}
    assert told() == before
    assert ImportRun.objects.count() == 2
    assert Event.objects.filter(verb="imported", entity="ImportRun").count() == 2


def test_two_registers_in_either_order(tmp_path: Path) -> None:
    """A practice that changed its sub-ICB between two registers has both, whichever came in first."""
    older = files.register_row(sub_icb="00K", joined="20130401", name="OLD NAME")
    newer = files.register_row(sub_icb="16C", joined="20200401", phone="")
    register(tmp_path, older, as_of=date(2019, 2, 1))
    register(tmp_path, newer)
    in_order, described = told(), practice().described
    Sighting.objects.all().delete()
    Parent.objects.all().delete()
    Organisation.objects.all().delete()
    register(tmp_path, newer)
    register(tmp_path, older, as_of=date(2019, 2, 1))
    assert told() == in_order
    assert {(p, s, e) for c, k, p, s, e in in_order if c == "A81001"} == {
        ("00K", date(2013, 4, 1), date(2020, 4, 1)),
        ("16C", date(2020, 4, 1), None),
    }
    assert (practice().name, practice().phone, practice().described) == ("THE DENSHAM SURGERY", "", described)
    assert practice().as_of == date(2026, 2, 3)


def test_an_older_file_fills_what_no_newer_one_said(tmp_path: Path) -> None:
    """The July list knows no telephone: an older register's counts, until a newer register gives another."""
    month(tmp_path, "01Jul2026", files.map_row(name="NEW NAME"))
    register(tmp_path, files.register_row(name="OLD NAME", phone="1"), as_of=date(2023, 2, 1))
    assert (practice().name, practice().phone) == ("NEW NAME", "1")
    register(tmp_path, files.register_row(name="OLD NAME", phone="2"))
    assert (practice().name, practice().phone) == ("NEW NAME", "2")


@pytest.mark.parametrize("order", list(permutations(["register", "map", "crosswalk"])))
def test_a_merger_of_icbs_shows_as_history(tmp_path: Path, order: tuple[str, ...]) -> None:
    """The old ICB until 31 March 2026, the new one from 1 April, in whatever order the files come."""
    crosswalk = [files.CROSSWALK_HEADINGS, files.crosswalk_row("06Q", "06Q", "QH8", "D7T5G")]
    crosswalk.append(files.crosswalk_row("D4U1Y", "U2G6B", "QNQ", "S0E4D"))
    old = [("A81001", "06Q", "QH8"), ("A81002", "D4U1Y", "QNQ")]
    new = [("A81001", "06Q", "D7T5G"), ("A81002", "U2G6B", "S0E4D")]
    steps = {
        "register": lambda: register(tmp_path, *(files.register_row(p, sub_icb=s, icb=i) for p, s, i in old)),
        "map": lambda: month(tmp_path, "01Jul2026", *(files.map_row(p, sub_icb=s, icb=i) for p, s, i in new)),
        "crosswalk": lambda: import_files(
            kind="crosswalk", paths=[files.write_csv(tmp_path / "c.csv", crosswalk)], by=None
        ),
    }
    for step in order:
        steps[step]()
    days = [date(2026, 2, 3), date(2026, 3, 31), date(2026, 4, 1), date(2026, 7, 1)]
    for code, was, now in (("A81001", "QH8", "D7T5G"), ("A81002", "QNQ", "S0E4D")):
        icbs = [practice(code).icb(day) for day in days]
        assert [icb and icb.code for icb in icbs] == [was, was, now, now]
    qh8 = Organisation.objects.get(kind=Kind.ICB, code="QH8")
    assert list(Organisation.objects.practices().of_icb(qh8, days[1])) == [practice()]
    assert not Organisation.objects.practices().of_icb(qh8, days[2]).exists()
    assert qh8.closed_on == date(2026, 4, 1)


def test_unallocated_is_no_pcn(tmp_path: Path) -> None:
    """A practice in a PCN by ePCN that a newer list calls unallocated is in none from that day."""
    path = files.epcn(
        tmp_path / "p.xlsx", [("U00001", "16C", "20190701", "")], [("A81001", "U00001", "20190701", None)]
    )
    import_files(kind="epcn", paths=[path], by=None, as_of=date(2024, 10, 1))
    month(tmp_path, "01Jul2026", files.map_row(pcn="U"))
    assert practice().parent(Kind.PCN, date(2026, 6, 30)) is not None
    assert practice().parent(Kind.PCN, date(2026, 7, 1)) is None
    assert not Organisation.objects.filter(code="U").exists()


def test_list_sizes_of_two_months_and_a_correction(tmp_path: Path) -> None:
    """Each month keeps its own; the same month again with another figure corrects it."""
    month(tmp_path, "01Jun2026", files.map_row(day="01Jun2026"), patients=90)
    month(tmp_path, "01Jul2026", files.map_row(), patients=100)
    month(tmp_path, "01Jul2026", files.map_row(), patients=101)
    sizes = ListSize.objects.order_by("on").values_list("on", "patients")
    assert list(sizes) == [(date(2026, 6, 1), 90), (date(2026, 7, 1), 101)]
    assert practice() in Organisation.objects.practices().with_patients(date(2026, 7, 1))
    assert not Organisation.objects.practices().with_patients(date(2026, 5, 1)).exists()


def test_open_means_neither_closed_nor_dormant(tmp_path: Path) -> None:
    """A closed practice is open on its last day and not on the next."""
    closed = files.register_row("A81002", status="INACTIVE", closed="20250331", left="20250331")
    register(tmp_path, files.register_row(), closed, files.register_row("A81003", status="DORMANT"))

    def open_on(day: date) -> set[str]:
        return set(Organisation.objects.practices().open_on(day).values_list("code", flat=True))

    assert open_on(date(2025, 3, 31)) == {"A81001", "A81002"}
    assert open_on(date(2025, 4, 1)) == {"A81001"}
    assert open_on(date(1974, 3, 31)) == set()


def test_coordinates_need_a_known_practice(tmp_path: Path) -> None:
    """An unknown code refuses its row; a file of only unknown ones is refused whole."""
    register(tmp_path, files.register_row())
    rows = [COORDINATES, ["A81001", "54.5", "-1.3", "nhs"], ["A89999", "54.5", "-1.3", "nhs"]]
    (found,) = import_files(kind="coordinates", paths=[files.write_csv(tmp_path / "c.csv", rows)], by=None)
    assert (practice().latitude, practice().longitude, practice().place_source) == (54.5, -1.3, "nhs")
    assert found.refused == [(3, "Practice A89999 is not known here: import epraccur or registrations first")]
    assert "  line 3: Practice A89999 is not known here: import epraccur or registrations first" in summary(
        found
    )
    with pytest.raises(FileRefused, match="not one row could be used; line 2: Practice A89999"):
        import_files(
            kind="coordinates", paths=[files.write_csv(tmp_path / "d.csv", [rows[0], rows[2]])], by=None
        )


def test_fictional_organisations_are_left_alone(tmp_path: Path) -> None:
    """A real file never describes a practice of the demo that happens to bear its code."""
    Organisation.objects.create(kind=Kind.PRACTICE, code="A81001", name="Quayside Surgery", fictional=True)
    counts = register(tmp_path, files.register_row(), files.register_row("A81002"))
    assert counts["refused"] == 1
    assert practice().name == "Quayside Surgery"
    assert not practice().parents.exists()


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    """Where the second of two files is bad, nothing of the first one stays."""
    paths = files.registrations(tmp_path, [files.map_row()], [files.size_row("A89999", 5)])
    with pytest.raises(FileRefused, match="not one row could be used"):
        import_files(kind="registrations", paths=paths, by=None)
    assert not Organisation.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_day_in_the_future_is_refused(tmp_path: Path) -> None:
    """No file gives the state of affairs of a day to come."""
    with pytest.raises(FileRefused, match="lies in the future"):
        register(tmp_path, files.register_row(), as_of=date(2126, 1, 1))


def test_england_from_a_folder(tmp_path: Path) -> None:
    """Every publication found is brought in, in the right order, or none."""
    (tmp_path / "england").mkdir()
    files.registrations(tmp_path / "registrations", [files.map_row()], [files.size_row("A81001", 3733)])
    with pytest.raises(FileRefused, match="holds no epraccur register"):
        import_england(folder=tmp_path, by=None)
    files.write_csv(tmp_path / "epraccur_2026.csv", [files.register_row()])
    place = files.write_csv(tmp_path / "england" / "practices.csv", [COORDINATES, ["A81001", "95", "0", "x"]])
    with pytest.raises(FileRefused, match="not on the earth"):
        import_england(folder=tmp_path, by=None)
    assert not Organisation.objects.exists()
    files.write_csv(place, [COORDINATES, ["A81001", "54.5", "-1.3", "x"]])
    kinds = [found.kind for found in import_england(folder=tmp_path, by=None)]
    assert kinds == ["epraccur", "registrations", "list sizes", "coordinates"]
    assert england_in_numbers() == (
        "England on Wed 1 Jul 2026: 1 practices with 3,733 patients, 1 of them in 1 PCNs and 0 in none; "
        "1 sub-ICBs, 1 ICBs, 1 regions; coordinates of 1."
    )
    assert "ICB on Wed 1 Jul 2026: NHS North East Integrated Care Board (QHM)" in history(
        practice(), date(2026, 7, 1)
    )


def test_the_database_refuses_two_parents_at_a_time() -> None:
    """Overlapping parents of one kind are refused by the engine itself, touching ones are not."""
    child, one, two = (
        Organisation.objects.create(kind=Kind.SUB_ICB, code=f"00{n}", name=str(n)) for n in "KLM"
    )

    def under(parent: Organisation, starts_on: date, ends_on: date | None) -> None:
        with transaction.atomic():
            Parent.objects.create(
                child=child, parent=parent, kind=Kind.ICB, starts_on=starts_on, ends_on=ends_on, source="test"
            )

    under(one, date(2020, 1, 1), date(2021, 1, 1))
    under(two, date(2021, 1, 1), None)
    for starts_on, ends_on in ((date(2020, 6, 1), date(2020, 7, 1)), (date(2030, 1, 1), None)):
        with pytest.raises(IntegrityError, match="one_parent_of_a_kind_at_a_time"):
            under(one, starts_on, ends_on)
