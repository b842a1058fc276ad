"""Where one vacancy stands in its cascade, and when it next needs a look."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States
from desirepath.cascade.rules import OWN_PCN, Session, Standing
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS

# states in which time moves it on
TIERS = {
    0: "the practice's own PCN bank",
    1: "neighbouring PCNs",
    2: "the whole pool",
    NEXT_POOLS: "neighbouring pools",
}
ACTIVE = ("waiting", "running", "agency wanted", "agency approved")


class CascadeQuerySet(models.QuerySet["Cascade"]):
    def for_pool(self, pool: Pool) -> Self:
        return self.filter(vacancy__pool=pool)

    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(vacancy__practice=practice)

    def active(self) -> Self:
        return self.filter(state__in=ACTIVE)

    def due(self) -> Self:
        """Those that need a look now, the longest overdue first."""
        return self.active().filter(due_at__lte=clock.now()).order_by("due_at", "pk")


class Cascade(Stateful):
    """One vacancy's way from the practice's own bank outwards: one row, moved on as time passes.

    ``tier`` is how far it is open (0 the own PCN's bank, 1 neighbouring
    PCNs, 2 the whole pool, 3 neighbouring pools where the policy has them asked), since ``tier_since``;
    ``due_at`` is when it next needs a look. "Agency wanted" goes on asking whoever of the bank turns up.
    """

    STATES = States.table(
        "Cascade",
        {
            "waiting": {"running", "stopped", "ended"},
            "running": {"agency wanted", "stopped", "ended"},
            "stopped": {"waiting", "running", "agency wanted", "ended"},
            "agency wanted": {"running", "agency approved", "stopped", "ended"},
            "agency approved": {"running", "agency wanted", "stopped", "ended"},
            "ended": {"waiting", "running"},
        },
    )

    class Ending(models.TextChoices):
        FILLED = "filled", "Somebody is coming"
        AGENCY = "agency", "An agency clinician is coming"
        WITHDRAWN = "withdrawn", "The practice no longer needs cover"
        UNFILLED = "unfilled", "The session began with nobody coming"

    vacancy = models.OneToOneField(Vacancy, on_delete=models.PROTECT, related_name="cascade")
    tier = models.SmallIntegerField(default=OWN_PCN)
    tier_since = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    escalated_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.CharField(max_length=200, blank=True)
    ended_because = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    objects = CascadeQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("Cascade"),
            models.CheckConstraint(
                condition=Q(tier__gte=OWN_PCN, tier__lte=NEXT_POOLS), name="cascade_tier_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ACTIVE, due_at__isnull=False) | (~Q(state__in=ACTIVE) & Q(due_at=None)),
                name="cascade_due_exactly_while_active",
            ),
            models.CheckConstraint(
                condition=Q(state="ended") & ~Q(ended_because="") | ~Q(state="ended") & Q(ended_because=""),
                name="cascade_ends_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"cascade of {self.vacancy}"

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def standing(self) -> Standing:
        return Standing(self.tier, self.tier_since)

    @property
    def session(self) -> Session:
        """Its vacancy as the pure rules see it."""
        return session_of(self.vacancy)

    def note(self, kind: CascadeStep.Kind, *, by: Person | None = None, reason: str = "") -> None:
        """One more line of its story."""
        CascadeStep.objects.create(cascade=self, kind=kind, tier=self.tier, by=by, reason=reason[:200])


def session_of(vacancy: Vacancy) -> Session:
    return Session(vacancy.start, vacancy.urgency >= Vacancy.Urgency.URGENT)


class CascadeStep(models.Model):
    """One line of a cascade's story: what happened to it when, by whom (empty: by itself), and why."""

    class Kind(models.TextChoices):
        WAITS = "waits", "Waits for the pool manager"
        BEGAN = "began", "Began"
        TIER = "tier", "Opened to the next tier"
        SKIPPED = "skipped", "A tier was skipped"
        STOPPED = "stopped", "Stopped"
        RESUMED = "resumed", "Started again"
        WANTED = "wanted", "An agency is wanted"
        APPROVED = "approved", "The agency step was approved"
        REFUSED = "refused", "The agency step was refused"
        ESCALATED = "escalated", "People were told"
        ENDED = "ended", "Ended"

    cascade = models.ForeignKey(Cascade, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    tier = models.SmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} at tier {self.tier}"

    @property
    def sentence(self) -> str:
        """For whoever reads the session's story, practice and manager alike."""
        kind, by = CascadeStep.Kind, f" by {self.by.name}" if self.by else ""
        tier = TIERS[self.tier]
        told = {
            kind.WAITS: "It waits while the pool manager plans",
            kind.BEGAN: f"The pool began to ask{by}, with {tier}",
            kind.TIER: f"Opened to {tier}",
            kind.SKIPPED: f"Opened early{by} to {tier}",
            kind.STOPPED: f"Stopped{by}",
            kind.RESUMED: f"Started again{by}",
            kind.WANTED: f"An agency was asked for{by}"
            if by
            else "Every tier has had its turn: agency wanted",
            kind.APPROVED: f"The agency step was approved{by}",
            kind.REFUSED: f"The agency step was refused{by}",
            kind.ESCALATED: "People in charge were told that nobody is coming yet",
            kind.ENDED: "The pool stopped asking",
        }[kind(self.kind)]
        return f"{told}: {self.reason}" if self.reason else told
