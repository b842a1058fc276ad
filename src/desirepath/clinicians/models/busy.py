"""Time in which she is busy for reasons of her own, read from her other calendars.

All that is kept is from when to when: no title, no place, no person. To others it is one more time at which
she is not free.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from desirepath.audit import clock
from desirepath.audit.models import Base
from desirepath.clinicians.models.profile import Clinician

UPLOAD_LASTS = timedelta(hours=1)


class BusySource(Base):
    """A calendar of hers that was read: her own word for it, and until when its repeated entries were laid
    out.
    """

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="busy_sources")
    name = models.CharField(max_length=40)
    read_at = models.DateTimeField()
    until = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinician", "name"], name="one_busy_source_of_a_name")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.clinician}: {self.name}"


class BusyUploadQuerySet(models.QuerySet["BusyUpload"]):
    def open(self) -> Self:
        """Those sent within the hour for which they are kept."""
        return self.filter(created_at__gt=clock.now() - UPLOAD_LASTS)

    def over(self) -> Self:
        return self.exclude(created_at__gt=clock.now() - UPLOAD_LASTS)


class BusyUpload(Base):
    """A calendar that she has sent and not yet taken: ``times`` are [start, end] in seconds since 1970, and
    ``counts`` how many events counted, and why others did not. The next one she sends replaces it.
    """

    clinician = models.OneToOneField(Clinician, on_delete=models.CASCADE, related_name="busy_upload")
    name = models.CharField(max_length=40)
    until = models.DateField()
    times = models.JSONField(default=list)
    counts = models.JSONField(default=dict)

    objects = BusyUploadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.clinician}: {self.name}, not taken yet"


class BusyTimeQuerySet(models.QuerySet["BusyTime"]):
    def between(self, start: datetime, end: datetime) -> Self:
        """Rows that overlap [start, end)."""
        return self.filter(start__lt=end, end__gt=start)


class BusyTime(models.Model):
    """From ``start`` to ``end`` (aware) she is busy: time that is not free, whatever her pattern says."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="busy_time")
    source = models.ForeignKey(BusySource, on_delete=models.CASCADE, related_name="times")
    start = models.DateTimeField()
    end = models.DateTimeField()

    objects = BusyTimeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="busy_time_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["clinician", "start"])]
        ordering = ["start"]

    def __str__(self) -> str:
        return f"{self.clinician} busy {self.start:%Y-%m-%d %H:%M}"
