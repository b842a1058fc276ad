"""How often a practice was refused a booking of one clinician on one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from desirepath.audit.models import Base
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation


class RefusedTry(Base):
    """A refusal says that her terms are not met, so that many tries would tell where they begin: few are
    allowed a day. ``rates`` are those, in pounds an hour, of which a spreadsheet's preview has told that day
    whether her terms allow them: few too.
    """

    MOST, MOST_RATES = 3, 5

    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    tries = models.PositiveSmallIntegerField(default=0)
    rates: Any = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "refused tries"
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "clinician", "day"], name="one_count_of_refused_tries_a_day"
            ),
            models.CheckConstraint(condition=Q(tries__lte=3), name="refused_tries_are_few"),
        ]

    @classmethod
    def rates_told(
        cls, practice: Organisation, clinician: Clinician, day: date, wanted: Iterable[Decimal] = ()
    ) -> set[Decimal]:
        """The rates of which may be told on ``day`` whether her terms allow them: those told before, and of
        those ``wanted`` as many more as there is room for, kept from now on.
        """
        with transaction.atomic():
            made, _ = cls.objects.get_or_create(practice=practice, clinician=clinician, day=day)
            row = cls.objects.select_for_update().get(pk=made.pk)
            new = [rate for rate in dict.fromkeys(map(str, wanted)) if rate not in row.rates]
            room = max(0, cls.MOST_RATES - len(row.rates)) if row.tries < cls.MOST else 0
            if new[:room]:
                row.rates = [*row.rates, *new[:room]]
                row.save(update_fields=["rates"])
        return {Decimal(rate) for rate in row.rates}

    def __str__(self) -> str:
        return f"{self.practice}, {self.clinician}, {self.day}: {self.tries}"
