"""Send what the outbox holds: e-mail and SMS at least once, never lost, and recognisable when repeated.

A sender claims a row for a while, sends it, and then marks it sent. Killed in between, it leaves a claim that
runs out, and the next sender sends it again under the same Message-ID. Several may run at once.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from logging import getLogger

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.utils.module_loading import import_string

from desirepath.audit import clock
from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.messages.models import Channel, Message
from desirepath.messages.standing import as_it_leaves, fallen, kind_of
from desirepath.nhsuk.formats import plural

log = getLogger(__name__)
# longer than a mail server may take over one letter (EMAIL_TIMEOUT for each of some seven steps)
LEASE = timedelta(minutes=5)
# how long to wait after each try that failed; after the last of them it has failed for good
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
MOST_A_ROUND = 500
# a mail server that answers nobody is left alone until the next round
MOST_FAILURES = 3


def send_due() -> int:
    """Send what is due, one after the other, and at most so many that other work gets its turn; the number
    that left.
    """
    left = failures = 0
    post = get_connection()
    try:
        for _ in range(MOST_A_ROUND):
            if failures == MOST_FAILURES or (message := claim()) is None:
                break
            if came_to := deliver(message, post):
                left += came_to == "sent"
                failures = 0
            else:
                failures += 1
    finally:
        post.close()
    return left


@retried
def claim() -> Message | None:
    """One message that is due, ours alone until the lease runs out; None where there is none."""
    # looked for without a lock first: an idle round writes nothing
    if not Message.objects.ready(clock.now()).exists():
        return None
    with transaction.atomic():
        now = clock.now()
        rows = Message.objects.ready(now).select_for_update(skip_locked=True, of=("self",))
        message = rows.select_related("to").first()
        if message is None:
            return None
        message.claimed_until = now + LEASE
        mine = Message.objects.ready(now).filter(pk=message.pk).order_by()
        return message if mine.update(claimed_until=message.claimed_until) == 1 else None


def deliver(message: Message, post: BaseEmailBackend) -> str:
    """Send one claimed message over ``post``, unless what it is about does not stand any more.

    What came of it: "sent", "dropped", or "" where it could not be sent and is put off.
    """
    gathered = list(message.gathered.filter(state="queued").order_by("pk")) if message.digest_at else []
    gone = fallen([message, *gathered])
    standing = [row for row in gathered if row.pk not in gone]
    dropped = [row for row in gathered if row.pk in gone]
    if message.pk in gone or message.to.fictional or (message.digest_at and not standing):
        _close(message, "dropped", gathered=[], dropped=dropped)
        return "dropped"
    try:
        if message.channel == Channel.SMS:
            import_string(settings.SMS_SENDER)(
                phone=message.to.phone, text=message.body, message_id=str(message.public_id)
            )
        else:
            subject, body = (
                digested(standing) if message.digest_at else (message.subject, as_it_leaves(message))
            )
            post.open()
            _letter(message, subject, body, post).send()
    except DatabaseError:
        raise
    # whatever is wrong with this one, the others are still to be sent
    except Exception as error:
        # a server that does not answer is no fault of ours to trace
        fault = None if isinstance(error, OSError) else error
        log.warning("message %s: %s: %s", message.public_id, type(error).__name__, error, exc_info=fault)
        _put_off(message)
        # half a conversation may be left in it
        with suppress(Exception):
            post.close()
        return ""
    _close(message, "sent", gathered=standing, dropped=dropped)
    return "sent"


def _letter(message: Message, subject: str, body: str, post: BaseEmailBackend) -> EmailMessage:
    headers = {"Message-ID": message.message_id}
    return EmailMessage(subject, body, to=[message.to.email], headers=headers, connection=post)


@retried
def _close(message: Message, state: str, *, gathered: list[Message], dropped: list[Message]) -> None:
    """It left, or never will, and so what it gathered. A sender whose lease ran out may find it closed."""
    with transaction.atomic():
        try:
            # what was sent is in her post: links in it (an invitation's) are not kept here as well
            message.move(state, by=None, claimed_until=None, body="", details=_because(state, message))
        except InvalidMove:
            return
        for row in gathered:
            row.move(state, by=None, body="", details={"in": str(message.public_id)})
        for row in dropped:
            row.move("dropped", by=None, body="", details=_because("dropped", row))
        # told of while it was leaving: each leaves by itself
        message.gathered.filter(state="queued").update(digest=None)


def _because(state: str, message: Message) -> dict[str, str]:
    if state != "dropped":
        return {}
    fictional = message.to.fictional and not message.digest_id
    return {"because": "an invented person" if fictional else "what it is about does not stand any more"}


@retried
def _put_off(message: Message) -> None:
    """It could not be sent: again later, or never."""
    with transaction.atomic():
        try:
            if message.tries < len(BACK_OFF):
                due = clock.now() + BACK_OFF[message.tries]
                changed = Message.objects.filter(pk=message.pk, state="queued", tries=message.tries)
                changed.update(tries=message.tries + 1, due_at=due, claimed_until=None)
            else:
                message.move("failed", by=None, claimed_until=None, tries=message.tries + 1)
                message.gathered.filter(state="queued").update(digest=None)
        except InvalidMove:
            return


def digested(rows: list[Message]) -> tuple[str, str]:
    """One e-mail out of several: its subject says what and how many, its body what each one says."""
    if len(rows) == 1:
        return rows[0].subject, as_it_leaves(rows[0])
    counts = Counter(row.about_kind for row in rows)
    parts = []
    for kind, count in sorted(counts.items(), key=lambda item: (item[0] == "", item[0])):
        if kind:
            parts.append(plural(count, kind_of(kind).one, kind_of(kind).many))
        else:
            parts.append(plural(count, "other message" if len(counts) > 1 else "message"))
    bodies = [f"{row.subject}\n\n{as_it_leaves(row).strip()}\n" for row in rows]
    return ", ".join(parts), "\n--\n\n".join(bodies)
