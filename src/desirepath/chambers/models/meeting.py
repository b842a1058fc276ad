"""Governance meetings of a chambers: agenda, who came, notes, and what somebody is to do."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models import Clinician
from desirepath.pools.models import Chambers


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def for_chambers(self, chambers: Chambers) -> Self:
        return self.filter(chambers=chambers)

    def held(self) -> Self:
        return self.filter(state="held")

    def planned(self) -> Self:
        return self.filter(state="planned")


class Meeting(Stateful):
    """A governance meeting, planned or held on a day."""

    STATES = States.table("Meeting", {"planned": {"held", "called off"}, "held": (), "called off": ()})

    chambers = models.ForeignKey(Chambers, on_delete=models.PROTECT, related_name="meetings")
    day = models.DateField()
    agenda = models.TextField(max_length=5_000)
    notes = models.TextField(max_length=10_000, blank=True)
    present = models.ManyToManyField(Clinician, blank=True, related_name="+")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [known_state("Meeting")]

    def __str__(self) -> str:
        return f"meeting of {self.chambers} on {self.day}"


class MeetingTask(Base):
    """What a meeting has agreed that somebody does; ``owner`` empty: everyone."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="tasks")
    what = models.CharField(max_length=300)
    owner = models.ForeignKey(
        Clinician, on_delete=models.PROTECT, null=True, blank=True, related_name="chambers_tasks"
    )
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "id"]
        constraints = [models.CheckConstraint(condition=~Q(what=""), name="meeting_task_says_what")]

    def __str__(self) -> str:
        return f"{self.what} ({self.meeting})"
