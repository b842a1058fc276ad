"""Two pools agree to ask each other's clinicians: one proposes, the other answers, either ends it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.messages.actions import link, tell
from desirepath.pools.models import Pool, PoolNeighbour

ANSWERED = "This has been answered, or taken back, already."


@transaction.atomic
def propose_neighbour(*, by: Person, pool: Pool, neighbour: Pool) -> PoolNeighbour:
    """``pool`` would ask clinicians of ``neighbour``, and lend its own. Raises Refused where the two have
    agreed already, or one of them waits for the other's answer.
    """
    if pool.pk == neighbour.pk:
        raise Refused("Choose another pool than your own.")
    if pool.fictional != neighbour.fictional:
        raise Refused("A fictional pool and a real one can't work together.")
    try:
        with transaction.atomic():
            made: PoolNeighbour = PoolNeighbour.objects.create(pool=pool, neighbour=neighbour)
    except IntegrityError as error:
        raise Refused(f"There is an agreement or a proposal with {neighbour} already: see below.") from error
    Event.record("proposed", made, by=by)
    _tell(made, neighbour, f"{pool} proposes that your pools ask each other's clinicians", "proposed")
    return made


@transaction.atomic
def agree_neighbour(*, by: Person, agreement: PoolNeighbour) -> None:
    """The other pool says yes: in force at once. Raises Refused where it is no longer open."""
    try:
        agreement.move("agreed", by=by, agreed_at=clock.now())
    except InvalidMove as error:
        raise Refused(ANSWERED) from error
    _tell(agreement, agreement.pool, f"{agreement.neighbour} has agreed to work with your pool", "agreed")


@transaction.atomic
def decline_neighbour(*, by: Person, agreement: PoolNeighbour) -> None:
    """The other pool says no, without a reason owed."""
    try:
        agreement.move("declined", by=by)
    except InvalidMove as error:
        raise Refused(ANSWERED) from error
    _tell(agreement, agreement.pool, f"{agreement.neighbour} has declined to work with your pool", "declined")


@transaction.atomic
def withdraw_neighbour(*, by: Person, agreement: PoolNeighbour) -> None:
    """Whoever proposed takes it back before it is answered."""
    try:
        agreement.move("withdrawn", by=by)
    except InvalidMove as error:
        raise Refused(ANSWERED) from error


@transaction.atomic
def end_neighbour(*, by: Person, agreement: PoolNeighbour, pool: Pool) -> None:
    """``pool``, either of the two, ends it: from now on neither asks clinicians of the other. Bookings that
    were made stay.
    """
    try:
        agreement.move("ended", by=by, ended_at=clock.now())
    except InvalidMove as error:
        raise Refused("This agreement has ended already.") from error
    _tell(agreement, agreement.other(pool), f"{pool} no longer works with your pool", "ended")


def _tell(agreement: PoolNeighbour, pool: Pool, subject: str, what: str) -> None:
    """The managers of ``pool`` hear of it."""
    for person in pool.managers():
        tell(
            to=person,
            subject=subject,
            body=f"{subject}.\n\nSee it: {link(reverse('pools:neighbours'))}\n",
            key=f"neighbours {agreement.public_id} {what} {person.public_id}",
        )
