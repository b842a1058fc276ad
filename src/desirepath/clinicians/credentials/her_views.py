"""Her own page of what she holds: phone first. And the one way to a document."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.credentials import actions, presenters
from desirepath.clinicians.credentials.clearing import asked_of
from desirepath.clinicians.credentials.forms import SendCredential
from desirepath.clinicians.credentials.usual import name_of
from desirepath.clinicians.models import Credential, Membership
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import pool_of


@allowed(Permission.OWN_WORK)
@require_safe
def credentials(request: ActingRequest) -> HttpResponse:
    """What each pool asks of her and what is missing; everything that she has sent."""
    clinician = clinician_of(request)
    rows = Credential.objects.for_clinician(clinician).select_related("verified_by", "document")
    rows = rows.defer("document__content").order_by("-pk")
    context = {
        "pools": presenters.pools_of(clinician, clock.today()),
        "rows": [presenters.row_of(row) for row in rows[:100]],
    }
    return respond(request, "clinicians/credentials.jinja", context)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def send(request: ActingRequest) -> HttpResponseBase:
    """Send one document."""
    clinician = clinician_of(request)
    items = list(asked_of(clinician))
    if request.method == "POST":
        form = SendCredential(request.POST, request.FILES, items=items)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = actions.submit(
                    by=request.user,
                    clinician=clinician,
                    item=data["item"],
                    name=data["file"].name,
                    content=data["file"].read(),
                    issued_on=data["issued_on"],
                    expires_on=data["expires_on"],
                )
            except Refused as refused:
                form.add_error("file", str(refused))
            else:
                told = f"{name_of(made.item)} is sent. You are told when somebody has looked at it"
                messages.success(request, told)
                return redirect("clinicians:credentials")
    else:
        form = SendCredential(items=items, initial={"item": request.GET.get("item", "")})
    return respond(request, "clinicians/send_credential.jinja", {"asked": bool(items)}, form=form)


@allowed(Permission.OWN_WORK)
@require_POST
def share(request: ActingRequest, pool: UUID) -> HttpResponseBase:
    """Share what she holds with one of her pools, or no longer."""
    rows = Membership.objects.filter(clinician=clinician_of(request)).select_related("pool__organisation")
    membership = get_object_or_404(rows, pool__public_id=pool)
    on = request.POST.get("share") == "on"
    actions.share(by=request.user, membership=membership, on=on)
    told = "sees and counts what you hold" if on else "neither sees nor counts what you hold"
    messages.success(request, f"{membership.pool.name} {told}")
    return redirect("clinicians:credentials")


@allowed(Permission.OWN_WORK, Permission.VERIFY)
@require_safe
def document(request: ActingRequest, credential: UUID) -> HttpResponse:
    """The file: for herself and for verifiers of a pool that she shares with; to be saved, not opened."""
    if request.acting.may(Permission.OWN_WORK):
        rows = Credential.objects.for_clinician(clinician_of(request))
    else:
        rows = Credential.objects.for_pool(pool_of(request.acting.place))
    found = get_object_or_404(rows.select_related("clinician"), public_id=credential)
    if not hasattr(found, "document"):
        raise Http404
    file = actions.read_document(by=request.user, credential=found)
    answer = HttpResponse(bytes(file.content), content_type=file.kind)
    # the name was made from harmless letters when the file was kept
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer
