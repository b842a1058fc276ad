"""What a practice has been told on one day of how many could come."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models

from desirepath.audit import clock
from desirepath.audit.models import Base
from desirepath.organisations.models import Organisation
from desirepath.pools.models import ClinicianRole


class CountsTold(Base):
    """One stored answer per practice, role and day of the session, for one day of asking.

    ``groups`` are lists of clinicians' row numbers: every count told is a sum of whole groups, and no group
    has fewer than three, so that whatever is asked next, no difference of counts speaks of one or two people.
    ``answers`` holds what was told, by what was asked; ``drafts`` counts those asked before posting. Rows of
    days gone by are deleted.
    """

    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=ClinicianRole.choices)
    day = models.DateField()
    asked_on = models.DateField(default=clock.today)
    groups: Any = models.JSONField(default=list)
    answers: Any = models.JSONField(default=dict)
    drafts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "counts told"
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "role", "day", "asked_on"], name="one_stored_answer_a_day"
            )
        ]
        indexes = [models.Index(fields=["asked_on"])]

    def __str__(self) -> str:
        return f"{self.practice}, {self.get_role_display()}, {self.day}, asked on {self.asked_on}"

    @classmethod
    def forget_before(cls, day: date) -> int:
        """Delete what was told before ``day``; the number of rows."""
        return cls.objects.filter(asked_on__lt=day).delete()[0]
