"""How often a practice was refused a booking of one clinician on one day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from desirepath.audit.models import Base
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation


class RefusedTry(Base):
    """A refusal says that her terms are not met, so that many tries would tell where they begin: few are
    allowed a day.
    """

    MOST = 3

    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "refused tries"
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "clinician", "day"], name="one_count_of_refused_tries_a_day"
            ),
            models.CheckConstraint(condition=Q(tries__lte=3), name="refused_tries_are_few"),
        ]

    def __str__(self) -> str:
        return f"{self.practice}, {self.clinician}, {self.day}: {self.tries}"
