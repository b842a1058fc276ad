"""Addresses of the room: her week, bookings of both sides, calendars and their feeds."""

from django.urls import path

from desirepath.bookings.views import at_once, bookings, calendar, cancelling, week

app_name = "bookings"
urlpatterns = [
    path("week/", week.your_week, name="your-week"),
    path("offers/<uuid:offer>/accept/", bookings.accept, name="accept"),
    path("booking/<uuid:booking>/", bookings.booking, name="booking"),
    path("booking/<uuid:booking>/confirm/", bookings.confirm, name="confirm"),
    path("booking/<uuid:booking>/not-agreed/", bookings.not_agreed, name="not-agreed"),
    path("booking/<uuid:booking>/cancel/", cancelling.cancel, name="cancel"),
    path("booking/<uuid:booking>/no-show/", cancelling.no_show, name="no-show"),
    path("booking/<uuid:booking>/turned-away/", cancelling.turned_away, name="turned-away"),
    path("vacancy/<uuid:vacancy>/at-once/", at_once.at_once, name="at-once"),
    path("practice/record/", bookings.record, name="record"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/addresses/", calendar.feeds, name="feeds"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
]
