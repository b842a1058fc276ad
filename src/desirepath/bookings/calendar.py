"""Bookings as an iCalendar file (RFC 5545): what calendars of other makers subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from desirepath.audit.clock import LONDON
from desirepath.bookings.models import Application, Booking
from desirepath.messages.actions import link
from desirepath.organisations.models import Organisation

if TYPE_CHECKING:
    from icalendar import Event

STATUS = {
    "provisional": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "in progress": "CONFIRMED",
    "worked": "CONFIRMED",
}
REFRESH = "PT1H"
# each move makes a newer revision of the event (RFC 5545, 3.8.7.4): an older one never replaces it
SEQUENCE = {"provisional": 0, "confirmed": 1, "in progress": 2, "worked": 3}
CALLED_OFF = 4


def as_icalendar(
    bookings: Iterable[Booking], *, name: str, for_practice: bool, held: Iterable[Application] = ()
) -> bytes:
    """The file. A practice's says who comes, the clinician's own says where; neither says what is paid.

    ``held`` are sessions that she has applied for: her time is held, and not booked.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("PRODID", "-//Desirepath//Bookings//EN")
    calendar.add("VERSION", "2.0")
    # a property that the library does not know is written as it is: a line break in a name would end it
    calendar.add("X-WR-CALNAME", " ".join(name.split()))
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"}, encode=False)
    rows = list(bookings)
    for booking in rows:
        calendar.add_component(_event(booking, for_practice))
    holds = list(held)
    for application in holds:
        calendar.add_component(_hold(application))
    if rows or holds:
        years = [row.start.year for row in rows] + [hold.vacancy.start.year for hold in holds]
        calendar.add_missing_timezones(date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1))
    return bytes(calendar.to_ical())


def _event(booking: Booking, for_practice: bool) -> Event:
    from icalendar import Event

    event, practice = Event(), booking.practice
    address = link(reverse("bookings:booking", args=[booking.public_id]))
    event.add("UID", str(booking.public_id))
    event.add("DTSTAMP", booking.state_since.astimezone(UTC))
    event.add("LAST-MODIFIED", booking.state_since.astimezone(UTC))
    event.add("DTSTART", on_the_clock(booking.start))
    event.add("DTEND", on_the_clock(booking.end))
    event.add("SEQUENCE", SEQUENCE.get(booking.state, CALLED_OFF))
    event.add("STATUS", STATUS.get(booking.state, "CANCELLED"))
    role = booking.vacancy.get_role_display()
    if for_practice:
        event.add("SUMMARY", f"{booking.clinician.person.name}, {role}")
        event.add("LOCATION", practice.name)
        event.add("DESCRIPTION", f"See the booking: {address}")
    else:
        event.add("SUMMARY", f"{role} at {practice.name}")
        event.add("LOCATION", place_in_words(practice))
        phone = f"Telephone: {practice.phone}\n" if practice.phone else ""
        event.add("DESCRIPTION", f"{phone}See the booking: {address}")
    event.add("URL", address)
    return event


def _hold(application: Application) -> Event:
    """Time that is held for a session she has applied for."""
    from icalendar import Event

    event, vacancy = Event(), application.vacancy
    address = link(reverse("bookings:session", args=[vacancy.public_id]))
    event.add("UID", str(application.public_id))
    event.add("DTSTAMP", application.state_since.astimezone(UTC))
    event.add("LAST-MODIFIED", application.state_since.astimezone(UTC))
    event.add("DTSTART", on_the_clock(vacancy.start))
    event.add("DTEND", on_the_clock(vacancy.end))
    event.add("SEQUENCE", 0)
    event.add("STATUS", "TENTATIVE")
    event.add("SUMMARY", f"Held: {vacancy.get_role_display()} at {vacancy.practice.name}")
    event.add("LOCATION", place_in_words(vacancy.practice))
    event.add("DESCRIPTION", f"You have applied for it. See it: {address}")
    event.add("URL", address)
    return event


def on_the_clock(moment: datetime) -> datetime:
    """A moment as a clock in England shows it; in UTC in the hour that is lived twice.

    RFC 5545 (3.3.5) reads a local time that occurs twice as the first of the two: the second can't be told.
    """
    local = moment.astimezone(LONDON)
    return moment.astimezone(UTC) if local.fold else local


def place_in_words(practice: Organisation) -> str:
    """ "Quayside Surgery, 1 Quay Street, AB1 2CD"."""
    return ", ".join(part for part in (practice.name, practice.address, practice.postcode) if part)
