"""The outbox: what people are told, written where it is caused, leaving after that was kept."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States


class Channel(models.TextChoices):
    EMAIL = "e-mail", "E-mail"
    IN_APP = "in-app", "Messages page"
    SMS = "sms", "Text message"


class MessageQuerySet(models.QuerySet["Message"]):
    def for_user(self, person: Person) -> Self:
        """Her inbox, the newest first."""
        return self.filter(to=person, channel=Channel.IN_APP).order_by("-created_at", "-pk")

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def ready(self, now: datetime) -> Self:
        """What may leave now and nobody is sending, the longest due first. What waits in a digest leaves with
        it.
        """
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.filter(free, state="queued", due_at__lte=now, digest=None).order_by("due_at", "pk")


class Message(Stateful):
    """One message to one person by one channel. The key makes asking for it twice tell it once.

    An in-app row is the message itself: it is there, "sent", from the beginning, and there is no second.
    E-mail and SMS wait as "queued" until ``due_at``; whoever sends one holds ``claimed_until`` meanwhile. A
    row with ``digest_at`` is the one e-mail that gathers her rows naming it as their ``digest``.
    ``about_kind`` and ``about_id`` name what it is about: no longer standing, it is not sent
    (``messages.standing``).
    """

    STATES = States.table(
        "Message", {"queued": {"sent", "failed", "dropped"}, "sent": (), "failed": {"queued"}, "dropped": ()}
    )

    to = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=6, choices=Channel.choices, default=Channel.EMAIL)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    key = models.CharField(max_length=120)
    about_kind = models.CharField(max_length=30, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    due_at = models.DateTimeField(default=clock.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    digest_at = models.DateTimeField(null=True, blank=True)
    digest = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="gathered"
    )
    read_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("Message"),
            models.CheckConstraint(
                condition=Q(channel__in=["e-mail", "in-app", "sms"]), name="message_channel_known"
            ),
            models.UniqueConstraint(fields=["key", "channel"], name="one_message_per_key_and_channel"),
            models.UniqueConstraint(fields=["to", "digest_at"], name="one_digest_per_person_and_time"),
            models.CheckConstraint(
                condition=~Q(channel="in-app") | Q(state="sent", digest=None, digest_at=None),
                name="message_in_app_is_there_at_once",
            ),
            models.CheckConstraint(
                condition=Q(channel="in-app") | Q(read_at=None), name="message_read_in_app_only"
            ),
            models.CheckConstraint(
                condition=Q(digest=None) | Q(channel="e-mail", digest_at=None),
                name="message_digest_gathers_email",
            ),
            models.CheckConstraint(
                condition=Q(about_kind="", about_id=None) | (~Q(about_kind="") & Q(about_id__isnull=False)),
                name="message_about_something_or_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["to"], condition=Q(channel="in-app", read_at=None), name="outbox_unread"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def message_id(self) -> str:
        """What mail servers know it by: the same however often it is sent, so that a repeat is recognised."""
        return f"<{self.public_id}@desirepath.invalid>"
