"""Bookings of somebody who ceases to be cleared are flagged to the pool's managers and to her.

None is ever cancelled for it. A flag is lifted by itself as soon as she is cleared for the day again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.bookings.models import Booking, CheckFlag
from desirepath.clinicians.credentials.usual import blocker_in_words
from desirepath.clinicians.models import Clinician, Membership
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import local, plural
from desirepath.pools.models import Pool


def look(clinician: Clinician) -> None:
    """Raise and lift the flags of her bookings to come, within the transaction of what changed."""
    ahead = Booking.objects.for_clinician(clinician).filter(
        state__in=("provisional", "confirmed"), start__gt=clock.now()
    )
    rows = list(ahead.select_related("pool__organisation", "check_flag").order_by("start"))
    if not rows:
        return
    memberships = list(Membership.objects.filter(clinician=clinician).exclude(state__in=("left", "declined")))
    raised: dict[Pool, list[CheckFlag]] = defaultdict(list)
    for booking in rows:
        until, because = _cleared(memberships, booking.pool_id)
        flag = getattr(booking, "check_flag", None)
        stands = flag is not None and flag.lifted_at is None
        if local(booking.start).date() > until:
            if not stands:
                raised[booking.pool].append(_raise(booking, because))
        elif stands:
            CheckFlag.objects.filter(pk=flag.pk).update(lifted_at=clock.now())  # type: ignore[union-attr]
            Event.record("flag lifted", booking, by=None)
    for pool, flags in raised.items():
        _tell(clinician, pool, flags)


def _cleared(memberships: Iterable[Membership], pool: int) -> tuple[date, list[str]]:
    """Until when she may work in a pool, and what stands in the way after; where she is no member, the one
    of hers that clears her longest stands for it.
    """
    own = [row for row in memberships if row.pool_id == pool] or list(memberships)
    if not own:
        return date.min, []
    best = max(own, key=lambda row: row.cleared_until)
    return best.cleared_until, list(best.checks.get("blockers", []))


def _raise(booking: Booking, because: list[str]) -> CheckFlag:
    values = {"because": because, "raised_at": clock.now(), "lifted_at": None}
    flag, _ = CheckFlag.objects.update_or_create(booking=booking, defaults=values)
    Event.record("flagged", booking, by=None, because=because)
    return flag


def _tell(clinician: Clinician, pool: Pool, flags: list[CheckFlag]) -> None:
    named = ", ".join(blocker_in_words(name) for name in flags[0].because) or "nothing has been checked"
    told = plural(len(flags), "booking")
    for person in pool.managers():
        tell(
            to=person,
            subject=f"{told} to look at: something is missing in a clinician's checks",
            body=(
                f"None is cancelled. Settle with the clinician and the practice what is to happen.\n\n"
                f"See which, and what is missing: {link(reverse('bookings:flagged'))}\n"
            ),
            key=_key(flags[0], person.public_id),
        )
    tell(
        to=clinician.person,
        subject=f"Something is missing for {told} of yours",
        body=(
            f"Missing: {named}. None is cancelled, and your pool manager has been told.\n\n"
            f"See what you hold, and send what is missing: {link(reverse('clinicians:credentials'))}\n"
        ),
        key=_key(flags[0], clinician.person.public_id),
    )


def _key(flag: CheckFlag, person: object) -> str:
    return f"flagged {flag.public_id} {flag.raised_at:%Y%m%d%H%M%S} {person}"
