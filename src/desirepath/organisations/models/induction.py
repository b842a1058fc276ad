"""What somebody who has never been to a practice needs to know on her first day there."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States
from desirepath.organisations.models.organisation import Organisation

# states in which it is shown to whoever comes
SHOWN = ("current", "review due")


class InductionPackQuerySet(models.QuerySet["InductionPack"]):
    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(practice=practice)

    def shown(self) -> Self:
        """What whoever comes reads: also where its review is due, for old words help more than none."""
        return self.filter(state__in=SHOWN)

    def overdue(self) -> Self:
        """Current ones whose day of review has come."""
        return self.filter(state="current", review_on__lte=clock.today())


class InductionPack(Stateful):
    """One version of a practice's induction pack: sections of text, each empty where there is nothing to say.

    A version is never edited once it is current: the next is written as a draft and takes its place.
    """

    STATES = States.table(
        "InductionPack",
        {
            "draft": {"current"},
            "current": {"review due", "superseded"},
            "review due": {"current", "superseded"},
            "superseded": (),
        },
    )

    class System(models.TextChoices):
        EMIS = "emis", "EMIS Web"
        SYSTMONE = "systmone", "SystmOne"
        OTHER = "other", "Another system"

    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="induction_packs")
    version = models.PositiveIntegerField(null=True, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    review_on = models.DateField(null=True, blank=True)
    parking = models.TextField("parking and the way in", blank=True)
    ask_for = models.TextField("who to ask for", blank=True)
    system = models.CharField("clinical system", max_length=8, choices=System.choices, blank=True)
    logins = models.TextField("logins", blank=True)
    rooms = models.TextField("rooms", blank=True)
    contacts = models.TextField("contacts and telephone numbers", blank=True)
    emergency = models.TextField("emergency equipment", blank=True)
    referrals = models.TextField("referral pathways", blank=True)
    other = models.TextField("anything else", blank=True)

    objects = InductionPackQuerySet.as_manager()

    class Meta:
        ordering = ["-version", "-id"]
        constraints = [
            known_state("InductionPack"),
            models.UniqueConstraint(
                fields=["practice"], condition=Q(state__in=SHOWN), name="one_current_pack_per_practice"
            ),
            models.UniqueConstraint(
                fields=["practice"], condition=Q(state="draft"), name="one_draft_pack_per_practice"
            ),
            models.UniqueConstraint(fields=["practice", "version"], name="one_pack_per_version"),
            models.CheckConstraint(
                condition=Q(state="draft", version=None)
                | (~Q(state="draft") & Q(version__isnull=False, review_on__isnull=False)),
                name="current_pack_has_a_version_and_a_review",
            ),
        ]

    def __str__(self) -> str:
        return f"induction pack of {self.practice}, {f'version {self.version}' if self.version else 'draft'}"
