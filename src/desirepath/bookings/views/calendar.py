"""A month of bookings, and the secret addresses at which other calendars may read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.bookings.calendar import as_icalendar
from desirepath.bookings.feeds import feed_at, open_feed, revoke_feed
from desirepath.bookings.models import Booking, Feed
from desirepath.bookings.presenters import calendar_month
from desirepath.cascade.offered import waiting_for
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.month import read_month
from desirepath.clinicians.presenters import day_bounds
from desirepath.messages.actions import link
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Organisation

# a feed reaches back this far: what is older has left other people's calendars alone
FEED_DAYS_BACK = 92


@allowed(Permission.OWN_WORK, Permission.SEE_PRACTICE)
@require_safe
def calendar(request: ActingRequest) -> HttpResponse:
    """A month: where she works, or who comes to the practice."""
    month = read_month(request.GET.get("month", ""), clock.today())
    first, last = day_bounds(month.start)[0], day_bounds(month.end)[1]
    rows = Booking.objects.standing().between(first, last)
    practice = _practice(request)
    if practice:
        bookings = list(rows.for_practice(practice).select_related("clinician__person"))
        offers: list[Any] = []
    else:
        clinician = clinician_of(request)
        bookings = list(rows.for_clinician(clinician).select_related("practice"))
        offers = [offer for offer in waiting_for(clinician) if first <= offer.vacancy.start < last]
    context = {
        "month": month,
        "practice": practice,
        "may_record": request.acting.may(Permission.ASK_FOR_COVER),
        "weeks": calendar_month(month, bookings, offers, for_practice=practice is not None),
        "nothing": not bookings and not offers,
    }
    return respond(request, "bookings/calendar.jinja", context)


def _practice(request: ActingRequest) -> Organisation | None:
    """The practice acted for; None for a clinician, whose calendar is her own."""
    return None if request.acting.may(Permission.OWN_WORK) else request.acting.place


@allowed(Permission.OWN_WORK, Permission.SEE_PRACTICE)
@require_http_methods(["GET", "POST"])
def feeds(request: ActingRequest) -> HttpResponseBase:
    """Make, show and revoke the secret address of the calendar."""
    practice = _practice(request)
    if practice is None:
        clinician_of(request)
    found = Feed.objects.filter(person=request.user, practice=practice, revoked_at=None).first()
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            if found:
                revoke_feed(by=request.user, feed=found)
            messages.success(
                request, "The address no longer works. Calendars that read it stop being updated"
            )
        else:
            open_feed(by=request.user, practice=practice)
            messages.success(request, "Your calendar has an address")
        return redirect("bookings:feeds")
    address = link(reverse("bookings:feed", args=[found.token])) if found else ""
    return respond(request, "bookings/feeds.jinja", {"feed": found, "address": address, "practice": practice})


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address. Whoever has the address reads it, so it says nothing of money."""
    found = feed_at(token)
    if found is None:
        raise Http404
    since = clock.now() - timedelta(days=FEED_DAYS_BACK)
    rows = Booking.objects.filter(end__gte=since).select_related("practice", "clinician__person", "vacancy")
    if found.practice:
        rows, name = rows.for_practice(found.practice), f"Who is coming: {found.practice.name}"
    else:
        rows, name = rows.for_clinician(found.person.clinician), "My sessions"
    body = as_icalendar(rows, name=name, for_practice=found.practice is not None)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Content-Disposition"] = 'inline; filename="desirepath.ics"'
    return response
