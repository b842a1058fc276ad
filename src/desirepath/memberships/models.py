"""Asking to join a pool, a break from it, and what keeps somebody in touch meanwhile."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models import Membership
from desirepath.pools.models import Chambers, ClinicianRole, Pool

CONFIRM_WITHIN = timedelta(days=3)


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def for_pool(self, pool: Pool) -> Self:
        return self.filter(pool=pool)

    def unconfirmed(self) -> Self:
        return self.filter(state="unconfirmed")

    def lapsed(self) -> Self:
        """Those whose address was not confirmed in time."""
        return self.unconfirmed().filter(expires_at__lte=clock.now())


class JoinRequest(Stateful):
    """Somebody asks to join a pool. Until she has confirmed her address by a secret link, of which only the
    digest is kept, nobody reads what she wrote; then it hangs on her membership, which says how it goes on.
    """

    STATES = States.table(
        "JoinRequest",
        {
            "unconfirmed": {"made", "lapsed"},
            "made": {"taken in", "declined", "withdrawn"},
            "lapsed": (),
            "taken in": (),
            "declined": (),
            "withdrawn": (),
        },
    )

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="join_requests")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="join_requests")
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="join_requests"
    )
    role = models.CharField(max_length=12, choices=ClinicianRole.choices, blank=True)
    registration = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    words = models.CharField("what she would like the pool to know", max_length=500, blank=True)
    chambers = models.ForeignKey(Chambers, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    because = models.CharField("why she was declined", max_length=300, blank=True)
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known_state("JoinRequest"),
            models.CheckConstraint(
                condition=Q(state__in=("unconfirmed", "lapsed"), membership=None)
                | ~Q(state__in=("unconfirmed", "lapsed")) & Q(membership__isnull=False),
                name="join_request_confirmed_has_membership",
            ),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(state="made"), name="one_join_request_at_a_time"
            ),
        ]

    token = ""  # known only to whoever made it, until the object is gone

    def __str__(self) -> str:
        return f"{self.person} asks to join {self.pool}"

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    def give_token(self) -> None:
        """A new secret, in memory only, and its digest."""
        self.token = secrets.token_urlsafe(32)
        self.digest, self.expires_at = self.digest_of(self.token), clock.now() + CONFIRM_WITHIN

    @classmethod
    def find(cls, token: str) -> JoinRequest | None:
        """The request that a secret confirms, while it may be."""
        rows = cls.objects.unconfirmed().filter(digest=cls.digest_of(token), expires_at__gt=clock.now())
        return rows.select_related("pool__organisation", "person", "chambers__organisation").first()


class BreakQuerySet(models.QuerySet["Break"]):
    def open(self) -> Self:
        """Those from which she has not come back."""
        return self.filter(ended_on=None)


class Break(Base):
    """A break that a member takes: no reason is asked for or kept. ``back_on`` is when she thinks she will be
    back; ``asked_back_at`` is set where she would come back and something is in the way.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="breaks")
    begun_on = models.DateField(default=clock.today)
    back_on = models.DateField(null=True, blank=True)
    asked_back_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = BreakQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(ended_on=None), name="one_break_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("begun_on")), name="break_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"break of {self.membership}"


class KeepInTouch(Base):
    """One keep-in-touch session of a break: a day, and what it was or will be."""

    time_off = models.ForeignKey(Break, on_delete=models.CASCADE, related_name="kept_in_touch")
    day = models.DateField()
    what = models.CharField(max_length=200)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["day", "id"]
        verbose_name_plural = "keep in touch"
        constraints = [models.CheckConstraint(condition=~Q(what=""), name="keep_in_touch_says_what")]

    def __str__(self) -> str:
        return f"{self.what} on {self.day}"
