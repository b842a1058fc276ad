"""Her no to a session before anybody asked."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from desirepath.audit.models import Base
from desirepath.clinicians.models import Clinician
from desirepath.vacancies.models import Vacancy


class NotForMeQuerySet(models.QuerySet["NotForMe"]):
    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def pairs(self, vacancies: Any) -> set[tuple[int, int]]:
        """(vacancy, clinician) row numbers among ``vacancies``: not to be asked, not to be proposed."""
        return set(self.filter(vacancy__in=vacancies).values_list("vacancy_id", "clinician_id"))


class NotForMe(Base):
    """She does not want this session: hidden from her, and a no for whoever plans or asks. No reason is owed,
    nothing is held against her, and she may take it back.
    """

    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="not_for")
    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="not_for_me")

    objects = NotForMeQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "not for me"
        constraints = [models.UniqueConstraint(fields=["vacancy", "clinician"], name="one_no_per_pair")]

    def __str__(self) -> str:
        return f"{self.clinician}: not {self.vacancy}"
