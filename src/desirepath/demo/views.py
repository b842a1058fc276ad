"""Sign in as a fictional person with one click, where that is safe; nowhere else do these addresses exist."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from desirepath.accounts.entering import FICTIONAL, enter, leave
from desirepath.demo import safety, samples
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import SESSION_KEY

ONE_CLICK = "One click, as somebody fictional"


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The sample people, by pool and role."""
    if not safety.is_open(request):
        raise Http404
    return respond(request, "demo/people.jinja", {"groups": samples.groups()})


@require_POST
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Become the sample person who holds a role, and act in that role."""
    if not safety.is_open(request):
        raise Http404
    held = samples.sample(request.POST.get("role", ""))
    if held is None:
        raise Http404
    leave(request)
    enter(request, held.person, how=ONE_CLICK, second_factor=FICTIONAL)
    request.session[SESSION_KEY] = str(held.public_id)
    messages.success(request, f"You are {held.person.name}, {held.get_role_display()}")
    return redirect("home")
