"""Clinicians from a spreadsheet: a template, a preview, errors by cell, all of it or nothing."""

from __future__ import annotations

import csv
import io
from datetime import date, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from desirepath.accounts.models import Invitation, Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.clinicians.importing import CLINICIANS
from desirepath.clinicians.models import Clinician, Membership, Skill, Terms
from desirepath.messages.models import Message
from desirepath.messages.sending import send_due
from desirepath.organisations.models import Kind
from desirepath.pools.actions import found_chambers
from desirepath.pools.importing import judged
from desirepath.pools.models import ImportUpload
from tests import cast

ANN = {
    "name": "Ann Able",
    "email": "ann@example.org",
    "role": "GP",
    "registration": "7012345",
    "latitude": "52.63",
    "longitude": "1.29",
}
BEN = {**ANN, "name": "Ben Bold", "email": "ben@example.org", "role": "nurse", "registration": "12A3456E"}


@pytest.fixture
def coast(db: None) -> SimpleNamespace:
    """A pool with a practice in a PCN, and its manager."""
    pcn = cast.organisation(Kind.PCN, code="U12345")
    pool = cast.pool("Coast Pool", cast.practice("Coast Surgery", pcn=pcn))
    manager = cast.person("Mo Manager")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    return SimpleNamespace(pool=pool, manager=manager, pcn=pcn)


@pytest.fixture
def manager(client: Client, coast: SimpleNamespace, sign_in: Any) -> Client:
    return sign_in(client, coast.manager)


def sheet(*rows: dict[str, str]) -> bytes:
    """A CSV file of these rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def send(client: Client, data: bytes, name: str = "clinicians.csv") -> Any:
    return client.post(reverse("pools:import", args=["clinicians"]), {"file": SimpleUploadedFile(name, data)})


def preview(client: Client) -> str:
    return client.get(reverse("pools:preview", args=["clinicians"])).content.decode()


def confirm(client: Client) -> Any:
    upload = ImportUpload.objects.get()
    return client.post(reverse("pools:preview", args=["clinicians"]), {"upload": upload.public_id})


def test_send_look_confirm(manager: Client, coast: SimpleNamespace, mailoutbox: list[Any]) -> None:
    """Nothing is written until she confirms; then each has all that the file says, and a letter."""
    chambers = found_chambers(by=None, pool=coast.pool, name="Sea Chambers")
    cast.wants(coast.pool.organisation)
    Skill.objects.create(code="coil-fitting", name="Coil fitting", role="gp")
    ann = {
        **ANN,
        "skills": "coil fitting; joint injections",
        "postcode": "NR1 3AB",
        "pcn": "U12345",
        "chambers": "sea chambers",
        "cleared_until": "31/3/2027",
        "base_rate": "92.50",
        "evening_pct": "15%",
        "max_km": "25",
        "mon": "08:00-13:00;13:30-18:30",
    }
    assert send(manager, sheet(ann, BEN))["Location"] == reverse("pools:preview", args=["clinicians"])
    page = preview(manager)
    assert "2 rows read, and each can be taken" in page
    assert page.count("no work is offered before the checks are verified here") == 1
    assert "new in the list of skills: joint injections" in page
    assert not Clinician.objects.exists()
    assert confirm(manager)["Location"] == reverse("pools:people")
    send_due()
    made = Clinician.objects.get(registration="7012345")
    member = made.memberships.get(pool=coast.pool)
    assert (member.state, member.pcn, member.chambers) == ("active", coast.pcn, chambers)
    assert {skill.name for skill in made.skills.all()} == {"Coil fitting", "joint injections"}
    assert member.cleared_until == date(2027, 3, 31)
    assert [(row.weekday, row.start) for row in made.weekly_pattern.all()] == [
        (0, time(8)),
        (0, time(13, 30)),
    ]
    draft = made.terms.get()
    assert (draft.state, draft.base_rate, draft.evening_pct, draft.max_km) == (
        "draft",
        Decimal("92.50"),
        15,
        25,
    )
    assert not Terms.objects.filter(clinician__registration="12A3456E").exists()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["ann@example.org", "ben@example.org"]
    assert not ImportUpload.objects.exists()


def test_the_letter_leads_in(manager: Client, coast: SimpleNamespace, mailoutbox: list[Any]) -> None:
    """She opens the link, chooses a password, and acts as a clinician."""
    send(manager, sheet(ANN))
    confirm(manager)
    send_due()
    link = "/invitation/" + mailoutbox[0].body.split("/invitation/")[1].split()[0]
    hers = Client()
    assert hers.post(link, {"name": "Ann Able", "password": "walnut lantern gravel"}).status_code == 302
    assert Invitation.objects.get().state == "accepted"
    assert hers.get(reverse("accounts:your-account")).status_code == 200
    assert Person.objects.get(email="ann@example.org").roles.get().role == Role.CLINICIAN


@pytest.mark.parametrize(
    ("column", "typed", "told"),
    [
        ("name", "", "row 3, name: is missing"),
        ("email", "ben", "row 3, email: must be an e-mail address"),
        ("email", "ANN@example.org", "row 3, email: is the same as in row 2"),
        ("role", "plumber", "row 3, role: must be one of"),
        ("registration", "1", "row 3, registration: must be a registration number"),
        ("latitude", "0", "row 3, latitude: must be in England"),
        ("pcn", "U99999", "row 3, pcn: U99999 is not the PCN of any practice of this pool"),
        ("chambers", "None such", "row 3, chambers: there is no chambers “None such” in this pool"),
        ("cleared_until", "soon", "row 3, cleared_until: must be a date"),
        ("base_rate", "ninety", "row 3, base_rate: must be an amount of money"),
        ("max_km", "25", "row 3, base_rate: is missing: max_km is one of the terms"),
        ("sun_pct", "999", "row 3, sun_pct: must be a whole number from 0 to 300"),
        ("tue", "8-1", "row 3, tue: must be times"),
        ("skills", "943 476 5919", "row 3, skills: This holds what looks like an NHS number"),
    ],
)
def test_errors_by_cell_and_nothing_taken(manager: Client, column: str, typed: str, told: str) -> None:
    """Each error names its row and column; the good row is not taken either, whatever is posted."""
    send(manager, sheet(ANN, {**BEN, column: typed}))
    page = preview(manager)
    assert told in page.replace("&#39;", "'")
    assert "Confirm: take" not in page
    assert confirm(manager)["Location"] == reverse("pools:preview", args=["clinicians"])
    assert not Clinician.objects.exists()
    assert not Person.objects.filter(email="ann@example.org").exists()
    assert ImportUpload.objects.count() == 1


def test_a_gp_needs_a_gmc_number(manager: Client) -> None:
    """Seven digits; other registers write letters too."""
    send(manager, sheet({**ANN, "registration": "12A3456E"}))
    assert "row 2, registration: must be a GMC number of 7 digits" in preview(manager)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xd0\xcf\x11\xe0", "old Excel file"),
        (b"surname,forename\nAble,Ann\n", "None of them is there"),
        (sheet({**ANN, "salary": "1"}), "There is no column salary here"),
        (sheet({"name": "Ann"}), "A column is missing: email, role, registration"),
        (b"name,name,email\n1,2,3\n", "The column name is there twice"),
        (sheet(ANN).splitlines()[0], "no rows under them"),
        (b"", "The file is empty"),
    ],
)
def test_a_bad_file_is_not_kept(manager: Client, data: bytes, told: str) -> None:
    """One clear message beside the field, and nothing stored."""
    answer = send(manager, data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ImportUpload.objects.exists()


def test_all_or_nothing_when_the_last_row_fails(
    manager: Client, coast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong in the middle of taking leaves neither people nor letters, and the file stays."""
    from desirepath.audit.refusal import Refused
    from desirepath.clinicians import importing

    real = importing.join_pool

    def failing(**given: Any) -> Membership:
        if given["clinician"].registration == "12A3456E":
            raise Refused("Something is in the way.")
        return real(**given)

    monkeypatch.setattr(importing, "join_pool", failing)
    send(manager, sheet(ANN, BEN))
    answer = manager.post(
        reverse("pools:preview", args=["clinicians"]),
        {"upload": ImportUpload.objects.get().public_id},
        follow=True,
    )
    assert "Row 3: Something is in the way. Nothing was taken." in answer.content.decode()
    assert not Clinician.objects.exists()
    assert not Person.objects.filter(email="ann@example.org").exists()
    assert not Message.objects.exists()
    assert ImportUpload.objects.count() == 1


