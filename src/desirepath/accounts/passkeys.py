"""Passkeys: made and shown by allauth's functions, which speak to the browser's through ``fido2``.

A passkey is asked for with her finger, face or PIN, so it is two factors in one: she may come in by it alone.
It is bound to the name of this site, so nothing that she is lured to can use it.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event

PASSKEY = "Passkey"
MOST = 10


class WrongPasskeyError(Exception):
    """Not an answer to what was asked, or of no passkey known here."""


def of(person: Person) -> list[Authenticator]:
    """Her passkeys, the oldest first."""
    return list(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def key_of(passkey: Authenticator) -> str:
    """What a form calls it: nothing that could be guessed or counted."""
    return hashlib.sha256(str(passkey.data["credential"]["id"]).encode()).hexdigest()[:24]


def to_make_one(person: Person) -> dict[str, Any]:
    """What the browser is asked to make; the session keeps the question."""
    from allauth.mfa.webauthn.internal import auth

    return dict(_plain(auth.begin_registration(person, passwordless=True)))


def to_show_one(person: Person | None) -> dict[str, Any]:
    """What the browser is asked to show: one of hers, or any that it has for this site."""
    from allauth.mfa.webauthn.internal import auth

    return dict(_plain(auth.begin_authentication(person)))


def _plain(value: Any) -> Any:
    """Down to what JSON knows."""
    from collections.abc import Mapping

    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _refusals() -> tuple[type[Exception], ...]:
    """What the decoders raise at bytes that are no passkey's answer."""
    from cryptography.exceptions import InvalidSignature

    return (ValidationError, InvalidSignature, ValueError, TypeError, KeyError, AttributeError, IndexError)


@transaction.atomic
def add(*, person: Person, name: str, credential: Any) -> None:
    """Keep what her browser made. Raises WrongPasskeyError."""
    from allauth.mfa.webauthn.internal import auth

    try:
        auth.parse_registration_response(credential)
        made = auth.complete_registration(credential)
    except _refusals() as error:
        raise WrongPasskeyError from error
    if not made.is_user_verified():
        raise WrongPasskeyError
    auth.WebAuthn.add(person, name, credential)
    Event.record("second factor set up", person, by=person, kind=Authenticator.Type.WEBAUTHN.value)


def show(*, credential: Any, expected: Person | None) -> Person:
    """Whose passkey answered what was asked. Raises WrongPasskeyError, also for one of another's."""
    from allauth.mfa.webauthn.internal import auth

    try:
        auth.parse_authentication_response(credential)
        person = expected or _holder(credential)
        used = auth.complete_authentication(person, credential)
    except _refusals() as error:
        raise WrongPasskeyError from error
    used.last_used_at = clock.now()
    used.save(update_fields=["last_used_at"])
    return person


def _holder(credential: Any) -> Person:
    """Who the passkey says it belongs to; its signature is looked at afterwards. Raises ValueError."""
    from fido2.utils import websafe_decode

    handle = UUID(bytes=bytes(websafe_decode(credential["response"]["userHandle"])))
    person = Person.objects.filter(public_id=handle, is_active=True).first()
    if person is None:
        raise ValueError("nobody's")
    return person
