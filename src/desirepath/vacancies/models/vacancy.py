"""Sessions that practices need covered, and a manager's word on who covers one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from desirepath.accounts.models import Person
from desirepath.audit.clock import LONDON
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.clinicians.models import Clinician, CommittedTime, Skill
from desirepath.organisations.models import Organisation
from desirepath.pools.models import ClinicianRole, Pool
from desirepath.vacancies.models.block import TOGETHER, Block


class VacancyQuerySet(models.QuerySet["Vacancy"]):
    def for_pool(self, pool: Pool) -> Self:
        return self.filter(pool=pool)

    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(practice=practice)

    def between(self, start: datetime, end: datetime) -> Self:
        """Those that start in [start, end)."""
        return self.filter(start__gte=start, start__lt=end)

    def wanted(self) -> Self:
        """Those that somebody should still come to."""
        return self.filter(state__in=("released", "offered", "filled", "completed", "unfilled", "agency"))

    def open(self) -> Self:
        """Released and with nobody asked yet: what a plan may fill. Sessions of a block that is offered as
        one are left to that offer.
        """
        return self.filter(state__in=("released", "unfilled")).exclude(block__state__in=TOGETHER)


class Vacancy(Stateful):
    """One session of a practice that needs a clinician (the NHS workforce model's VacancyRequest).

    ``session_type``, ``contacts`` (patients expected), ``appointment_minutes`` and ``home_visits`` are empty
    where the practice has not said. ``rate_cap`` is the most the practice pays, pounds an hour; the clinician
    is paid her own rate where it is within it. ``cover`` is the committed time of whoever comes: one session,
    one person. In state "agency" somebody comes whom the pool does not know.
    """

    STATES = States.table(
        "Vacancy",
        {
            "draft": {"released", "withdrawn"},
            "released": {"offered", "filled", "unfilled", "withdrawn", "agency"},
            "offered": {"released", "filled", "unfilled", "withdrawn", "agency"},
            "filled": {"completed", "released", "withdrawn"},
            "unfilled": {"released", "offered", "filled", "withdrawn", "agency"},
            "agency": {"released", "unfilled", "withdrawn"},
            # somebody says, in the days after, that it was not worked
            "completed": {"unfilled", "withdrawn"},
            "withdrawn": (),
        },
    )

    class Reason(models.TextChoices):
        VACANCY = "vacancy", "A vacant post"
        SICKNESS = "sickness", "Sickness"
        PARENTAL = "parental", "Maternity or paternity leave"
        HOLIDAY = "holiday", "Annual or study leave"
        DEMAND = "demand", "More patients than usual"
        OTHER = "other", "Something else"

    class Funding(models.TextChoices):
        BUDGET = "budget", "Practice budget"
        POOL = "pool", "ICB pool funding"
        ABSENCE = "absence", "Absence reimbursement (SFE)"
        ARRS = "arrs", "PCN, additional roles (ARRS)"
        OTHER = "other", "Another source"

    class SessionType(models.TextChoices):
        SURGERY = "surgery", "Booked surgery"
        DUTY = "duty", "Duty doctor or on call"
        VISITS = "visits", "Home visits"
        REMOTE = "remote", "By telephone or video"
        CLINIC = "clinic", "A clinic of one kind"
        EXTENDED = "extended", "Evening or weekend access"
        OTHER = "other", "Something else"

    class Urgency(models.IntegerChoices):
        USUAL = 1, "Usual"
        SOON = 2, "Important"
        URGENT = 3, "Urgent"
        CRITICAL = 5, "We cannot open without it"

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="vacancies")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="vacancies")
    role = models.CharField(max_length=12, choices=ClinicianRole.choices)
    skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    rate_cap = models.DecimalField("most you will pay an hour", max_digits=6, decimal_places=2)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=Urgency.USUAL)
    reason = models.CharField(max_length=12, choices=Reason.choices, default=Reason.OTHER)
    funding = models.CharField("who pays", max_length=8, choices=Funding.choices, blank=True)
    session_type = models.CharField(max_length=8, choices=SessionType.choices, blank=True)
    contacts = models.PositiveSmallIntegerField("patient contacts expected", null=True, blank=True)
    appointment_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    home_visits = models.PositiveSmallIntegerField("home visits expected", null=True, blank=True)
    duties = models.TextField(blank=True)
    block = models.ForeignKey(
        Block, on_delete=models.SET_NULL, null=True, blank=True, related_name="vacancies"
    )
    tier = models.PositiveSmallIntegerField(default=0, help_text="tier of the cascade it has reached")
    cover = models.OneToOneField(
        CommittedTime, on_delete=models.PROTECT, null=True, blank=True, related_name="vacancy"
    )

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "vacancies"
        constraints = [
            known_state("Vacancy"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="vacancy_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(rate_cap__gt=0), name="vacancy_rate_above_zero"),
            models.CheckConstraint(condition=Q(urgency__in=[1, 2, 3, 5]), name="vacancy_urgency_known"),
            models.CheckConstraint(
                condition=Q(state__in=["filled", "completed"], cover__isnull=False)
                | (~Q(state__in=["filled", "completed"]) & Q(cover=None)),
                name="vacancy_covered_exactly_when_filled",
            ),
        ]
        indexes = [models.Index(fields=["pool", "start"]), models.Index(fields=["practice", "start"])]
        ordering = ["start", "id"]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.practice}, {self.start.astimezone(LONDON):%a %d %b %H:%M}"

    @property
    def day(self) -> date:
        """The local day on which it starts: the day it belongs to."""
        return self.start.astimezone(LONDON).date()

    @property
    def in_block(self) -> bool:
        """Whether it is offered with others as one, so that nobody is asked for it alone."""
        return self.block is not None and self.block.state in TOGETHER

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds()) // 60

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / 60


class PairChoice(Base):
    """A manager's word on one clinician for one vacancy, with a reason; the plan is made around it."""

    class Kind(models.TextChoices):
        PIN = "pin", "Keep this clinician for it"
        FORBID = "forbid", "Not this clinician"

    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="pair_choices")
    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="pair_choices")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vacancy", "clinician"], name="one_choice_per_pair"),
            models.UniqueConstraint(fields=["vacancy"], condition=Q(kind="pin"), name="one_pin_per_vacancy"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.clinician} for {self.vacancy}"
