"""Everything about oneself in one file: nothing forgotten, no secret in it, nobody else's name."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from typer.testing import CliRunner

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.cli.app import app
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import AccessToken
from desirepath.organisations.tokens import issue_token
from desirepath.privacy import parts
from desirepath.privacy.export import everything, zipped
from tests import cast
from tests.architecture.world import Side

MODELS = [model for model in apps.get_models() if model.__module__.startswith("desirepath.")]
LINKS = {
    (model._meta.label, column.name)
    for model in MODELS
    for column in (*model._meta.concrete_fields, *model._meta.many_to_many)
    if column.related_model in (Person, Clinician)
}
COVERED = {(label, path.split("__")[0]) for label, part in parts.PARTS.items() for path in part.paths}


def forgotten(links: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(links - COVERED - set(parts.OF_OTHERS))


def test_no_link_to_a_person_is_forgotten() -> None:
    """Each column that names a person or a clinician is a way to her rows, or has its reason why not."""
    assert len(LINKS) > 40
    assert forgotten(LINKS) == [], "add them to desirepath.privacy.parts"
    assert sorted(set(parts.OF_OTHERS) - LINKS) == [], "take them out of desirepath.privacy.parts"
    assert not COVERED & set(parts.OF_OTHERS)


def test_a_forgotten_link_is_found() -> None:
    """The check itself can fail."""
    assert forgotten({("room.New", "clinician"), ("bookings.Booking", "clinician")}) == [
        ("room.New", "clinician")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(parts.PARTS))
def test_every_part_names_what_is_there(label: str) -> None:
    """The models, the paths and the columns left out exist, and no two parts have one title."""
    model, part = apps.get_model(label), parts.PARTS[label]
    assert set(part.without) <= {column.name for column in model._meta.concrete_fields}
    assert [each.title for each in parts.PARTS.values()].count(part.title) == 1
    for path in part.paths:
        assert not model._default_manager.filter(**{path: 0}).exists()


def lived(side: Side) -> Clinician:
    """A clinician with a row of nearly everything."""
    her = side.clinician
    for made in (
        "booking",
        "application",
        "feed",
        "message",
        "busy_source",
        "standing_yes",
        "preferred",
        "swap",
    ):
        assert getattr(side, made)
    side.vacancy = cast.vacancy(side.practice, start=cast.at(12), by=side.person(Role.PRACTICE_BOOKER))
    assert side.proposal and side.offer and side.hand_back_ask
    issue_token(
        by=her.person, assignment=her.person.roles.get(), name="Mine", scopes=["bookings:read"], days=9
    )
    return her


@pytest.fixture
def side(db: None) -> Side:
    return Side("Quayside")


def test_all_of_hers_is_in_it(side: Side) -> None:
    """What was made for her is found under its title, with names where a name helps."""
    her = lived(side)
    found = everything(her.person)
    for title in (
        "Your account",
        "Your roles",
        "Your profile",
        "Your terms, every version",
        "Your bookings",
        "Offers to you",
        "Your applications",
        "Messages to you",
        "Your standing yeses",
        "Swaps",
        "Practices that would like you first",
        "Where a plan proposed you",
        "Your access tokens",
        "Your calendar's addresses",
        "Calendars you read in",
        "Time held or booked",
        "Events",
    ):
        assert found[title], title
    assert found["Your bookings"][0]["practice"] == "Quayside Surgery"
    assert found["Offers to you"][0]["vacancy practice"] == "Quayside Surgery"
    assert found["Your account"][0]["email"] == her.person.email


def test_no_secret_and_nobody_else_is_in_it(side: Side) -> None:
    """No password, no digest, no token; other people by their id only; nothing of another clinician's."""
    her = lived(side)
    other = cast.clinician("Olive Other", pool=side.pool)
    cast.booking(cast.vacancy(side.practice, start=cast.at(15)), other)
    text = json.dumps(everything(her.person), default=str)
    assert her.person.password not in text
    assert side.feed.token not in text
    assert AccessToken.objects.get().digest not in text
    for name in ("Olive Other", str(other.public_id), side.person(Role.PRACTICE_BOOKER).name):
        assert name not in text


def test_the_file(side: Side) -> None:
    """One JSON with everything, a CSV for each part that has a row, words that say what it is; no formula."""
    her = lived(side)
    her.person.name = "=HYPERLINK(1)"
    her.person.save()
    with zipfile.ZipFile(io.BytesIO(zipped(her.person))) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("everything.json"))
        table = archive.read("csv/your-account.csv").decode("utf-8-sig")
        assert "=HYPERLINK(1)" in archive.read("about.txt").decode()
    assert len(names) == 2 + sum(bool(rows) for rows in told.values())
    assert "'=HYPERLINK(1)" in table
    assert len(set(names)) == len(names)


