"""The pool (the tenant), its practices, its chambers, and what an agency would charge there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.organisations.models import Kind, Organisation, OrganisationQuerySet, Parent, RoleAssignment

UPLOAD_LASTS = timedelta(hours=1)
# states of an agreement between pools that is in force, or waits for an answer
STANDING = ("proposed", "agreed")


class ClinicianRole(models.TextChoices):
    """What a session asks for and a clinician is: a GP or another registered professional."""

    GP = "gp", "GP"
    NURSE = "nurse", "Nurse"
    PHARMACIST = "pharmacist", "Pharmacist"
    PARAMEDIC = "paramedic", "Paramedic"


class Pool(Base):
    """A flexible staff pool, hosted by an ICB, federation or PCN; nothing of one pool is seen by another."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="pool")
    host = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="hosted_pools"
    )
    offer_hours = models.PositiveSmallIntegerField(
        default=24, help_text="hours for which an offer stays open"
    )
    application_hours = models.PositiveSmallIntegerField(
        default=36, help_text="hours for which an application waits for the practice"
    )
    most_applications = models.PositiveSmallIntegerField(
        default=5, help_text="applications that one clinician may have waiting at a time"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application_hours__range=(24, 48)), name="application_waits_a_day_or_two"
            ),
            models.CheckConstraint(condition=Q(most_applications__gte=1), name="some_applications_allowed"),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def code(self) -> str:
        return self.organisation.code

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def fictional(self) -> bool:
        return self.organisation.fictional

    def practices(self, day: date | None = None) -> models.QuerySet[Organisation]:
        """The practices that belong to it on ``day`` (today where none is given)."""
        day = day or clock.today()
        return Organisation.objects.filter(
            Q(pool_places__ends_on__gt=day) | Q(pool_places__ends_on=None),
            pool_places__pool=self,
            pool_places__starts_on__lte=day,
        )

    def organisations(self) -> OrganisationQuerySet:
        """Itself, its chambers, its practices and their PCNs: where its people hold roles."""
        practices = self.practices().values("pk")
        pcns = Parent.objects.current().filter(kind=Kind.PCN, child__in=practices).values("parent")
        return Organisation.objects.filter(
            Q(pk=self.organisation_id) | Q(chambers__pool=self) | Q(pk__in=practices) | Q(pk__in=pcns)
        )

    def managers(self) -> models.QuerySet[Person]:
        assignments = RoleAssignment.objects.current().filter(
            organisation=self.organisation, role=Role.POOL_MANAGER
        )
        return Person.objects.filter(roles__in=assignments)

    @classmethod
    def of_practice(cls, practice: Organisation, day: date | None = None) -> Pool | None:
        """The pool a practice belongs to on ``day``."""
        day = day or clock.today()
        there = Q(ends_on__gt=day) | Q(ends_on=None)
        places = PoolPractice.objects.filter(there, practice=practice, starts_on__lte=day)
        place = places.select_related("pool__organisation").order_by("pk").first()
        return place.pool if place else None


class PoolPractice(models.Model):
    """A practice belongs to one pool at a time."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="places")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pool_places")
    starts_on = models.DateField(default=clock.today)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="pool_practice_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.practice} in {self.pool}"


class Chambers(Base):
    """A self-governing team of locums in a pool, with a named lead (DOMAIN: at most about 15)."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="chambers")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="chambers")
    most_members = models.PositiveSmallIntegerField(default=15)
    least_meetings = models.PositiveSmallIntegerField(
        default=4, help_text="governance meetings a year, at the least"
    )
    manager = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="the one of the pool's managers who looks after it",
    )

    class Meta:
        verbose_name_plural = "chambers"
        constraints = [
            models.CheckConstraint(condition=Q(most_members__gte=1), name="chambers_has_a_place"),
            models.CheckConstraint(
                condition=Q(least_meetings__range=(1, 12)), name="chambers_meets_some_times_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name


class PcnNeighbour(models.Model):
    """Clinicians of ``pcn``'s bank count as neighbours of ``neighbour``'s practices: one way, as written."""

    pcn = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="neighbours")
    neighbour = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="neighbour_of")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pcn", "neighbour"], name="one_neighbour_row"),
            models.CheckConstraint(condition=~Q(pcn=F("neighbour")), name="pcn_is_not_its_own_neighbour"),
        ]

    def __str__(self) -> str:
        return f"{self.pcn} > {self.neighbour}"


class PoolNeighbourQuerySet(models.QuerySet["PoolNeighbour"]):
    def for_pool(self, pool: Pool) -> Self:
        """Those of ``pool``, whichever of the two proposed."""
        return self.filter(Q(pool=pool) | Q(neighbour=pool))

    def standing(self) -> Self:
        """In force, or waiting for an answer."""
        return self.filter(state__in=STANDING)

    def agreed(self) -> Self:
        return self.filter(state="agreed")


