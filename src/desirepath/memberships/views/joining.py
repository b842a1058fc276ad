"""For anyone: the pools here, asking to join one, confirming it by the link in the letter."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Role
from desirepath.audit.refusal import Refused
from desirepath.memberships.actions import joining
from desirepath.memberships.forms import Join
from desirepath.memberships.models import JoinRequest
from desirepath.nhsuk.pages import respond
from desirepath.pools.models import Pool


def open_pools() -> QuerySet[Pool]:
    """Pools that strangers may ask to join: a fictional one only where everything is a demonstration."""
    rows = Pool.objects.select_related("organisation").order_by("organisation__name", "pk")
    return rows if settings.DEMO else rows.filter(organisation__fictional=False)


@require_safe
def pools(request: Any) -> HttpResponseBase:
    """The pools of this installation."""
    return respond(request, "memberships/open_pools.jinja", {"pools": open_pools()})


@require_http_methods(["GET", "POST"])
def join(request: Any, pool: str) -> HttpResponseBase:
    """Ask to join; a clinician who is signed in goes on to her own page for it."""
    found = get_object_or_404(open_pools(), organisation__code=pool)
    if request.acting and any(held.role == Role.CLINICIAN for held in request.roles_held):
        return redirect("memberships:apply", found.public_id)
    form = Join(request.POST if request.method == "POST" else None, pool=found)
    if request.method == "POST" and form.is_valid():
        made = joining.ask_to_join(pool=found, **form.request)
        # nobody has a letter box here: in a demonstration the page is the letter
        shown = reverse("memberships:confirm", args=[made.token]) if made and settings.DEMO else ""
        context = {"pool": found, "email": form.cleaned_data["email"], "shown": shown}
        return respond(request, "memberships/letter_sent.jinja", context)
    return respond(request, "memberships/join.jinja", {"pool": found}, form=form)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: Any, token: str) -> HttpResponseBase:
    """What was asked in her name; it is sent when she says so."""
    found = JoinRequest.find(token)
    if found is None:
        return respond(request, "memberships/link_over.jinja", status=410)
    if request.method == "POST":
        try:
            made, invitation = joining.confirm_request(token=token)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("memberships:confirm", token)
        messages.success(request, f"Sent. {made.pool} looks at it, and you hear by e-mail")
        if invitation:
            return redirect("accounts:invitation", invitation.token)
        return redirect("memberships:pools")
    return respond(request, "memberships/confirm.jinja", {"found": found})
