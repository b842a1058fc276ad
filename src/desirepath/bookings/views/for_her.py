"""What a manager does for a member by her mandate: a page for each, with what it allows and no more."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import mandated
from desirepath.bookings.forms import ForHerDay
from desirepath.bookings.models import Booking
from desirepath.cascade import offered
from desirepath.cascade.models import Offer
from desirepath.chambers.models import Mandate
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import pool_of


@allowed(Permission.LOOK_AFTER_MEMBERS)
@require_http_methods(["GET", "POST"])
def for_her(request: ActingRequest, mandate: UUID) -> HttpResponseBase:
    """Her open offers, her sessions to come, or a day of hers, in this pool."""
    rows = Mandate.objects.for_holder(request.user).filter(pool=pool_of(request.acting.place))
    found = get_object_or_404(
        rows.select_related("clinician__person", "pool__organisation", "holder"), public_id=mandate
    )
    form = ForHerDay(request.POST if request.method == "POST" else None) if found.act == "free" else None
    if request.method == "POST":
        try:
            done = _do(request, found, form)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("bookings:for-her", found.public_id)
        if done:
            messages.success(request, f"{done}. {found.clinician.person.name} is told")
            return redirect("bookings:for-her", found.public_id)
    usable = found.state == "given" and found.until >= clock.today()
    context = {
        "mandate": found,
        "her": found.clinician,
        "usable": usable,
        "offers": offered.with_fees(found.clinician, _offers(found)) if usable else [],
        "bookings": _bookings(found) if usable else [],
        "uses": found.uses.select_related("by"),
    }
    return respond(request, "bookings/for_her.jinja", context, form=form)


def _offers(mandate: Mandate) -> list[Offer]:
    if mandate.act != Mandate.Act.OFFERS:
        return []
    return [
        offer for offer in offered.waiting_for(mandate.clinician) if offer.vacancy.pool_id == mandate.pool_id
    ]


def _bookings(mandate: Mandate) -> QuerySet[Booking]:
    rows = Booking.objects.for_pool(mandate.pool).filter(clinician=mandate.clinician, state="confirmed")
    if mandate.act != Mandate.Act.HAND_BACK:
        return rows.none()
    return rows.filter(start__gt=clock.now()).select_related("practice").order_by("start", "pk")


def _do(request: ActingRequest, mandate: Mandate, form: ForHerDay | None) -> str:
    """What was done, in words; nothing where the form has errors."""
    by, sent = request.user, request.POST
    if form is not None:
        if not form.is_valid():
            return ""
        return mandated.say_when_free(by=by, mandate=mandate, day=form.cleaned_data["day"], free=form.free)
    about = sent.get("about", "")
    if mandate.act == Mandate.Act.OFFERS:
        offer = next((each for each in _offers(mandate) if str(each.public_id) == about), None)
        if offer is None:
            raise Refused("This offer is no longer open.")
        return mandated.answer_offer(by=by, mandate=mandate, offer=offer, yes="accept" in sent)
    booking = next((each for each in _bookings(mandate) if str(each.public_id) == about), None)
    if booking is None:
        raise Refused("This session can't be handed back any more.")
    return mandated.ask_colleagues(by=by, mandate=mandate, booking=booking)
