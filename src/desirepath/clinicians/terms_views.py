"""My terms: a page for each part, which is kept in one draft; publishing makes a version of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.clinicians import actions, terms_words
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.models import Clinician, Terms
from desirepath.clinicians.terms_forms import ConditionsForm, ExtrasForm, LimitsForm, PartForm, RatesForm
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed


@dataclass(frozen=True, slots=True)
class Part:
    """A part of her terms with a page of its own."""

    name: str
    heading: str
    about: str
    form: type[PartForm]


PARTS = {
    part.name: part
    for part in (
        Part("rates", "Rates", "Only you see these. A practice sees the fee of a session.", RatesForm),
        Part("limits", "Limits", "No session is offered to you beyond one of these.", LimitsForm),
        Part("conditions", "Conditions", "Practices read these, and a booking keeps them.", ConditionsForm),
        Part("extras", "Extras and kinds of session", "Practices read these.", ExtrasForm),
    )
}


@allowed(Permission.OWN_WORK)
@require_safe
def terms(request: ActingRequest) -> HttpResponse:
    """What is in force, what she has changed since, and the way to each part."""
    clinician = clinician_of(request)
    current, draft = clinician.current_terms, actions.draft_terms(clinician)
    context = {
        "current": current,
        "draft": draft,
        "changes": _changes(current, draft),
        "parts": [(part, terms_words.terms_in_words(draft, part.name)) for part in PARTS.values()],
    }
    return respond(request, "clinicians/terms.jinja", context)


def _changes(current: Terms | None, draft: Terms) -> list[str]:
    """What publishing would change; nothing where she has begun no draft."""
    if draft.pk is None or (current and current.values == draft.values):
        return []
    return terms_words.changes_between(current, draft)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def part(request: ActingRequest, part: str) -> HttpResponseBase:
    """One part of her draft."""
    asked, clinician = PARTS[part], clinician_of(request)
    draft = actions.draft_terms(clinician)
    form = asked.form(request.POST if request.method == "POST" else None, terms=draft)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_draft(by=request.user, clinician=clinician, values=form.columns)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{asked.heading}: saved, but not published yet")
            return redirect("clinicians:terms")
    current = clinician.current_terms
    context = {"part": asked, "current": current, "paid_with": terms_words.paid_with}
    return respond(request, f"clinicians/terms_{part}.jinja", context, form=form)


@allowed(Permission.OWN_WORK)
@require_POST
def publish(request: ActingRequest) -> HttpResponseBase:
    """Her draft is in force from now on; sent twice, it is one version."""
    clinician = clinician_of(request)
    if actions.draft_terms(clinician).base_rate == 0:
        messages.error(request, "Enter your rate first: nothing is published yet")
        return redirect("clinicians:terms-part", "rates")
    try:
        made = _publish(request, clinician)
    except Refused as refusal:
        messages.error(request, f"Not published. {refusal}")
    else:
        if made:
            messages.success(request, f"Your terms are published: version {made.version}, in force from now")
        else:
            messages.info(request, "Nothing has changed, so no version was made")
    return redirect("clinicians:terms")


@transaction.atomic
def _publish(request: ActingRequest, clinician: Clinician) -> Terms | None:
    clinician.locked()
    current, draft = clinician.current_terms, actions.draft_terms(clinician)
    if current and draft.values == current.values:
        return None
    return actions.publish_terms(by=request.user, clinician=clinician)


@allowed(Permission.OWN_WORK)
@require_POST
def forget(request: ActingRequest) -> HttpResponseBase:
    """What she changed and did not publish is gone."""
    actions.drop_draft(by=request.user, clinician=clinician_of(request))
    messages.success(request, "Your changes are forgotten")
    return redirect("clinicians:terms")


@allowed(Permission.OWN_WORK)
@require_safe
def preview(request: ActingRequest) -> HttpResponse:
    """Her draft, by the very words that a practice reads on a booking."""
    clinician = clinician_of(request)
    draft = actions.draft_terms(clinician)
    context = {
        "clinician": clinician,
        "rows": terms_words.practice_reads(draft),
        "changed": bool(_changes(clinician.current_terms, draft)),
    }
    return respond(request, "clinicians/terms_preview.jinja", context)


@allowed(Permission.OWN_WORK)
@require_safe
def terms_history(request: ActingRequest) -> HttpResponse:
    versions = clinician_of(request).terms.exclude(version=None).order_by("-version")
    return respond(request, "clinicians/terms_history.jinja", {"versions": terms_words.history(versions)})


@allowed(Permission.OWN_WORK)
@require_safe
def terms_version(request: ActingRequest, version: int) -> HttpResponse:
    """One version, as bookings made under it keep it."""
    found = get_object_or_404(clinician_of(request).terms, version=version)
    context = {"terms": found, "rows": terms_words.terms_in_words(found)}
    return respond(request, "clinicians/terms_version.jinja", context)
