"""From the letter to the first sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from desirepath.accounts import actions
from desirepath.accounts.models import Invitation, Person
from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.messages.letters import invite
from desirepath.messages.models import Message
from desirepath.messages.sending import send_due
from desirepath.organisations.models import Organisation
from tests import cast

LONG = "walnut lantern gravel"


@pytest.fixture
def letter(alice: Person, quayside: Organisation) -> tuple[Person, Invitation, str]:
    """Nell is invited as a booker; the link of her letter."""
    nell, invitation = invite(email=" Nell@Example.org ", name="Nell", by=alice, role="Practice booker")
    cast.role(nell, Role.PRACTICE_BOOKER, quayside)
    send_due()
    return nell, invitation, "/invitation/" + invitation.token


def test_the_letter(letter: tuple[Person, Invitation, str], mailoutbox: list[Any]) -> None:
    """Its subject says what happened; it names who and as what, and until when."""
    (mail,) = mailoutbox
    assert mail.subject == "Alice Archer has invited you to Desirepath"
    assert mail.to == ["nell@example.org"]
    assert "as Practice booker" in mail.body
    assert letter[2] in mail.body
    assert Message.objects.get(to=letter[0]).body == "", "what was sent is kept nowhere here"


def test_accepting(client: Client, letter: tuple[Person, Invitation, str], quayside: Organisation) -> None:
    """She sees who invited her as what, chooses a password and is in."""
    nell, invitation, link = letter
    page = client.get(link).content.decode()
    assert "Alice Archer has invited you" in page
    assert "Practice booker at Quayside Surgery" in page
    answer = client.post(link, {"name": "Nell Newcomer", "password": LONG})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    nell.refresh_from_db()
    invitation.refresh_from_db()
    assert (nell.name, nell.check_password(LONG), invitation.state) == ("Nell Newcomer", True, "accepted")
    assert client.session["_auth_user_id"] == str(nell.pk)


def test_it_opens_once(client: Client, letter: tuple[Person, Invitation, str]) -> None:
    """A second use, of the page or of the action, is told kindly and changes nothing."""
    client.post(letter[2], {"name": "Nell", "password": LONG})
    again = Client().post(letter[2], {"name": "Mallory", "password": "another long password"})
    assert again.status_code == 410
    assert Person.objects.get(pk=letter[0].pk).check_password(LONG)
    with pytest.raises(actions.NotOpenError):
        actions.accept_invitation(
            token=letter[2].rsplit("/", 1)[1], name="Mallory", password="another long password"
        )


def test_a_second_press_that_was_slower(
    client: Client, letter: tuple[Person, Invitation, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found open, but accepted by another request before this one: told kindly, nothing changed."""
    open_still = Invitation.objects.select_related("person").get(pk=letter[1].pk)
    client.post(letter[2], {"name": "Nell", "password": LONG})
    monkeypatch.setattr(Invitation, "find", lambda token: open_still)
    answer = Client().post(letter[2], {"name": "Mallory", "password": "another long password"})
    assert answer.status_code == 410
    assert Person.objects.get(pk=letter[0].pk).check_password(LONG)


def test_it_closes_after_14_days(
    client: Client, letter: tuple[Person, Invitation, str], clock_at: Callable[..., Any]
) -> None:
    """To the second."""
    clock_at(letter[1].expires_at - timedelta(seconds=1))
    assert client.get(letter[2]).status_code == 200
    clock_at(letter[1].expires_at)
    assert client.get(letter[2]).status_code == 410


def test_only_the_newest_link_works(
    client: Client, letter: tuple[Person, Invitation, str], alice: Person
) -> None:
    """Inviting again withdraws the older letter."""
    invite(email="nell@example.org", name="Nell", by=alice)
    assert client.get(letter[2]).status_code == 410
    assert Person.objects.filter(email="nell@example.org").count() == 1


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "Enter a new password"),
        ("short", "too short"),
        ("password1234", "too common"),
        ("nell@example.org", "too similar"),
    ],
)
def test_a_poor_password_is_refused(
    client: Client, letter: tuple[Person, Invitation, str], password: str, said: str
) -> None:
    """Says why, keeps the name, and the invitation stays open."""
    answer = client.post(letter[2], {"name": "Nell Newcomer", "password": password})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Nell Newcomer" in answer.content.decode()
    assert Invitation.find(letter[2].rsplit("/", 1)[1])


def test_somebody_with_an_account_confirms_with_her_password(
    client: Client, alice: Person, bob: Person
) -> None:
    """Her password and name stay hers, whoever holds the letter."""
    invite(email=bob.email, name="Someone else", by=alice)
    link = "/invitation/" + Message.objects.get(to=bob).body.split("/invitation/")[1].split()[0]
    assert client.post(link, {"name": "Mallory", "password": LONG}).status_code == 422
    assert client.post(link, {"password": cast.PASSWORD}).status_code == 302
    bob.refresh_from_db()
    assert (bob.name, bob.check_password(cast.PASSWORD)) == ("Bob Baker", True)


def test_an_unknown_link(client: Client, db: None) -> None:
    """Says what to do."""
    answer = client.get("/invitation/nonsense")
    assert answer.status_code == 410
    assert "send a new invitation" in answer.content.decode()


def test_the_log_knows(client: Client, letter: tuple[Person, Invitation, str], alice: Person) -> None:
    """Who invited and who accepted, as opaque ids."""
    client.post(letter[2], {"name": "Nell", "password": LONG})
    events = Event.objects.filter(entity="Invitation").values_list("verb", "actor")
    assert list(events) == [("invited", alice.public_id), ("sent > accepted", letter[0].public_id)]


def test_the_first_administrator_is_invited_by_nobody(db: None) -> None:
    """``by`` may be nobody: then the pool invites."""
    person, _ = invite(email="first@example.org", name="First", by=None)
    assert Message.objects.get(to=person).subject == "Your pool has invited you to Desirepath"
