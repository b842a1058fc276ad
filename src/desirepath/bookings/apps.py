"""The room, and what it offers to the rooms below it: its spreadsheet is on the pool's pages, and messages
about a booking are sent while it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import AppConfig

if TYPE_CHECKING:
    from desirepath.vacancies.models import Vacancy


class BookingsConfig(AppConfig):
    name = "desirepath.bookings"

    def ready(self) -> None:
        from desirepath.bookings import (
            flags,
            importing,  # noqa: F401 - registers the spreadsheet of sessions already booked
            instant,
            parts,
            rates_history,
        )
        from desirepath.cascade.asking import when_asked
        from desirepath.chambers.panels import register_cover
        from desirepath.clinicians.credentials.clearing import when_changed
        from desirepath.messages import standing
        from desirepath.vacancies import agreed, panels, posting

        agreed.register(rates_history.for_those_who_ask)
        posting.in_the_way.append(_applied)
        when_asked(instant.book_asked)
        register_cover(parts.cover_asked)
        when_changed(flags.look)
        panels.register("bookings/applied.jinja", parts.applied)
        panels.register_words(parts.how_many_applied)
        panels.register("bookings/at_once.jinja", parts.at_once)
        standing.register(
            "booking", _standing, one="session covered", many="sessions covered", gone="Cancelled"
        )
        standing.register(
            "application",
            _pending,
            one="application to answer",
            many="applications to answer",
            gone="No longer waiting",
        )
        standing.register(
            "provisional booking",
            _unconfirmed,
            one="session to confirm",
            many="sessions to confirm",
            gone="No longer to be confirmed",
        )
        standing.register(
            "hand-back", _asked, one="session of a colleague", many="sessions of colleagues", gone="Settled"
        )
        standing.register(
            "swap", _proposed, one="swap proposed to you", many="swaps proposed to you", gone="No longer open"
        )


def _applied(vacancy: Vacancy) -> str:
    """Whoever applied did so for the session as it stands."""
    if not vacancy.applications.pending().exists():
        return ""
    return "Somebody has applied for this session: confirm or decline the application first."


def _pending(public_ids: Collection[UUID]) -> Iterable[UUID]:
    from desirepath.bookings.models import Application

    return Application.objects.pending().filter(public_id__in=public_ids).values_list("public_id", flat=True)


def _standing(public_ids: Collection[UUID]) -> Iterable[UUID]:
    from desirepath.bookings.models import Booking

    return Booking.objects.standing().filter(public_id__in=public_ids).values_list("public_id", flat=True)


def _unconfirmed(public_ids: Collection[UUID]) -> Iterable[UUID]:
    from desirepath.bookings.models import Booking

    rows = Booking.objects.filter(state="provisional", public_id__in=public_ids)
    return rows.values_list("public_id", flat=True)


def _asked(public_ids: Collection[UUID]) -> Iterable[UUID]:
    from desirepath.bookings.models import HandBackAsk

    rows = HandBackAsk.objects.filter(state="asked", hand_back__state="asked", public_id__in=public_ids)
    return rows.values_list("public_id", flat=True)


def _proposed(public_ids: Collection[UUID]) -> Iterable[UUID]:
    from desirepath.bookings.models import Swap

    return Swap.objects.open().filter(public_id__in=public_ids).values_list("public_id", flat=True)
