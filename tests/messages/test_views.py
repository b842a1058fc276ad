"""The page of one's messages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.cascade.actions import decline_offer
from desirepath.messages.actions import link, tell
from desirepath.messages.models import Message
from desirepath.messages.presenters import Part, parts_of
from desirepath.messages.views import MESSAGES_A_PAGE
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def her_client(client: Client, alice: Any) -> Client:
    client.force_login(alice)
    return client


def page(client: Client, address: str = "/messages/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_inbox_says_what_comes_there(her_client: Client) -> None:
    """Nothing yet: what it is for, and no button that does nothing."""
    told = page(her_client)
    assert "You have no messages yet" in told
    assert "Mark all" not in told


def test_opening_one_reads_it(her_client: Client, alice: Any) -> None:
    """The header counts what is unread; a message opened is not any more, and leads to the thing itself."""
    for key in ("one", "two"):
        body = f"Somebody is coming.\n\nSee who: {link('/your-account')}\n"
        tell(to=alice, subject=f"Covered {key}", body=body, key=key)
    told = page(her_client)
    assert "2 unread messages" in told
    assert 'Messages (2)<span class="nhsuk-u-visually-hidden"> unread</span>' in told
    assert "Somebody is coming." in told
    message = Message.objects.for_user(alice).get(key="one")
    opened = page(her_client, f"/messages/{message.public_id}/")
    assert "Messages (1)<" in opened
    assert 'href="/your-account"' in opened
    assert "See who" in opened
    answer = her_client.post("/messages/read-all/", follow=True)
    assert "1 message marked as read" in answer.content.decode()
    assert "You have read all your messages" in page(her_client)


def test_only_what_is_hers(her_client: Client, bob: Any) -> None:
    """Another's messages are not in her inbox, nor at any address, nor read by her button."""
    tell(to=bob, subject="For Bob", body="What.", key="bob")
    message = Message.objects.for_user(bob).get()
    assert "For Bob" not in page(her_client)
    assert her_client.get(f"/messages/{message.public_id}/").status_code == 404
    her_client.post("/messages/read-all/")
    message.refresh_from_db()
    assert message.read_at is None


def test_mail_is_no_page(her_client: Client, alice: Any) -> None:
    """A letter with a secret link is in her post only."""
    tell(to=alice, subject="Set a new password", body="Secret.", key="k", channels=("e-mail",))
    letter = Message.objects.get()
    assert "Set a new password" not in page(her_client)
    assert her_client.get(f"/messages/{letter.public_id}/").status_code == 404


def test_many_have_pages(her_client: Client, alice: Any, django_assert_max_num_queries: Any) -> None:
    """The newest first, so many on each; a page takes the same for any number."""
    for number in range(MESSAGES_A_PAGE + 1):
        tell(to=alice, subject=f"Told no. {number:03}", body="What.", key=str(number))
    with django_assert_max_num_queries(9):
        first = page(her_client)
    assert "Told no. 020" in first
    assert "Told no. 000" not in first
    assert "page 1 of 2" in first
    assert "Told no. 000" in page(her_client, "/messages/?page=2")


def test_an_offer_that_is_gone_is_no_invitation(client: Client) -> None:
    """Declined, it says so in the list and on its page; opening an offer reads what was told of it."""
    practice = cast.practice()
    her = cast.clinician(pool=cast.pool("", practice))
    one, two = (cast.offer(cast.vacancy(practice, start=cast.at(days)), her) for days in (7, 8))
    client.force_login(her.person)
    assert "No longer open" not in page(client)
    decline_offer(by=her.person, offer=one)
    told = page(client)
    assert told.count("No longer open") == 1
    message = Message.objects.for_user(her.person).get(about_id=one.public_id)
    opened = page(client, f"/messages/{message.public_id}/")
    assert "No longer open. There is nothing for you to do." in opened
    assert "See what became of it" in opened
    assert "See what it is and answer" not in opened
    page(client, reverse("cascade:offer", args=[two.public_id]))
    assert not Message.objects.for_user(her.person).unread().exists()


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("One\nline.\n\nAnother.", [Part("One line."), Part("Another.")]),
        ("See it: http://127.0.0.1:8000/messages/?page=2", [Part("See it", "/messages/?page=2")]),
        ("https://old.example", [Part("Open Desirepath", "/")]),
        ("Not ours: https://evil.example/x", [Part("Not ours: https://evil.example/x")]),
        ("", []),
    ],
)
def test_a_message_is_paragraphs_and_links(body: str, parts: list[Part]) -> None:
    """Only a page of ours becomes a link, and only within this very installation."""
    assert parts_of(body) == parts
