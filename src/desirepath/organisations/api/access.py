"""Who asks: a bearer token, for one role of one person, within its scopes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Permission, Scope
from desirepath.audit import context
from desirepath.audit.privacy import refuse_in_json, refuse_in_values
from desirepath.organisations.acting import Acting
from desirepath.organisations.models import AccessToken
from desirepath.organisations.origin import acting_in
from desirepath.organisations.tokens import token_of


class ApiRequest(HttpRequest):
    """A request that a token let in: its person acts in the token's role."""

    acting: Acting
    user: Person
    token: AccessToken


class token(HttpBearer):  # noqa: N801  # it stands where a function would: `auth=token(...)`
    """Lets in tokens with ``scope`` whose role has any of ``permissions``."""

    openapi_name = "personal access token"

    def __init__(self, scope: Scope, *permissions: Permission) -> None:
        super().__init__()
        self.scope, self.permissions = scope, permissions

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = token_of(token)
        if found is None:
            return None
        acting = Acting(found.assignment)
        request.acting, request.user, request.token = acting, acting.person, found  # type: ignore[attr-defined]
        context.enter(door=context.PROGRAM, **acting_in(acting))
        if self.scope.value not in found.scopes:
            raise PermissionDenied(f"This token may not be used for {self.scope.value}.")
        if not any(acting.may(permission) for permission in self.permissions):
            raise PermissionDenied(f"A {acting.role.label} may not do this.")
        # whatever the operation reads of it
        refuse_in_values([text for name in request.GET for text in request.GET.getlist(name)])
        refuse_in_json(request.body)
        return found
