"""A booked session goes from one clinician of a chambers to another: handed back, or swapped.

The vacancy stays filled throughout: what changes hands is her committed time, in one transaction.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from desirepath.audit import clock
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States
from desirepath.bookings.models.booking import Booking
from desirepath.clinicians.models import Clinician
from desirepath.pools.models import Chambers


class HandBackQuerySet(models.QuerySet["HandBack"]):
    def open(self) -> Self:
        """Those whose colleagues are still being asked."""
        return self.filter(state="asked")

    def due(self) -> Self:
        """Open ones that are over: the time they were given has passed, everyone has said no, or the booking
        was called off.
        """
        waiting = HandBackAsk.objects.filter(hand_back=models.OuterRef("pk"), state="asked")
        return self.open().filter(
            Q(asked_until__lte=clock.now()) | ~models.Exists(waiting) | ~Q(booking__state="confirmed")
        )


class HandBack(Stateful):
    """She can't work a session she has booked. Her booking stands while her colleagues are asked, until
    ``asked_until``; ``otherwise`` is what she has chosen for when none of them takes it, and ``fee_seen`` the
    most, in pounds, that she was told cancelling would cost then.
    """

    STATES = States.table(
        "HandBack",
        {
            "asked": {"covered", "re-opened", "withdrawn"},
            "covered": (),
            "re-opened": (),
            "withdrawn": (),
        },
    )

    class Otherwise(models.TextChoices):
        KEEP = "keep", "I keep the session"
        REOPEN = "re-open", "My booking is cancelled, and the session is open to everyone again"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="hand_backs")
    chambers = models.ForeignKey(Chambers, on_delete=models.PROTECT, related_name="+")
    asked_until = models.DateTimeField()
    otherwise = models.CharField(max_length=8, choices=Otherwise.choices)
    fee_seen = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    covered_by = models.OneToOneField(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="handed_on_by"
    )

    objects = HandBackQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("HandBack"),
            models.CheckConstraint(condition=Q(fee_seen__gte=0), name="hand_back_fee_not_negative"),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(state="asked"), name="one_open_hand_back_per_booking"
            ),
            models.CheckConstraint(
                condition=Q(state="covered", covered_by__isnull=False)
                | (~Q(state="covered") & Q(covered_by=None)),
                name="hand_back_covered_by_a_booking",
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_until"])]

    def __str__(self) -> str:
        return f"{self.booking}, handed back"


class HandBackAsk(Stateful):
    """One colleague who is asked whether she takes over a session that is handed back."""

    STATES = States.table("HandBackAsk", {"asked": {"yes", "no", "over"}, "yes": (), "no": (), "over": ()})

    hand_back = models.ForeignKey(HandBack, on_delete=models.CASCADE, related_name="asks")
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="hand_back_asks")

    class Meta:
        constraints = [
            known_state("HandBackAsk"),
            models.UniqueConstraint(fields=["hand_back", "clinician"], name="one_ask_per_colleague"),
            models.UniqueConstraint(
                fields=["hand_back"], condition=Q(state="yes"), name="one_colleague_says_yes"
            ),
        ]
        indexes = [models.Index(fields=["clinician", "state"])]

    def __str__(self) -> str:
        return f"{self.hand_back}: {self.clinician}"


class SwapQuerySet(models.QuerySet["Swap"]):
    def open(self) -> Self:
        """Proposed, and nobody has answered."""
        return self.filter(state="proposed")

    def overdue(self) -> Self:
        """Open ones whose time to answer has passed, or whose session is not hers to give any more."""
        return self.open().filter(Q(expires_at__lte=clock.now()) | ~Q(given__state="confirmed"))


class Swap(Stateful):
    """Whoever holds ``given`` proposes to ``colleague`` to exchange it for a session of hers on ``day``.

    Which one, ``wanted``, the colleague says when she agrees: until then nobody learns where she works. Both
    change hands, or neither.
    """

    STATES = States.table(
        "Swap",
        {
            "proposed": {"agreed", "declined", "expired", "withdrawn"},
            "agreed": (),
            "declined": (),
            "expired": (),
            "withdrawn": (),
        },
    )

    given = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="swaps_proposed")
    colleague = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="swaps_asked")
    day = models.DateField()
    wanted = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="swaps_asked"
    )
    expires_at = models.DateTimeField()

    objects = SwapQuerySet.as_manager()

    class Meta:
        constraints = [
            known_state("Swap"),
            models.CheckConstraint(condition=~Q(given=F("wanted")), name="swap_of_two_bookings"),
            models.CheckConstraint(
                condition=Q(state="agreed", wanted__isnull=False) | (~Q(state="agreed") & Q(wanted=None)),
                name="swap_agreed_for_a_booking",
            ),
            models.UniqueConstraint(
                fields=["given", "colleague"],
                condition=Q(state="proposed"),
                name="one_open_swap_per_colleague",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"]),
            models.Index(fields=["colleague", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.given} for one on {self.day}"
