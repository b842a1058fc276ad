"""A machine that was off for six hours: one worker comes back, does what fell due in the order in which it
fell due, and says nothing that is true no more.
"""

import time
from datetime import datetime, timedelta
from itertools import pairwise

from hour import World, put_to, worked_at
from killed import Worker
from sink import Sink

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.bookings.models import Booking
from desirepath.cascade.models import Offer
from desirepath.messages.actions import tell
from desirepath.messages.models import Message
from tests import cast

OFF = timedelta(hours=6)
HALF_AN_HOUR = timedelta(minutes=30)
CAUGHT_UP_WITHIN = 120
MUST_BE_NOTHING = (
    "after six hours off: not done",
    "after six hours off: out of order",
    "after six hours off: letters of what was over",
)


def six_hours_off(world: World, sink: Sink, worker: Worker) -> dict[str, int]:
    """What lay there, and what became of it."""
    import verdict

    came_before = len(sink.letters)
    begun = clock.now() - OFF
    last_event = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    laid = [lay(world, begun + HALF_AN_HOUR * step) for step in range(12)]
    due = sum(verdict.waiting().values())
    last_laid = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    worker.start()
    worker.ready()
    ends = time.monotonic() + CAUGHT_UP_WITHIN
    while any((waiting := verdict.waiting()).values()) and time.monotonic() < ends:
        time.sleep(0.2)
    worker.end()
    letters = [letter.message_id for letter in sink.letters[came_before:]]
    over = {row.message_id for row in about([offer for offer in laid if offer and not still_open(offer)])}
    assert last_event < last_laid
    return {
        "after six hours off: things due": due,
        "after six hours off: not done": sum(waiting.values()),
        "after six hours off: out of order": out_of_order(letters, last_laid),
        "after six hours off: letters of what was over": len(over & set(letters)),
    }


def lay(world: World, moment: datetime) -> Offer | None:
    """What happened at ``moment`` and nobody has acted on: an offer that has two hours to be answered, a
    session that begins within the hour, an evening's digest.
    """
    place = world.practices[0]
    number = int((moment.timestamp() // HALF_AN_HOUR.total_seconds()) % len(world.clinicians))
    her = world.clinicians[number]
    with clock.at(moment):
        session = cast.vacancy(place, start=moment + timedelta(hours=4), minutes=30)
        try:
            offer = put_to(session, her)
        except Refused:
            offer = None
        tell(
            to=her.person,
            subject=f"News of {moment:%H:%M}",
            body=f"What happened at {moment:%H:%M}.",
            key=f"news {moment.isoformat()}",
            digest_at=moment + timedelta(hours=1),
        )
    with clock.at(moment - timedelta(days=2)):
        worked_at(world, world.practices[1], moment + HALF_AN_HOUR)
    return offer


def still_open(offer: Offer) -> bool:
    return Offer.objects.open().filter(pk=offer.pk).exists()


def about(offers: list[Offer]) -> list[Message]:
    """The letters by which those offers were to be told."""
    ids = [offer.public_id for offer in offers]
    return list(Message.objects.filter(channel="e-mail", about_kind="offer", about_id__in=ids))


def out_of_order(letters: list[str], since: int) -> int:
    """Letters, and moves of one kind, that came before one that was due earlier."""
    due = {row.message_id: row.due_at for row in Message.objects.all()}
    orders = [[due[message_id] for message_id in letters if message_id in due]]
    moved = Event.objects.filter(pk__gt=since, actor=None).order_by("pk")
    expires = dict(Offer.objects.values_list("public_id", "expires_at"))
    starts = dict(Booking.objects.values_list("public_id", "start"))
    for verb, when in (("sent > expired", expires), ("confirmed > in progress", starts)):
        ids = moved.filter(verb=verb).values_list("entity_id", flat=True)
        orders.append([when[entity] for entity in ids if entity in when])
    return sum(earlier > later for moments in orders for earlier, later in pairwise(moments))
