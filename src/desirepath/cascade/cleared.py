"""Offers to whoever is no longer cleared for the day of the session end at once."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.states import InvalidMove
from desirepath.cascade.actions import withdraw_offer
from desirepath.cascade.blocks import end_block_offer
from desirepath.cascade.models import LIVE, BlockOffer, Offer
from desirepath.clinicians.models import Clinician
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import plural

BECAUSE = "something is missing in your checks"


def stop_offers(clinician: Clinician) -> None:
    """Take back every open offer of hers for a day on which she is not cleared; bookings are not touched."""
    until = clinician.cleared_by_pool()
    taken = 0
    live = Offer.objects.live().for_clinician(clinician).filter(block_offer=None)
    for offer in live.select_related("vacancy").order_by("vacancy_id"):
        if offer.vacancy.day > until(offer.vacancy.pool_id):
            # answered or taken back by another meanwhile: then it is theirs
            with suppress(InvalidMove):
                withdraw_offer(by=None, offer=offer, because=BECAUSE)
                taken += 1
    blocks = BlockOffer.objects.filter(state__in=LIVE, clinician=clinician).select_related("block")
    for block in blocks.order_by("block_id"):
        days = _days(block)
        if any(day > until(block.block.pool_id) for day in days):
            with suppress(InvalidMove):
                end_block_offer(block, because=BECAUSE)
                taken += 1
    if taken:
        told = plural(taken, "offer")
        tell(
            to=clinician.person,
            subject=f"{told} taken back: {BECAUSE}",
            body=f"See what is missing, and send it: {link(reverse('clinicians:credentials'))}\n",
            key=f"offers stopped {clinician.public_id} {clock.now().isoformat()}",
        )


def _days(offer: BlockOffer) -> Iterable[date]:
    return [one.vacancy.day for one in offer.offers.filter(state__in=LIVE).select_related("vacancy")]
