"""How she may be asked: her quiet choices, and the practices that may book her without asking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from desirepath.audit.models import Base
from desirepath.clinicians.models.profile import Clinician
from desirepath.organisations.models import Organisation

EVERY_DAY = 0b111_1111


class QuietChoices(Base):
    """How often, when and by what way she may be asked for sessions; one row each, none until she chooses.

    Times are local; quiet hours whose end is not after their start end on the next day. Nobody but she reads
    a row: others learn at most that she was not asked.
    """

    clinician = models.OneToOneField(Clinician, on_delete=models.CASCADE, related_name="quiet_choices")
    most_offers_day = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="empty: as many as come"
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_at = models.TimeField(null=True, blank=True, help_text="empty: each message at once")
    paused_until = models.DateField(
        null=True, blank=True, help_text="the first day on which she is asked again"
    )
    phone_allowed = models.BooleanField(
        default=False, help_text="practices that have nobody today may see her telephone number"
    )
    standby = models.BooleanField(default=False, help_text="asked only when nobody else can come")
    sms = models.BooleanField(default=False, help_text="urgent offers also as a text message")
    next_pools = models.BooleanField(default=False, help_text="neighbouring pools may ask her too")

    class Meta:
        verbose_name_plural = "quiet choices"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="quiet_hours_have_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(most_offers_day=None) | Q(most_offers_day__range=(1, 50)),
                name="most_offers_a_day_sensible",
            ),
        ]

    def __str__(self) -> str:
        return f"quiet choices of {self.clinician}"

    def paused_on(self, day: date) -> bool:
        """Whether she is asked for nothing on ``day``."""
        return self.paused_until is not None and day < self.paused_until


class StandingYesQuerySet(models.QuerySet["StandingYes"]):
    def on(self) -> Self:
        """Those she has not switched off."""
        return self.filter(on=True)

    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(practice=practice)


class StandingYes(Base):
    """Her yes beforehand: one practice may book her at once, within the limits she set; off until she says.

    ``weekdays`` has a bit for each day (Monday is 1, Sunday 64). ``most_percent`` is of the sessions a week
    that she wishes for, rounded down but never below one; it or ``most_sessions`` limits how many sessions of
    a week are booked by this yes.
    """

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="standing_yeses")
    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="standing_yeses")
    on = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, blank=True, help_text="when it was last switched on")
    weekdays = models.PositiveSmallIntegerField(default=EVERY_DAY)
    least_notice_hours = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(672)])
    most_sessions = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    most_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    objects = StandingYesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "standing yeses"
        constraints = [
            models.UniqueConstraint(fields=["clinician", "practice"], name="one_standing_yes_per_practice"),
            models.CheckConstraint(condition=Q(weekdays__range=(1, EVERY_DAY)), name="standing_yes_on_a_day"),
            models.CheckConstraint(
                condition=Q(most_sessions=None, most_percent__range=(1, 100))
                | Q(most_percent=None, most_sessions__range=(1, 20)),
                name="standing_yes_limited_one_way",
            ),
            models.CheckConstraint(
                condition=Q(on=False) | Q(since__isnull=False), name="standing_yes_since_known"
            ),
        ]
        indexes = [models.Index(fields=["practice", "on"])]

    def __str__(self) -> str:
        return f"{self.clinician}: standing yes to {self.practice}, {'on' if self.on else 'off'}"

    @property
    def days(self) -> tuple[int, ...]:
        """The weekdays it is for, Monday is 0."""
        return tuple(day for day in range(7) if self.weekdays >> day & 1)

    @staticmethod
    def bits(days: Iterable[int]) -> int:
        """``weekdays`` of these days, Monday is 0."""
        return sum(1 << day for day in set(days))

    def most_in_a_week(self, wished: int) -> int:
        """Sessions of one week that it may book, where she wishes for ``wished`` in all."""
        if self.most_percent is None:
            return self.most_sessions or 1
        return max(1, wished * self.most_percent // 100)
