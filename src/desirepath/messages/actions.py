"""Put a message into the outbox; read one's own.

What is written here is kept or lost with the transaction that gives cause to it; ``messages.sending`` sends
what was kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.messages.models import Channel, Message
from desirepath.messages.standing import kind_of

LONGEST_SUBJECT = 200
# one text message; longer ones are charged and torn as several
LONGEST_SMS = 160
AROUND = (Channel.EMAIL.value, Channel.IN_APP.value)


@transaction.atomic(savepoint=False)
def tell(
    *,
    to: Person,
    subject: str,
    body: str,
    key: str,
    channels: Iterable[str] = AROUND,
    due_at: datetime | None = None,
    digest_at: datetime | None = None,
    about: tuple[str, UUID] | None = None,
    takes_back: str = "",
) -> None:
    """Tell a person something, once per ``key`` and channel ("e-mail", "in-app", "sms").

    ``body`` holds nothing confidential: it says what happened, and links to the page that shows it. In the
    inbox it is there at once. E-mail and SMS leave from ``due_at`` on (empty: as soon as this transaction is
    kept); with ``digest_at`` the e-mail waits until then and leaves as one with her others of that time.
    ``about`` names something that must still stand when it leaves, as registered in ``messages.standing``:
    ``("offer", offer.public_id)``.

    ``takes_back`` is the key of an earlier message that this one makes void: where that has not left yet, it
    never does, and there is nothing for this one to take back. An invented person has an inbox, but no
    address that may be written to.
    """
    if about:
        kind_of(about[0])
    # a name in it may be long, or hold a line break, which no letter can be sent with
    subject = " ".join(subject.split())[:LONGEST_SUBJECT]
    rows = []
    for name in dict.fromkeys(channels):
        channel = Channel(name)
        outward = channel != Channel.IN_APP
        if outward and (to.fictional or (channel == Channel.SMS and not to.phone)):
            continue
        if outward and takes_back and _taken_back(takes_back, channel):
            continue
        row = Message(to=to, channel=channel, subject=subject, body=body, key=key, state="sent")
        row.about_kind, row.about_id = about or ("", None)
        if outward:
            row.state, row.due_at = "queued", due_at or clock.now()
        if channel == Channel.SMS:
            row.body = short(subject, body)
        if channel == Channel.EMAIL and digest_at:
            row.digest, row.due_at = _digest(to, digest_at), digest_at
        rows.append(row)
    # one statement, and no race: where the key is known already, the row stays as it is
    Message.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key", "channel"], update_fields=["key"]
    )


def _taken_back(key: str, channel: Channel) -> bool:
    """Whether an earlier message had not left, and now will not."""
    waiting = Message.objects.select_for_update().filter(key=key, channel=channel, state="queued")
    message = waiting.filter(claimed_until=None).first()
    if message is None:
        return False
    message.move("dropped", by=None, body="", details={"because": "taken back before it left"})
    return True


def _digest(to: Person, at: datetime) -> Message | None:
    """The one e-mail that gathers what she is to hear at ``at``; None where that has left, or is leaving."""
    key = f"digest {to.public_id} {at.isoformat()}"
    row = Message(to=to, subject="", body="", key=key, due_at=at, digest_at=at, state="queued")
    Message.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["key", "channel"], update_fields=["key"]
    )
    # from here to the end of this transaction nobody can claim it
    digest = Message.objects.select_for_update().get(key=key)
    return digest if digest.state == "queued" and digest.claimed_until is None else None


def short(subject: str, body: str) -> str:
    """What fits into one text message: the subject, cut where it must be, and the first address in the
    body.
    """
    found = re.search(r"https?://\S+", body)
    address = f" {found.group()}" if found else ""
    room = LONGEST_SMS - len(address)
    if room < len("..."):
        address, room = "", LONGEST_SMS
    return (subject if len(subject) <= room else f"{subject[: room - 3].rstrip()}...") + address


def read(message: Message) -> None:
    """She opened it; only the first time counts."""
    Message.objects.filter(pk=message.pk, channel=Channel.IN_APP).unread().update(read_at=clock.now())


def read_all(*, by: Person, but: int = 0) -> int:
    """She has seen enough: everything in her inbox is read ``but`` the newest. The number that was not."""
    unread = Message.objects.for_user(by).unread()
    if but:
        # by their numbers: no engine updates a slice
        kept = list(unread.values_list("pk", flat=True)[:but])
        unread = unread.exclude(pk__in=kept)
    return unread.order_by().update(read_at=clock.now())


def read_about(public_id: UUID, *, by: Person) -> None:
    """She opened the thing itself: what her inbox says about it is no news any more."""
    hers = Message.objects.for_user(by).unread().filter(about_id=public_id)
    hers.order_by().update(read_at=clock.now())


def link(path: str) -> str:
    """The full address of a page, for a message."""
    return f"{settings.SITE_URL}{path}"
