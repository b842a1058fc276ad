"""Sessions that belong together: offered to one person whole, or in parts to a few."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool

# while a block is in one of these, its sessions are offered together and no plan of a week takes one out
TOGETHER = ("open", "asked")


class BlockQuerySet(models.QuerySet["Block"]):
    def for_pool(self, pool: Pool) -> Self:
        return self.filter(pool=pool)

    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(practice=practice)

    def together(self) -> Self:
        return self.filter(state__in=TOGETHER)


class Block(Stateful):
    """A set of vacancies of one practice, such as every Tuesday for six months, planned and offered as one.

    ``least`` is the fewest sessions of a part, where parts are allowed. Once agreed or let go, each session
    is a vacancy like any other: booked, cancelled and covered again by itself.
    """

    STATES = States.table(
        "Block",
        {
            "open": {"asked", "agreed", "let go", "withdrawn"},
            "asked": {"open", "agreed", "withdrawn"},
            "agreed": (),
            "let go": (),
            "withdrawn": (),
        },
    )

    class How(models.TextChoices):
        WHOLE = "whole", "All of it to one person"
        PARTS = "parts", "In parts, to a few people"

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="blocks")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="blocks")
    title = models.CharField(max_length=80)
    how = models.CharField(max_length=6, choices=How.choices, default=How.WHOLE)
    least = models.PositiveSmallIntegerField(default=1, help_text="fewest sessions of a part")
    posted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known_state("Block"),
            models.CheckConstraint(condition=Q(least__gte=1), name="block_part_has_a_session"),
        ]
        indexes = [models.Index(fields=["pool", "state"])]

    def __str__(self) -> str:
        return f"{self.title}, {self.practice}"

    @property
    def in_parts(self) -> bool:
        return self.how == self.How.PARTS
