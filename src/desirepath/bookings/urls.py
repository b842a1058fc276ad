"""Addresses of the room: her week, bookings of both sides, calendars and their feeds."""

from django.urls import path

from desirepath.bookings.views import (
    at_once,
    bookings,
    calendar,
    cancelling,
    colleagues,
    flagged,
    for_her,
    induction,
    looking_back,
    week,
    work,
)

app_name = "bookings"
urlpatterns = [
    path("my/terms/last-month/", looking_back.under_draft, name="last-month"),
    path("my/terms/agreed-rates/", looking_back.agreed, name="rates-history"),
    path("members/mandates/<uuid:mandate>/", for_her.for_her, name="for-her"),
    path("week/", week.your_week, name="your-week"),
    path("work/", work.find_work, name="find-work"),
    path("work/<uuid:vacancy>/", work.session, name="session"),
    path("work/<uuid:vacancy>/apply/", work.apply_for, name="apply"),
    path("work/<uuid:vacancy>/not-for-me/", work.not_for_me, name="not-for-me"),
    path("work/<uuid:vacancy>/for-me/", work.for_me, name="for-me"),
    path("applications/<uuid:application>/withdraw/", work.withdraw, name="withdraw-application"),
    path("applications/<uuid:application>/confirm/", work.confirm, name="confirm-application"),
    path("applications/<uuid:application>/decline/", work.decline, name="decline-application"),
    path("offers/<uuid:offer>/accept/", bookings.accept, name="accept"),
    path("block-offers/<uuid:offer>/accept/", bookings.accept_block, name="accept-block"),
    path("booking/<uuid:booking>/", bookings.booking, name="booking"),
    path("booking/<uuid:booking>/induction/", induction.induction, name="induction"),
    path("booking/<uuid:booking>/confirm/", bookings.confirm, name="confirm"),
    path("booking/<uuid:booking>/not-agreed/", bookings.not_agreed, name="not-agreed"),
    path("booking/<uuid:booking>/cancel/", cancelling.cancel, name="cancel"),
    path("booking/<uuid:booking>/no-show/", cancelling.no_show, name="no-show"),
    path("booking/<uuid:booking>/turned-away/", cancelling.turned_away, name="turned-away"),
    path("booking/<uuid:booking>/hand-back/", colleagues.hand_back, name="hand-back"),
    path("booking/<uuid:booking>/keep/", colleagues.keep, name="keep"),
    path("booking/<uuid:booking>/swap/", colleagues.propose_swap, name="propose-swap"),
    path("hand-backs/<uuid:ask>/", colleagues.take_over, name="take-over"),
    path("swaps/<uuid:swap>/", colleagues.swap, name="swap"),
    path("swaps/<uuid:swap>/withdraw/", colleagues.withdraw_swap, name="withdraw-swap"),
    path("vacancy/<uuid:vacancy>/at-once/", at_once.at_once, name="at-once"),
    path("pool/checks/", flagged.flagged, name="flagged"),
    path("practice/record/", bookings.record, name="record"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/addresses/", calendar.feeds, name="feeds"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
]
