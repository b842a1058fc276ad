"""A calendar in three views, and the secret addresses at which other calendars may read them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.bookings.calendar import as_icalendar
from desirepath.bookings.days import VIEWS, Period, days_of_a_practice, days_of_hers, read_period
from desirepath.bookings.feeds import feed_at, open_feed, revoke_feed
from desirepath.bookings.models import Application, Booking, Feed
from desirepath.clinicians.acting import clinician_of
from desirepath.messages.actions import link
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Organisation

# a feed reaches back this far: what is older has left other people's calendars alone
FEED_DAYS_BACK = 92


@allowed(Permission.OWN_WORK, Permission.SEE_PRACTICE)
@require_safe
def calendar(request: ActingRequest) -> HttpResponse:
    """A month, a week or a list: where she works and when she is free, or who comes to the practice."""
    asked = request.GET
    period = read_period(asked.get("view", ""), asked.get("month", ""), asked.get("day", ""), clock.today())
    practice = _practice(request)
    found = days_of_a_practice(practice, period) if practice else days_of_hers(clinician_of(request), period)
    context = {
        "period": period,
        "views": _views(period),
        "before": f"?{urlencode(period.before)}",
        "after": f"?{urlencode(period.after)}",
        "practice": practice,
        "may_record": request.acting.may(Permission.ASK_FOR_COVER),
        "days": found,
        "weeks": [found[start : start + 7] for start in range(0, len(found), 7)],
        "nothing": not any(entry.matters for day in found for entry in day.entries),
    }
    return respond(request, "bookings/calendar.jinja", context)


def _views(period: Period) -> list[tuple[str, str, bool]]:
    """The three views as (address, name, whether it is this one), each near what is looked at now."""
    day = period.today if period.has_today else period.month
    asked = {view: {"view": view, "day": day.isoformat()} for view in VIEWS} | {
        "month": {"month": f"{day:%Y-%m}"}
    }
    return [(f"?{urlencode(asked[view])}", name, view == period.view) for view, name in VIEWS.items()]


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
    rows = Booking.objects.for_feeds(since=since).select_related("practice", "clinician__person", "vacancy")
    held: list[Application] = []
    if found.practice:
        rows, name = rows.for_practice(found.practice), f"Who is coming: {found.practice.name}"
    else:
        rows, name = rows.for_clinician(found.person.clinician), "My sessions"
        held = list(
            Application.objects.pending()
            .for_clinician(found.person.clinician)
            .select_related("vacancy__practice")
        )
    body = as_icalendar(rows, name=name, for_practice=found.practice is not None, held=held)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Content-Disposition"] = 'inline; filename="desirepath.ics"'
    return response
