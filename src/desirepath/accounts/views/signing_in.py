"""Signing in and out, accepting an invitation, setting a password by letter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.accounts import actions, providers
from desirepath.accounts.entering import come_in, leave
from desirepath.accounts.forms import LOCKED, AcceptInvitation, ConfirmInvitation, NewPassword, SignIn
from desirepath.accounts.limits import TooManyTriesError
from desirepath.accounts.models import Invitation, Person
from desirepath.accounts.views.guards import before_second_factor, by_way_of, onward
from desirepath.audit.models import Event
from desirepath.nhsuk.pages import respond

BY_PASSWORD = "Password"
WRONG = "The e-mail address or the password is not right"


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
                return _let_in(request, person)
            form.add_error("email", WRONG)
    context = {"next": onward(request), "providers": providers.listed()}
    return respond(request, "accounts/sign_in.jinja", context, form=form)


def _let_in(request: HttpRequest, person: Person) -> HttpResponseBase:
    """On to where she wanted to go; by way of her second factor, where she has one."""
    wanted = onward(request)
    if come_in(request, person, how=BY_PASSWORD):
        return redirect(wanted)
    return by_way_of("accounts:second-factor", wanted)


@before_second_factor
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
        if request.method == "POST" and form.is_valid() and (known := _accept(request, form, person, token)):
            messages.success(request, "Welcome to Desirepath")
            return _let_in(request, known)
    except actions.NotOpenError:  # a second press was faster
        return _over(request)
    context = {"person": person, "inviter": _inviter(found), "invitation": found}
    return respond(request, "accounts/invitation.jinja", context, form=form)


def _over(request: HttpRequest) -> HttpResponseBase:
    return respond(request, "accounts/invitation_over.jinja", status=410)


def _accept(request: HttpRequest, form: Any, person: Person, token: str) -> Person | None:
    if isinstance(form, ConfirmInvitation):
        try:
            known = actions.try_sign_in(email=person.email, request=request, **form.cleaned_data)
        except TooManyTriesError:
            form.add_error(None, LOCKED)
            return None
        if known is None:
            form.add_error("password", "The password is not right")
            return None
        return actions.accept_invitation(token=token)
    return actions.accept_invitation(token=token, **form.cleaned_data)


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
