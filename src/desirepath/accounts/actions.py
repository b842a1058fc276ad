"""Signing in and setting a password, each with its event; tries are counted (``limits``)."""

from __future__ import annotations

import uuid

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest

from desirepath.accounts import limits
from desirepath.accounts.entering import end_every_session
from desirepath.accounts.models import Invitation, Person
from desirepath.audit.models import Event
from desirepath.audit.states import Stale

FAILED, PASSWORD_SET = "sign-in failed", "password set"


class NotOpenError(Exception):
    """The invitation is unknown, used, withdrawn or too old."""


def door_of(email: str) -> uuid.UUID:
    """Where tries for an address are counted, whether or not somebody has it."""
    return limits.door(email.strip().lower())


def failures(email: str) -> int:
    """Wrong passwords for this address in the last 15 minutes, since it last opened."""
    return limits.taken(door_of(email))


def try_sign_in(*, email: str, password: str, request: HttpRequest | None) -> Person | None:
    """The person, if the password is hers; she is not in yet (see ``entering``).

    Raises TooManyTriesError, also for addresses nobody has.
    """
    limits.take(door_of(email))
    person = authenticate(request, username=email, password=password)
    if not isinstance(person, Person):
        Event.objects.create(verb=FAILED, entity="Door", entity_id=door_of(email), details={})
        return None
    limits.forget(door_of(email))
    return person


@transaction.atomic
def set_password(*, person: Person, password: str) -> None:
    """Give her a new password, which ends her sessions and any lock on her address."""
    person.set_password(password)
    person.save(update_fields=["password"])
    Event.record(PASSWORD_SET, person, by=person)
    limits.forget(door_of(person.email))
    end_every_session(of=person, by=person)


@transaction.atomic
def change_details(*, person: Person, name: str, phone: str) -> None:
    person.name, person.phone = name, phone
    person.save(update_fields=["name", "phone"])
    Event.record("details changed", person, by=person)


@transaction.atomic
def accept_invitation(*, token: str, name: str = "", password: str = "") -> Person:
    """Open the account the token invites to; name and password only for somebody who had none.

    Raises NotOpenError.
    """
    invitation = Invitation.find(token)
    if invitation is None:
        raise NotOpenError
    person = invitation.person
    try:
        invitation.move("accepted", by=person)
    except Stale as error:
        raise NotOpenError from error
    if not person.has_usable_password():
        person.name = name
        person.save(update_fields=["name"])
        set_password(person=person, password=password)
    return person
