"""When she is willing to work: a weekly pattern, and dated exceptions to it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from desirepath.audit.models import Base
from desirepath.clinicians.models.profile import Clinician


class WeeklyPattern(models.Model):
    """Every week on this weekday (Monday is 0) she is free from ``start`` to ``end``, local time; one row a
    window.
    """

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="weekly_pattern")
    weekday = models.PositiveSmallIntegerField()
    start = models.TimeField()
    end = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="pattern_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="pattern_on_a_weekday"),
            models.UniqueConstraint(fields=["clinician", "weekday", "start"], name="one_pattern_window"),
        ]
        ordering = ["weekday", "start"]

    def __str__(self) -> str:
        return f"{self.clinician}: weekday {self.weekday} {self.start:%H:%M} to {self.end:%H:%M}"


class AvailabilityException(Base):
    """On one day she is free at other times, or not at all: the day's rows replace its weekly pattern."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField()
    start = models.TimeField(null=True, blank=True, help_text="empty: not free that day")
    end = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(end__gt=F("start")),
                name="exception_ends_after_it_starts",
            ),
            models.UniqueConstraint(fields=["clinician", "day", "start"], name="one_exception_window"),
            models.UniqueConstraint(
                fields=["clinician", "day"], condition=Q(start=None), name="one_day_off_a_day"
            ),
        ]
        ordering = ["day", "start"]

    def __str__(self) -> str:
        return f"{self.clinician}: {self.day}"
