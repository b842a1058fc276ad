"""Signing in and setting a password, each with its event; failures are counted in the log itself."""

from __future__ import annotations

import hmac
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest

from desirepath.accounts.models import Invitation, Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.states import Stale

MOST_FAILURES = 10
WITHIN = timedelta(minutes=15)
FAILED, SIGNED_IN, PASSWORD_SET = "sign-in failed", "signed in", "password set"


class TooManyTriesError(Exception):
    """Too many wrong passwords for one address; the door opens again by itself."""


class NotOpenError(Exception):
    """The invitation is unknown, used, withdrawn or too old."""


def door_of(email: str) -> uuid.UUID:
    """The opaque id under which tries for an address are counted, whether or not somebody has it."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), email.strip().lower().encode(), "sha256")
    return uuid.UUID(bytes=digest[:16], version=4)


def failures(email: str) -> int:
    """Wrong passwords for this address in the last 15 minutes, since it last opened."""
    tries = Event.objects.filter(entity="Door", entity_id=door_of(email), at__gt=clock.now() - WITHIN)
    opened = tries.exclude(verb=FAILED).order_by("-id").values_list("id", flat=True).first()
    return tries.filter(verb=FAILED, id__gt=opened or 0).count()


def _note(verb: str, email: str, person: Person | None) -> None:
    Event.objects.create(
        verb=verb,
        entity="Door",
        entity_id=door_of(email),
        actor=person.public_id if person else None,
        details={},
    )


def try_sign_in(*, email: str, password: str, request: HttpRequest) -> Person | None:
    """The person, if the password is hers. Raises TooManyTriesError, also for addresses nobody has."""
    if failures(email) >= MOST_FAILURES:
        raise TooManyTriesError
    person = authenticate(request, username=email, password=password)
    if not isinstance(person, Person):
        _note(FAILED, email, None)
        return None
    _note(SIGNED_IN, email, person)
    return person


@transaction.atomic
def set_password(*, person: Person, password: str) -> None:
    """Give her a new password, which ends her other sessions and any lock on her address."""
    person.set_password(password)
    person.save(update_fields=["password"])
    Event.record(PASSWORD_SET, person, by=person)
    _note(PASSWORD_SET, person.email, person)


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
