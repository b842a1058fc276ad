"""A practice has nobody this morning: who could come, all of them asked by one tap, and what they said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.cascade import urgent
from desirepath.cascade.models import Offer, UrgentCall
from desirepath.cascade.urgent_forms import TodayForm
from desirepath.nhsuk.formats import clock as time_of_day
from desirepath.nhsuk.formats import plural
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool
from desirepath.vacancies.actions import post_vacancy
from desirepath.vacancies.models import Vacancy

SAID = {
    "sent": "Asked",
    "viewed": "Has seen it",
    "accepted": "Said yes",
    "declined": "Said no",
    "expired": "Did not answer",
    "withdrawn": "No longer asked",
}


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def today(request: ActingRequest) -> HttpResponseBase:
    """Who could come today: a session in two fields, and those that are open and near."""
    practice = request.acting.place
    form = TodayForm(request.POST if request.method == "POST" else None, practice=practice)
    if request.method == "POST" and form.is_valid():
        try:
            made = _posted(request, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("cascade:could-come", made.public_id)
    near = Vacancy.objects.for_practice(practice).filter(
        Q(start__lte=clock.now() + urgent.NEAR) | Q(urgency=Vacancy.Urgency.CRITICAL),
        state__in=urgent.OPEN,
        start__gt=clock.now(),
    )
    context = {"practice": practice, "near": list(near), "in_a_pool": Pool.of_practice(practice) is not None}
    return respond(request, "cascade/today.jinja", context, form=form)


def _posted(request: ActingRequest, form: TodayForm) -> Vacancy:
    """The session asked for; the same page sent twice is one session."""
    wanted = form.wanted()
    same = Vacancy.objects.for_practice(request.acting.place).filter(
        role=wanted["role"], start=wanted["start"], end=wanted["end"], state__in=urgent.OPEN
    )
    return same.first() or post_vacancy(by=request.user, practice=request.acting.place, **wanted)


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def could_come(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """Who could come to one session; a tap asks them all in order, and the page tells what they said."""
    rows = Vacancy.objects.for_practice(request.acting.place).select_related("practice", "pool")
    found = get_object_or_404(rows, public_id=vacancy)
    if request.method == "POST":
        try:
            asked = urgent.ask_all(by=request.user, vacancy=found)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            told = f"{plural(asked, 'clinician')} asked" if asked else "Asking goes on"
            messages.success(request, f"{told}. The next are asked as these answer")
        return redirect("cascade:could-come", found.public_id)
    call = UrgentCall.objects.filter(vacancy=found).first()
    near = urgent.is_near(found)
    context = {
        "vacancy": found,
        "near": near,
        "call": call,
        "people": urgent.who_could_come(found) if near else [],
        "asked": _asked(call) if call else [],
        "booking": found.bookings.standing().select_related("clinician__person").first(),
        "now": clock.now(),
    }
    return respond(request, "cascade/could_come.jinja", context)


def _asked(call: UrgentCall) -> list[dict[str, Any]]:
    """Who was asked since the call began, in order, and what she said."""
    offers = (
        Offer.objects.of_the_pool()
        .filter(vacancy=call.vacancy_id, created_at__gte=call.created_at)
        .select_related("clinician__person")
        .order_by("created_at", "pk")
    )
    return [
        {
            "name": offer.clinician.person.name,
            "said": SAID[offer.state],
            "when": f"asked {time_of_day(offer.created_at)}"
            + (f", has until {time_of_day(offer.expires_at)}" if offer.live else ""),
            "colour": {"accepted": "green", "sent": "blue", "viewed": "blue"}.get(offer.state, "grey"),
        }
        for offer in offers
    ]
