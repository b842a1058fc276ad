"""The plans made for a pool's weeks: whom they propose, and why they found nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models import Clinician
from desirepath.pools.models import Pool
from desirepath.vacancies.models.vacancy import Vacancy

# states of a plan that is still to come, and of one that can be read
UNDER_WAY = ("asked", "planning")
MADE = ("proposed", "stopped")
# whoever makes a plan says every second that it still does; unheard for so long, it is taken for dead
LEASE = timedelta(seconds=60)


class PlanRunQuerySet(models.QuerySet["PlanRun"]):
    def for_pool(self, pool: Pool) -> Self:
        return self.filter(pool=pool)

    def made(self) -> Self:
        """Those that hold a plan."""
        return self.filter(state__in=MADE)

    def under_way(self) -> Self:
        """Those asked for and not made yet."""
        return self.filter(state__in=UNDER_WAY)

    def waiting(self) -> Self:
        """Those that nobody has begun, in the order they were asked for."""
        return self.filter(state="asked").order_by("pk")

    def abandoned(self) -> Self:
        """Those whose maker has not been heard of for a lease."""
        return self.filter(state="planning", lease_until__lte=clock.now())


class PlanRun(Stateful):
    """One plan of a pool's weeks: asked for, made by whichever worker claims it first, then kept.

    ``claim`` is of whoever makes it, until ``lease_until``; ``progress`` says how far that is (see
    ``relay.figures``), ``stop_asked_at`` that the best plan found by then is wanted. ``summary`` holds a made
    plan's figures as ``presenters.plan_figures`` reads them. ``seconds`` limits the search. ``replanned_at``:
    until when what has happened since is in ``Replanned``.
    """

    STATES = States.table(
        "PlanRun",
        {
            "asked": {"planning", "called off", "failed"},
            "planning": {"asked", "proposed", "stopped", "failed"},
            "proposed": (),
            "stopped": (),
            "called off": (),
            "failed": (),
        },
    )

    class Failure(models.TextChoices):
        FAULT = "fault", "A fault of the planner"
        DIED = "died", "Its worker died again and again"
        LEFT = "left", "It was broken off before a plan was found"

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="plan_runs")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    first_day = models.DateField()
    weeks = models.PositiveSmallIntegerField(default=1)
    seed = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=6, choices=Failure.choices, blank=True)
    replanned_at = models.DateTimeField(null=True, blank=True)
    progress: Any = models.JSONField(default=dict)
    summary: Any = models.JSONField(default=dict)

    objects = PlanRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        get_latest_by = "id"
        constraints = [
            known_state("PlanRun"),
            models.UniqueConstraint(
                fields=["pool", "first_day", "weeks"],
                condition=Q(state__in=UNDER_WAY),
                name="one_plan_of_the_same_weeks_under_way",
            ),
            models.CheckConstraint(
                condition=Q(state="planning", claim__isnull=False, lease_until__isnull=False)
                | (~Q(state="planning") & Q(claim=None, lease_until=None)),
                name="plan_claimed_exactly_while_planning",
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"])]

    def __str__(self) -> str:
        return f"plan of {self.pool} from {self.first_day}"

    @property
    def is_made(self) -> bool:
        return self.state in MADE

    @property
    def made_at(self) -> datetime:
        """When a made plan was kept."""
        return self.state_since

    @property
    def read_at(self) -> datetime:
        """When the rows that it was made from were read."""
        return self.began_at or self.created_at

    def take(self) -> None:
        """Claim it. Raises InvalidMove or Stale unless it is asked for and nobody was faster."""
        now = clock.now()
        self.move(
            "planning",
            by=None,
            claim=uuid4(),
            lease_until=now + LEASE,
            began_at=now,
            tries=self.tries + 1,
            progress={},
        )

    def renew(self, progress: dict[str, Any] | None = None) -> bool:
        """Say that it is still being made, and how far it is; False where the claim is another's by now."""
        changes: dict[str, Any] = {"lease_until": clock.now() + LEASE}
        if progress:
            changes["progress"] = progress
        mine = PlanRun.objects.filter(pk=self.pk, state="planning", claim=self.claim)
        return mine.update(**changes) == 1

    def give_back(self) -> None:
        """It is anybody's to claim again."""
        self.move("asked", by=None, claim=None, lease_until=None, progress={})

    def fail(self, why: PlanRun.Failure) -> None:
        """No plan will come of it."""
        details = {"failure": why.value}
        self.move("failed", by=None, details=details, failure=why, claim=None, lease_until=None)


class Proposal(Base):
    """Who the plan proposes for a vacancy, and why. ``fee`` is pounds for the session."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="proposals")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="proposals")
    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="proposals")
    tier = models.PositiveSmallIntegerField()
    preference = models.PositiveSmallIntegerField()
    fee = models.DecimalField(max_digits=8, decimal_places=2)
    km = models.FloatField()
    reasons = models.JSONField(default=list, help_text="sentences the manager and she may both read")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "vacancy"], name="one_proposal_per_vacancy_and_run")
        ]

    def __str__(self) -> str:
        return f"{self.clinician} for {self.vacancy}"


class Replanned(models.Model):
    """Whom a re-plan would rather have asked for a vacancy than the plan's own proposal; None: nobody.

    The cascade's order; what its manager reads of a plan stays as it was made.
    """

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="replanned")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="replanned")
    clinician = models.ForeignKey(
        Clinician, on_delete=models.CASCADE, null=True, blank=True, related_name="replanned"
    )

    class Meta:
        verbose_name_plural = "replanned"
        constraints = [
            models.UniqueConstraint(fields=["run", "vacancy"], name="one_replanned_per_vacancy_and_run")
        ]

    def __str__(self) -> str:
        return f"{self.clinician} for {self.vacancy}"


class Unfilled(models.Model):
    """Why the plan leaves a vacancy open, and the smallest single changes that would bring somebody.

    ``reason`` is a cause of ``matching.Unfilled``; each of ``changes`` has kind, amount (a rate in pounds on
    a grid of 5, a skill's code, a move in words) and brings. ``presenters.unfilled`` tells them.
    """

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="unfilled")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="unfilled")
    reason = models.CharField(max_length=300)
    candidates = models.PositiveIntegerField(default=0)
    changes: Any = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "unfilled"
        constraints = [
            models.UniqueConstraint(fields=["run", "vacancy"], name="one_unfilled_per_vacancy_and_run")
        ]

    def __str__(self) -> str:
        return f"{self.vacancy}: {self.reason}"


class Shortness(models.Model):
    """How short of clinicians one vacancy was in the last good plan that had to fill it; see ``shortness``.

    ``sessions`` is what one more clinician for it would have brought, in usual sessions covered.
    """

    vacancy = models.OneToOneField(Vacancy, on_delete=models.CASCADE, related_name="shortness")
    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="shortness")
    sessions = models.FloatField()

    class Meta:
        verbose_name_plural = "shortness"
        constraints = [
            models.CheckConstraint(condition=Q(sessions__gte=0), name="shortness_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.vacancy}: {self.sessions:.1f}"
