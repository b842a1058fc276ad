"""Hand a session back, take one over, swap: what colleagues of a chambers ask each other."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.bookings import handing, presenters, swapping
from desirepath.bookings.cancelling import fee_now
from desirepath.bookings.colleagues import chambers_of, colleagues_in, may_change_hands
from desirepath.bookings.forms import HandBackForm, SwapForm
from desirepath.bookings.models import Booking, HandBackAsk, Swap
from desirepath.bookings.views.bookings import visible_to
from desirepath.cascade.offered import how_paid
from desirepath.chambers.notice import refusal_hours
from desirepath.clinicians.acting import clinician_of
from desirepath.messages.actions import read_about
from desirepath.nhsuk.formats import moment, span
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.vacancies.fit import fit

OVER = "This session can't change hands any more"


def _hers(request: ActingRequest, booking: UUID) -> Booking:
    return get_object_or_404(visible_to(request.acting), public_id=booking)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def hand_back(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """Says what follows; then her colleagues are asked, or, where there is nobody to ask, it is cancelled."""
    found = _hers(request, booking)
    if not may_change_hands(found):
        messages.error(request, OVER)
        return redirect("bookings:booking", found.public_id)
    until = handing.asked_until(found)
    then, now = handing.fee_then(found, until), fee_now(found, "clinician")
    chambers = chambers_of(found)
    form = HandBackForm(request.POST if request.method == "POST" else None, then=then)
    if request.method == "POST" and form.is_valid():
        try:
            made = handing.hand_back(
                by=request.user,
                booking=found,
                otherwise=form.cleaned_data["otherwise"],
                seen=_pounds(request.POST.get("seen", "")),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Your colleagues are asked until {moment(made.asked_until)}")
            return redirect("bookings:booking", found.public_id)
    context = {
        "booking": found,
        "chambers": chambers,
        "no_refusal": refusal_hours(chambers) == 0,
        "anybody": bool(chambers and handing.whom_it_fits(found, until)),
        "until": until,
        "then": then,
        "owed": presenters.due_in_words(found, now, hers=True),
    }
    return respond(request, "bookings/hand_back.jinja", context, form=form)


def _pounds(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


@allowed(Permission.OWN_WORK)
@require_POST
def keep(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """She works it after all."""
    found = _hers(request, booking)
    handed = found.hand_backs.open().first()
    if handed:
        try:
            handing.keep(by=request.user, handed=handed)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The session stays yours. Nobody is asked any more")
    return redirect("bookings:booking", found.public_id)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def take_over(request: ActingRequest, ask: UUID) -> HttpResponseBase:
    """A colleague's session: yes, or no."""
    rows = HandBackAsk.objects.filter(clinician=clinician_of(request)).select_related(
        "clinician__person",
        "hand_back__booking__practice",
        "hand_back__booking__vacancy__pool",
        "hand_back__booking__vacancy__practice",
        "hand_back__booking__clinician__person",
    )
    found = get_object_or_404(rows, public_id=ask)
    read_about(found.public_id, by=request.user)
    if request.method == "POST":
        return _answer_ask(request, found)
    booking = found.hand_back.booking
    result = fit(found.clinician, booking.vacancy)
    context = {
        "ask": found,
        "booking": booking,
        "open": found.state == "asked" and found.hand_back.state == "asked" and may_change_hands(booking),
        "result": result,
        "paid": how_paid(result.terms, booking.vacancy, result) if result.terms else [],
    }
    return respond(request, "bookings/take_over.jinja", context)


def _answer_ask(request: ActingRequest, ask: HandBackAsk) -> HttpResponseBase:
    try:
        if request.POST.get("answer") == "no":
            handing.say_no(by=request.user, ask=ask)
            messages.success(request, "Your colleague is told nothing but that nobody has taken it yet")
            return redirect("bookings:your-week")
        made = handing.take_over(by=request.user, ask=ask)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("bookings:take-over", ask.public_id)
    messages.success(request, f"You are booked: {span(made.start, made.end)}")
    return redirect("bookings:booking", made.public_id)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def propose_swap(request: ActingRequest, booking: UUID) -> HttpResponseBase:
    """Propose to a colleague to exchange a session of hers for this one."""
    found = _hers(request, booking)
    chambers = chambers_of(found)
    if chambers is None or not may_change_hands(found):
        messages.error(request, OVER if chambers else "You can swap with colleagues of your chambers only")
        return redirect("bookings:booking", found.public_id)
    colleagues = colleagues_in(chambers, found.clinician)
    form = SwapForm(request.POST if request.method == "POST" else None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        colleague, day = form.cleaned_data["colleague"], form.cleaned_data["day"]
        try:
            made = swapping.propose_swap(by=request.user, booking=found, colleague=colleague, day=day)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            told = f"{colleague.person.name} is asked, and can answer until {moment(made.expires_at)}"
            messages.success(request, told)
            return redirect("bookings:booking", found.public_id)
    context = {"booking": found, "chambers": chambers, "any": colleagues.exists()}
    return respond(request, "bookings/propose_swap.jinja", context, form=form)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def swap(request: ActingRequest, swap: UUID) -> HttpResponseBase:
    """A swap that a colleague proposes: which of her own sessions she gives, or no."""
    rows = Swap.objects.filter(colleague=clinician_of(request)).select_related(
        "given__clinician__person",
        "given__practice",
        "given__vacancy__pool",
        "given__vacancy__practice",
        "given__committed_time",
        "colleague__person",
    )
    found = get_object_or_404(rows, public_id=swap)
    read_about(found.public_id, by=request.user)
    if request.method == "POST":
        return _answer_swap(request, found)
    return _swap_page(request, found)


def _swap_page(request: ActingRequest, found: Swap) -> HttpResponse:
    is_open = found.state == "proposed" and may_change_hands(found.given)
    context = {
        "swap": found,
        "given": found.given,
        "open": is_open,
        "choices": swapping.could_give(found) if is_open else [],
    }
    return respond(request, "bookings/swap.jinja", context)


def _answer_swap(request: ActingRequest, found: Swap) -> HttpResponseBase:
    try:
        if request.POST.get("answer") == "no":
            swapping.decline_swap(by=request.user, swap=found)
            messages.success(request, "You declined the swap. Nothing has changed")
            return redirect("bookings:your-week")
        wanted = _chosen(request, found)
        made = swapping.agree_swap(by=request.user, swap=found, wanted=wanted)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("bookings:swap", found.public_id)
    messages.success(request, f"Swapped. You are booked: {span(made.start, made.end)}")
    return redirect("bookings:booking", made.public_id)


def _chosen(request: ActingRequest, found: Swap) -> Booking:
    """Which of her sessions she gives. Raises Refused where it is none."""
    try:
        rows = Booking.objects.for_clinician(found.colleague).select_related("clinician", "vacancy__pool")
        chosen = rows.filter(public_id=request.POST.get("wanted", "")).first()
    except ValidationError:
        chosen = None
    if chosen is None:
        raise Refused("Choose one of your sessions of that day.")
    return chosen


@allowed(Permission.OWN_WORK)
@require_POST
def withdraw_swap(request: ActingRequest, swap: UUID) -> HttpResponseBase:
    """Whoever proposed it takes it back."""
    rows = Swap.objects.select_related("given__clinician")
    found = get_object_or_404(rows, public_id=swap, given__clinician__person=request.user)
    try:
        swapping.withdraw_swap(by=request.user, swap=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You took the swap back")
    return redirect("bookings:booking", found.given.public_id)
