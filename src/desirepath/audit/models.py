"""Append-only events, and the base models that every room builds on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol, Self

from django.db import models, transaction
from django.db.models import Q

from desirepath.audit import clock, context, marks
from desirepath.audit.states import TABLES, Stale, States


class Actor(Protocol):
    """Whoever acts: all that the log keeps of a person is this opaque id."""

    public_id: Any


class Base(models.Model):
    """A row that people may address: by an unguessable id, never by its number."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class EventQuerySet(models.QuerySet["Event"]):
    def bulk_create(self, objs: Iterable[Event], *args: Any, **kwargs: Any) -> list[Event]:
        """As Django's, each row with its mark."""
        rows = list(objs)
        for row in rows:
            row.mark = marks.mark(row)
        return super().bulk_create(rows, *args, **kwargs)


class Event(models.Model):
    """One thing that happened: who did what to which row, when; as which role, on whose behalf, from where.
    The database refuses to change or delete it. People, places and addresses are opaque ids and hashes in it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=clock.now, db_index=True)
    actor = models.UUIDField(null=True, help_text="public id of the person; empty: the system itself")
    role = models.CharField(max_length=30, blank=True, default=context.role, help_text="acted in")
    place = models.UUIDField(null=True, default=context.place, help_text="public id of the role's place")
    on_behalf_of = models.UUIDField(
        null=True, default=context.represented, help_text="public id of the person for whom it was done"
    )
    door = models.CharField(max_length=10, blank=True, default=context.door)
    source = models.CharField(
        max_length=64, blank=True, default=context.source, help_text="salted hash of where it came from"
    )
    verb = models.CharField(max_length=60)
    entity = models.CharField(max_length=60)
    entity_id = models.UUIDField(null=True, db_index=True)
    details = models.JSONField(
        default=dict, help_text="states and figures, never names or free text about people"
    )
    mark = models.CharField(max_length=64, editable=False, help_text="made with this installation's key")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.entity}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.mark = marks.mark(self)
        super().save(*args, **kwargs)

    @classmethod
    def record(cls, verb: str, subject: Base, *, by: Actor | None, **details: Any) -> Event:
        """Append one event about ``subject``."""
        return cls.objects.create(
            verb=verb,
            # not type(): whoever is signed in comes as a proxy of herself
            entity=subject.__class__.__name__,
            entity_id=subject.public_id,
            actor=by.public_id if by else None,
            details=details,
        )


class Seal(models.Model):
    """A batch of events that became part of the chain: each seal covers the one before it. The database
    refuses to change or delete it.
    """

    number = models.PositiveBigIntegerField(unique=True)
    made_at = models.DateTimeField()
    events = models.TextField(help_text="the numbers of its events, in order: 3-7,9")
    upto = models.PositiveBigIntegerField(db_index=True, help_text="the highest number sealed so far")
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    mark = models.CharField(max_length=64, help_text="made with this installation's key")

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number}"


class Source(models.Model):
    """From where something was done, beside the log: erased when its time is over, the log stays whole."""

    digest = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=32)
    address = models.CharField(max_length=200, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return self.address


def known_state(entity: str) -> models.CheckConstraint:
    """The database's own rule that ``state`` is one of the entity's table; for the model's Meta."""
    return models.CheckConstraint(
        condition=Q(state__in=sorted(TABLES[entity].moves)), name=f"{entity.lower()}_state_known"
    )


class Stateful(Base):
    """A row with a state: the state is the row's, each move is an event.

    A model names its ``STATES`` and puts ``known_state`` into its Meta's constraints.
    """

    STATES: ClassVar[States]

    state = models.CharField(max_length=30)
    state_since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.state:
            self.state = self.STATES.start
        super().save(*args, **kwargs)

    def may(self, to: str) -> bool:
        return self.STATES.may(self.state, to)

    def move(
        self, to: str, *, by: Actor | None, details: dict[str, Any] | None = None, **changes: Any
    ) -> Self:
        """Go to state ``to``, with other column ``changes``, if nobody was there first.

        Raises InvalidMove if the table forbids it, Stale if the row moved since it was read.
        """
        self.STATES.check(self.state, to)
        changes = {"state": to, "state_since": clock.now(), **changes}
        manager = type(self)._default_manager
        # the state and its event are kept together or not at all, also where the caller has no transaction
        with transaction.atomic(savepoint=False):
            moved = manager.filter(pk=self.pk, state=self.state).update(**changes) == 1
            if moved:
                Event.record(f"{self.state} > {to}", self, by=by, **(details or {}))
        if not moved:
            raise Stale(f"{self.STATES.entity}: somebody else changed it first")
        for name, value in changes.items():
            setattr(self, name, value)
        return self
