"""Offers to clinicians of neighbouring pools end where what allowed them has ended."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.cascade.actions import withdraw_offer
from desirepath.cascade.asking import tell_it_is_over
from desirepath.cascade.models import Offer
from desirepath.clinicians.models import Clinician
from desirepath.pools.models import Pool
from desirepath.vacancies.neighbours import NEXT_POOLS

NO_LONGER = "neighbouring pools no longer ask you"


def take_back_due() -> int:
    """Take back open offers to whoever no longer allows it, or whose pool no longer works with the other; how
    many. Safe to run twice and on several machines.
    """
    live = Offer.objects.live().filter(tier=NEXT_POOLS)
    taken = 0
    for pool in Pool.objects.filter(pk__in=live.order_by().values("vacancy__pool")):
        over = live.for_pool(pool).exclude(clinician__in=Clinician.objects.next_to(pool))
        for offer in over.select_related("vacancy__practice", "clinician__person"):
            # answered or taken back by another meanwhile: then it is theirs
            with suppress(InvalidMove):
                _take_back(offer)
                taken += 1
    return taken


@retried
@transaction.atomic
def _take_back(offer: Offer) -> None:
    withdraw_offer(by=None, offer=offer, because=NO_LONGER)
    tell_it_is_over(offer)
