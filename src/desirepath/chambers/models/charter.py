"""The charter of a chambers: the members' own rules, as text and settings, in versions that they vote on."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models import Clinician
from desirepath.pools.models import Chambers

# the days of a month that every month has
LAST_INVOICE_DAY = 28
# hours: four weeks of notice, and as long as a pool's policy may give colleagues
MOST_NOTICE = 672
MOST_REFUSAL = 168


class CharterQuerySet(models.QuerySet["Charter"]):
    def for_chambers(self, chambers: Chambers) -> Self:
        return self.filter(chambers=chambers)

    def in_force(self) -> Self:
        return self.filter(state="in force")

    def open(self) -> Self:
        """Those that are being voted on."""
        return self.filter(state="proposed")

    def due(self) -> Self:
        """Votes whose time is over."""
        return self.open().filter(closes_at__lte=clock.now())


class Charter(Stateful):
    """One version of a chambers' own rules; in force once more than half of its members have said yes.

    ``minimum_notice_hours`` is what members expect of whoever asks them, ``first_refusal_hours`` how long
    they have a session to themselves that one of them hands back (0: not at all). An empty number says
    nothing about it. A version never changes: another is proposed.
    """

    STATES = States.table(
        "Charter",
        {
            "proposed": {"in force", "not adopted", "withdrawn"},
            "in force": {"superseded"},
            "not adopted": (),
            "withdrawn": (),
            "superseded": (),
        },
    )

    chambers = models.ForeignKey(Chambers, on_delete=models.PROTECT, related_name="charters")
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField("rules in the members' own words", max_length=10_000)
    invoice_day = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_INVOICE_DAY)],
        help_text="day of the month on which members send their invoices",
    )
    minimum_notice_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_NOTICE)]
    )
    first_refusal_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_REFUSAL)]
    )
    why = models.CharField("why it should change", max_length=500)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closes_at = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True, blank=True)

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known_state("Charter"),
            models.UniqueConstraint(
                fields=["chambers"], condition=Q(state="proposed"), name="one_charter_vote_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["chambers"], condition=Q(state="in force"), name="one_charter_in_force"
            ),
            models.UniqueConstraint(fields=["chambers", "version"], name="one_charter_of_a_version"),
            models.CheckConstraint(
                condition=Q(
                    state__in=("in force", "superseded"), version__isnull=False, adopted_at__isnull=False
                )
                | ~Q(state__in=("in force", "superseded")) & Q(version=None, adopted_at=None),
                name="charter_has_a_version_once_adopted",
            ),
            models.CheckConstraint(
                condition=Q(invoice_day=None) | Q(invoice_day__range=(1, LAST_INVOICE_DAY)),
                name="charter_invoice_day_of_every_month",
            ),
        ]

    def __str__(self) -> str:
        return f"charter of {self.chambers}"

    @classmethod
    def of(cls, chambers: Chambers) -> Charter | None:
        """The version in force, if the members have adopted one."""
        return cls.objects.for_chambers(chambers).in_force().first()


class Vote(Base):
    """What a member says of a proposed version; hers to change until the vote is over."""

    class Choice(models.TextChoices):
        YES = "yes", "Yes, adopt it"
        NO = "no", "No, keep things as they are"
        ABSTAIN = "abstain", "I abstain"

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="votes")
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="charter_votes")
    choice = models.CharField(max_length=8, choices=Choice.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charter", "clinician"], name="one_vote_per_member"),
            models.CheckConstraint(
                condition=Q(choice__in=("yes", "no", "abstain")), name="vote_choice_known"
            ),
        ]

    def __str__(self) -> str:
        return f"vote on {self.charter}"
