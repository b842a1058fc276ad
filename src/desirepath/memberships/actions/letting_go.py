"""What ends when a member goes, for a while or for good: whatever somebody still waits for her to answer, or
she for somebody. What is booked stays booked.
"""

from __future__ import annotations

from desirepath.accounts.models import Person
from desirepath.audit.models import Event
from desirepath.bookings.applying import withdraw_application
from desirepath.bookings.handing import say_no
from desirepath.bookings.models import Application, HandBackAsk, Swap
from desirepath.bookings.swapping import decline_swap, withdraw_swap
from desirepath.cascade.actions import withdraw_offer
from desirepath.cascade.blocks import decline_block
from desirepath.cascade.models import LIVE, BlockOffer, Offer, Reserve
from desirepath.cascade.reserves import stand_down
from desirepath.chambers.models import Mandate
from desirepath.clinicians.models import Membership, StandingYes


def let_go_of_what_is_open(*, by: Person, membership: Membership, because: str) -> None:
    """Her open offers, applications, reserves and colleagues' questions in the pool, within the transaction
    of whoever ends it. ``because`` is what a manager reads of her offers.
    """
    clinician, pool = membership.clinician, membership.pool
    for block in BlockOffer.objects.filter(clinician=clinician, block__pool=pool, state__in=LIVE):
        decline_block(by=clinician.person, offer=block)
    for offer in Offer.objects.live().for_clinician(clinician).for_pool(pool):
        withdraw_offer(by=by, offer=offer, because=because)
    pending = Application.objects.for_clinician(clinician).pending().filter(vacancy__pool=pool)
    for application in pending.select_related("clinician__person", "vacancy"):
        withdraw_application(by=clinician.person, application=application)
    reserves = Reserve.objects.standing_by().for_clinician(clinician).filter(vacancy__pool=pool)
    for reserve in reserves.select_related("vacancy"):
        stand_down(by=clinician.person, clinician=clinician, vacancy=reserve.vacancy)
    asks = HandBackAsk.objects.filter(clinician=clinician, state="asked", hand_back__booking__pool=pool)
    for ask in asks.select_related("clinician__person"):
        say_no(by=clinician.person, ask=ask)
    swaps = Swap.objects.open().filter(given__pool=pool)
    for swap in swaps.filter(colleague=clinician).select_related(
        "given__clinician__person", "given__practice"
    ):
        decline_swap(by=clinician.person, swap=swap)
    for swap in swaps.filter(given__clinician=clinician).select_related("given__clinician"):
        withdraw_swap(by=clinician.person, swap=swap)


def end_what_she_allowed(*, by: Person, membership: Membership) -> None:
    """Her standing yeses to practices of the pool, and her mandates to its managers: they end with it."""
    clinician, pool = membership.clinician, membership.pool
    yeses = StandingYes.objects.for_clinician(clinician).on()
    for given in yeses.filter(practice__in=pool.practices()):
        given.on = False
        given.save(update_fields=["on"])
        Event.record("standing yes ended", given, by=by)
    for mandate in Mandate.objects.for_clinician(clinician).filter(pool=pool, state="given"):
        mandate.move("ended", by=by)
