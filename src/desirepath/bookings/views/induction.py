"""What somebody who is booked needs to know of the practice: its induction pack, in full."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.bookings.views.bookings import visible_to
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.induction import parts_of, shown_of


@allowed(Permission.OWN_WORK, Permission.SEE_PRACTICE, Permission.SEE_POOL)
@require_safe
def induction(request: ActingRequest, booking: UUID) -> HttpResponse:
    """The pack of the practice of a booking that stands; once it is called off, only that there is none."""
    found = get_object_or_404(visible_to(request.acting), public_id=booking)
    pack = shown_of(found.practice) if found.stands else None
    context = {"booking": found, "pack": pack, "parts": parts_of(pack) if pack else []}
    return respond(request, "bookings/induction.jinja", context)
