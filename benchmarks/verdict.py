"""What is true after processes were killed: counted from the tables, the letters that arrived, and what
people were told.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from hour import Told
from sink import Sink

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.bookings.models import STANDING, Booking
from desirepath.cascade.advancing import STILL_OPEN
from desirepath.cascade.models import Cascade, Offer
from desirepath.cli.check import RULES
from desirepath.clinicians.models import CommittedTime
from desirepath.messages.models import Message
from desirepath.messages.standing import fallen
from desirepath.organisations.models import RoleAssignment
from desirepath.vacancies.models import Vacancy


def waiting() -> dict[str, int]:
    """What is due and not done, by kind; a letter that was put off is due until it has left."""
    now = clock.now()
    # nothing of them is due yet as a row: the worker that has not come to them would begin them all the same
    not_begun = Vacancy.objects.filter(Q(cascade=None) | Q(cascade__state="ended"), start__gt=now)
    not_begun = not_begun.filter(state__in=STILL_OPEN)
    return {
        "offers to expire": Offer.objects.overdue().count(),
        "bookings to begin": Booking.objects.filter(state="confirmed", start__lte=now).count(),
        "bookings to complete": Booking.objects.filter(state="in progress", end__lte=now).count(),
        "sessions to leave unfilled": Vacancy.objects.filter(state="released", start__lte=now).count(),
        "cascades to begin": not_begun.count(),
        "cascades to move on": Cascade.objects.due().count(),
        "messages to send": Message.objects.filter(
            Q(due_at__lte=now) | Q(tries__gt=0), state="queued"
        ).count(),
    }


def beyond_the_first(keys: Iterable[object]) -> list[str]:
    """Each as often as it is there beyond the first."""
    return told(Counter({key: count - 1 for key, count in Counter(keys).items()}))


def told(counted: Counter[object]) -> list[str]:
    return [" | ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in counted.elements()]


def booked_twice() -> list[str]:
    """Sessions with two bookings, and people with two sessions at once."""
    standing = Booking.objects.filter(state__in=STANDING)
    twice = [f"session {row}" for row in beyond_the_first(standing.values_list("vacancy_id", flat=True))]
    ends: dict[int, object] = {}
    for clinician, start, end in CommittedTime.objects.order_by("clinician", "start").values_list(
        "clinician_id", "start", "end"
    ):
        if clinician in ends and start < ends[clinician]:  # type: ignore[operator]
            twice.append(f"clinician {clinician} at {start}")
        ends[clinician] = end
    return twice


def bookings_lost(said: Told) -> list[str]:
    """Bookings that somebody was told of and that do not stand, although nobody called them off."""
    standing = Booking.objects.filter(state__in=STANDING).values_list("public_id", flat=True)
    return sorted(said.booked - said.cancelled - {str(public_id) for public_id in standing})


def expected() -> Counter[object]:
    """(whom, about what, which): everything that somebody must have been told, by what happened."""
    wanted: Counter[object] = Counter()
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


def found(channel: str) -> Counter[object]:
    """What the outbox holds of the same."""
    rows = Message.objects.filter(channel=channel, about_kind__in=("offer", "booking"))
    return Counter(rows.values_list("to_id", "about_kind", "about_id"))


def messages_lost(sink: Sink, stopped: datetime) -> list[str]:
    """Not told in the inbox, not told by e-mail, an e-mail that is said to be sent and never arrived, or one
    that was due before the workers were ``stopped`` and has not left.
    """
    wanted = expected()
    lost = [f"never {row}" for row in told(wanted - found("in-app")) + told(wanted - found("e-mail"))]
    letters = Message.objects.filter(channel="e-mail")
    arrived = {letter.message_id for letter in sink.letters}
    dropped = list(letters.filter(state="dropped"))
    stale = fallen(dropped)
    lost += [f"dropped {row.key}" for row in dropped if row.pk not in stale]
    lost += [
        f"sent {row.key}"
        for row in letters.filter(state="sent", digest=None)
        if row.message_id not in arrived
    ]
    late = letters.filter(Q(state="failed") | Q(state="queued", due_at__lte=stopped))
    return lost + [f"{row.state} {row.key}, due {row.due_at}, tried {row.tries} times" for row in late]


def messages_twice(sink: Sink) -> list[str]:
    """The same again in an inbox; the same letter twice, repeats under one Message-ID left out."""
    rows = Message.objects.filter(channel="in-app").values_list("to_id", "subject", "body")
    letters = ((letter.to, letter.subject, letter.body) for letter in sink.once())
    return beyond_the_first(rows) + beyond_the_first(letters) + told(found("in-app") - expected())


def letters_of_nothing(sink: Sink) -> list[str]:
    """Letters of what was never kept."""
    known = {row.message_id for row in Message.objects.all()}
    return [letter.subject for letter in sink.once() if letter.message_id not in known]


def contradictions() -> list[str]:
    """What `desirepath check` finds."""
    return [f"{rule}: {wrong}" for rule, find in RULES.items() for wrong in find()]
