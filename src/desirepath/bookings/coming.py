"""Who is coming: her checks, her conditions, how she is engaged, and what she needs on the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from desirepath.bookings.models import Booking
from desirepath.clinicians.models import Clinician, Engagement
from desirepath.clinicians.terms_words import practice_reads
from desirepath.nhsuk import formats
from desirepath.nhsuk.formats import local
from desirepath.organisations.models import InductionPack
from desirepath.vacancies.conditions import beyond_conditions

# whose register a number is of (DOMAIN, Roles)
REGISTERS = {"gp": "GMC", "nurse": "NMC", "pharmacist": "GPhC", "paramedic": "HCPC"}
# what of a pack each page shows, in the order of a first morning there
ON_THE_DAY = (
    "ask_for",
    "parking",
    "system",
    "logins",
    "rooms",
    "contacts",
    "emergency",
    "referrals",
    "other",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of hers on the day of a session: good, or a named blocker."""

    words: str
    good: bool


Checking = Callable[[Clinician, date], Iterable[Check]]
_checking: list[Checking] = []


def register(checking: Checking) -> Checking:
    """``checking`` gives checks of a clinician on a day, for every page that says who is coming."""
    _checking.append(checking)
    return checking


def checks_of(booking: Booking) -> list[Check]:
    """Every check on the day of the session, the blockers first."""
    day = local(booking.start).date()
    found = [check for checking in _checking for check in checking(booking.clinician, day)]
    return sorted(found, key=lambda check: check.good)


@register
def _cleared(clinician: Clinician, day: date) -> Iterable[Check]:
    until = clinician.cleared_until
    if until is None:
        yield Check("Checks valid, with no end date", True)
    elif clinician.cleared_on(day):
        yield Check(f"Checks valid until {formats.day_and_year(until)}", True)
    else:
        yield Check(f"Checks run out {formats.day_and_year(until)}, before this session", False)


@register
def _registered(clinician: Clinician, day: date) -> Iterable[Check]:
    # that the pool holds her number, not the number: a practice needs no more to know who comes
    of = REGISTERS[clinician.role]
    held = bool(clinician.registration)
    yield Check(f"{of} number on record" if held else f"No {of} number on record", held)


def coming(booking: Booking, *, hers: bool) -> dict[str, Any]:
    """What the page of a booking shows beside the booking itself."""
    pack = InductionPack.objects.for_practice(booking.practice).shown().first()
    return {
        "pack": pack,
        "on_the_day": _on_the_day(pack) if pack else [],
        "conditions": practice_reads(booking.terms, hers=hers),
        "beyond": beyond_conditions(booking.terms, booking.vacancy, hers=hers),
        "engagement": _engagement(booking),
    }


def _on_the_day(pack: InductionPack) -> list[tuple[str, str]]:
    """Sections of the pack that say something: (name, text)."""
    told = []
    for name in ON_THE_DAY:
        text = pack.get_system_display() if name == "system" else getattr(pack, name)
        if text:
            label = str(InductionPack._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            told.append((label[:1].upper() + label[1:], str(text)))
    return told


def _engagement(booking: Booking) -> str:
    """How she works for this practice, or else for its pool."""
    hosts = [booking.practice_id, booking.pool.organisation_id]
    rows = {
        row.host_id: row
        for row in booking.clinician.engagements.filter(host__in=hosts, state__in=("agreed", "active"))
    }
    found: Engagement | None = next((rows[host] for host in hosts if host in rows), None)
    return found.get_kind_display() if found else ""
