"""She says yes to a block: every session of her part is booked, or none is."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.bookings.actions import people_of, take
from desirepath.bookings.models import Booking
from desirepath.cascade.blocks import GONE, held_block, settle
from desirepath.cascade.models import BlockOffer
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import day, plural


@retried
@transaction.atomic
def accept_block(*, by: Person, offer: BlockOffer) -> list[Booking]:
    """Book every session of it. Raises Refused, and books none, where one is gone or does not fit any more.

    Afterwards each is a booking like any other.
    """
    if by.pk != offer.clinician.person_id:
        raise PermissionError("only she may answer her offer")
    offer.clinician.locked()
    block = held_block(offer.block_id)
    offer.refresh_from_db()
    rows = list(offer.offers.select_related("clinician__person").order_by("vacancy__start", "pk"))
    if offer.state == "accepted":
        return [row.booking for row in rows]
    if not offer.live or offer.expires_at <= clock.now():
        raise Refused("This offer is no longer open.")
    if not all(row.live for row in rows):
        raise Refused(f"This offer is no longer open: {GONE}.")
    made = []
    for row in rows:
        try:
            made.append(take(by=by, offer=row))
        except Refused as refused:
            raise Refused(f"{day(row.vacancy.start)}: {refused} None of the sessions is booked.") from refused
    try:
        offer.move("accepted", by=by)
    except InvalidMove as error:
        raise Refused("This offer is no longer open.") from error
    settle(block, by=by)
    _tell_practice(offer, made)
    return made


def _tell_practice(offer: BlockOffer, made: list[Booking]) -> None:
    """One letter for all of it."""
    for person in people_of(made[0]):
        tell(
            to=person,
            subject=f"Covered: {plural(len(made), 'session')} of a block",
            body=(
                f"Somebody is coming for {plural(len(made), 'session')}, from {day(made[0].start)} to "
                f"{day(made[-1].start)}.\n\nSee who, session by session: "
                f"{link(reverse('cascade:block', args=[offer.block.public_id]))}\n"
            ),
            key=f"block booked {offer.public_id} {person.public_id}",
        )
