"""What pools and practices ask for, what a clinician holds, and who has verified it against what."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models.profile import Clinician
from desirepath.organisations.models import Organisation
from desirepath.pools.models import ClinicianRole, Pool

# states of a credential that counts until its last day
VALID = ("verified", "expiring")


class Policy(Base):
    """What one pool asks of its members in place of the usual set, or one practice beside its pool."""

    pool = models.OneToOneField(
        Pool, on_delete=models.CASCADE, null=True, blank=True, related_name="credential_policy"
    )
    practice = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="credential_policy"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pool=None, practice__isnull=False) | Q(pool__isnull=False, practice=None),
                name="policy_of_a_pool_or_a_practice",
            )
        ]

    def __str__(self) -> str:
        return f"what {self.pool or self.practice} asks for"


class Requirement(models.Model):
    """One item that is asked of one role: who may verify it, how long it counts, and whether its lack blocks
    or only warns.
    """

    class Level(models.TextChoices):
        BLOCK = "block", "Blocks: no work without it"
        WARN = "warn", "Warns: work goes on, and people are told"

    class Authority(models.TextChoices):
        VERIFIER = "verifier", "Credential verifier"
        GOVERNANCE = "governance", "Clinical-governance lead"

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="requirements")
    role = models.CharField(max_length=12, choices=ClinicianRole.choices)
    item = models.CharField(max_length=80)
    level = models.CharField(max_length=6, choices=Level.choices)
    verified_by = models.CharField(
        max_length=12, choices=Authority.choices, default=Authority.VERIFIER, help_text="or whoever is above"
    )
    months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="how long it counts after it was issued; empty: as it says itself"
    )
    since = models.DateField(default=clock.today, help_text="sessions before this day don't need it")
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "role", "item"], name="one_requirement_of_an_item"),
            models.CheckConstraint(
                condition=Q(months=None) | Q(months__range=(1, 120)), name="requirement_counts_for_months"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} of a {self.role}: {self.level}"


class CredentialQuerySet(models.QuerySet["Credential"]):
    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def for_pool(self, pool: Pool) -> Self:
        """Those of members who share what they hold with ``pool``; what another pool recorded for itself is
        not among them.
        """
        shared = Q(
            clinician__memberships__pool=pool,
            clinician__memberships__shares=True,
            clinician__memberships__state__in=("applied", "checking", "active", "paused", "suspended"),
        )
        return self.filter(shared & (~Q(item="recorded") | Q(verified_in=pool)))

    def valid(self) -> Self:
        return self.filter(state__in=VALID)


class Credential(Stateful):
    """Something she holds. ``expires_on`` is its last day, ``against`` what it was verified against.

    Verified once, it counts in every pool that she shares with; ``verified_in`` says where that was, which
    other pools are not told.
    """

    STATES = States.table(
        "Credential",
        {
            "submitted": {"verified", "rejected"},
            "verified": {"expiring", "expired", "revoked"},
            "expiring": {"expired", "revoked"},
            "rejected": (),
            "expired": {"revoked"},
            "revoked": (),
        },
    )

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="credentials")
    item = models.CharField(max_length=80)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="its last day; empty: it has none")
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_in = models.ForeignKey(Pool, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    authority = models.CharField(max_length=12, choices=Requirement.Authority.choices, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    against = models.CharField(max_length=200, blank=True)
    brought = models.ForeignKey(
        "clinicians.BroughtPassport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credentials",
        help_text="the passport in which it came",
    )
    reason = models.CharField(
        max_length=300, blank=True, help_text="why it was rejected or revoked: she reads it"
    )

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "created_at"], name="credentials_by_state")]
        constraints = [
            known_state("Credential"),
            models.CheckConstraint(
                condition=Q(state__in=("submitted", "rejected"))
                | Q(verified_at__isnull=False) & ~Q(against="") & ~Q(authority=""),
                name="verified_by_somebody_against_something",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("rejected", "revoked")) | ~Q(reason=""), name="refused_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} of {self.clinician}"

    @property
    def valid(self) -> bool:
        return self.state in VALID and (self.expires_on is None or clock.today() <= self.expires_on)


class Document(Base):
    """The file that shows a credential: what it truly is, and its bytes, which no list ever loads.

    It lies in the database, outside everything that is served, and goes with the credential.
    """

    class Kind(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG picture"
        PNG = "image/png", "PNG picture"

    credential = models.OneToOneField(Credential, on_delete=models.CASCADE, related_name="document")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.name} ({self.size:,} bytes)"


class RegisterStatus(models.Model):
    """What an extract of the Performers List says of a GMC number in [``starts_on``, ``ends_on``]."""

    class Status(models.TextChoices):
        INCLUDED = "included", "Included"
        CONDITIONS = "conditions", "Included with conditions"
        SUSPENDED = "suspended", "Suspended"
        REMOVED = "removed", "Removed"

    gmc_number = models.CharField(max_length=7, db_index=True)
    status = models.CharField(max_length=12, choices=Status.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="the last day; empty: still")

    class Meta:
        ordering = ["gmc_number", "starts_on"]
        verbose_name_plural = "register statuses"
        constraints = [
            models.UniqueConstraint(
                fields=["gmc_number", "status", "starts_on"], name="one_status_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="register_status_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gmc_number}: {self.status} from {self.starts_on}"


class CheckTimerQuerySet(models.QuerySet["CheckTimer"]):
    def due(self) -> Self:
        return self.filter(done_at=None, due_at__lte=clock.now())


class CheckTimer(models.Model):
    """When her checks need a look: so many ``days`` before the last day of an item, the day after it (0), or
    the day on which something that stood in the way is over (``item`` is empty).
    """

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="check_timers")
    item = models.CharField(max_length=80, blank=True)
    until = models.DateField()
    days = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CheckTimerQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="check_timers_that_wait")]
        constraints = [
            models.UniqueConstraint(fields=["clinician", "item", "until", "days"], name="one_timer_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.clinician}: {self.item or 'a look'}, {self.days} days before {self.until}"


def day_after(day: date) -> date:
    """The next day, where there is one."""
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))
