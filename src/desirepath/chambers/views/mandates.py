"""A member's mandates: what she lets a manager do for her, and what was done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.chambers.actions import mandates as acting
from desirepath.chambers.forms import GiveMandate
from desirepath.chambers.models import Mandate, MandateUse
from desirepath.clinicians.acting import clinician_of
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool, pool_of

SHOWN = 20


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def mandates(request: ActingRequest) -> HttpResponseBase:
    """Those she has given, what was done by them, and one more."""
    clinician = clinician_of(request)
    pools = Pool.objects.filter(memberships__clinician=clinician, memberships__state="active")
    form = GiveMandate(request.POST if request.method == "POST" else None, pools=pools, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = acting.give_mandate(by=request.user, clinician=clinician, **form.mandate)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made.holder.name} may do this for you now, and is told")
            return redirect("chambers:mandates")
    hers = Mandate.objects.for_clinician(clinician).select_related("holder", "pool__organisation")
    uses = MandateUse.objects.filter(mandate__clinician=clinician).select_related("by", "mandate")
    context = {
        "open": hers.open(),
        "uses": uses[:SHOWN],
        "anybody": form.anybody,
    }
    return respond(request, "chambers/mandates.jinja", context, form=form)


@allowed(Permission.OWN_WORK)
@require_POST
def end(request: ActingRequest, mandate: UUID) -> HttpResponseBase:
    """She takes one back."""
    hers = Mandate.objects.for_clinician(clinician_of(request)).select_related("holder", "clinician")
    found = get_object_or_404(hers, public_id=mandate)
    try:
        acting.end_mandate(by=request.user, mandate=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Ended. {found.holder.name} may not do this for you any more")
    return redirect("chambers:mandates")


@allowed(Permission.LOOK_AFTER_MEMBERS)
@require_safe
def held(request: ActingRequest) -> HttpResponseBase:
    """The mandates that members of the pool have given to whoever manages it."""
    mine = Mandate.objects.for_holder(request.user).filter(pool=pool_of(request.acting.place)).open()
    context = {"mandates": mine.select_related("clinician__person"), "today": clock.today()}
    return respond(request, "chambers/held.jinja", context)
