"""A practice's induction pack: written, looked at as whoever comes sees it, made current, reviewed."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations import induction
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.forms import PackForm
from desirepath.organisations.models import InductionPack

A_YEAR = timedelta(days=365)


def _draft(request: ActingRequest) -> InductionPack | None:
    return InductionPack.objects.filter(practice=request.acting.place, state="draft").first()


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def induction_pack(request: ActingRequest) -> HttpResponseBase:
    """The pack as whoever comes sees it, and the draft of the next; POST makes that current, or says that the
    old one is still right.
    """
    practice = request.acting.place
    shown, draft = induction.shown_of(practice), _draft(request)
    if request.method == "POST":
        try:
            if "publish" in request.POST and draft:
                induction.make_current(by=request.user, pack=draft)
                messages.success(request, "Current: everybody who is booked reads it.")
            elif "right" in request.POST and shown:
                induction.still_right(by=request.user, pack=shown, review_on=clock.today() + A_YEAR)
                messages.success(request, "Kept as it is. You will be asked again in a year.")
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("organisations:induction-pack")
    context = {
        "practice": practice,
        "shown": shown,
        "parts": induction.parts_of(shown) if shown else [],
        "draft": draft,
        "draft_parts": induction.parts_of(draft) if draft else [],
    }
    return respond(request, "organisations/induction_pack.jinja", context)


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def write_pack(request: ActingRequest) -> HttpResponse | HttpResponseBase:
    """Write the next version: kept as a draft, to look at before it is current."""
    practice = request.acting.place
    before = _draft(request) or induction.shown_of(practice)
    initial = {name: getattr(before, name) for name in induction.PARTS} if before else {}
    initial["review_on"] = clock.today() + A_YEAR
    form = PackForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            induction.write_draft(by=request.user, practice=practice, values=form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("organisations:induction-pack")
    return respond(request, "organisations/write_pack.jinja", {"practice": practice}, form=form)
