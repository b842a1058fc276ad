"""Signing in and out, accepting an invitation, setting a password by letter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.accounts import actions
from desirepath.accounts.entering import enter, leave
from desirepath.accounts.forms import LOCKED, AcceptInvitation, ConfirmInvitation, NewPassword, SignIn
from desirepath.accounts.limits import TooManyTriesError
from desirepath.accounts.models import Invitation, Person
from desirepath.audit.models import Event
from desirepath.nhsuk.pages import respond

BY_PASSWORD = "Password"
WRONG = "The e-mail address or the password is not right"


def onward(request: HttpRequest) -> str:
    """Where she wanted to go before she had to sign in; home if that is nowhere of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    # without its first / it would be read as the name of a page
    return wanted if safe and wanted.startswith("/") else resolve_url("home")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.try_sign_in(**form.cleaned_data, request=request)
        except TooManyTriesError:
            form.add_error(None, LOCKED)
        else:
            if person:
                enter(request, person, how=BY_PASSWORD)
                return redirect(onward(request))
            form.add_error("email", WRONG)
    return respond(request, "accounts/sign_in.jinja", {"next": onward(request)}, form=form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    leave(request)
    messages.success(request, "You have signed out")
    return redirect("home")


def _inviter(invitation: Invitation) -> Person | None:
    event = Event.objects.filter(entity="Invitation", entity_id=invitation.public_id, verb="invited").first()
    return Person.objects.filter(public_id=event.actor).first() if event and event.actor else None


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page an invitation leads to: who invited her as what; then her name and password."""
    found = Invitation.find(token)
    if found is None:
        return _over(request)
    person = found.person
    form: AcceptInvitation | ConfirmInvitation
    if person.has_usable_password():
        form = ConfirmInvitation(request.POST or None)
    else:
        form = AcceptInvitation(request.POST or None, person=person, initial={"name": person.name})
    try:
        accepted = request.method == "POST" and form.is_valid() and _accept(request, form, person, token)
    except actions.NotOpenError:  # a second press was faster
        return _over(request)
    if accepted:
        messages.success(request, "Welcome to Desirepath")
        return redirect("home")
    context = {"person": person, "inviter": _inviter(found), "invitation": found}
    return respond(request, "accounts/invitation.jinja", context, form=form)


def _over(request: HttpRequest) -> HttpResponseBase:
    return respond(request, "accounts/invitation_over.jinja", status=410)


def _accept(request: HttpRequest, form: Any, person: Person, token: str) -> bool:
    if isinstance(form, ConfirmInvitation):
        try:
            known = actions.try_sign_in(email=person.email, request=request, **form.cleaned_data)
        except TooManyTriesError:
            form.add_error(None, LOCKED)
            return False
        if known is None:
            form.add_error("password", "The password is not right")
            return False
        actions.accept_invitation(token=token)
    else:
        person = actions.accept_invitation(token=token, **form.cleaned_data)
    enter(request, person, how=BY_PASSWORD)
    return True


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponseBase:
    """The page that the letter about a forgotten password leads to."""
    person = _person_of(uid)
    if person is None or not default_token_generator.check_token(person, token):
        return respond(request, "accounts/link_over.jinja", status=410)
    form = NewPassword(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        actions.set_password(person=person, password=form.cleaned_data["password"])
        messages.success(request, "Your new password is set. Sign in with it")
        return redirect("accounts:sign-in")
    return respond(request, "accounts/new_password.jinja", form=form)


def _person_of(uid: str) -> Person | None:
    """The person a link is about; None where the link was mangled."""
    try:
        public_id = UUID(urlsafe_base64_decode(uid).decode())
    except ValueError:
        return None
    return Person.objects.filter(public_id=public_id, is_active=True).first()
