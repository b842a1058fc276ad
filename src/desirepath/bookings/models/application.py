"""Her wish for a session that was not offered to her."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.audit import clock
from desirepath.audit.models import Actor, Stateful, known_state
from desirepath.audit.states import States
from desirepath.bookings.models.booking import Booking
from desirepath.clinicians.models import Clinician, CommittedTime, Terms
from desirepath.organisations.models import Organisation
from desirepath.vacancies.models import Vacancy


class ApplicationQuerySet(models.QuerySet["Application"]):
    def pending(self) -> Self:
        """Those that the practice has not answered."""
        return self.filter(state="made")

    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(vacancy__practice=practice)

    def overdue(self) -> Self:
        """Pending ones whose time has passed, or whose session can't be had any more."""
        now = clock.now()
        gone = ~Q(vacancy__state__in=("released", "offered", "unfilled"))
        return self.pending().filter(Q(expires_at__lte=now) | Q(vacancy__start__lte=now) | gone)


class Application(Stateful):
    """A clinician would work a session; the practice confirms one application, or they end.

    ``terms``, ``rate`` (pounds an hour) and ``fee`` (pounds) are frozen when it is made: it is what the
    practice sees, and what she is booked at. ``hold`` is her time while it is pending, nobody else's to book.
    """

    STATES = States.table(
        "Application",
        {
            "made": {"confirmed", "declined", "expired", "withdrawn"},
            "confirmed": (),
            "declined": (),
            "expired": (),
            "withdrawn": (),
        },
    )

    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="applications")
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="applications")
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="applications")
    tier = models.PositiveSmallIntegerField()
    km = models.FloatField()
    rate = models.DecimalField(max_digits=6, decimal_places=2)
    fee = models.DecimalField(max_digits=8, decimal_places=2)
    worked_here = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    hold = models.OneToOneField(
        CommittedTime, on_delete=models.PROTECT, null=True, blank=True, related_name="application"
    )
    booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="application"
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("Application"),
            models.UniqueConstraint(
                fields=["vacancy", "clinician"],
                condition=Q(state="made"),
                name="one_pending_application_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0, fee__gte=0), name="application_money_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state="made", hold__isnull=False) | (~Q(state="made") & Q(hold=None)),
                name="application_holds_time_exactly_while_pending",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", booking__isnull=False)
                | (~Q(state="confirmed") & Q(booking=None)),
                name="application_booked_exactly_when_confirmed",
            ),
        ]
        indexes = [models.Index(fields=["clinician", "state"]), models.Index(fields=["state", "expires_at"])]
        ordering = ["vacancy__start", "id"]

    def __str__(self) -> str:
        return f"{self.clinician} for {self.vacancy}"

    @property
    def pending(self) -> bool:
        return self.state == "made"

    def end(self, state: str, *, by: Actor | None) -> None:
        """Over without a booking: her time is hers again. Raises InvalidMove where it was over already."""
        hold = self.hold
        self.move(state, by=by, hold=None)
        if hold is not None:
            hold.delete()
