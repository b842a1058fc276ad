"""Signing in and out, and what wrong passwords do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from desirepath.accounts import actions, limits
from desirepath.accounts.entering import SIGNED_IN
from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from tests.cast import PASSWORD


def try_to(client: Client, email: str, password: str, **more: str) -> Any:
    """Send the sign-in form."""
    return client.post("/sign-in", {"email": email, "password": password, **more})


def test_the_right_password_opens(client: Client, alice: Person) -> None:
    """Whatever the capitals of the address; then home."""
    answer = try_to(client, "Alice.Archer@EXAMPLE.org", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_wrong_password_does_not(client: Client, alice: Person) -> None:
    """Known and unknown addresses hear the same."""
    known, unknown = try_to(client, alice.email, "wrong"), try_to(client, "nobody@example.org", "wrong")
    for answer in (known, unknown):
        assert answer.status_code == 422
        assert SIGNED_IN not in Event.objects.values_list("verb", flat=True)
        assert "The e-mail address or the password is not right" in answer.content.decode()


def test_somebody_who_left_cannot_sign_in(client: Client, alice: Person) -> None:
    """An account that is closed stays closed."""
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert try_to(client, alice.email, PASSWORD).status_code == 422


def test_on_to_where_one_was_going(client: Client, alice: Person) -> None:
    """After signing in one lands where one wanted to, if that is here."""
    assert try_to(client, alice.email, PASSWORD, next="/your-account")["Location"] == "/your-account"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_never_on_to_another_site(client: Client, alice: Person, elsewhere: str) -> None:
    """A link cannot use us to send somebody elsewhere."""
    assert try_to(client, alice.email, PASSWORD, next=elsewhere)["Location"] == "/"


@pytest.mark.parametrize("email", ["alice.archer@example.org", "nobody@example.org"])
def test_ten_wrong_passwords_close_the_door(client: Client, alice: Person, email: str) -> None:
    """The eleventh try is refused unread, also for addresses that nobody has; no more is written down."""
    for _ in range(limits.MOST):
        try_to(client, email, "wrong")
    answer = try_to(client, email, PASSWORD)
    assert answer.status_code == 422
    assert "too many wrong passwords" in answer.content.decode()
    assert Event.objects.filter(verb=actions.FAILED).count() == limits.MOST


def test_the_door_opens_again(client: Client, alice: Person, clock_at: Callable[..., Any]) -> None:
    """After 15 minutes, or as soon as a new password is set."""
    start = clock_at("2026-12-08 09:00")
    for _ in range(limits.MOST):
        try_to(client, alice.email, "wrong")
    clock_at(start + timedelta(minutes=14))
    assert try_to(client, alice.email, PASSWORD).status_code == 422
    clock_at(start + timedelta(minutes=15, seconds=1))
    assert try_to(client, alice.email, PASSWORD).status_code == 302


def test_a_new_password_opens_the_door(client: Client, alice: Person) -> None:
    """Whoever proves her address need not wait."""
    for _ in range(limits.MOST):
        try_to(client, alice.email, "wrong")
    actions.set_password(person=alice, password="another long password")
    assert try_to(client, alice.email, "another long password").status_code == 302


def test_the_right_password_starts_the_count_anew(client: Client, alice: Person) -> None:
    """Nine slips, a success and a slip are no attack."""
    for _ in range(limits.MOST - 1):
        try_to(client, alice.email, "wrong")
    try_to(client, alice.email, PASSWORD)
    assert actions.failures(alice.email) == 0


def test_the_log_holds_no_address(client: Client, alice: Person) -> None:
    """Failures are counted under an id that does not tell whose they are."""
    try_to(client, alice.email, "wrong")
    event = Event.objects.get(verb=actions.FAILED)
    assert event.actor is None
    assert event.details == {}
    assert event.entity_id == actions.door_of(alice.email.upper())
    assert event.at <= clock.now()


def test_signing_out(client: Client, alice: Person) -> None:
    """Only by a button, never by following a link."""
    client.force_login(alice)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out", follow=True).status_code == 200
    assert "_auth_user_id" not in client.session


def test_signed_in_already(client: Client, alice: Person) -> None:
    """The sign-in page sends on whoever is in."""
    client.force_login(alice)
    assert client.get("/sign-in")["Location"] == "/"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods(client: Client, db: None, method: str) -> None:
    """Only GET and POST mean anything here."""
    assert getattr(client, method)("/sign-in").status_code == 405
