"""The verifier's queue, oldest first, and what one member holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.credentials import actions, presenters
from desirepath.clinicians.credentials.clearing import asked_of
from desirepath.clinicians.credentials.forms import Because, RecordCheck, Verify
from desirepath.clinicians.credentials.usual import RECORDED, name_of
from desirepath.clinicians.models import Credential, Membership
from desirepath.clinicians.models.credentials import CredentialQuerySet
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool, pool_of

A_PAGE = 50
OWN = "Nobody verifies what is their own: another verifier of the pool must look at it"


def _shared(pool: Pool) -> CredentialQuerySet:
    rows = Credential.objects.for_pool(pool).select_related("clinician__person", "document", "verified_by")
    return rows.defer("document__content")


def _waiting(pool: Pool) -> CredentialQuerySet:
    """Oldest first."""
    return _shared(pool).filter(state="submitted").order_by("created_at", "pk")


@allowed(Permission.VERIFY)
@require_safe
def queue(request: ActingRequest) -> HttpResponseBase:
    """What waits to be looked at."""
    pool = pool_of(request.acting.place)
    page = Paginator(_waiting(pool), A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "href": reverse("clinicians:verify", args=[row.public_id]),
            "name": row.clinician.person.name,
            "role": row.clinician.get_role_display(),
            "item": name_of(row.item),
            "since": row.created_at,
        }
        for row in page.object_list
    ]
    return respond(request, "clinicians/queue.jinja", {"pool": pool, "page": page, "rows": rows})


def _next(pool: Pool) -> HttpResponseBase:
    """On to the next that waits; else to the empty queue."""
    following = _waiting(pool).first()
    if following is None:
        return redirect("clinicians:queue")
    return redirect("clinicians:verify", credential=following.public_id)


def _one(request: ActingRequest, pool: Pool, found: Credential, **forms: Any) -> HttpResponseBase:
    """The page of one that waits: what was sent beside what it must show."""
    wanted = asked_of(found.clinician, pool).get(found.item)
    following = _waiting(pool).exclude(pk=found.pk).filter(created_at__gte=found.created_at).first()
    earlier = _shared(pool).filter(clinician=found.clinician, item=found.item).exclude(pk=found.pk)
    suggested = presenters.suggested_end(found, pool)
    answer = forms.get("verify") or forms.get("reject")
    context = {
        "row": presenters.row_of(found, pool),
        "clinician": found.clinician,
        "wanted": wanted,
        "since": found.created_at,
        "suggested": suggested,
        "next": reverse("clinicians:verify", args=[following.public_id]) if following else "",
        "earlier": [presenters.row_of(row, pool) for row in earlier.order_by("-pk")[:5]],
        "verify": forms.get("verify") or Verify(credential=found),
        "reject": forms.get("reject") or Because(),
        "settled": found.state != "submitted",
    }
    return respond(request, "clinicians/verify.jinja", context, form=answer)


@allowed(Permission.VERIFY)
@require_http_methods(["GET", "POST"])
def verify(request: ActingRequest, credential: UUID) -> HttpResponseBase:
    """Look at one, and verify it."""
    pool = pool_of(request.acting.place)
    found = get_object_or_404(_shared(pool), public_id=credential)
    if request.method != "POST":
        return _one(request, pool, found)
    form = Verify(request.POST, credential=found)
    if form.is_valid():
        try:
            actions.verify(by=request.user, credential=found, pool=pool, **form.cleaned_data)
        except PermissionError:
            form.add_error(None, OWN)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{name_of(found.item)} of {found.clinician} is verified")
            return _next(pool)
    return _one(request, pool, found, verify=form)


@allowed(Permission.VERIFY)
@require_http_methods(["GET", "POST"])
def reject(request: ActingRequest, credential: UUID) -> HttpResponseBase:
    """Refuse one, with a reason that she reads."""
    pool = pool_of(request.acting.place)
    found = get_object_or_404(_shared(pool), public_id=credential)
    if request.method != "POST":
        return _one(request, pool, found)
    form = Because(request.POST)
    if form.is_valid():
        try:
            actions.reject(by=request.user, credential=found, pool=pool, reason=form.cleaned_data["reason"])
        except PermissionError:
            form.add_error(None, OWN)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{found.clinician} is told why it was not accepted")
            return _next(pool)
    return _one(request, pool, found, reject=form)


@allowed(Permission.VERIFY)
@require_http_methods(["GET", "POST"])
def revoke(request: ActingRequest, credential: UUID) -> HttpResponseBase:
    """Take back a verification of this pool's own."""
    pool = pool_of(request.acting.place)
    found = get_object_or_404(_shared(pool).filter(verified_in=pool), public_id=credential)
    form = Because(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke(by=request.user, credential=found, pool=pool, reason=form.cleaned_data["reason"])
        except PermissionError:
            form.add_error(None, OWN)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{name_of(found.item)} of {found.clinician} no longer counts")
            return redirect("clinicians:member-checks", clinician=found.clinician.public_id)
    context = {"row": presenters.row_of(found, pool), "clinician": found.clinician}
    return respond(request, "clinicians/revoke.jinja", context, form=form)


@allowed(Permission.VERIFY)
@require_http_methods(["GET", "POST"])
def member(request: ActingRequest, clinician: UUID) -> HttpResponseBase:
    """What the pool asks of one member, what she holds, and a check that needs no document."""
    pool = pool_of(request.acting.place)
    members = Membership.objects.filter(pool=pool).exclude(state__in=("left", "declined"))
    rows = members.select_related("clinician__person")
    found = get_object_or_404(rows, clinician__public_id=clinician).clinician
    items = [item for item in asked_of(found, pool) if item != RECORDED]
    form = RecordCheck(request.POST if request.method == "POST" else None, items=items)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record(by=request.user, clinician=found, pool=pool, **form.cleaned_data)
        except PermissionError:
            form.add_error(None, OWN)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{name_of(form.cleaned_data['item'])} of {found} is verified")
            return redirect("clinicians:member-checks", clinician=found.public_id)
    held = _shared(pool).filter(clinician=found).order_by("-pk")[:100]
    context = {
        "clinician": found,
        "pool": presenters.pools_of(found, clock.today(), only=pool)[0],
        "rows": [presenters.row_of(row, pool) for row in held],
    }
    return respond(request, "clinicians/member_checks.jinja", context, form=form)
