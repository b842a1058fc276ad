"""Somebody's app that shows codes, and the door as she comes through it."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.test import Client

from desirepath.accounts import factors
from desirepath.accounts.entering import SECOND_FACTOR, SHOWN
from desirepath.accounts.models import Person
from desirepath.audit import clock
from tests.cast import PASSWORD


def code_of(secret: str, ahead: int = 0) -> str:
    """What an app with this secret shows ``ahead`` steps of half a minute from now."""
    step = int(clock.now().timestamp()) // factors.STEP + ahead
    return str(format_hotp_value(hotp_value(secret, step)))


def set_up(person: Person) -> str:
    """She has an app, set up half a minute ago; its secret."""
    secret = factors.new_secret()
    factors.set_up_app(person=person, secret=secret, code=code_of(secret, -1))
    return secret


def shown(client: Client) -> None:
    """Mark a session that was made without the form as one of somebody who has shown a second factor."""
    session = client.session
    session[SECOND_FACTOR] = "shown in a test"
    session[SHOWN] = clock.now().isoformat()
    session.save()


def set_up_on_the_page(client: Client) -> None:
    """Whoever is in with her password alone sets up an app on the page."""
    address = "/your-account/second-factor/app"
    assert client.get(address).status_code == 200
    code = code_of(client.session["secret_of_an_app"])
    assert client.post(address, {"code": code}).status_code == 302


def next_code(person: Person) -> str:
    """A code of hers that opens now: where the one shown was used, that of the next half minute."""
    app = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    now = int(clock.now().timestamp()) // factors.STEP
    return code_of(decrypt(app.data["secret"]), max(0, app.data[factors.LAST] + 1 - now))


def give_password(person: Person, client: Client | None = None, **more: str) -> tuple[Client, Any]:
    """A browser in which she has filled in the sign-in form, and what it was answered."""
    client = client or Client()
    return client, client.post("/sign-in", {"email": person.email, "password": PASSWORD, **more})


def come_in(person: Person) -> Client:
    """A browser in which she is in, by password and code."""
    client, _ = give_password(person)
    assert client.post("/sign-in/second-factor", {"code": next_code(person)}).status_code == 302
    return client