def test_somebody_known_joins_with_her_own_terms(
    manager: Client, coast: SimpleNamespace, mailoutbox: list[Any]
) -> None:
    """A clinician of another pool joins this one; her terms stay hers, and nobody learns whose she was."""
    known = cast.clinician("Ann Able", pool=cast.pool("Inland Pool"), registration="7012345")
    send(manager, sheet({**ANN, "email": known.person.email, "base_rate": "50"}))
    page = preview(manager)
    assert "known here already: joins this pool with the profile and terms already held" in page
    assert "Inland" not in page
    confirm(manager)
    send_due()
    assert set(known.memberships.values_list("pool__organisation__name", flat=True)) == {
        "Inland Pool",
        "Coast Pool",
    }
    assert [(terms.state, terms.base_rate) for terms in known.terms.all()] == [("published", 90)]
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([known.person.email], "You are a member of Coast Pool")


def test_somebody_with_an_account_becomes_a_clinician(manager: Client, coast: SimpleNamespace) -> None:
    """A booker who also works sessions stays one person."""
    ann = cast.person("Ann", email="ann@example.org")
    send(manager, sheet({**ANN, "email": "Ann@Example.org"}))
    assert "has an account already" in preview(manager)
    confirm(manager)
    assert ann.clinician.registration == "7012345"


@pytest.mark.parametrize(
    ("change", "column"),
    [({"registration": "7099999"}, "email"), ({"email": "bookings@example.org"}, "registration")],
)
def test_two_people_are_not_made_one(
    manager: Client, coast: SimpleNamespace, change: dict[str, str], column: str
) -> None:
    """An address or a number that belongs to somebody else is an error of its cell."""
    cast.clinician("Ann Able", registration="7012345")
    Person.objects.filter(name="Ann Able").update(email="ann@example.org")
    cast.person("Bea", email="bookings@example.org")
    send(manager, sheet({**ANN, **change}))
    assert f"row 2, {column}: belongs to" in preview(manager)


