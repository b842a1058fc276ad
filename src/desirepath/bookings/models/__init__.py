"""A yes on both sides, her wish for a session, and the secret addresses at which a calendar may be read."""

from desirepath.bookings.models.application import Application, ApplicationQuerySet
from desirepath.bookings.models.booking import STANDING, Booking, BookingQuerySet, Feed

# the first migration names it here
from desirepath.bookings.models.booking import _secret as _secret
from desirepath.bookings.models.exchange import HandBack, HandBackAsk, Swap
from desirepath.bookings.models.flag import CheckFlag
from desirepath.bookings.models.refused import RefusedTry

__all__ = [
    "STANDING",
    "Application",
    "ApplicationQuerySet",
    "Booking",
    "BookingQuerySet",
    "CheckFlag",
    "Feed",
    "HandBack",
    "HandBackAsk",
    "RefusedTry",
    "Swap",
]
