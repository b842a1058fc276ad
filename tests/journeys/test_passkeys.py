"""Passkeys, on a device that Chromium pretends to have: set up, used alone and after a password, refused."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from desirepath.accounts import passkeys
from desirepath.accounts.models import Person
from tests import cast, second_factor
from tests.journeys.steps import follow, press, sign_out
from tests.second_factor import give_password

pytestmark = pytest.mark.django_db(transaction=True)


class Device:
    """Somebody's telephone: it keeps passkeys, and knows her finger unless ``knows_her(False)``."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = made["authenticatorId"]

    def knows_her(self, does: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": does})

    def kept(self) -> list[Any]:
        held = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(held["credentials"])


@pytest.fixture
def device(page: Page) -> Device:
    return Device(page)


@pytest.fixture
def site(live: str) -> str:
    """The address by name: a passkey belongs to no number."""
    return live.replace("127.0.0.1", "localhost")


def come_by_password(page: Page, site: str, person: Person) -> None:
    page.goto(f"{site}/sign-in")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    press(page, "Sign in")


def set_up(page: Page, site: str, person: Person) -> None:
    """Held up for want of a second factor, she makes a passkey, and keeps her recovery codes."""
    come_by_password(page, site, person)
    press(page, "Set up a passkey")
    page.get_by_label("A name to know it by").fill("My telephone")
    press(page, "Set up a passkey")
    expect(page.get_by_text("Your second factor is set up")).to_be_visible()
    press(page, "I have kept them")
    expect(page.get_by_text("Quayside Surgery").first).to_be_visible()


def test_in_by_a_passkey_alone(page: Page, site: str, device: Device, alice: Person) -> None:
    """Given Alice's role needs a second factor, when she has made a passkey, then she comes in by it without
    a password, sees so, and removes it.
    """
    set_up(page, site, alice)
    assert len(device.kept()) == len(passkeys.of(alice)) == 1
    sign_out(page)
    page.goto(f"{site}/sign-in?next=/your-account/sessions")
    press(page, "Use a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where you are signed in")
    expect(page.get_by_text("Passkey", exact=True)).to_be_visible()
    page.goto(f"{site}/your-account/second-factor")
    press(page, "Remove My telephone")
    expect(page.get_by_text("It opens as soon as you have set up a second factor")).to_be_visible()
    assert not passkeys.of(alice)
    sign_out(page)
    page.goto(f"{site}/sign-in")
    press(page, "Use a passkey")
    expect(page.get_by_text("This passkey is not known here")).to_be_visible()


def test_after_a_password(page: Page, site: str, device: Device, alice: Person) -> None:
    """The password asks for it; a device that does not know her finger does not let her in."""
    set_up(page, site, alice)
    sign_out(page)
    device.knows_her(False)
    come_by_password(page, site, alice)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    page.goto(f"{site}/your-account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    device.knows_her(True)
    come_by_password(page, site, alice)
    press(page, "Use a passkey")
    expect(page.get_by_text("Quayside Surgery").first).to_be_visible()
    follow(page, "Alice Archer")
    page.goto(f"{site}/your-account/sessions")
    expect(page.get_by_text("Password and passkey")).to_be_visible()


def test_an_answer_opens_once_and_only_for_her(
    page: Page, site: str, device: Device, alice: Person, bob: Person
) -> None:
    """What her browser sent does not answer another question, nor Bob's, nor from another site."""
    set_up(page, site, alice)
    sign_out(page)
    page.goto(f"{site}/sign-in")
    with page.expect_request("**/sign-in/passkey") as sent:
        press(page, "Use a passkey")
    answer = parse_qs(sent.value.post_data or "")["credential"][0]
    replay = Client(SERVER_NAME="localhost")
    assert replay.post("/sign-in/passkey", {"credential": answer}).status_code == 422, "nothing was asked"
    replay.post("/sign-in/passkey/question")
    assert replay.post("/sign-in/passkey", {"credential": answer}).status_code == 422
    second_factor.set_up(bob)
    mallory, _ = give_password(bob, Client(SERVER_NAME="localhost"))
    mallory.post("/sign-in/passkey/question")
    assert mallory.post("/sign-in/passkey", {"credential": answer}).status_code == 422
    for client in (replay, mallory):
        assert "_auth_user_id" not in client.session
    said = json.loads(answer)
    assert said["response"]["userHandle"], "whose it is"
    assert alice.email not in answer
