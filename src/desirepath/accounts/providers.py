"""In by an identity provider of the staff (OpenID Connect): whoever comes is somebody known here, or nobody.

A provider says who she is. What she may do comes from her roles here alone, so that it can't give any. She is
found by the subject that was linked to her, else, once, by an e-mail address that the provider has verified.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event


class NotKnownError(Exception):
    """Nobody here is who the provider says; the sentence says why."""


def listed() -> list[tuple[str, str]]:
    """Id and name of each provider that is set up here."""
    return [(app["provider_id"], app["name"]) for app in settings.IDENTITY_PROVIDERS]


def begin(request: HttpRequest, provider: str, *, onward: str, linking: bool) -> HttpResponseBase:
    """To the provider, with a question that only this session can be answered.

    ``linking``: she is in, and wants to be known by it.
    """
    from allauth.socialaccount.adapter import get_adapter

    found = get_adapter(request).get_provider(request, provider=provider)
    nonce = secrets.token_urlsafe(24)
    response: HttpResponseBase = found.redirect(
        request,
        process="login",
        next_url=onward,
        auth_params={**found.get_auth_params(), "nonce": nonce},
        nonce=nonce,
        linking=str(request.user.public_id) if linking and isinstance(request.user, Person) else "",
    )
    return response


def checked(claims: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """The ID token's claims, if it answers this session's question and is about whom the rest is about.

    Raises NotKnownError.
    """
    told: dict[str, Any] = claims.get("id_token") or {}
    userinfo = claims.get("userinfo") or {}
    if not told or not state.get("nonce") or told.get("nonce") != state["nonce"]:
        raise NotKnownError("The answer is not to what was asked. Begin again.")
    if userinfo.get("sub", told.get("sub")) != told.get("sub"):
        raise NotKnownError("The answer is about two people. Begin again.")
    return told


@transaction.atomic
def person_of(account: SocialAccount, emails: list[str]) -> Person:
    """Who it is: by her subject; else by a verified address, which links the subject to her.

    Raises NotKnownError.
    """
    linked = SocialAccount.objects.filter(provider=account.provider, uid=account.uid).first()
    person = linked.user if linked else _by_address(account.provider, emails)
    if not isinstance(person, Person) or not person.is_active:
        raise NotKnownError("Nobody here has your address. You come to Desirepath by invitation.")
    if linked is None:
        link(person=person, account=account)
    # allauth has just kept what the provider says of her, which nobody here needs
    SocialAccount.objects.filter(user=person, provider=account.provider).update(extra_data={})
    for invitation in person.invitations.filter(state="sent", expires_at__gt=clock.now()):
        invitation.move("accepted", by=person)
    return person


def _by_address(provider: str, emails: list[str]) -> Person | None:
    person = Person.objects.filter(email__in=[email.lower() for email in emails]).first()
    if person is None:
        return None
    if SocialAccount.objects.filter(user=person, provider=provider).exists():
        # the provider has given her address to somebody else since
        raise NotKnownError("Your address belongs here to somebody else's identity. Ask your pool's manager.")
    if not person.has_usable_password() and not person.has_open_invitation():
        raise NotKnownError("Your invitation is no longer open. Ask whoever invited you for a new one.")
    return person


@transaction.atomic
def link(*, person: Person, account: SocialAccount) -> None:
    """From now on she is known by this subject. Raises NotKnownError where it is another's."""
    kept, _ = SocialAccount.objects.get_or_create(
        provider=account.provider, uid=account.uid, defaults={"user": person}
    )
    if kept.user_id != person.pk:
        raise NotKnownError("This identity belongs to somebody else here.")
    Event.record("identity linked", person, by=person, provider=account.provider)


def linked_to(person: Person) -> dict[str, SocialAccount]:
    """The identities by which she is known, by provider."""
    return {one.provider: one for one in SocialAccount.objects.filter(user=person)}


def says_second_factor(provider: str, told: dict[str, Any]) -> bool:
    """Whether an ID token says that a second factor was shown, as this installation reads it."""
    app = next(app for app in settings.IDENTITY_PROVIDERS if app["provider_id"] == provider)
    for claim, accepted in app["settings"]["second_factor"].items():
        said = told.get(claim)
        if {str(one) for one in (said if isinstance(said, list) else [said])} & set(accepted):
            return True
    return False


@transaction.atomic
def unlink(*, person: Person, provider: str) -> bool:
    """She is no longer known by it; whether she was."""
    gone, _ = SocialAccount.objects.filter(user=person, provider=provider).delete()
    if gone:
        Event.record("identity removed", person, by=person, provider=provider)
    return bool(gone)