def test_it_costs_one_query_a_part(side: Side, django_assert_max_num_queries: Any) -> None:
    """However long she has been here."""
    her = lived(side)
    with django_assert_max_num_queries(len(parts.PARTS) + 4):
        everything(her.person)


def test_much_of_it_is_made_well_within_a_minute(side: Side) -> None:
    """20,000 events and 5,000 messages, more than ten years bring."""
    person = side.person(Role.PRACTICE_BOOKER)
    Event.objects.bulk_create(
        [Event(verb="did", entity="Vacancy", actor=person.public_id, details={"n": n}) for n in range(20_000)]
    )
    began = time.process_time()
    assert len(zipped(person)) > 100_000
    assert time.process_time() - began < 20


class TestPages:
    """Her page, the queue of corrections."""

    def test_she_takes_it_along(self, side: Side) -> None:
        """By POST only, as a zip, for nobody to keep; noted in the log."""
        client = Client()
        client.force_login(side.clinician.person)
        assert client.get("/your-account/data/file.zip").status_code == 405
        answer = client.post("/your-account/data/file.zip")
        assert zipfile.is_zipfile(io.BytesIO(answer.content))
        assert answer.headers["Cache-Control"] == "no-store"
        assert (
            Event.objects.filter(verb="own data taken out", actor=side.clinician.person.public_id).count()
            == 1
        )

    def test_a_correction_from_asking_to_answer(self, side: Side) -> None:
        """She asks, the administrator is told and answers, she reads it; both stay."""
        administrator = side.person(Role.SYSTEM_ADMINISTRATOR)
        her, hers, theirs = side.clinician.person, Client(), Client()
        hers.force_login(her)
        theirs.force_login(administrator)
        hers.post("/your-account/data", {"wrong": "My registration number ends in 8"})
        assert administrator.messages.filter(subject__contains="correction").exists()
        correction = her.corrections.get()
        page = theirs.get("/corrections").content.decode()
        assert f"/corrections/{correction.public_id}" in page
        sent = {"outcome": "corrected", "answer": "It was a slip of the pen"}
        told = theirs.post(f"/corrections/{correction.public_id}", sent, follow=True).content.decode()
        assert f"{her.name} is told" in told
        page = hers.get("/your-account/data").content.decode()
        assert "Put right" in page and "slip of the pen" in page
        again = theirs.post(f"/corrections/{correction.public_id}", sent, follow=True).content.decode()
        assert "Somebody else has answered it" in again
        correction.refresh_from_db()
        assert (correction.state, correction.answered_by) == ("corrected", administrator)

    def test_nobody_answers_her_own(self, side: Side) -> None:
        """Another administrator does."""
        administrator, client = side.person(Role.SYSTEM_ADMINISTRATOR), Client()
        client.force_login(administrator)
        client.post("/your-account/data", {"wrong": "My name"})
        correction = administrator.corrections.get()
        sent = {"outcome": "corrected", "answer": "Done"}
        page = client.post(f"/corrections/{correction.public_id}", sent, follow=True).content.decode()
        assert "somebody else answers it" in page
        correction.refresh_from_db()
        assert correction.state == "asked"

    def test_the_queue_costs_the_same(self, side: Side, django_assert_max_num_queries: Any) -> None:
        """With one or with twenty."""
        for number in range(20):
            cast.person(f"Asker {number}").corrections.create(wrong="My name", state="asked")
        client = Client()
        client.force_login(side.person(Role.SYSTEM_ADMINISTRATOR))
        with django_assert_max_num_queries(8):
            client.get("/corrections")


def test_by_the_command(side: Side, tmp_path: Any) -> None:
    """The file is written once, and reading everything of a person is noted as such."""
    her, file = side.clinician.person, tmp_path / "her.zip"
    told = CliRunner().invoke(app, ["person", "export", her.email.upper(), str(file)])
    assert told.exit_code == 0, told.output
    assert zipfile.is_zipfile(file)
    assert Event.objects.get(verb="read", entity_id=her.public_id).details == {"special": "everything"}
    assert CliRunner().invoke(app, ["person", "export", her.email, str(file)]).exit_code == 2
    assert CliRunner().invoke(app, ["person", "export", "nobody@example.org", str(file)]).exit_code == 2
