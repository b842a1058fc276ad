"""The time a clinician has committed, in whatever pool: the one place that keeps her from being booked
twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from desirepath.audit.models import Base
from desirepath.clinicians.models.profile import Clinician
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool


class CommittedTimeQuerySet(models.QuerySet["CommittedTime"]):
    def between(self, start: datetime, end: datetime) -> Self:
        """Rows that overlap [start, end)."""
        return self.filter(start__lt=end, end__gt=start)

    def of(self, clinicians: Iterable[Clinician]) -> Self:
        return self.filter(clinician__in=clinicians)

    def worked_before(self, moment: datetime) -> Self:
        return self.filter(kind=CommittedTime.Kind.BOOKING, end__lte=moment)


class CommittedTime(Base):
    """Time of a clinician that is held or booked, in whatever pool.

    The database refuses two rows of one clinician that overlap (``no_time_committed_twice``), on both
    engines. ``bookings`` writes the rows; planning and availability read them. Another pool than ``pool`` may
    learn "busy" from a row, nothing else.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", "Held"
        BOOKING = "booking", "Booked"

    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="committed_time")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    start = models.DateTimeField()
    end = models.DateTimeField()

    objects = CommittedTimeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="committed_time_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["clinician", "start"])]

    def __str__(self) -> str:
        return f"{self.clinician} {self.kind} {self.start:%Y-%m-%d %H:%M}"
