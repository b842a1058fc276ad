"""A practice has nobody this morning and asks everybody who could come, in order."""

from __future__ import annotations

from django.db import models

from desirepath.accounts.models import Person
from desirepath.audit.models import Base
from desirepath.vacancies.models import Vacancy


class UrgentCall(Base):
    """One tap: from then on a few are asked at a time, each for minutes, until somebody comes."""

    vacancy = models.OneToOneField(Vacancy, on_delete=models.CASCADE, related_name="urgent_call")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"urgent call for {self.vacancy}"
