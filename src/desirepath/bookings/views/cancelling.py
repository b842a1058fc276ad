"""Call a booking off: the fee is on the page before anything is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.bookings import cancelling
from desirepath.bookings.cancelling import FeeChanged, fee_now
from desirepath.bookings.forms import CallOffForm, NoShowForm
from desirepath.bookings.models import Booking
from desirepath.bookings.presenters import due_in_words
from desirepath.bookings.views.bookings import visible_to
from desirepath.clinicians.models import Side
from desirepath.nhsuk.pages import UNPROCESSABLE, respond
from desirepath.organisations.acting import ActingRequest, allowed


@dataclass(frozen=True, slots=True)
class Step:
    """One way of calling a booking off, for the page that all share."""

    template: str
    owes: Side
    form: type[CallOffForm]
    act: Callable[..., None]
    told: str


@allowed(Permission.OWN_WORK, Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def cancel(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """Before the session starts, by either side."""
    found = get_object_or_404(visible_to(request.acting), public_id=booking)
    hers = request.acting.may(Permission.OWN_WORK)
    if not found.stands:
        messages.info(request, "This booking has been cancelled already")
        return redirect("bookings:booking", found.public_id)
    if not cancelling.may_be_cancelled(found):
        messages.error(request, cancelling.STARTED)
        return redirect("bookings:booking", found.public_id)
    other = found.practice.name if hers else found.clinician.person.name

    def act(**values: Any) -> None:
        cancelling.cancel_booking(as_practice=not hers, **values)

    owes: Side = "clinician" if hers else "practice"
    step = Step("bookings/cancel.jinja", owes, CallOffForm, act, f"Cancelled. {other} has been told")
    return _call_off(request, found, step, hers=hers)


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def no_show(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """The practice says that nobody came."""
    told = "Recorded: nobody came. The clinician has been told"
    step = Step("bookings/no_show.jinja", "clinician", NoShowForm, cancelling.record_no_show, told)
    return _not_worked(request, booking, step, hers=False)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def turned_away(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """She says that she came and was not needed."""
    told = "Recorded: you were turned away. The practice has been told"
    step = Step("bookings/turned_away.jinja", "practice", CallOffForm, cancelling.record_turned_away, told)
    return _not_worked(request, booking, step, hers=True)


def _not_worked(request: ActingRequest, booking: UUID, step: Step, *, hers: bool) -> HttpResponseBase:
    found = get_object_or_404(visible_to(request.acting), public_id=booking)
    if not cancelling.may_say_not_worked(found):
        messages.info(request, "This can be recorded from the start of a session, for a week, and once")
        return redirect("bookings:booking", found.public_id)
    return _call_off(request, found, step, hers=hers)


def _call_off(request: ActingRequest, booking: Booking, step: Step, *, hers: bool) -> HttpResponseBase:
    """Show what is owed, then act on the answer; a fee that changed meanwhile is shown again."""
    due = fee_now(booking, step.owes)
    form = step.form(request.POST if request.method == "POST" else None, due=due)
    changed = False
    if request.method == "POST" and form.is_valid():
        because = form.cleaned_data["because"]
        try:
            step.act(by=request.user, booking=booking, seen=form.fee_seen(), because=because)
        except FeeChanged as news:
            due, changed = news.due, True
            form = step.form(None, due=due)
            form.initial["because"] = because
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("bookings:booking", booking.public_id)
        else:
            messages.success(request, step.told)
            return redirect("bookings:booking", booking.public_id)
    context = {"booking": booking, "hers": hers, "changed": changed, "due": due}
    context["owed"] = due_in_words(booking, due, hers=hers)
    return respond(request, step.template, context, form=form, status=UNPROCESSABLE if changed else 200)
