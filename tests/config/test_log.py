"""The log as an auditor reads it: who acted as what, for whom and from where, and all as a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import context
from desirepath.audit.models import Event, Source
from desirepath.audit.sources import forget_known, source_of
from desirepath.organisations.models import Organisation
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """Sources that other tests wrote down went with their transactions."""
    forget_known()


@pytest.fixture
def auditor(client: Client) -> Client:
    someone = cast.person("Audrey Auditor")
    cast.role(someone, Role.AUDITOR)
    client.force_login(someone)
    return client


@pytest.fixture
def done(alice: Person, bob: Person, quayside: Organisation) -> Event:
    """Something that Alice did as a booker of Quayside Surgery, for Bob, from a known address."""
    digest = source_of("192.0.2.77", "Firefox")
    acted = {"role": "practice booker", "place": quayside.public_id, "door": context.PAGE}
    with context.within(source=lambda: digest, **acted), context.on_behalf_of(bob):
        return Event.record("=SUM(A1)", quayside, by=alice)


def test_who_as_what_for_whom_from_where(auditor: Client, done: Event, bob: Person) -> None:
    """Each in words; people stay opaque ids, and an address is shown only while it is kept."""
    page = auditor.get("/log").content.decode()
    for told in ("as Practice booker, Quayside Surgery", str(bob.public_id), "A page, 192.0.2.77"):
        assert told in page
    Source.objects.all().delete()
    page = auditor.get("/log").content.decode()
    assert "A page, an address no longer kept" in page
    assert "192.0.2.77" not in page


@pytest.mark.parametrize(
    "question", ["role=practice+booker", "door=page&verb=SUM", "address=192.0.2.77", "id={bob}", "id={place}"]
)
def test_it_is_found_by(auditor: Client, done: Event, bob: Person, quayside: Any, question: str) -> None:
    """Role, way, address, whom it was done for, where: each finds it and nothing else."""
    Event.record("other", cast.person("Else"), by=None)
    asked = question.format(bob=bob.public_id, place=quayside.public_id)
    page = auditor.get(f"/log?{asked}").content.decode()
    assert "1 event<" in page
    assert "=SUM(A1)" in page


def test_a_page_costs_as_much_with_many_events(
    auditor: Client, done: Event, alice: Person, django_assert_max_num_queries: Any
) -> None:
    """Names of places and addresses come in one query each."""
    for number in range(30):
        with context.within(source=lambda number=number: source_of(f"192.0.2.{number}", "")):
            Event.record("more", alice, by=alice)
    with django_assert_max_num_queries(9):
        auditor.get("/log")


def test_as_a_spreadsheet(auditor: Client, done: Event) -> None:
    """Every column of what was found, no cell a formula; that it was taken out is in the log."""
    answer = auditor.get("/log/file.csv?verb=SUM")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["what"] == "'=SUM(A1)"
    assert (row["as role"], row["way"], row["on behalf of"]) == (
        "practice booker",
        "page",
        str(done.on_behalf_of),
    )
    taken = Event.objects.latest("pk")
    assert (taken.verb, taken.details, taken.role) == ("log exported", {"events": 1}, "auditor")


def test_a_wrong_question_exports_nothing(auditor: Client, done: Event) -> None:
    """A spreadsheet of a search that can't be read holds its heading only."""
    answer = auditor.get("/log/file.csv?id=7")
    assert len(b"".join(answer.streaming_content).splitlines()) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("remote", "forwarded", "kept"),
    [
        ("127.0.0.1", "198.51.100.1, 192.0.2.9", "192.0.2.9"),
        ("127.0.0.1", "192.0.2.9, 127.0.0.1", "192.0.2.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("203.0.113.5", "192.0.2.9", "203.0.113.5"),
    ],
)
def test_a_proxy_is_believed_and_nobody_else(
    client: Client, alice: Person, remote: str, forwarded: str, kept: str
) -> None:
    """Behind our own proxy the address that it saw; whoever comes by herself can't claim another."""
    client.post(
        "/sign-in",
        {"email": alice.email, "password": "wrong"},
        headers={"x-forwarded-for": forwarded},
        REMOTE_ADDR=remote,
    )
    digests = Source.objects.filter(address=kept).values("digest")
    assert Event.objects.filter(verb="sign-in failed", source__in=digests).count() == 1
