"""One booking, for whoever works it and for whoever asked for it: accept, confirm, record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions, blocks, presenters
from desirepath.bookings.cancelling import cancel_booking, may_be_cancelled, may_say_not_worked
from desirepath.bookings.colleagues import chambers_of
from desirepath.bookings.coming import checks_of, coming
from desirepath.bookings.forms import RecordForm
from desirepath.bookings.models import Booking
from desirepath.bookings.recording import record_agreed
from desirepath.cascade.models import BlockOffer, Offer
from desirepath.chambers.models import MandateUse
from desirepath.clinicians.acting import clinician_of
from desirepath.messages.actions import read_about
from desirepath.nhsuk.formats import local, plural, span
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import Acting, ActingRequest, allowed
from desirepath.pools.models import pool_of


@allowed(Permission.OWN_WORK)
@require_POST
def accept(request: ActingRequest, offer: UUID) -> HttpResponseBase:
    """Her yes. Sent twice, it is one booking; a lost race is told kindly on the offer's page."""
    rows = Offer.objects.for_clinician(clinician_of(request)).select_related("clinician", "vacancy")
    found = get_object_or_404(rows, public_id=offer)
    try:
        made = actions.accept_offer(by=request.user, offer=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("cascade:offer", found.public_id)
    messages.success(request, f"You are booked: {span(made.start, made.end)}")
    return redirect("bookings:booking", made.public_id)


@allowed(Permission.OWN_WORK)
@require_POST
def accept_block(request: ActingRequest, offer: UUID) -> HttpResponseBase:
    """Her yes to every session of a block's offer, once."""
    rows = BlockOffer.objects.filter(clinician=clinician_of(request)).select_related("clinician", "block")
    found = get_object_or_404(rows, public_id=offer)
    try:
        made = blocks.accept_block(by=request.user, offer=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("cascade:block-offer", found.public_id)
    messages.success(request, f"You are booked for {plural(len(made), 'session')}")
    return redirect("bookings:calendar")


def visible_to(acting: Acting) -> QuerySet[Booking]:
    """The bookings of her own, of the practice, or of the pool acted for."""
    rows = Booking.objects.select_related(
        "clinician__person", "practice", "pool__organisation", "vacancy", "terms", "committed_time"
    )
    if acting.may(Permission.OWN_WORK):
        return rows.filter(clinician__person=acting.person)
    if acting.may(Permission.SEE_PRACTICE):
        return rows.for_practice(acting.place)
    return rows.for_pool(pool_of(acting.place))


@allowed(Permission.OWN_WORK, Permission.SEE_PRACTICE, Permission.SEE_POOL)
@require_safe
def booking(request: ActingRequest, booking: UUID) -> HttpResponse:
    found = get_object_or_404(visible_to(request.acting), public_id=booking)
    read_about(found.public_id, by=request.user)
    hers = request.acting.may(Permission.OWN_WORK)
    state, colour = presenters.state_words(found)
    context: dict[str, Any] = {
        "booking": found,
        "state": state,
        "colour": colour,
        "month": f"{local(found.start):%Y-%m}",
        "may_cancel": may_be_cancelled(found),
        "may_say_not_worked": may_say_not_worked(found),
        "cost": presenters.cost_in_words(found, hers=hers),
        **coming(found, hers=hers),
    }
    if hers:
        context["handed"] = found.hand_backs.open().first()
        context["swaps"] = found.swaps_proposed.open().select_related("colleague__person")
        context["chambers"] = chambers_of(found)
        context["done_for_her"] = MandateUse.objects.filter(about=found.public_id).select_related(
            "by", "mandate"
        )
        return respond(request, "bookings/booking_hers.jinja", context)
    for may in ("may_cancel", "may_say_not_worked"):
        context[may] = context[may] and request.acting.may(Permission.ASK_FOR_COVER)
    context["checks"] = checks_of(found)
    context["cleared"] = all(check.good or check.warns for check in context["checks"])
    return respond(request, "bookings/booking_practice.jinja", context)


@allowed(Permission.OWN_WORK)
@require_POST
def confirm(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """Her yes to a booking that a practice recorded."""
    found = get_object_or_404(visible_to(request.acting), public_id=booking)
    try:
        actions.confirm_booking(by=request.user, booking=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Confirmed: {span(found.start, found.end)}")
    return redirect("bookings:booking", found.public_id)


@allowed(Permission.OWN_WORK)
@require_POST
def not_agreed(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """Her no to a booking that a practice recorded; one that she has confirmed is cancelled instead."""
    found = get_object_or_404(visible_to(request.acting), public_id=booking)
    if found.state == "provisional":
        try:
            cancel_booking(by=request.user, booking=found, as_practice=False)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "You are not booked. The practice has been told")
    elif found.stands:
        messages.error(request, "You have confirmed this booking. You can cancel it instead")
    return redirect("bookings:booking", found.public_id)


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def record(request: ActingRequest) -> HttpResponseBase:
    """A booking agreed by phone: the session and the booking are made together, or neither is."""
    form = RecordForm(request.POST if request.method == "POST" else None, practice=request.acting.place)
    if request.method == "POST" and form.is_valid():
        try:
            made = _record(request, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            name = made.clinician.person.name
            messages.success(request, f"Recorded. {name} has been asked to confirm it")
            return redirect("bookings:booking", made.public_id)
    return respond(request, "bookings/record.jinja", {"practice": request.acting.place}, form=form)


def _record(request: ActingRequest, form: RecordForm) -> Booking:
    start, end = form.moments
    return record_agreed(
        by=request.user,
        practice=request.acting.place,
        clinician=form.cleaned_data["clinician"],
        start=start,
        end=end,
        rate=form.cleaned_data["rate"],
    )
