"""Her terms: rates and limits, versioned, never edited once published, frozen onto a booking."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models.profile import Clinician

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERCENT = [MinValueValidator(0), MaxValueValidator(300)]

# the columns a booking relies on: the database refuses to change them once the terms are published
RATES = (
    "base_rate",
    "evening_pct",
    "saturday_pct",
    *(f"{day}_pct" for day in DAYS),
    "bank_holiday_pct",
    "far_km",
    "far_pence_per_km",
)
LIMITS = (
    "max_km",
    "max_sessions_day",
    "max_sessions_week",
    "max_consecutive_days",
    "max_minutes_week",
    "min_rest_minutes",
    "wished_sessions_week",
)


def _percent(label: str) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(label, default=0, validators=PERCENT)


class Terms(Stateful):
    """One version of a clinician's terms.

    ``base_rate`` is pounds an hour; the ``_pct`` columns are added to it in per cent, as PLANNER's rate says;
    distances are kilometres in a straight line; ``far_pence_per_km`` is added to the hourly rate for each
    whole kilometre beyond ``far_km``.
    """

    STATES = States.table("Terms", {"draft": {"published"}, "published": {"superseded"}, "superseded": ()})

    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    base_rate = models.DecimalField(
        "rate an hour", max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal(1))]
    )
    evening_pct = _percent("evenings, from 6pm")
    saturday_pct = _percent("Saturdays")
    mon_pct = _percent("Mondays")
    tue_pct = _percent("Tuesdays")
    wed_pct = _percent("Wednesdays")
    thu_pct = _percent("Thursdays")
    fri_pct = _percent("Fridays")
    sat_pct = _percent("Saturdays")
    sun_pct = _percent("Sundays")
    bank_holiday_pct = _percent("bank holidays")
    far_km = models.PositiveSmallIntegerField("far means beyond", default=20)
    far_pence_per_km = models.PositiveSmallIntegerField("added for each kilometre beyond", default=0)

    max_km = models.PositiveSmallIntegerField("farthest", default=30, validators=[MinValueValidator(1)])
    max_sessions_day = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(4)])
    max_sessions_week = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(20)])
    max_consecutive_days = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(14)]
    )
    max_minutes_week = models.PositiveSmallIntegerField(default=2400, validators=[MaxValueValidator(5040)])
    min_rest_minutes = models.PositiveSmallIntegerField(default=660, validators=[MaxValueValidator(2880)])
    wished_sessions_week = models.PositiveSmallIntegerField(default=4, validators=[MaxValueValidator(20)])

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            known_state("Terms"),
            models.UniqueConstraint(fields=["clinician", "version"], name="one_terms_per_version"),
            models.UniqueConstraint(
                fields=["clinician"], condition=Q(state="published"), name="one_published_terms_per_clinician"
            ),
            models.UniqueConstraint(fields=["clinician"], condition=Q(state="draft"), name="one_draft_terms"),
            models.CheckConstraint(
                condition=Q(state="draft", version=None, published_at=None)
                | Q(state__in=["published", "superseded"], version__isnull=False, published_at__isnull=False),
                name="published_terms_have_a_version",
            ),
            models.CheckConstraint(condition=Q(base_rate__gt=0), name="base_rate_above_zero"),
        ]
        ordering = ["-version"]

    def __str__(self) -> str:
        return (
            f"terms of {self.clinician}, version {self.version}"
            if self.version
            else f"draft of {self.clinician}"
        )

    @property
    def values(self) -> dict[str, Any]:
        """Every rate and limit by column name."""
        return {name: getattr(self, name) for name in (*RATES, *LIMITS)}

    @property
    def day_pct(self) -> tuple[int, ...]:
        """Percentages added from Monday to Sunday."""
        return tuple(getattr(self, f"{day}_pct") for day in DAYS)
