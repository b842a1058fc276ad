"""A practice books by a standing yes that was given to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.bookings import instant
from desirepath.clinicians.models import Clinician
from desirepath.nhsuk.formats import span
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.vacancies.models import Vacancy


@allowed(Permission.ASK_FOR_COVER)
@require_POST
def at_once(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """The practice books somebody by her standing yes to it."""
    found = get_object_or_404(Vacancy.objects.for_practice(request.acting.place), public_id=vacancy)
    try:
        her = (
            Clinician.objects.for_pool(found.pool).filter(public_id=request.POST.get("clinician", "")).first()
        )
    except (ValueError, ValidationError):
        her = None
    if her is None:
        raise Http404
    try:
        made = instant.book_at_once(by=request.user, vacancy=found, clinician=her)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("vacancies:vacancy", found.public_id)
    messages.success(request, f"Booked: {her.person.name} is coming, {span(made.start, made.end)}")
    return redirect("bookings:booking", made.public_id)
