"""Offers of a vacancy to one clinician, and the releases that sent them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models import Clinician, Terms
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Block, PlanRun, Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS

LIVE = ("sent", "viewed")
IN_RESERVE = ("standing by", "asked")
# she has been asked, whatever came of it: she is not asked for the session again
ANSWERED = ("sent", "viewed", "declined", "expired", "accepted")


class Release(Base):
    """A manager sent the offers of a plan; until they are answered she may take them back."""

    run = models.ForeignKey(PlanRun, on_delete=models.PROTECT, related_name="releases")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"release of {self.run}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def open(self) -> Self:
        """Live offers whose time to answer has not passed, whether or not the worker has been round."""
        now = clock.now()
        return self.live().filter(expires_at__gt=now, vacancy__start__gt=now)

    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def for_pool(self, pool: Pool) -> Self:
        return self.filter(vacancy__pool=pool)

    def of_the_pool(self) -> Self:
        """Without those to members of neighbouring pools, whom no other pool learns, unless one accepted."""
        return self.filter(Q(tier__lt=NEXT_POOLS) | Q(state="accepted"))

    def overdue(self) -> Self:
        """Live offers whose time to answer, or whose session, has passed, the longest so first."""
        now = clock.now()
        late = self.live().filter(Q(expires_at__lte=now) | Q(vacancy__start__lte=now))
        return late.order_by("expires_at", "pk")

    def made_today(self, clinicians: Iterable[Clinician]) -> Counter[int]:
        """By row number of the clinician, the offers made to each since midnight in England, anywhere."""
        midnight = datetime.combine(clock.today(), time(), clock.LONDON)
        rows = self.filter(clinician__in=clinicians, created_at__gte=midnight)
        return Counter(rows.order_by().values_list("clinician_id", flat=True))

    def overlapping(self, start: datetime, end: datetime) -> Self:
        return self.filter(vacancy__start__lt=end, vacancy__end__gt=start)


class BlockOffer(Stateful):
    """A block or a part of it put to one clinician: one offer for each of its sessions, answered once.

    ``fee`` is pounds for all of its sessions together.
    """

    STATES = States.table(
        "BlockOffer",
        {
            "sent": {"viewed", "accepted", "declined", "expired", "withdrawn"},
            "viewed": {"accepted", "declined", "expired", "withdrawn"},
            "accepted": (),
            "declined": (),
            "expired": (),
            "withdrawn": (),
        },
    )

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="offers")
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="block_offers")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    fee = models.DecimalField(max_digits=10, decimal_places=2)
    expires_at = models.DateTimeField()
    decline_reason = models.CharField(max_length=200, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known_state("BlockOffer"),
            models.UniqueConstraint(
                fields=["block", "clinician"],
                condition=Q(state__in=LIVE),
                name="one_live_block_offer_per_clinician",
            ),
            models.CheckConstraint(condition=Q(fee__gte=0), name="block_offer_fee_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.block} to {self.clinician}"

    @property
    def live(self) -> bool:
        return self.state in LIVE


class Offer(Stateful):
    """A vacancy put to one clinician. Releasing it was the practice's yes: her accepting confirms at once.

    ``fee`` (pounds) and ``terms`` are what it was computed from when it was sent.
    """

    STATES = States.table(
        "Offer",
        {
            "sent": {"viewed", "accepted", "declined", "expired", "withdrawn"},
            "viewed": {"accepted", "declined", "expired", "withdrawn"},
            "accepted": (),
            "declined": (),
            "expired": (),
            "withdrawn": (),
        },
    )

    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="offers")
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="offers")
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="offers"
    )
    block_offer = models.ForeignKey(
        BlockOffer, on_delete=models.PROTECT, null=True, blank=True, related_name="offers"
    )
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="offers")
    tier = models.PositiveSmallIntegerField()
    km = models.FloatField()
    fee = models.DecimalField(max_digits=8, decimal_places=2)
    reasons = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    decline_reason = models.CharField(max_length=200, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("Offer"),
            models.UniqueConstraint(
                fields=["vacancy", "clinician"], condition=Q(state__in=LIVE), name="one_live_offer_per_pair"
            ),
            models.CheckConstraint(condition=Q(fee__gte=0), name="offer_fee_not_negative"),
        ]
        indexes = [models.Index(fields=["clinician", "state"]), models.Index(fields=["state", "expires_at"])]
        ordering = ["vacancy__start", "id"]

    def __str__(self) -> str:
        return f"{self.vacancy} to {self.clinician}"

    @property
    def live(self) -> bool:
        return self.state in LIVE


class ReserveQuerySet(models.QuerySet["Reserve"]):
    def standing_by(self) -> Self:
        """Those who would come and have not been asked yet, in the order in which they said so."""
        return self.filter(state="standing by").order_by("created_at", "pk")

    def in_reserve(self) -> Self:
        return self.filter(state__in=IN_RESERVE)

    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)


class Reserve(Stateful):
    """A clinician who comes to a covered session should the one booked fall out: only she knows of it."""

    STATES = States.table(
        "Reserve",
        {"standing by": {"asked", "stood down"}, "asked": {"stood down"}, "stood down": ()},
    )

    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="reserves")
    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="reserves")

    objects = ReserveQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("Reserve"),
            models.UniqueConstraint(
                fields=["vacancy", "clinician"],
                condition=Q(state__in=IN_RESERVE),
                name="in_reserve_once_per_vacancy",
            ),
        ]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.clinician} in reserve for {self.vacancy}"
