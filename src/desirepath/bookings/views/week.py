"""Her week: what needs her now."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.bookings.presenters import week_of
from desirepath.clinicians.acting import clinician_of
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed


@allowed(Permission.OWN_WORK)
@require_safe
def your_week(request: ActingRequest) -> HttpResponse:
    return respond(request, "bookings/your_week.jinja", {"week": week_of(clinician_of(request))})
