"""Who is coming: her checks, her conditions, how she is engaged, and what she needs on the day."""

from __future__ import annotations

from typing import Any

from desirepath.bookings.models import Booking
from desirepath.clinicians.credentials.shown import Check, checks_on
from desirepath.clinicians.models import Engagement
from desirepath.clinicians.terms_words import practice_reads
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


def checks_of(booking: Booking) -> list[Check]:
    """Every check on the day of the session, the blockers first."""
    day = local(booking.start).date()
    # that the pool holds her number, not the number: a practice needs no more to know who comes
    of = REGISTERS[booking.clinician.role]
    number = Check(f"{of} number on record", bool(booking.clinician.registration))
    return [*checks_on(booking.clinician, booking.pool, booking.practice, day), number]


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
