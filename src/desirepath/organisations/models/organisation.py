"""Organisations of the NHS in England and ours, whose parents change over time, and the roles people hold
there.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from desirepath.accounts.models import Person
from desirepath.accounts.roles import EVERYWHERE, PERMISSIONS, Permission, Role
from desirepath.audit import clock
from desirepath.audit.models import Base


class Kind(models.TextChoices):
    REGION = "region", "Region"
    ICB = "icb", "ICB"
    SUB_ICB = "sub-icb", "Sub-ICB"
    PCN = "pcn", "PCN"
    PRACTICE = "practice", "Practice"
    FEDERATION = "federation", "Federation"
    POOL = "pool", "Pool"
    CHAMBERS = "chambers", "Chambers"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def practices(self) -> OrganisationQuerySet:
        return self.filter(kind=Kind.PRACTICE)

    def open_on(self, day: date) -> OrganisationQuerySet:
        """Those that had opened and had neither closed nor fallen dormant on ``day``."""
        return self.filter(dormant=False).exclude(opened_on__gt=day).exclude(closed_on__lte=day)

    def within(self, parent: Organisation, day: date) -> OrganisationQuerySet:
        """Those directly under ``parent`` on ``day``."""
        return self.filter(
            Q(parents__ends_on__gt=day) | Q(parents__ends_on=None),
            parents__parent=parent,
            parents__starts_on__lte=day,
        )

    def of_icb(self, icb: Organisation, day: date) -> OrganisationQuerySet:
        """Those that belong to ``icb`` on ``day``, through their sub-ICB on that day or directly."""
        under = Parent.objects.current(day)
        sub_icbs = under.filter(parent=icb, child__kind=Kind.SUB_ICB).values("child")
        return self.filter(
            Q(pk__in=under.filter(parent__in=sub_icbs).values("child"))
            | Q(pk__in=under.filter(parent=icb).values("child"))
        )

    def with_patients(self, day: date) -> OrganisationQuerySet:
        """Practices that the newest publication up to ``day`` lists with registered patients."""
        newest = ListSize.objects.filter(on__lte=day).order_by("-on").values("on")[:1]
        return self.filter(list_sizes__on=models.Subquery(newest), list_sizes__patients__gt=0)


class Organisation(Base):
    """A body with a code: an ICB, a PCN, a practice, or one of ours (a pool, a chambers).

    ``as_of`` is the date of the newest file that described it, ``described`` the same for each column: what
    an older file says never overwrites what a newer one said, in whatever order they are imported. Latitude
    and longitude are WGS84 degrees.
    """

    kind = models.CharField(max_length=12, choices=Kind.choices)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    phone = models.CharField("telephone", max_length=40, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    place_source = models.CharField(max_length=80, blank=True, help_text="where the coordinates come from")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="the first day on which it was closed")
    dormant = models.BooleanField(default=False, help_text="not closed, but not at work either")
    as_of = models.DateField(null=True, blank=True)
    described = models.JSONField(default=dict, blank=True, help_text="column > date of the file that gave it")
    fictional = models.BooleanField(default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="one_organisation_per_kind_and_code"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="organisation_place_on_earth",
            ),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def parent(self, kind: Kind, day: date | None = None) -> Organisation | None:
        """Its parent of that kind on ``day`` (today where none is given), if it had one."""
        found = self.parents.current(day).filter(kind=kind).select_related("parent").first()
        return found.parent if found else None

    def icb(self, day: date | None = None) -> Organisation | None:
        """Which ICB it belongs to on ``day``: through its sub-ICB where it has one."""
        if self.kind == Kind.ICB:
            return self
        if sub_icb := self.parent(Kind.SUB_ICB, day):
            return sub_icb.parent(Kind.ICB, day)
        return self.parent(Kind.ICB, day)

    def region(self, day: date | None = None) -> Organisation | None:
        """Which region of NHS England it belongs to on ``day``, through its ICB."""
        if self.kind == Kind.REGION:
            return self
        icb = self.icb(day)
        return icb.parent(Kind.REGION, day) if icb else None


class ParentQuerySet(models.QuerySet["Parent"]):
    def current(self, day: date | None = None) -> ParentQuerySet:
        """Those that hold on ``day`` (today where none is given)."""
        day = day or clock.today()
        return self.filter(Q(ends_on__gt=day) | Q(ends_on=None), starts_on__lte=day)


class Parent(models.Model):
    """``child`` was under ``parent`` from ``starts_on`` until the day before ``ends_on``; one parent of a
    kind at a time.

    For real organisations these rows are worked out from ``Sighting`` by ``organisations.lineage``.
    """

    child = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=12, choices=Kind.choices, help_text="the parent's kind")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=80)

    objects = ParentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="parent_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="nobody_is_its_own_parent"),
        ]
        indexes = [models.Index(fields=["parent", "starts_on"])]
        ordering = ["kind", "starts_on"]

    def __str__(self) -> str:
        return f"{self.child} in {self.parent} from {self.starts_on}"


class Sighting(models.Model):
    """What one file said: ``child`` was under ``parent`` (empty: under none of that kind) from ``first`` to
    ``last``.

    Both days are included; ``ended`` says that it was no longer so afterwards; ``dated`` that ``first`` is a
    joining date the publisher gave, not just a day on which it was seen. Kept because the history of a month
    imported late can only be told from what was said, not from the history told so far.
    """

    child = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sightings")
    kind = models.CharField(max_length=12, choices=Kind.choices, help_text="the parent's kind")
    parent = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="seen_above"
    )
    first = models.DateField()
    last = models.DateField()
    ended = models.BooleanField(default=False)
    dated = models.BooleanField(default=False)
    stated_on = models.DateField()
    source = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="sighting_last_not_before_first")
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.source} of {self.stated_on}: {self.child} in {self.parent or 'none'}"


class ImportRun(Base):
    """One file brought in: which, whose state of affairs it gives (``as_of``), and what it changed."""

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField()
    counts = models.JSONField(
        default=dict, help_text="rows read, and what was added, changed, closed, refused"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} as of {self.as_of}"


class ListSize(models.Model):
    """Patients registered at a practice on a day (an NHS England publication)."""

    practice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="list_sizes")
    on = models.DateField()
    patients = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "on"], name="one_list_size_per_practice_and_day")
        ]
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.practice}: {self.patients:,} on {self.on}"


class RoleQuerySet(models.QuerySet["RoleAssignment"]):
    def current(self, day: date | None = None) -> RoleQuerySet:
        day = day or clock.today()
        return self.filter(Q(ends_on__gt=day) | Q(ends_on=None), starts_on__lte=day)

    def not_over(self) -> RoleQuerySet:
        """Held today, or from a coming day on."""
        return self.filter(Q(ends_on__gt=clock.today()) | Q(ends_on=None)).exclude(ends_on=F("starts_on"))


class RoleAssignment(Base):
    """A person holds a role at an organisation for a time; a clinician, an administrator and an auditor hold
    theirs at none.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=24, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="role_assignments"
    )
    starts_on = models.DateField(default=clock.today)
    ends_on = models.DateField(null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=sorted(EVERYWHERE), organisation=None)
                | (~Q(role__in=sorted(EVERYWHERE)) & Q(organisation__isnull=False)),
                name="role_held_where_it_belongs",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "organisation"],
                condition=Q(ends_on=None),
                name="one_open_assignment",
            ),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(ends_on=None, organisation=None),
                name="one_open_assignment_everywhere",
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        place = f" at {self.organisation}" if self.organisation else ""
        return f"{self.person}: {self.get_role_display()}{place}"

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[Role(self.role)]
