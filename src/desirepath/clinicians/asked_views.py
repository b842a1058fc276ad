"""How she is asked: her quiet choices, and her standing yes to one practice. Nobody else sees these pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians import choosing
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.asked_forms import QuietForm, StandingYesForm
from desirepath.clinicians.asked_words import limits_in_words
from desirepath.clinicians.models import StandingYes
from desirepath.clinicians.quiet import choices_of
from desirepath.clinicians.views import practices_of
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def asked(request: ActingRequest) -> HttpResponseBase:
    """How often, when and by what way she is asked."""
    clinician = clinician_of(request)
    choices = choices_of(clinician)
    form = QuietForm(
        request.POST if request.method == "POST" else None, choices=choices, phone=request.user.phone
    )
    if request.method == "POST" and form.is_valid():
        try:
            choosing.set_quiet_choices(
                by=request.user, clinician=clinician, values=form.columns, phone=form.cleaned_data["phone"]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved: from now on you are asked as you say here")
            return redirect("clinicians:asked")
    terms = clinician.current_terms
    context = {
        "paused": choices.paused_on(clock.today()),
        "choices": choices,
        "wished": terms.wished_sessions_week if terms else None,
        "yeses": [
            (given, limits_in_words(given))
            for given in StandingYes.objects.for_clinician(clinician)
            .on()
            .select_related("practice")
            .order_by("practice__name", "pk")
        ],
        "muted": clinician.practice_preferences.filter(kind="muted").count(),
    }
    return respond(request, "clinicians/asked.jinja", context, form=form)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def standing_yes(request: ActingRequest, practice: UUID) -> HttpResponseBase:
    """Her standing yes to one practice: its limits, on and off."""
    clinician = clinician_of(request)
    place = get_object_or_404(practices_of(clinician), public_id=practice)
    given = StandingYes.objects.for_clinician(clinician).for_practice(place).first()
    if request.method == "POST" and "off" in request.POST:
        choosing.end_standing_yes(by=request.user, clinician=clinician, practice=place)
        messages.success(request, f"Switched off: {place.name} asks you before every session")
        return redirect("clinicians:standing-yes", place.public_id)
    form = StandingYesForm(request.POST if request.method == "POST" else None, given=given)
    if request.method == "POST" and form.is_valid():
        try:
            choosing.give_standing_yes(by=request.user, clinician=clinician, practice=place, **form.limits)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Switched on: {place.name} may book you at once, within these limits")
            return redirect("clinicians:standing-yes", place.public_id)
    context = {
        "practice": place,
        "given": given,
        "on": given is not None and given.on,
        "limits": limits_in_words(given) if given else "",
        "has_terms": clinician.current_terms is not None,
    }
    return respond(request, "clinicians/standing_yes.jinja", context, form=form)
