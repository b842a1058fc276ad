"""Memberships, breaks and what to look at again, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from desirepath.audit import clock
from desirepath.clinicians.models import Membership
from desirepath.clinicians.quiet import choices_of
from desirepath.memberships.missing import Missing, missing
from desirepath.memberships.models import Break
from desirepath.nhsuk.formats import day_and_year

COLOURS = {
    "invited": "blue",
    "applied": "blue",
    "checking": "blue",
    "active": "green",
    "paused": "yellow",
    "suspended": "red",
    "left": "grey",
    "declined": "grey",
}
WORDS = {
    "invited": "Invited",
    "applied": "Asked to join",
    "checking": "Being checked",
    "active": "Member",
    "paused": "On a break",
    "suspended": "Suspended",
    "left": "Left",
    "declined": "Not a member",
}


@dataclass(frozen=True, slots=True)
class HerPool:
    """One pool of hers: how she stands there, why she was declined, and what is missing."""

    membership: Membership
    state: str
    colour: str
    because: str
    missing: list[Missing]

    @property
    def waits(self) -> bool:
        return self.membership.state in ("applied", "checking")

    @property
    def inside(self) -> bool:
        return self.membership.state in ("active", "paused", "suspended")


def hers(membership: Membership) -> HerPool:
    because = ""
    if membership.state == "declined":
        last = membership.join_requests.first()
        because = last.because if last else ""
    waits = membership.state in ("applied", "checking")
    return HerPool(
        membership,
        WORDS[membership.state],
        COLOURS[membership.state],
        because,
        missing(membership, hers=True) if waits else [],
    )


def breaks_of(memberships: Iterable[Membership]) -> list[tuple[Membership, Break | None]]:
    """Those on a break: who has asked to come back first, then by when each thinks to be back."""
    rows = list(memberships)
    found = {each.membership_id: each for each in Break.objects.open().filter(membership__in=rows)}

    def order(row: Membership) -> tuple[bool, bool, object, int]:
        time_off = found.get(row.pk)
        back = time_off.back_on if time_off else None
        return (not (time_off and time_off.asked_back_at), back is None, back or clock.today(), row.pk)

    return [(row, found.get(row.pk)) for row in sorted(rows, key=order)]


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Something she said before her break that may no longer be right."""

    sentence: str
    href: str
    link: str


def to_look_at_again(membership: Membership) -> list[LookAgain]:
    """What has run out or grown old while she was away."""
    clinician, today = membership.clinician, clock.today()
    found = []
    terms = clinician.current_terms
    if terms and terms.published_at:
        said = f"Your terms are of {day_and_year(terms.published_at)}"
        found.append(LookAgain(said, reverse("clinicians:terms"), "Look at my terms"))
    free = reverse("clinicians:free")
    if clinician.weekly_pattern.exists():
        found.append(LookAgain("Your usual week counts again as you left it", free, "Look when I'm free"))
    for source in clinician.busy_sources.filter(until__lt=today):
        ran = f"{source.name}, which you read in, reached until {day_and_year(source.until)}"
        found.append(LookAgain(ran, reverse("clinicians:busy"), "Send it again"))
    choices = choices_of(clinician)
    if choices.paused_on(today) and choices.paused_until:
        still = f"You are asked for nothing until {day_and_year(choices.paused_until)}, as you chose yourself"
        found.append(LookAgain(still, reverse("clinicians:asked"), "How I'm asked"))
    return found
