"""As which role, and for which organisation, the signed-in person acts just now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from desirepath.accounts.entering import has_passed, seen
from desirepath.accounts.models import Person
from desirepath.accounts.roles import PERMISSIONS, Permission, Role, sees_others
from desirepath.organisations.models import Organisation, RoleAssignment

SESSION_KEY = "acting_as"

P = ParamSpec("P")
GuardedView = Callable[Concatenate[Any, P], HttpResponseBase]


class Acting:
    """The signed-in person in one of her roles; ``organisation`` is None for a role held at none."""

    def __init__(self, assignment: RoleAssignment) -> None:
        self.assignment = assignment
        self.person: Person = assignment.person
        self.role = Role(assignment.role)
        self.organisation: Organisation | None = assignment.organisation

    @property
    def place(self) -> Organisation:
        """The organisation acted for; raises LookupError for a role that is held at none."""
        if self.organisation is None:
            raise LookupError(f"{self.role.label} is held at no organisation")
        return self.organisation

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]


class ActingRequest(HttpRequest):
    """A request that has passed ``allowed``: somebody acts in it."""

    acting: Acting
    user: Person


def roles_of(person: Person) -> list[RoleAssignment]:
    """Every role she holds today, the oldest first."""
    return list(person.roles.current().select_related("organisation", "person"))


class ActingMiddleware:
    """Puts ``request.acting`` on every request: the role chosen in this session, else the first one held,
    else None.

    Whoever holds a role that sees others' data, and came in without a second factor, is held up: she acts in
    no role, and nothing opens but the pages on which she sets one up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.acting = None
        request.held_up = False
        if request.user.is_authenticated:
            seen(request)
            held = roles_of(request.user)
            if any(sees_others(Role(one.role)) for one in held) and not has_passed(request):
                request.held_up, held = True, []
            chosen = request.session.get(SESSION_KEY)
            assignment = next((r for r in held if str(r.public_id) == chosen), held[0] if held else None)
            request.acting = Acting(assignment) if assignment else None
            request.roles_held = held
        return self.get_response(request)

    def process_view(
        self, request: Any, view: GuardedView[...], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Hold up whoever is to be, whatever page she asks for."""
        if request.held_up and not getattr(view, "before_second_factor", False):
            return redirect("accounts:second-factors")
        return None


def allowed(*permissions: Permission) -> Callable[[GuardedView[P]], GuardedView[P]]:
    """Open a view to people who act in a role with any of ``permissions``; others sign in, or are told
    kindly.
    """

    def decorate(view: GuardedView[P]) -> GuardedView[P]:
        def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.acting is None or not any(request.acting.may(p) for p in permissions):
                others = [r for r in request.roles_held if any(r.may(p) for p in permissions)]
                return render(request, "organisations/not_in_this_role.jinja", {"others": others}, status=403)
            return view(request, *args, **kwargs)

        wraps(view)(guarded)
        guarded.permissions = permissions  # type: ignore[attr-defined]  # the route tests read it
        return guarded

    return decorate
