"""The room, and what it offers to the rooms below it: messages about an offer are sent while it is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.apps import AppConfig


class CascadeConfig(AppConfig):
    name = "desirepath.cascade"

    def ready(self) -> None:
        from desirepath.cascade import cleared, panel, parts
        from desirepath.clinicians.credentials.clearing import when_changed
        from desirepath.messages import standing
        from desirepath.vacancies import panels

        when_changed(cleared.stop_offers)
        panels.register("cascade/panel.jinja", panel.where_it_stands)
        panels.register_words(panel.in_a_week)
        panels.register("cascade/urgent_link.jinja", parts.urgent_link)
        standing.register(
            "block offer", _open_block, one="block offered to you", many="blocks offered to you"
        )
        standing.register(
            "offer that is over",
            _all,
            one="answer no longer needed",
            many="answers no longer needed",
            more=_what_else,
        )
        standing.register("offer", _open, one="session offered to you", many="sessions offered to you")


def _open_block(public_ids: Collection[UUID]) -> Iterable[UUID]:
    from desirepath.audit import clock
    from desirepath.cascade.models import LIVE, BlockOffer

    rows = BlockOffer.objects.filter(state__in=LIVE, expires_at__gt=clock.now(), public_id__in=public_ids)
    return rows.values_list("public_id", flat=True)


def _all(public_ids: Collection[UUID]) -> Iterable[UUID]:
    return public_ids


def _what_else(public_id: UUID) -> str:
    from desirepath.cascade.instead import in_a_letter

    return in_a_letter(public_id)


def _open(public_ids: Collection[UUID]) -> Iterable[UUID]:
    from desirepath.cascade.models import Offer

    return Offer.objects.open().filter(public_id__in=public_ids).values_list("public_id", flat=True)
