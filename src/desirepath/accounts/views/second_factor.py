"""The second factor: asked for at the door, set up, replaced and taken away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from desirepath.accounts import actions, factors, passkeys
from desirepath.accounts.entering import enter, prove, show_password, unprove, waiting
from desirepath.accounts.forms import LOCKED, Code, FirstCode, ShowPassword
from desirepath.accounts.limits import TooManyTriesError
from desirepath.accounts.models import Person
from desirepath.accounts.views.guards import before_second_factor, freshly, onward
from desirepath.nhsuk.formats import plural
from desirepath.nhsuk.pages import respond

SECRET, CODES = "secret_of_an_app", "recovery_codes_to_show"
WRONG = "This code does not open. Wait until your app shows the next one; each code opens once"
NOT_SHOWN = "Your app does not show this code now. Enter the one it shows, or scan the picture again"
LOCKED_CODE = "There were too many wrong codes. Wait 15 minutes"


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Her password was right; the code lets her in."""
    found = waiting(request)
    if found is None:
        return respond(request, "accounts/waited_too_long.jinja", status=410)
    person, how = found
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            used = factors.try_code(person=person, code=form.cleaned_data["code"])
        except TooManyTriesError:
            form.add_error(None, LOCKED_CODE)
        except factors.WrongCodeError:
            form.add_error("code", WRONG)
        else:
            enter(request, person, how=f"{how} and {used.lower()}", second_factor=used)
            if used == factors.RECOVERY_CODE:
                left = plural(factors.recovery_codes_left(person), "recovery code")
                messages.warning(request, f"You have {left} left. Set up your app again if you have lost it")
            return redirect(onward(request))
    context = {"next": onward(request), "passkeys": passkeys.of(person)}
    return respond(request, "accounts/second_factor.jinja", context, form=form)


@before_second_factor
@login_required
@require_http_methods(["GET", "POST"])
def second_factors(request: Any) -> HttpResponseBase:
    """What she has set up, and what she can; where everybody comes who is held up for want of one."""
    person: Person = request.user
    if request.method == "POST":
        return _remove(request)
    kept = list(factors.of(person))
    context = {
        "app": next((one for one in kept if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [(passkeys.key_of(one), one) for one in passkeys.of(person)],
        "any": kept,
        "codes_left": factors.recovery_codes_left(person),
    }
    return respond(request, "accounts/second_factors.jinja", context)


@freshly
def _remove(request: Any) -> HttpResponseBase:
    kept = {_key_of(one): one for one in factors.of(request.user)}
    chosen = kept.get(request.POST.get("remove", ""))
    if chosen:
        factors.remove(person=request.user, which=chosen)
        messages.success(request, "It is removed: it no longer opens anything")
        if len(kept) == 1:
            unprove(request)
    return redirect("accounts:second-factors")


def _key_of(factor: Authenticator) -> str:
    """What the form calls it: of passkeys she may have several."""
    is_passkey = factor.type == Authenticator.Type.WEBAUTHN
    return passkeys.key_of(factor) if is_passkey else str(factor.type)


@before_second_factor
@never_cache
@freshly
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def set_up_app(request: Any) -> HttpResponseBase:
    """A picture to scan, and the first code as the proof that it was."""
    person: Person = request.user
    secret: str = request.session.setdefault(SECRET, factors.new_secret())
    form = FirstCode(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factors.set_up_app(person=person, secret=secret, code=form.cleaned_data["code"])
        except factors.WrongCodeError:
            form.add_error("code", NOT_SHOWN)
        else:
            del request.session[SECRET]
            return has_set_up(request, person, factors.APP)
    context = {"picture": factors.picture_of(person, secret), "secret": secret}
    return respond(request, "accounts/set_up_app.jinja", context, form=form)


def has_set_up(request: HttpRequest, person: Person, by: str) -> HttpResponseBase:
    """She goes on as if she had come in by it; to her recovery codes, where she has none yet."""
    prove(request, person, by)
    messages.success(request, "Your second factor is set up")
    if factors.recovery_codes_left(person):
        return redirect("accounts:second-factors")
    request.session[CODES] = factors.new_recovery_codes(person=person)
    return redirect("accounts:recovery-codes")


@before_second_factor
@never_cache
@freshly
@require_http_methods(["GET", "POST"])
def recovery_codes(request: Any) -> HttpResponseBase:
    """Shown once, when they are made; afterwards only how many are left."""
    person: Person = request.user
    if request.method == "POST" and factors.of(person).exists():
        request.session[CODES] = factors.new_recovery_codes(person=person)
        return redirect("accounts:recovery-codes")
    context = {
        "codes": request.session.pop(CODES, []),
        "left": factors.recovery_codes_left(person),
        "any": factors.of(person).exists(),
    }
    return respond(request, "accounts/recovery_codes.jinja", context)


@before_second_factor
@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: Any) -> HttpResponseBase:
    """Show one's password again, before one's ways of signing in are changed."""
    person: Person = request.user
    form = ShowPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            known = actions.try_sign_in(email=person.email, request=request, **form.cleaned_data)
        except TooManyTriesError:
            form.add_error(None, LOCKED)
        else:
            if known:
                show_password(request)
                return redirect(onward(request))
            form.add_error("password", "The password is not right")
    return respond(request, "accounts/confirm.jinja", {"next": onward(request)}, form=form)
