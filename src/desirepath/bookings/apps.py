"""The room, and what it offers to the rooms below it: its spreadsheet is on the pool's pages."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "desirepath.bookings"

    def ready(self) -> None:
        from desirepath.bookings import importing  # noqa: F401 - registers the spreadsheet of sessions already booked
