"""Bookings of people who are not cleared for their day: for the pool's manager to settle."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.bookings.models import CheckFlag
from desirepath.clinicians.credentials.usual import blocker_in_words
from desirepath.clinicians.models import Membership
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import pool_of

A_PAGE = 50


@allowed(Permission.SEE_POOL)
@require_safe
def flagged(request: ActingRequest) -> HttpResponse:
    """The soonest first, each with what is missing; and how many members are blocked."""
    pool = pool_of(request.acting.place)
    rows = CheckFlag.objects.raised().for_pool(pool)
    rows = rows.select_related("booking__practice", "booking__clinician__person")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    shown = [
        {
            "booking": row.booking,
            "because": [blocker_in_words(name) for name in row.because],
            "since": row.raised_at,
        }
        for row in page.object_list
    ]
    blocked = Membership.objects.filter(pool=pool, state="active", cleared_until__lt=clock.today()).count()
    context = {"pool": pool, "page": page, "rows": shown, "blocked": blocked}
    return respond(request, "bookings/flagged.jinja", context)
