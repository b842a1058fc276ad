"""The agency step, last of all: asked for, approved by another, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from desirepath.accounts.models import Person
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States
from desirepath.vacancies.models import Vacancy

UNDECIDED = ("asked", "approved")


class AgencyRequest(Stateful):
    """Leave to look for an agency clinician for one vacancy, with its cost beside the bank's (pounds).

    ``agency_cost`` is empty where the pool has entered no agency rate for the role; ``bank_cost`` is the most
    the session costs from the bank. Whoever asked for the cover, or for the agency, does not approve it.
    """

    STATES = States.table(
        "AgencyRequest",
        {
            "asked": {"approved", "refused", "withdrawn"},
            "approved": {"comes", "nobody", "withdrawn"},
            "comes": {"nobody"},
            "refused": (),
            "nobody": (),
            "withdrawn": (),
        },
    )

    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="agency_requests")
    asked_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="empty: the cascade",
    )
    why_asked = models.CharField(max_length=200, blank=True)
    bank_cost = models.DecimalField(max_digits=8, decimal_places=2)
    agency_cost = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    who_comes = models.CharField(max_length=120, blank=True)
    fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            known_state("AgencyRequest"),
            models.UniqueConstraint(
                fields=["vacancy"],
                condition=Q(state__in=[*UNDECIDED, "comes"]),
                name="one_agency_request_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(asked_by=None) | ~Q(decided_by=F("asked_by")),
                name="agency_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "comes", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason=""),
                name="agency_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="comes", fee__isnull=False) & ~Q(who_comes="") | ~Q(state="comes"),
                name="agency_clinician_has_a_name_and_fee",
            ),
            models.CheckConstraint(
                condition=Q(bank_cost__gte=0)
                & (Q(agency_cost=None) | Q(agency_cost__gte=0))
                & (Q(fee=None) | Q(fee__gte=0)),
                name="agency_money_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"agency for {self.vacancy}: {self.state}"
