"""How a pool asks: the rules of its cascade as data, each version from its own moment on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base
from desirepath.cascade.rules import Rules
from desirepath.pools.models import Pool

WEEK = 168


def _number(
    label: str, default: int, most: int, least: int = 0
) -> models.PositiveSmallIntegerField[int, int]:
    limits = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(label, default=default, validators=limits)


class CascadePolicyQuerySet(models.QuerySet["CascadePolicy"]):
    def for_pool(self, pool: Pool) -> Self:
        return self.filter(pool=pool)

    def begun(self, moment: datetime | None = None) -> Self:
        """Versions in force at ``moment`` (now) or before, the newest first."""
        return self.filter(since__lte=moment or clock.now()).order_by("-since", "-pk")


class CascadePolicy(Base):
    """One version of a pool's policy, in force from ``since`` until the next. Never changed once kept.

    Hours are by the clock on the wall of time, not working hours; ``rules`` turns them into what is asked
    when. A pool without any version follows ``usual``.
    """

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="cascade_policies")
    since = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    automatic = models.BooleanField("sessions are asked for by themselves", default=True)
    next_pools = models.BooleanField("neighbouring pools are asked after the whole pool", default=False)
    head_start_hours = _number("hours the pool manager has to plan first", 0, WEEK)
    chambers_hours = _number("hours for her own chambers, where a session is handed back", 24, WEEK, 1)
    own_pcn_hours = _number("hours for the practice's own PCN bank", 24, 2 * WEEK)
    neighbour_hours = _number("hours for neighbouring PCNs", 24, 2 * WEEK)
    pool_hours = _number("hours for the whole pool", 48, 2 * WEEK)
    next_pools_hours = _number("hours for neighbouring pools", 24, 2 * WEEK)
    share_of_time_left = _number("no tier takes more than this part of the time left: one in", 6, 50, 2)

    usual_offers = _number("people asked at once, usually", 1, 10, 1)
    soon_days = _number("days before a session from which it is near", 7, 60)
    soon_offers = _number("people asked at once when it is near", 2, 10, 1)
    urgent_hours = _number("hours before a session from which it is urgent", 48, WEEK)
    urgent_offers = _number("people asked at once when it is urgent", 3, 20, 1)
    urgent_tier = _number("an urgent session begins with tiers up to", 2, 3)
    overlap_hours = _number("hours without an answer after which the next is asked too", 6, WEEK, 1)

    offer_hours = _number("hours an offer stays open", 24, WEEK, 1)
    most_offers_day = _number("most offers to one clinician a day", 3, 50, 1)
    reserve_length = _number("people on the reserve list of a session", 2, 10)
    from_hour = _number("earliest hour of the day at which people are asked", 8, 23)
    until_hour = _number("latest hour of the day", 20, 24, 1)

    agency_hours = _number("hours before a session from which an agency may be asked for", 72, 2 * WEEK)
    escalate_days = _number("days before an unfilled session on which people are told", 3, 30)
    escalate_to = models.ManyToManyField(Person, blank=True, related_name="+")

    objects = CascadePolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "cascade policies"
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "since"], name="one_policy_from_a_moment"),
            models.CheckConstraint(
                condition=Q(until_hour__gt=F("from_hour"), until_hour__lte=24), name="policy_asks_by_day"
            ),
            models.CheckConstraint(
                condition=Q(share_of_time_left__gte=2, overlap_hours__gte=1, offer_hours__gte=1),
                name="policy_lets_time_pass",
            ),
            models.CheckConstraint(
                condition=Q(
                    usual_offers__gte=1, soon_offers__gte=1, urgent_offers__gte=1, most_offers_day__gte=1
                ),
                name="policy_asks_somebody",
            ),
            models.CheckConstraint(condition=Q(urgent_tier__lte=3), name="policy_tier_known"),
        ]

    def __str__(self) -> str:
        return f"cascade of {self.pool} since {self.since:%Y-%m-%d %H:%M}"

    @classmethod
    def usual(cls, pool: Pool) -> CascadePolicy:
        """What a pool follows that has said nothing: not kept."""
        return cls(pool=pool, offer_hours=pool.offer_hours)

    @classmethod
    def of(cls, pool: Pool, moment: datetime | None = None) -> CascadePolicy:
        """The policy of a pool in force at ``moment`` (now)."""
        return cls.objects.for_pool(pool).begun(moment).first() or cls.usual(pool)

    @property
    def rules(self) -> Rules:
        """The same as plain numbers, for the pure functions of ``rules``."""
        return Rules(**self.values)

    @property
    def values(self) -> dict[str, Any]:
        """Every rule by its column's name."""
        return {name: getattr(self, name) for name in RULES}


RULES = tuple(
    field.name
    for field in CascadePolicy._meta.fields
    if isinstance(field, models.BooleanField | models.PositiveSmallIntegerField)
)


def _limits(field: models.Field[Any, Any]) -> tuple[int, int]:
    told = {type(each): each.limit_value for each in field.validators if isinstance(each, BaseValidator)}
    return told[MinValueValidator], told[MaxValueValidator]


# by the rule's name, the least and the most that it may be
LIMITS = {
    field.name: _limits(field)
    for field in CascadePolicy._meta.fields
    if isinstance(field, models.PositiveSmallIntegerField)
}
