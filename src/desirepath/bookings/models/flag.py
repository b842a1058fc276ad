"""A booking whose clinician is not cleared for its day: for people to settle, never cancelled by itself."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from desirepath.audit import clock
from desirepath.audit.models import Base
from desirepath.bookings.models.booking import Booking
from desirepath.pools.models import Pool


class CheckFlagQuerySet(models.QuerySet["CheckFlag"]):
    def raised(self) -> Self:
        """Those that still stand, of sessions still to come that were not called off."""
        return self.filter(
            lifted_at=None, booking__state__in=("provisional", "confirmed"), booking__start__gt=clock.now()
        )

    def for_pool(self, pool: Pool) -> Self:
        return self.filter(booking__pool=pool)


class CheckFlag(Base):
    """Raised when she ceases to be cleared for the day of a booking, lifted when she is again. ``because``
    names what is missing, by item.
    """

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="check_flag")
    because = models.JSONField(default=list)
    raised_at = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = CheckFlagQuerySet.as_manager()

    class Meta:
        ordering = ["booking__start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(lifted_at__gte=F("raised_at")),
                name="check_flag_lifted_after_it_was_raised",
            )
        ]

    def __str__(self) -> str:
        return f"checks of {self.booking}"