class PoolNeighbour(Stateful):
    """Two pools agree that each may ask those clinicians of the other who allow it: both ways, once its own
    tiers have had their turn. ``pool`` proposed it, ``neighbour`` answers, either ends it.

    In force from ``agreed_at`` until ``ended_at`` (or still). Neither learns who the other's members are.
    """

    STATES = States.table(
        "PoolNeighbour",
        {
            "proposed": {"agreed", "declined", "withdrawn"},
            "agreed": {"ended"},
            "declined": (),
            "withdrawn": (),
            "ended": (),
        },
    )

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="proposed_neighbours")
    neighbour = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PoolNeighbourQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known_state("PoolNeighbour"),
            models.UniqueConstraint(
                Least("pool", "neighbour"),
                Greatest("pool", "neighbour"),
                condition=Q(state__in=STANDING),
                name="one_standing_agreement_of_two_pools",
            ),
            models.CheckConstraint(condition=~Q(pool=F("neighbour")), name="pool_is_not_its_own_neighbour"),
            models.CheckConstraint(
                condition=Q(state__in=("agreed", "ended"), agreed_at__isnull=False)
                | ~Q(state__in=("agreed", "ended")) & Q(agreed_at=None),
                name="pools_agreed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__gte=F("agreed_at"))
                | ~Q(state="ended") & Q(ended_at=None),
                name="pools_agreement_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} and {self.neighbour}"

    @classmethod
    def pools_beside(cls, pool: Pool) -> models.QuerySet[Pool]:
        """The pools with which ``pool`` has agreed that each may ask clinicians of the other."""
        agreed = cls.objects.agreed()
        return Pool.objects.filter(
            Q(pk__in=agreed.filter(pool=pool).values("neighbour"))
            | Q(pk__in=agreed.filter(neighbour=pool).values("pool"))
        )

    def other(self, pool: Pool) -> Pool:
        """The one of the two that ``pool`` is not."""
        here: Pool = self.pool
        there: Pool = self.neighbour
        return there if here == pool else here


class AgencyRate(models.Model):
    """What an agency charges a practice for an hour of a role, as the pool enters it; the newest counts."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="agency_rates")
    role = models.CharField(max_length=12, choices=ClinicianRole.choices)
    pounds_an_hour = models.DecimalField(max_digits=7, decimal_places=2)
    starts_on = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "role", "starts_on"], name="one_agency_rate_per_day"),
            models.CheckConstraint(condition=Q(pounds_an_hour__gt=0), name="agency_rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.pool} {self.role}: £{self.pounds_an_hour} an hour"

    @classmethod
    def on(cls, pool: Pool, day: date) -> dict[str, Decimal]:
        """Pounds an hour by role on ``day``; a role without a rate is absent."""
        rows = cls.objects.filter(pool=pool, starts_on__lte=day).order_by("starts_on")
        return {row.role: row.pounds_an_hour for row in rows}


def pool_of(organisation: Organisation) -> Pool:
    """The pool whose organisation this is; raises Pool.DoesNotExist for any other organisation."""
    return Pool.objects.select_related("organisation").get(organisation=organisation)


def pools_of_place(place: Organisation, day: date | None = None) -> models.QuerySet[Pool]:
    """Pools in which a place (a pool, a chambers, a practice, a PCN, an ICB) has a part, for its people."""
    if place.kind == Kind.POOL:
        return Pool.objects.filter(organisation=place)
    if place.kind == Kind.CHAMBERS:
        return Pool.objects.filter(chambers__organisation=place)
    if place.kind == Kind.PRACTICE:
        found = Pool.of_practice(place, day)
        return Pool.objects.filter(pk=found.pk) if found else Pool.objects.none()
    within = Organisation.objects.practices().within(place, day or clock.today())
    return Pool.objects.filter(Q(host=place) | Q(places__practice__in=within)).distinct()


class ImportUploadQuerySet(models.QuerySet["ImportUpload"]):
    def open(self) -> ImportUploadQuerySet:
        """Those sent within the hour for which they are kept."""
        return self.filter(created_at__gt=clock.now() - UPLOAD_LASTS)

    def over(self) -> ImportUploadQuerySet:
        return self.exclude(created_at__gt=clock.now() - UPLOAD_LASTS)


class ImportUpload(Base):
    """A spreadsheet that its owner has sent and not yet confirmed; only she sees it; taking it deletes it.

    ``rows`` holds [number of the row, {column: text}]. One per owner, pool and kind (and ``practice``, where
    it is about one): the next replaces it.
    """

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="+")
    practice = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)

    objects = ImportUploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "pool", "kind"], condition=Q(practice=None), name="one_upload_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["owner", "pool", "kind", "practice"], name="one_upload_of_a_kind_for_a_practice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} of {self.owner}"
