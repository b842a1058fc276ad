"""A yes on both sides, and the secret addresses at which a calendar may be read."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States
from desirepath.cascade.models import Offer
from desirepath.clinicians.models import Clinician, CommittedTime, Side, Terms
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy

STANDING = ("provisional", "confirmed", "in progress", "worked")
# booked, and not worked after all
CALLED_OFF = ("cancelled by practice", "cancelled by clinician", "no-show", "turned away")
# how long a feed says of a booking that it is cancelled
CANCELLED_STAYS = timedelta(days=31)


class BookingQuerySet(models.QuerySet["Booking"]):
    def standing(self) -> Self:
        """Those that were not called off."""
        return self.filter(state__in=STANDING)

    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def for_practice(self, practice: Organisation) -> Self:
        return self.filter(practice=practice)

    def for_pool(self, pool: Pool) -> Self:
        return self.filter(pool=pool)

    def between(self, start: datetime, end: datetime) -> Self:
        return self.filter(start__gte=start, start__lt=end)

    def for_feeds(self, *, since: datetime) -> Self:
        """What other calendars read: what ends after ``since``. What was called off stays for a while, as
        cancelled, until they have all taken it out.
        """
        gone = Q(state__in=CALLED_OFF, state_since__lt=clock.now() - CANCELLED_STAYS)
        return self.filter(end__gte=since).exclude(gone)


class Booking(Stateful):
    """A session that a clinician and a practice agreed. ``rate`` (pounds an hour) and ``fee`` (pounds) are
    fixed by ``terms``.

    ``terms`` is empty only where a booking agreed before the pool began was imported for someone who had
    published none.

    ``cancellation_percent`` of the fee, in pounds ``cancellation_fee``, is owed by whoever called it off: the
    practice that cancelled or turned her away, or the clinician who cancelled or did not come.
    """

    STATES = States.table(
        "Booking",
        {
            "provisional": {"confirmed", "cancelled by practice", "cancelled by clinician"},
            "confirmed": {
                "in progress",
                "cancelled by practice",
                "cancelled by clinician",
                "no-show",
                "turned away",
            },
            "in progress": {"worked", "no-show", "turned away"},
            "worked": {"no-show", "turned away"},
            "cancelled by practice": (),
            "cancelled by clinician": (),
            "no-show": (),
            "turned away": (),
        },
    )

    class Origin(models.TextChoices):
        OFFER = "offer", "She accepted an offer"
        APPLIED = "applied", "She applied and the practice confirmed"
        STANDING_YES = "standing", "By her standing yes"
        PHONE = "phone", "Agreed by phone"
        IMPORT = "import", "Agreed before the pool began"
        HANDED = "handed", "Handed on by a colleague"
        SWAP = "swap", "Swapped with a colleague"

    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="bookings")
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="bookings")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bookings")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="bookings")
    offer = models.OneToOneField(
        Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="booking"
    )
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    start = models.DateTimeField()
    end = models.DateTimeField()
    km = models.FloatField(null=True, blank=True)
    rate = models.DecimalField(max_digits=6, decimal_places=2)
    fee = models.DecimalField(max_digits=8, decimal_places=2)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    committed_time = models.OneToOneField(
        CommittedTime, on_delete=models.PROTECT, null=True, blank=True, related_name="booking"
    )

    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    cancellation_fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    cancelled_because = models.CharField(max_length=200, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("Booking"),
            models.CheckConstraint(
                condition=Q(
                    state__in=CALLED_OFF,
                    cancelled_at__isnull=False,
                    cancellation_percent__isnull=False,
                    cancellation_fee__isnull=False,
                )
                | (
                    ~Q(state__in=CALLED_OFF)
                    & Q(
                        cancelled_at=None,
                        cancellation_percent=None,
                        cancellation_fee=None,
                        cancelled_because="",
                    )
                ),
                name="booking_costs_cancelling_exactly_when_called_off",
            ),
            models.CheckConstraint(
                condition=Q(cancellation_percent=None)
                | Q(
                    cancellation_percent__range=(0, 100),
                    cancellation_fee__gte=0,
                    cancellation_fee__lte=F("fee"),
                ),
                name="booking_cancellation_within_the_fee",
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="booking_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(rate__gt=0, fee__gte=0), name="booking_money_not_negative"),
            models.UniqueConstraint(
                fields=["vacancy"], condition=Q(state__in=STANDING), name="one_standing_booking_per_vacancy"
            ),
            models.CheckConstraint(
                condition=Q(state__in=STANDING, committed_time__isnull=False)
                | (~Q(state__in=STANDING) & Q(committed_time=None)),
                name="booking_commits_time_exactly_while_it_stands",
            ),
            models.CheckConstraint(
                condition=Q(terms__isnull=False) | Q(origin="import"), name="booking_made_under_terms"
            ),
        ]
        indexes = [models.Index(fields=["practice", "start"]), models.Index(fields=["clinician", "start"])]
        ordering = ["start", "id"]

    def __str__(self) -> str:
        return f"{self.clinician} at {self.practice}, {self.start:%Y-%m-%d %H:%M}"

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    @property
    def called_off_by(self) -> Side | None:
        """The side that owes what calling it off cost; None while it stands."""
        if self.stands:
            return None
        return "practice" if self.state in ("cancelled by practice", "turned away") else "clinician"


def _secret() -> str:
    return secrets.token_urlsafe(24)


class Feed(Base):
    """A secret address at which one calendar may be read until it is revoked: hers, or that of a practice."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="feeds")
    practice = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, help_text="empty: her own calendar"
    )
    token = models.CharField(max_length=64, unique=True, default=_secret)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "practice"],
                condition=Q(revoked_at=None),
                name="one_open_feed_of_a_practice",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at=None, practice=None),
                name="one_open_feed_of_her_own",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.practice or self.person}"
