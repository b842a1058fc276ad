"""The clinician: her profile, memberships and engagements, and the practices she prefers or blocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit.models import Actor, Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Chambers, ClinicianRole, Pool, PoolNeighbour

if TYPE_CHECKING:
    from desirepath.clinicians.models.terms import Terms


class Skill(models.Model):
    """Something a session may need that not everyone of the role does, such as fitting coils."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=12, choices=ClinicianRole.choices)

    class Meta:
        ordering = ["role", "name"]

    def __str__(self) -> str:
        return self.name


class ClinicianQuerySet(models.QuerySet["Clinician"]):
    def for_pool(self, pool: Pool) -> Self:
        """Active members of ``pool``."""
        return self.filter(memberships__pool=pool, memberships__state="active")

    def next_to(self, pool: Pool) -> Self:
        """Active members of its neighbouring pools who allow them to ask; nobody who ever joined it."""
        of_others = self.filter(
            memberships__pool__in=PoolNeighbour.pools_beside(pool),
            memberships__state="active",
            quiet_choices__next_pools=True,
        )
        return of_others.exclude(pk__in=Membership.objects.filter(pool=pool).values("clinician")).distinct()


class Clinician(Base):
    """A GP or other registered professional who works sessions. Her place is where she sets out from; nobody
    else sees it.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="clinician")
    role = models.CharField(max_length=12, choices=ClinicianRole.choices)
    registration = models.CharField(
        "registration number",
        max_length=12,
        help_text="GMC number (7 digits), or the number of the NMC, GPhC or HCPC",
        validators=[RegexValidator(r"^[0-9A-Z]{5,12}$", "Enter the registration number without spaces")],
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="clinicians")
    latitude = models.FloatField()
    longitude = models.FloatField()
    through_agency = models.BooleanField(default=False, help_text="may also be reached through an agency")
    free_on_bank_holidays = models.BooleanField(
        default=True,
        help_text="her weekly pattern holds on bank holidays; else only what she says of the day",
    )

    objects = ClinicianQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "registration"], name="one_clinician_per_registration"),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="clinician_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.person.name

    @property
    def current_terms(self) -> Terms | None:
        """The terms she has published last."""
        return self.terms.filter(state="published").first()

    def cleared_by_pool(self) -> Callable[[int], date]:
        """The last day on which she may work in a pool, by its row number; where she is no member, that of
        the pool of hers that lends her.
        """
        rows = self.memberships.exclude(state__in=("left", "declined"))
        own = dict(rows.values_list("pool_id", "cleared_until"))
        lent = max(own.values(), default=date.min)
        return lambda pool: own.get(pool, lent)

    def locked(self) -> Clinician:
        """Her row, locked until the transaction ends: whoever books her time goes through here."""
        return Clinician.objects.select_for_update(of=("self",)).select_related("person").get(pk=self.pk)


class Membership(Stateful):
    """A clinician in a pool and, if she wishes, in one of its chambers and in the bank of one PCN.

    ``cleared_until`` is the last day on which what she holds is what the pool asks for (``date.max``: no end;
    ``date.min``: never yet), and ``checks`` names what stands in the way. Both are worked out, in
    ``credentials.clearing`` and nowhere else, from what has been verified.
    """

    STATES = States.table(
        "Membership",
        {
            "invited": {"applied", "active", "declined"},
            "applied": {"checking", "declined"},
            "checking": {"active", "declined"},
            "active": {"paused", "left", "suspended"},
            "paused": {"active", "left", "suspended"},
            "suspended": {"active", "left"},
            "left": {"applied"},
            "declined": {"applied"},
        },
    )

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="memberships")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="memberships")
    chambers = models.ForeignKey(
        Chambers, on_delete=models.SET_NULL, null=True, blank=True, related_name="members"
    )
    pcn = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="bank_members"
    )
    shares = models.BooleanField(
        default=True, help_text="what she holds counts in this pool, and is seen by it"
    )
    cleared_until = models.DateField(default=date.min, editable=False)
    checks = models.JSONField(default=dict, editable=False)

    class Meta:
        constraints = [
            known_state("Membership"),
            models.UniqueConstraint(fields=["clinician", "pool"], name="one_membership_per_pool"),
        ]

    def __str__(self) -> str:
        return f"{self.clinician} in {self.pool}"

    def cleared_on(self, day: date) -> bool:
        """Whether what she holds lets her work in this pool on ``day``."""
        return bool(day <= self.cleared_until)

    def move(
        self, to: str, *, by: Actor | None, details: dict[str, Any] | None = None, **changes: Any
    ) -> Self:
        """Whichever way she becomes active, what she holds is held against what the pool asks for."""
        super().move(to, by=by, details=details, **changes)
        if to == "active":
            from desirepath.clinicians.credentials.clearing import work_out

            work_out([self.clinician])
            self.refresh_from_db(fields=["cleared_until", "checks"])
        return self


class Engagement(Stateful):
    """How a clinician works for one host: per person and host, never per person (DOMAIN, finding 3)."""

    STATES = States.table(
        "Engagement",
        {
            "draft": {"status determined", "agreed"},
            "status determined": {"agreed"},
            "agreed": {"active"},
            "active": {"ended"},
            "ended": (),
        },
    )

    class Kind(models.TextChoices):
        SELF_EMPLOYED = "self-employed", "Self-employed"
        LIMITED_COMPANY = "limited company", "Limited company"
        PAYE_BANK = "paye bank", "PAYE bank"
        SALARIED_FLEXIBLE = "salaried flexible", "Salaried flexible"

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="engagements")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="engagements")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.SELF_EMPLOYED)

    class Meta:
        constraints = [
            known_state("Engagement"),
            models.UniqueConstraint(fields=["clinician", "host", "kind"], name="one_engagement_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.clinician}, {self.kind} at {self.host}"


class PracticePreference(models.Model):
    """A practice she prefers, blocks, or has muted: no offers from it, though she may find its sessions.

    Never shown to the practice.
    """

    class Kind(models.TextChoices):
        PREFERRED = "preferred", "Preferred"
        BLOCKED = "blocked", "Blocked"
        MUTED = "muted", "Muted"

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="practice_preferences")
    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinician", "practice"], name="one_preference_per_practice")
        ]

    def __str__(self) -> str:
        return f"{self.clinician}: {self.practice} {self.kind}"
