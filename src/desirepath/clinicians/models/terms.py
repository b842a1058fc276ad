"""Her terms: rates, limits and conditions, versioned, never edited once published, frozen onto a booking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from desirepath.audit.models import Stateful, known_state
from desirepath.audit.privacy import refuse_nhs_number
from desirepath.audit.states import States
from desirepath.clinicians.conditions import Extra, Kind, Scale, read_extras, read_kinds, read_scale
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
# told to both sides and kept with a booking, but no rule of a plan
CONDITIONS = (
    "practice_cancels",
    "clinician_cancels",
    "payment_days",
    "most_patients",
    "shortest_appointment",
    "home_visits",
    "extras",
    "session_types",
    "statement",
)
Side = Literal["practice", "clinician"]


def _valid(read: Callable[[Any], Any], raw: Any) -> None:
    try:
        read(raw)
    except ValueError as error:
        # not "invalid": a column of JSON has words of its own for that code, and would say them instead
        raise ValidationError(str(error), code="rows") from error


def valid_scale(raw: Any) -> None:
    """A model's validator of a scale of cancellation."""
    _valid(read_scale, raw)


def valid_extras(raw: Any) -> None:
    """A model's validator of extras; their names hold no NHS number."""
    _valid(read_extras, raw)
    for name, _ in raw:
        refuse_nhs_number(name)


def valid_kinds(raw: Any) -> None:
    """A model's validator of kinds of session; what she writes of them holds no NHS number."""
    _valid(read_kinds, raw)
    for name, description, _ in raw:
        refuse_nhs_number(name)
        refuse_nhs_number(description)


def _percent(label: str) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(label, default=0, validators=PERCENT)


class Terms(Stateful):
    """One version of a clinician's terms.

    ``base_rate`` is pounds an hour; the ``_pct`` columns are added to it in per cent, as PLANNER's rate says;
    distances are kilometres in a straight line; ``far_pence_per_km`` is added to the hourly rate for each
    whole kilometre beyond ``far_km``.

    Of the conditions, ``practice_cancels`` and ``clinician_cancels`` hold [days, percent]: with less than so
    many days of notice, so much of the fee is owed by whoever cancels. An empty number says nothing about it.
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

    practice_cancels = models.JSONField(default=list, blank=True, validators=[valid_scale])
    clinician_cancels = models.JSONField(default=list, blank=True, validators=[valid_scale])
    payment_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    most_patients = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    shortest_appointment = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="minutes", validators=[MaxValueValidator(120)]
    )
    home_visits = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="most a session; 0: none", validators=[MaxValueValidator(20)]
    )
    extras = models.JSONField(default=list, blank=True, validators=[valid_extras])
    session_types = models.JSONField(default=list, blank=True, validators=[valid_kinds])
    statement = models.TextField(blank=True, max_length=600, validators=[refuse_nhs_number])

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
            models.CheckConstraint(
                condition=Q(base_rate__gt=0) | Q(state="draft", base_rate__gte=0), name="base_rate_above_zero"
            ),
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
        """Every rate, limit and condition by column name."""
        return {name: getattr(self, name) for name in (*RATES, *LIMITS, *CONDITIONS)}

    @property
    def day_pct(self) -> tuple[int, ...]:
        """Percentages added from Monday to Sunday."""
        return tuple(getattr(self, f"{day}_pct") for day in DAYS)

    def scale(self, by: Side) -> Scale:
        """What it costs when ``by`` cancels."""
        return read_scale(self.practice_cancels if by == "practice" else self.clinician_cancels)

    def cancellation_percent(self, *, notice: timedelta, by: Side) -> int:
        """Percent of the fee that ``by`` owes for cancelling with ``notice`` (whole days count, floored)."""
        return self.scale(by).percent(notice)

    @property
    def extra_fees(self) -> tuple[Extra, ...]:
        return read_extras(self.extras)

    @property
    def kinds_of_session(self) -> tuple[Kind, ...]:
        return read_kinds(self.session_types)