def test_sent_again_changes_nothing(manager: Client, coast: SimpleNamespace) -> None:
    """Members are left as they are; whoever has not begun gets a new link, and still one membership."""
    for _ in range(2):
        send(manager, sheet(ANN))
        confirm(manager)
    assert Membership.objects.count() == 1
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["sent", "withdrawn"]
    Invitation.objects.get(state="sent").move("accepted", by=None)
    send(manager, sheet(ANN))
    assert "a member of this pool already: nothing changes" in preview(manager)
    confirm(manager)
    assert Invitation.objects.count() == 2


def test_a_chambers_has_its_most_members(coast: SimpleNamespace) -> None:
    """Counted with those of the file."""
    chambers = found_chambers(by=None, pool=coast.pool, name="Sea Chambers")
    chambers.most_members = 1
    chambers.save()
    rows = [(2, {**ANN, "chambers": "Sea Chambers"}), (3, {**BEN, "chambers": "Sea Chambers"})]
    lines = judged(CLINICIANS, coast.pool, rows)
    assert [line.told for line in lines] == [
        [],
        ["row 3, chambers: Sea Chambers would have more than its 1 members"],
    ]


def test_only_its_owner_sees_it(manager: Client, coast: SimpleNamespace, sign_in: Any) -> None:
    """Another manager of the same pool has no file waiting."""
    other = cast.person("Olga Other")
    cast.role(other, Role.POOL_MANAGER, coast.pool.organisation)
    send(manager, sheet(ANN))
    answer = sign_in(Client(), other).get(reverse("pools:preview", args=["clinicians"]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("pools:import", args=["clinicians"]))


def test_it_is_kept_for_an_hour(manager: Client, clock_at: Any) -> None:
    """Then it is gone, and the next file sweeps it away."""
    send(manager, sheet(ANN))
    clock_at(clock.now() + timedelta(minutes=61))
    assert manager.get(reverse("pools:preview", args=["clinicians"])).status_code == 302
    send(manager, sheet(BEN))
    assert ImportUpload.objects.count() == 1


def test_it_can_be_discarded(manager: Client) -> None:
    """Nothing of it stays."""
    send(manager, sheet(ANN))
    manager.post(reverse("pools:discard", args=["clinicians"]))
    assert not ImportUpload.objects.exists()


def test_a_newer_file_is_looked_at_first(manager: Client) -> None:
    """Confirming the page of an older file takes neither."""
    send(manager, sheet(ANN))
    older = ImportUpload.objects.get().public_id
    send(manager, sheet(BEN))
    answer = manager.post(reverse("pools:preview", args=["clinicians"]), {"upload": older}, follow=True)
    assert "Another file has been sent" in answer.content.decode()
    assert not Clinician.objects.exists()


def test_confirming_twice_takes_once(manager: Client) -> None:
    """The second finds no file waiting."""
    send(manager, sheet(ANN))
    upload = ImportUpload.objects.get().public_id
    for _ in range(2):
        manager.post(reverse("pools:preview", args=["clinicians"]), {"upload": upload})
    assert Clinician.objects.count() == 1


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_template_can_be_filled_in(manager: Client, ending: str) -> None:
    """What is downloaded has every column, and is taken when a row is added."""
    answer = manager.get(reverse("pools:template", args=["clinicians", ending]))
    assert answer["Content-Disposition"] == f'attachment; filename="clinicians.{ending}"'
    data = answer.content
    if ending == "csv":
        names = next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        data += ",".join(ANN.get(name, "") for name in names).encode()
    else:
        book = load_workbook(io.BytesIO(data))
        names = [cell.value for cell in book.worksheets[0][1]]
        for column, name in enumerate(names, 1):
            book.worksheets[0].cell(2, column).value = ANN.get(name)
        assert book.worksheets[0].cell(150, 4).number_format == "@"
        out = io.BytesIO()
        book.save(out)
        data = out.getvalue()
    assert names == [column.name for column in CLINICIANS.columns]
    send(manager, data, f"clinicians.{ending}")
    assert "1 row read, and each can be taken" in preview(manager)


@pytest.mark.parametrize("path", ["people/import/dogs/", "people/import/clinicians/template.exe"])
def test_there_is_no_other_kind(manager: Client, path: str) -> None:
    """Unknown kinds and endings are not found."""
    assert manager.get(f"/{path}").status_code == 404


def test_many_rows(coast: SimpleNamespace, django_assert_max_num_queries: Any) -> None:
    """A thousand rows are judged with a handful of queries."""
    rows = [
        (n + 2, {**ANN, "email": f"p{n}@example.org", "registration": f"{7_100_000 + n}"})
        for n in range(1_000)
    ]
    with django_assert_max_num_queries(12):
        lines = judged(CLINICIANS, coast.pool, rows)
    assert all(line.fits for line in lines)
