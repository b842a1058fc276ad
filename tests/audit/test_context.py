"""Every event says as which role, where, through which door and from where it was done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from typer.testing import CliRunner

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import context, sources
from desirepath.audit.models import Event, Source
from desirepath.audit.special import SPECIAL, read_special
from desirepath.cli.app import app
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """Sources that other tests wrote down went with their transactions."""
    sources.forget_known()


def last() -> Event:
    return Event.objects.order_by("-pk")[:1].get()


def address_of(event: Event) -> tuple[str, str]:
    found = Source.objects.get(digest=event.source)
    return found.address, found.browser


def test_on_a_page(client: Client, alice: Person) -> None:
    """Her role and its practice, a page, and the address and browser by their hash only."""
    client.force_login(alice)
    data = {"name": "Alice Appleton", "phone": ""}
    client.post("/your-account", data, headers={"user-agent": "Firefox"}, REMOTE_ADDR="192.0.2.7")
    event, held = last(), alice.roles.get()
    assert (event.verb, event.actor, event.role) == ("details changed", alice.public_id, held.role)
    assert held.organisation is not None
    assert event.place == held.organisation.public_id
    assert event.door == "page"
    assert address_of(event) == ("192.0.2.7", "Firefox")
    assert "192.0.2.7" not in event.source


def test_nobody_signed_in(client: Client, alice: Person) -> None:
    """A wrong password says from where; what browser a stranger names is not kept."""
    client.post(
        "/sign-in",
        {"email": alice.email, "password": "wrong"},
        headers={"user-agent": "x" * 900},
        REMOTE_ADDR="192.0.2.8",
    )
    event = last()
    assert (event.verb, event.role, event.place) == ("sign-in failed", "", None)
    assert address_of(event) == ("192.0.2.8", "")


def test_a_source_is_written_once(client: Client, alice: Person, django_assert_num_queries: Any) -> None:
    """A process that knows an address asks the database for nothing."""
    first = sources.source_of("192.0.2.9", "Firefox", settled=True)
    with django_assert_num_queries(0):
        assert sources.source_of("192.0.2.9", "Firefox") == first
    assert sources.source_of("192.0.2.9", "Chromium") != first
    assert Source.objects.count() == 2


def test_a_program(alice: Person) -> None:
    """A token acts in its role, as a program."""
    program = Program(alice)
    program.post("/vacancies", {})
    with context.within(door="page"):
        answer = program.ask("get", "/vacancies")
        assert answer.status_code == 200
        # the request is over: what follows is not the program's
        assert context.door() == "page"


def test_what_a_program_does(alice: Person, quayside: Any) -> None:
    """Its events name the role of the token and the door."""
    cast.pool("Pool", quayside)
    status, told = Program(alice).post(
        "/vacancies",
        {
            "start": cast.at(7).isoformat(),
            "end": cast.at(7, 12).isoformat(),
            "role": "gp",
            "most_an_hour": "95.00",
        },
    )
    assert status in (200, 201), told
    event = Event.objects.filter(entity="Vacancy").latest("pk")
    assert (event.door, event.role) == ("program", Role.PRACTICE_BOOKER)
    assert event.place == quayside.public_id


def test_a_command(tmp_path: Any) -> None:
    """What a command does says so."""
    with context.within(door=""):
        CliRunner().invoke(app, ["audit", "verify"])
        assert context.door() == "command"


def test_on_behalf_of_somebody(alice: Person, bob: Person) -> None:
    """Who did it, and for whom; afterwards each acts for herself again."""
    with context.on_behalf_of(alice):
        Event.record("terms published", alice, by=bob)
    event = last()
    assert (event.actor, event.on_behalf_of) == (bob.public_id, alice.public_id)
    Event.record("went on", bob, by=bob)
    assert last().on_behalf_of is None


def test_a_request_inherits_nothing(client: Client, alice: Person) -> None:
    """Whatever stood in the process before a request is not that request's."""
    with context.within(role="auditor", place=UUID(int=7), on_behalf_of=UUID(int=8)):
        client.post("/sign-in", {"email": alice.email, "password": "wrong"})
    assert (last().role, last().place, last().on_behalf_of) == ("", None, None)


@pytest.mark.parametrize("kind", sorted(SPECIAL))
def test_special_categories_are_read_with_a_note(alice: Person, bob: Person, kind: str) -> None:
    """Who read what about whom; a kind that nobody named is refused."""
    read_special(kind, alice, by=bob)
    event = last()
    assert (event.verb, event.actor, event.entity_id) == ("read", bob.public_id, alice.public_id)
    assert event.details == {"special": kind}
    with pytest.raises(KeyError):
        read_special(f"{kind} and more", alice, by=bob)
