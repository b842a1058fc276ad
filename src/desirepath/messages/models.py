"""The outbox: what people are told, once, after the change they are told of has been kept."""

from __future__ import annotations

from django.db import models

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> MessageQuerySet:
        return self.filter(state="queued", due_at__lte=clock.now()).order_by("due_at", "id")


class Message(Stateful):
    """One e-mail to one person. The key makes asking for it twice send it once."""

    STATES = States.table(
        "Message", {"queued": {"sent", "failed", "dropped"}, "sent": (), "failed": {"queued"}, "dropped": ()}
    )

    to = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    key = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [known_state("Message")]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return self.subject
