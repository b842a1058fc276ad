"""Put a message into the outbox; send what is due."""

from __future__ import annotations

from email.utils import make_msgid
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.states import Stale
from desirepath.messages.models import Message

MOST_TRIES = 5
LONGEST_SUBJECT = 200


def tell(*, to: Person, subject: str, body: str, key: str) -> None:
    """Queue one e-mail, once per ``key``; it leaves after the transaction that asked for it has been kept.

    ``body`` holds nothing confidential: it says what happened, and links to the page that shows it.
    """
    # a name in it may be long, or hold a line break, which no letter can be sent with
    subject = " ".join(subject.split())[:LONGEST_SUBJECT]
    message = Message(to=to, subject=subject, body=body, key=key, due_at=clock.now(), state="queued")
    # one statement, and no race: where the key is known already, the row stays as it is
    Message.objects.bulk_create(
        [message], update_conflicts=True, unique_fields=["key"], update_fields=["key"]
    )
    if not to.fictional:
        transaction.on_commit(lambda: _deliver_now(key))


def _deliver_now(key: str) -> None:
    """Send what was asked for under ``key``, unless that was done before."""
    if message := Message.objects.select_related("to").filter(key=key, state="queued").first():
        deliver(message)


def deliver(message: Message) -> bool:
    """Send one message unless somebody else did; a mail server that does not answer leaves it queued for the
    worker.
    """
    if message.to.fictional:
        return False
    try:
        message.move("sent", by=None)
    except Stale:
        return False
    email = EmailMessage(message.subject, message.body, to=[message.to.email])
    email.extra_headers["Message-ID"] = make_msgid(str(message.public_id), "desirepath.invalid")
    try:
        email.send()
    except (SMTPException, OSError):
        Message.objects.filter(pk=message.pk).update(
            state="queued" if message.tries + 1 < MOST_TRIES else "failed", tries=F("tries") + 1
        )
        return False
    # what was sent is in her post: links in it (an invitation's) are not kept here as well
    Message.objects.filter(pk=message.pk).update(body="")
    return True


def send_due() -> int:
    """Send every message that is due; the number that left."""
    due = Message.objects.due().filter(to__fictional=False).select_related("to")[:500]
    return sum(deliver(message) for message in due)


def link(path: str) -> str:
    """The full address of a page, for an e-mail."""
    return f"{settings.SITE_URL}{path}"
