"""Her own last month under her draft, and what rates were agreed: history, before she publishes."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.bookings import rates_history
from desirepath.bookings.last_month import last_month
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.actions import draft_terms
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool


@allowed(Permission.OWN_WORK)
@require_safe
def under_draft(request: ActingRequest) -> HttpResponse:
    """What her draft would have changed last month."""
    clinician = clinician_of(request)
    draft = draft_terms(clinician)
    found = last_month(clinician, draft) if draft.base_rate else None
    return respond(request, "bookings/last_month.jinja", {"month": found, "draft": draft})


@allowed(Permission.OWN_WORK)
@require_safe
def agreed(request: ActingRequest) -> HttpResponse:
    """Quartiles of what was agreed with clinicians of her role, in each of her pools."""
    clinician = clinician_of(request)
    pools = Pool.objects.filter(memberships__clinician=clinician, memberships__state="active")
    rows = [
        (pool, rates_history.agreed_rates(pool, clinician.role))
        for pool in pools.select_related("organisation").distinct().order_by("organisation__name")
    ]
    context = {"rows": rows, "role": clinician.get_role_display(), "fewest": rates_history.FEWEST}
    return respond(request, "bookings/rates_history.jinja", context)
