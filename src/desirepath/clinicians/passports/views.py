"""Her passport: taken away, shown by a link, brought along; and what others read of this installation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.credentials.presenters import row_of
from desirepath.clinicians.credentials.usual import name_of
from desirepath.clinicians.models import Clinician, Membership, Passport, TrustedIssuer
from desirepath.clinicians.passports import issuing, receiving
from desirepath.clinicians.passports.forms import Bring, ShareLink, TakeAway
from desirepath.messages.actions import link
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed


def _memberships(clinician: Clinician) -> QuerySet[Membership]:
    rows = clinician.memberships.exclude(state__in=("left", "declined")).select_related("pool__organisation")
    return rows.order_by("pool__organisation__name", "pk")


def _page(request: ActingRequest, **forms: TakeAway | ShareLink) -> HttpResponse:
    clinician = clinician_of(request)
    context = {
        "carried": [row_of(row) for row in issuing.carried(clinician)],
        "given": Passport.objects.for_clinician(clinician).open(),
        "take_away": forms.get("take_away") or TakeAway(),
        "share": forms.get("share") or ShareLink(),
        "pools": [row.pool for row in _memberships(clinician)],
        "trusted": list(TrustedIssuer.objects.all()),
    }
    return respond(
        request, "clinicians/passport.jinja", context, form=forms.get("take_away") or forms.get("share")
    )


@allowed(Permission.OWN_WORK)
@require_safe
def passport(request: ActingRequest) -> HttpResponse:
    """What goes into it, what she has given out, and where she may bring one."""
    return _page(request)


@allowed(Permission.OWN_WORK)
@require_POST
def take_away(request: ActingRequest) -> HttpResponseBase:
    """The signed file, for the pool whose code it carries."""
    form = TakeAway(request.POST)
    if form.is_valid():
        try:
            made, text = issuing.issue(
                by=request.user, clinician=clinician_of(request), code=form.cleaned_data["code"]
            )
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            answer = HttpResponse(text, content_type="application/jwt")
            name = f"passport-{made.created_at:%Y-%m-%d}.jwt"
            answer["Content-Disposition"] = f'attachment; filename="{name}"'
            answer["Cache-Control"] = "no-store"
            return answer
    return _page(request, take_away=form)


@allowed(Permission.OWN_WORK)
@require_POST
def share(request: ActingRequest) -> HttpResponseBase:
    """A link that shows it, told once."""
    form = ShareLink(request.POST)
    if form.is_valid():
        try:
            _, token = issuing.make_link(
                by=request.user, clinician=clinician_of(request), days=int(form.cleaned_data["days"])
            )
        except Refused as refused:
            form.add_error("days", str(refused))
        else:
            address = link(reverse("clinicians:shown-passport", args=[token]))
            messages.success(request, f"Copy the link now, it is not shown again: {address}")
            return redirect("clinicians:passport")
    return _page(request, share=form)


@allowed(Permission.OWN_WORK)
@require_POST
def revoke(request: ActingRequest, passport: UUID) -> HttpResponseBase:
    """One file or link counts no more."""
    rows = Passport.objects.for_clinician(clinician_of(request)).select_related("clinician")
    found = get_object_or_404(rows, public_id=passport)
    issuing.revoke(by=request.user, passport=found)
    messages.success(request, "It counts no more")
    return redirect("clinicians:passport")


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def bring(request: ActingRequest, pool: UUID) -> HttpResponseBase:
    """The code for one of her pools, and the file that carries it."""
    clinician = clinician_of(request)
    found = get_object_or_404(_memberships(clinician), pool__public_id=pool).pool
    form = Bring(request.POST or None, request.FILES or None) if request.method == "POST" else Bring()
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["file"].read(receiving.LARGEST + 1).decode("ascii", "replace")
        try:
            made = receiving.take(by=request.user, clinician=clinician, pool=found, text=text)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, f"Believed, and counts from now on: {receiving.in_words(made)}")
            return redirect("clinicians:credentials")
    context = {
        "pool": found,
        "code": receiving.code_for(clinician=clinician, pool=found),
        "trusted": list(TrustedIssuer.objects.all()),
    }
    return respond(request, "clinicians/bring_passport.jinja", context, form=form)


@require_safe
def shown(request: ActingRequest, token: str) -> HttpResponse:
    """What a link shows to whoever has it: verified things and their days, no document, no pool."""
    found = issuing.shown_by(token)
    if found is None:
        raise Http404
    given, rows = found
    context = {
        "clinician": given.clinician,
        "until": given.expires_at,
        "rows": [
            {
                "name": name_of(row.item),
                "until": row.expires_on,
                "verified": row.verified_at,
                "against": row.against,
            }
            for row in rows
        ],
    }
    answer = respond(request, "clinicians/shown_passport.jinja", context)
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def issuer(request: ActingRequest) -> HttpResponseBase:
    """This installation's keys and its list of the revoked, for whoever wants to trust it."""
    return JsonResponse(issuing.issuer_document())
