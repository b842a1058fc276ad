"""What the pool or the practice acted for asks clinicians to hold."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.clinicians.credentials import policy
from desirepath.clinicians.credentials.forms import ChangeRequirement
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Kind
from desirepath.pools.models import ClinicianRole


@allowed(Permission.SET_CHECKS)
@require_safe
def requirements(request: ActingRequest) -> HttpResponseBase:
    """The list, by role."""
    place = request.acting.place
    rows = policy.wanted_at(place)
    by_role = [
        (ClinicianRole(role).label, list(lines)) for role, lines in groupby(rows, key=lambda row: row.role)
    ]
    context = {
        "place": place,
        "of_practice": place.kind == Kind.PRACTICE,
        "usual": policy.policy_of(place) is None,
        "by_role": by_role,
    }
    return respond(request, "clinicians/requirements.jinja", context)


@allowed(Permission.SET_CHECKS)
@require_http_methods(["GET", "POST"])
def ask(request: ActingRequest) -> HttpResponseBase:
    """Ask for something more, or otherwise than before."""
    place = request.acting.place
    form = ChangeRequirement(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "own"}
        try:
            policy.ask_for(by=request.user, place=place, **values)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The list is changed, and everybody it concerns has been judged again")
            return redirect("clinicians:requirements")
    return respond(request, "clinicians/ask_for_check.jinja", {"place": place}, form=form)


@allowed(Permission.SET_CHECKS)
@require_POST
def drop(request: ActingRequest) -> HttpResponseBase:
    """Ask for one thing no longer."""
    role, item = request.POST.get("role", ""), request.POST.get("item", "")
    if role in ClinicianRole.values and item:
        policy.ask_no_more(by=request.user, place=request.acting.place, role=role, item=item)
        messages.success(request, "It is asked for no longer")
    return redirect("clinicians:requirements")
