"""A forgotten password, a changed one, and one's own details."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from desirepath.accounts.models import Person
from desirepath.messages.models import Message
from tests.cast import PASSWORD

LONG = "walnut lantern gravel"


def link_for(client: Client, person: Person) -> str:
    """Ask for a link, and take it from the letter."""
    client.post("/forgotten-password", {"email": person.email.upper()})
    return "/new-password/" + Message.objects.get(to=person).body.split("/new-password/")[1].split()[0]


def test_a_forgotten_password(client: Client, alice: Person) -> None:
    """A letter, a page, a new password; the link works once."""
    link = link_for(client, alice)
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": LONG})["Location"] == "/sign-in"
    alice.refresh_from_db()
    assert alice.check_password(LONG)
    assert client.post(link, {"password": "another long password"}).status_code == 410


def test_nobody_learns_who_has_an_account(client: Client, alice: Person) -> None:
    """The page says the same for an address that nobody has, and no letter leaves."""
    known = client.post("/forgotten-password", {"email": alice.email}).content
    unknown = client.post("/forgotten-password", {"email": "nobody@example.org"}).content
    assert known == unknown
    assert Message.objects.count() == 1


def test_pressing_twice_sends_one_letter(client: Client, alice: Person, clock_at: Any) -> None:
    """Within five minutes."""
    clock_at("2026-12-08 09:00")
    for _ in range(3):
        client.post("/forgotten-password", {"email": alice.email})
    assert Message.objects.count() == 1


def test_somebody_only_invited_gets_no_link(client: Client, db: None) -> None:
    """Her way in is the invitation."""
    Person.objects.create_user("new@example.org", name="New")
    client.post("/forgotten-password", {"email": "new@example.org"})
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "link",
    [
        "/new-password/x/y",
        "/new-password/4pyT/y",
        "/new-password/AAAA/set-password",
        "/new-password/%C3%A9/y",
    ],
)
def test_a_mangled_link(client: Client, db: None, link: str) -> None:
    """Is told kindly."""
    assert client.get(link).status_code == 410


def test_changing_ones_password(client: Client, alice: Person) -> None:
    """Needs the current one; this session goes on, others end."""
    other = Client()
    for one in (client, other):
        one.force_login(alice)
    wrong = client.post("/your-account/password", {"old_password": "wrong", "password": LONG})
    assert wrong.status_code == 422
    assert "not your current password" in wrong.content.decode()
    assert (
        client.post("/your-account/password", {"old_password": PASSWORD, "password": LONG}).status_code == 302
    )
    assert client.get("/your-account").status_code == 200
    assert other.get("/your-account").status_code == 302


def test_ones_details(client: Client, alice: Person) -> None:
    """Name and telephone; a bad telephone number changes nothing."""
    client.force_login(alice)
    assert client.post("/your-account", {"name": "Alice A", "phone": "call"}).status_code == 422
    assert client.post("/your-account", {"name": "Alice A", "phone": "943 476 5919"}).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.phone) == ("Alice A", "943 476 5919")


def test_a_name_holds_no_nhs_number(client: Client, alice: Person) -> None:
    """Free text refuses it; a telephone field does not."""
    client.force_login(alice)
    answer = client.post("/your-account", {"name": "Patient 943 476 5919", "phone": ""})
    assert answer.status_code == 422
    assert "NHS number" in answer.content.decode()


@pytest.mark.parametrize("address", ["/your-account", "/your-account/password", "/change-role"])
def test_a_stranger_signs_in_first(client: Client, db: None, address: str) -> None:
    """And then goes on to where he was going."""
    assert client.get(address)["Location"] == f"/sign-in?next={address}"
