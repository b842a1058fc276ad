"""She stands by for a covered session of her pool, or no longer does."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.cascade import reserves
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.models import Clinician
from desirepath.nhsuk.formats import span
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.vacancies.models import Vacancy


def _of_her_pools(clinician: Clinician, public_id: UUID) -> Vacancy:
    rows = Vacancy.objects.filter(
        pool__memberships__clinician=clinician, pool__memberships__state="active"
    ).exclude(state="draft")
    return get_object_or_404(rows.select_related("pool", "practice"), public_id=public_id)


@allowed(Permission.OWN_WORK)
@require_POST
def stand_by(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """Kept until the session starts; nobody else sees it."""
    clinician = clinician_of(request)
    found = _of_her_pools(clinician, vacancy)
    try:
        reserves.stand_by(by=request.user, clinician=clinician, vacancy=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        when = span(found.start, found.end)
        messages.success(request, f"You stand by for {when}: if it opens again, you are asked first")
    return redirect("bookings:your-week")


@allowed(Permission.OWN_WORK)
@require_POST
def stand_down(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """Without a reason."""
    clinician = clinician_of(request)
    found = _of_her_pools(clinician, vacancy)
    reserves.stand_down(by=request.user, clinician=clinician, vacancy=found)
    messages.success(request, f"You no longer stand by for {span(found.start, found.end)}")
    return redirect("bookings:your-week")
