"""What is true after processes were killed: counted from the tables, the letters that arrived, and what
people were told.
"""

from collections import Counter
from collections.abc import Iterable

from hour import Told
from sink import Sink

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.bookings.models import STANDING, Booking
from desirepath.cascade.models import Cascade, Offer
from desirepath.cli.check import RULES
from desirepath.clinicians.models import CommittedTime
from desirepath.messages.models import Message
from desirepath.messages.standing import fallen
from desirepath.organisations.models import RoleAssignment
from desirepath.vacancies.models import Vacancy


def waiting() -> dict[str, int]:
    """What is due and not done, by kind."""
    now = clock.now()
    return {
        "offers to expire": Offer.objects.overdue().count(),
        "bookings to begin": Booking.objects.filter(state="confirmed", start__lte=now).count(),
        "bookings to complete": Booking.objects.filter(state="in progress", end__lte=now).count(),
        "sessions to leave unfilled": Vacancy.objects.filter(state="released", start__lte=now).count(),
        "cascades to move on": Cascade.objects.due().count(),
        "messages to send": Message.objects.filter(state="queued", due_at__lte=now).count(),
    }


def more_than_one(keys: Iterable[object]) -> int:
    """How many there are beyond the first of each."""
    return sum(count - 1 for count in Counter(keys).values())


def booked_twice() -> int:
    """Sessions with two bookings, and people with two sessions at once."""
    standing = Booking.objects.filter(state__in=STANDING)
    twice = more_than_one(standing.values_list("vacancy_id", flat=True))
    ends: dict[int, object] = {}
    for clinician, start, end in CommittedTime.objects.order_by("clinician", "start").values_list(
        "clinician_id", "start", "end"
    ):
        twice += clinician in ends and start < ends[clinician]  # type: ignore[operator]
        ends[clinician] = end
    return twice


def bookings_lost(told: Told) -> int:
    """Bookings that somebody was told of and that do not stand, although nobody called them off."""
    standing = Booking.objects.filter(state__in=STANDING).values_list("public_id", flat=True)
    return len(told.booked - told.cancelled - {str(public_id) for public_id in standing})


def expected() -> Counter[tuple[object, ...]]:
    """(whom, about what, which): everything that somebody must have been told, by what happened."""
    wanted: Counter[tuple[object, ...]] = Counter()
    for person, public_id in Offer.objects.values_list("clinician__person_id", "public_id"):
        wanted[person, "offer", public_id] += 1
    bookers: dict[int, list[int]] = {}
    for place, person in RoleAssignment.objects.filter(role="practice booker").values_list(
        "organisation_id", "person_id"
    ):
        bookers.setdefault(place or 0, []).append(person)
    confirmed = Event.objects.filter(verb="provisional > confirmed").values("entity_id")
    for booking in Booking.objects.filter(public_id__in=confirmed):
        for person in bookers[booking.practice_id]:
            wanted[person, "booking", booking.public_id] += 1
    return wanted


def found(channel: str) -> Counter[tuple[object, ...]]:
    """What the outbox holds of the same."""
    rows = Message.objects.filter(channel=channel, about_kind__in=("offer", "booking"))
    return Counter(rows.values_list("to_id", "about_kind", "about_id"))


def messages_lost(sink: Sink) -> int:
    """Not told in the inbox, not told by e-mail, or an e-mail that is said to be sent and never arrived."""
    wanted = expected()
    lost = sum((wanted - found("in-app")).values()) + sum((wanted - found("e-mail")).values())
    letters = Message.objects.filter(channel="e-mail")
    arrived = {letter.message_id for letter in sink.letters}
    dropped = list(letters.filter(state="dropped"))
    stale = fallen(dropped)
    lost += sum(row.pk not in stale for row in dropped)
    lost += sum(row.message_id not in arrived for row in letters.filter(state="sent", digest=None))
    return lost + letters.filter(state__in=("queued", "failed"), due_at__lte=clock.now()).count()


def messages_twice(sink: Sink) -> int:
    """The same again in an inbox; the same letter twice, repeats under one Message-ID left out."""
    rows = Message.objects.filter(channel="in-app").values_list("to_id", "subject", "body")
    letters = ((letter.to, letter.subject, letter.body) for letter in sink.once())
    more = found("in-app") - expected()
    return more_than_one(rows) + more_than_one(letters) + sum(more.values())


def letters_of_nothing(sink: Sink) -> int:
    """Letters of what was never kept."""
    known = {row.message_id for row in Message.objects.all()}
    return sum(letter.message_id not in known for letter in sink.once())


def contradictions() -> list[str]:
    """What `desirepath check` finds."""
    return [f"{rule}: {wrong}" for rule, find in RULES.items() for wrong in find()]
