"""Passkeys: what the browser is asked and answers. They need JavaScript; each page offers another way."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.accounts import passkeys, providers
from desirepath.accounts.entering import enter, waiting
from desirepath.accounts.forms import AddPasskey, Code, ShowPasskey, SignIn
from desirepath.accounts.models import Person
from desirepath.accounts.views.guards import before_second_factor, freshly, onward
from desirepath.accounts.views.second_factor import has_set_up
from desirepath.nhsuk.pages import UNPROCESSABLE, respond

WRONG = "This passkey is not known here. Use another way to sign in"
NOT_MADE = "Your browser's answer could not be read. Try again, or set up an app"
ENOUGH = f"You have {passkeys.MOST} passkeys already: remove one first"


@before_second_factor
@freshly
@require_POST
def creation_options(request: Any) -> HttpResponseBase:
    """What her browser is asked to make."""
    return JsonResponse(passkeys.to_make_one(request.user))


@before_second_factor
@never_cache
@freshly
@require_http_methods(["GET", "POST"])
def add(request: Any) -> HttpResponseBase:
    """Make a passkey on this device, and name it."""
    person: Person = request.user
    form = AddPasskey(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if len(passkeys.of(person)) >= passkeys.MOST:
                form.add_error(None, ENOUGH)
            else:
                passkeys.add(person=person, **form.cleaned_data)
                return has_set_up(request, person, passkeys.PASSKEY)
        except passkeys.WrongPasskeyError:
            form.add_error(None, NOT_MADE)
    return respond(request, "accounts/add_passkey.jinja", form=form)


@never_cache
@require_POST
def request_options(request: HttpRequest) -> HttpResponseBase:
    """What a browser is asked to show, at the front door or after a password."""
    found = waiting(request)
    return JsonResponse(passkeys.to_show_one(found[0] if found else None))


@never_cache
@require_POST
def show(request: HttpRequest) -> HttpResponseBase:
    """In by a passkey: alone, or after a password."""
    found = waiting(request)
    form = ShowPasskey(request.POST)
    if form.is_valid():
        try:
            person = passkeys.show(expected=found[0] if found else None, **form.cleaned_data)
        except passkeys.WrongPasskeyError:
            pass
        else:
            how = f"{found[1]} and {passkeys.PASSKEY.lower()}" if found else passkeys.PASSKEY
            enter(request, person, how=how, second_factor=passkeys.PASSKEY)
            return redirect(onward(request))
    messages.error(request, WRONG)
    template = "accounts/second_factor.jinja" if found else "accounts/sign_in.jinja"
    context = {"next": onward(request), "passkeys": bool(found), "providers": providers.listed()}
    again = Code() if found else SignIn()
    return respond(request, template, context, form=again, status=UNPROCESSABLE)
