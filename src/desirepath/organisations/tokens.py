"""Personal access tokens: made, found and revoked. The secret is shown once; only its digest is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from desirepath.accounts.models import Person
from desirepath.accounts.roles import SCOPES, Role, Scope
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.organisations.models import AccessToken, RoleAssignment

LONGEST_DAYS = 365
MOST_OPEN = 20


@transaction.atomic
def issue_token(
    *, by: Person, assignment: RoleAssignment, name: str, scopes: Iterable[str], days: int
) -> tuple[AccessToken, str]:
    """A new token of a role of hers and its secret, which nobody can read again.

    Raises Refused for another's role, a scope that the role has no use for, or an end too far away.
    """
    if assignment.person_id != by.pk:
        raise PermissionError("a token acts in a role of one's own")
    wanted = [Scope(scope) for scope in scopes]
    if not wanted:
        raise Refused("Choose at least one thing that the token may be used for.")
    useless = set(wanted) - set(SCOPES.get(Role(assignment.role), ()))
    if useless:
        raise Refused(f"A {assignment.get_role_display()} has no use for {', '.join(sorted(useless))}.")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"A token lasts from 1 to {LONGEST_DAYS} days.")
    if open_tokens(by).count() >= MOST_OPEN:
        raise Refused(f"You have {MOST_OPEN} tokens already: revoke one first.")
    secret = AccessToken.PREFIX + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        assignment=assignment,
        name=name,
        digest=AccessToken.digest_of(secret),
        scopes=[scope.value for scope in wanted],
        expires_at=clock.now() + timedelta(days=days),
    )
    Event.record("token issued", token, by=by, scopes=token.scopes)
    return token, secret


@transaction.atomic
def revoke_token(*, by: Person, token: AccessToken) -> None:
    """It opens nothing from now on; revoked twice, it was revoked by the first."""
    if token.assignment.person_id != by.pk:
        raise PermissionError("only its owner may revoke a token")
    if AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        Event.record("token revoked", token, by=by)


def open_tokens(person: Person) -> QuerySet[AccessToken]:
    """Her tokens that still open something, the newest first."""
    mine = AccessToken.objects.filter(assignment__person=person, revoked_at=None)
    return mine.filter(expires_at__gt=clock.now()).select_related("assignment__organisation")


def token_of(secret: str) -> AccessToken | None:
    """The token a secret opens, while it and the role it acts in hold and its person may sign in."""
    found = (
        AccessToken.objects.select_related("assignment__person", "assignment__organisation")
        .filter(digest=AccessToken.digest_of(secret), revoked_at=None, expires_at__gt=clock.now())
        .filter(assignment__in=RoleAssignment.objects.current(), assignment__person__is_active=True)
        .first()
    )
    if found and found.last_used_on != clock.today():
        # a day is enough to tell a token in use from one forgotten, and spares a write at each request
        AccessToken.objects.filter(pk=found.pk).update(last_used_on=clock.today())
    return found
