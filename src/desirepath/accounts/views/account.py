"""One's own account: details, password, where one is signed in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from desirepath.accounts import actions, factors, providers
from desirepath.accounts.entering import end_every_session, end_session, leave, open_sessions, stay
from desirepath.accounts.forms import ChangePassword, YourDetails
from desirepath.accounts.models import Person
from desirepath.accounts.views.signing_in import BY_PASSWORD
from desirepath.nhsuk.pages import respond


@login_required
@require_http_methods(["GET", "POST"])
def your_account(request: HttpRequest) -> HttpResponseBase:
    person = request.user
    assert isinstance(person, Person)
    form = YourDetails(request.POST or None, initial={"name": person.name, "phone": person.phone})
    if request.method == "POST" and form.is_valid():
        actions.change_details(person=person, **form.cleaned_data)
        messages.success(request, "Your details are saved")
        return redirect("accounts:your-account")
    context = {
        "person": person,
        "signed_in": open_sessions(person).count(),
        "providers": providers.listed(),
        "second_factor": factors.of(person).exists(),
    }
    return respond(request, "accounts/your_account.jinja", context, form=form)


@sensitive_post_parameters("password", "old_password")
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponseBase:
    person = request.user
    assert isinstance(person, Person)
    form = ChangePassword(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        actions.set_password(person=person, password=form.cleaned_data["password"])
        stay(request, person, how=BY_PASSWORD)
        messages.success(request, "Your password is changed")
        return redirect("accounts:your-account")
    return respond(request, "accounts/change_password.jinja", form=form)


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: Any) -> HttpResponseBase:
    """Where she is signed in; she ends one of them, or all."""
    person: Person = request.user
    if "everywhere" in request.POST:
        end_every_session(of=person, by=person)
        leave(request)
        messages.success(request, "You have signed out everywhere")
        return redirect("accounts:sign-in")
    listed = list(open_sessions(person))
    chosen = next((one for one in listed if str(one.public_id) == request.POST.get("end")), None)
    if chosen:
        end_session(by=person, session=chosen)
        messages.success(request, f"You are no longer signed in in {chosen.browser}")
        return redirect("accounts:sessions")
    if request.method == "POST":  # it has ended already
        return redirect("accounts:sessions")
    context = {"sessions": listed, "this": request.session.session_key}
    return respond(request, "accounts/sessions.jinja", context)
