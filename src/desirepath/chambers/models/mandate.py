"""A member's mandate: what a manager of her pool may do for her, and what was done by it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models import Clinician
from desirepath.pools.models import Pool


class MandateQuerySet(models.QuerySet["Mandate"]):
    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def for_holder(self, person: Person) -> Self:
        return self.filter(holder=person)

    def open(self) -> Self:
        """Those that may be used today."""
        return self.filter(state="given", until__gte=clock.today())


class Mandate(Stateful):
    """She lets one named manager of her pool do one kind of thing for her, once or until a day.

    ``until`` is the last day on which it holds. She ends it whenever she likes.
    """

    STATES = States.table("Mandate", {"given": {"used", "ended"}, "used": (), "ended": ()})

    class Act(models.TextChoices):
        OFFERS = "offers", "Answer an offer for me, within my own terms"
        HAND_BACK = "hand back", "Ask my chambers' colleagues to take a session that I can't work"
        FREE = "free", "Say when I am free on a day"

    class Kind(models.TextChoices):
        SINGLE = "single", "Once"
        STANDING = "standing", "As often as needed, until the last day"

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="mandates")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="+")
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    act = models.CharField(max_length=10, choices=Act.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    until = models.DateField()

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known_state("Mandate"),
            models.CheckConstraint(
                condition=Q(act__in=("offers", "hand back", "free"), kind__in=("single", "standing")),
                name="mandate_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="used") | Q(kind="single"), name="only_a_single_mandate_is_used_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} mandate of {self.clinician}"


class MandateUse(Base):
    """One thing that was done for her by a mandate; ``about`` is the offer, the booking, or empty."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="uses")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done = models.CharField(max_length=200)
    about = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"by {self.mandate}"
