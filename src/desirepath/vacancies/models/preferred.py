"""The people a practice would like first: its own list, which nobody else sees, they themselves included."""

from __future__ import annotations

from typing import Self

from django.db import models

from desirepath.accounts.models import Person
from desirepath.audit.models import Base
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation


class PreferredClinicianQuerySet(models.QuerySet["PreferredClinician"]):
    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(practice=practice)


class PreferredClinician(Base):
    """Somebody a practice would like to be asked first; ``position`` counts from 1, the first is asked first.

    Her own terms decide as ever: the list only orders those who could come.
    """

    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="preferred_clinicians")
    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PreferredClinicianQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "clinician"], name="preferred_once_by_a_practice"),
        ]

    def __str__(self) -> str:
        return f"{self.practice} would like {self.clinician}, {self.position}"
