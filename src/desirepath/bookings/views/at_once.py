"""A practice books by a standing yes that was given to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
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
        her = _member(found, request.POST.get("clinician", ""))
        made = instant.book_at_once(by=request.user, vacancy=found, clinician=her)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("vacancies:vacancy", found.public_id)
    messages.success(request, f"Booked: {made.clinician.person.name} is coming, {span(made.start, made.end)}")
    return redirect("bookings:booking", made.public_id)


def _member(vacancy: Vacancy, public_id: str) -> Clinician:
    try:
        return Clinician.objects.for_pool(vacancy.pool).get(public_id=public_id)
    except (ValueError, ValidationError, Clinician.DoesNotExist) as error:
        raise Refused("Choose who is to be booked.") from error
