"""Write the script of a demonstration: the same seed and day give the same script. Pure, save for the library
of names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from desirepath.accounts.roles import Role
from desirepath.clinicians.free_time import local
from desirepath.demo import demand, workers
from desirepath.demo.script import (
    SAMPLES,
    AgencyPrice,
    Area,
    HeldRole,
    Place,
    Script,
    Session,
    Somebody,
    address_of,
)

OPENS = time(7)
# how much of each coming week's need is known already
KNOWN = (1.0, 0.9, 0.75, 0.6)


@dataclass(frozen=True, slots=True)
class Size:
    """How much a demonstration holds: clinicians, sessions a week, weeks already lived, weeks to come."""

    clinicians: int
    sessions_a_week: int
    weeks_before: int = 0
    weeks_ahead: int = 4
    chambers_size: int = 12
    offer_hours: int = 72

    @classmethod
    def of_practices(cls, practices: int) -> Size:
        """As many as a real integrated care system would have: 1.7 vacancies and 1.15
        clinicians a practice.
        """
        return cls(clinicians=max(4, round(1.15 * practices)), sessions_a_week=round(1.7 * practices))


WEXBRIDGE = Size(clinicians=120, sessions_a_week=100, weeks_before=3)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def coming_monday(today: date) -> date:
    """The Monday of the coming week: never today's own week."""
    return monday_of(today) + timedelta(weeks=1)


def write(
    area: Area, *, seed: int, today: date, size: Size, closed: frozenset[date], first_number: int = 1
) -> Script:
    """The whole script. ``closed`` are days on which no practice opens; ``first_number`` begins the
    registration numbers.
    """
    lived = coming_monday(today) - timedelta(weeks=size.weeks_before + 1)
    began = local(lived - timedelta(weeks=3), time(9))
    names = _names(seed, area)
    staff = list(_staff(area, names))
    banks = [Somebody(_clinician_address(area, n), next(names)) for n in range(size.clinicians)]
    people = [each for each, _, _ in staff]
    return Script(
        area=area,
        seed=seed,
        began=began,
        now=local(today, OPENS),
        people=(*people, *banks),
        roles=(*(HeldRole(who.email, role, place) for who, role, place in staff), *_leads(area)),
        workers=tuple(
            workers.clinicians(
                area, _chance(seed, area, "clinicians"), banks, today, first_number, size.chambers_size
            )
        ),
        prices=tuple(AgencyPrice(trade.role, Decimal(trade.agency)) for trade in workers.TRADES),
        sessions=tuple(_sessions(area, seed, today, size, closed)),
        offer_hours=size.offer_hours,
    )


def _chance(seed: int, area: Area, of: str) -> Random:
    """Chance for one part of the script, so that a change to another leaves it as it was."""
    return Random(f"{seed} {area.code} {of}")  # noqa: S311 - a story, not a secret


def _names(seed: int, area: Area) -> Iterator[str]:
    """Names of people who do not exist, British in style."""
    from faker import Faker

    invent = Faker("en_GB")
    invent.seed_instance(f"{seed} {area.code}")
    while True:
        yield f"{invent.first_name()} {invent.last_name()}"


def _clinician_address(area: Area, number: int) -> str:
    """The sample clinician, the sample lead of a chambers, then everyone by number."""
    sample = {0: SAMPLES[Role.CLINICIAN], 1: SAMPLES[Role.CHAMBERS_LEAD]}
    return address_of(sample.get(number, f"clinician.{number + 1}"), area.code)


def _staff(area: Area, names: Iterator[str]) -> Iterator[tuple[Somebody, Role, Place | None]]:
    """Everybody who holds a role other than a clinician's, the sample people among them."""
    pool, first = ("pool", area.code), demand.first_practice(area)
    places: dict[Role, Place | None] = {
        Role.PRACTICE_APPROVER: ("practice", first.code),
        Role.POOL_MANAGER: pool,
        Role.CREDENTIAL_VERIFIER: pool,
        Role.GOVERNANCE_LEAD: pool,
        Role.WORKFORCE_ANALYST: area.host,
        Role.WELLBEING_GUARDIAN: pool,
        Role.FINANCE_OFFICER: pool,
        Role.SYSTEM_ADMINISTRATOR: None,
        Role.AUDITOR: None,
    }
    if first.pcn:
        places[Role.PCN_MANAGER] = ("pcn", first.pcn)
    for role, place in places.items():
        yield Somebody(address_of(SAMPLES[role], area.code), next(names)), role, place
    for spot in area.practices:
        booker = Somebody(demand.booker_of(spot.code, area), next(names))
        yield booker, Role.PRACTICE_BOOKER, ("practice", spot.code)


def _leads(area: Area) -> Iterator[HeldRole]:
    if area.chambers:
        yield HeldRole(
            address_of(SAMPLES[Role.CHAMBERS_LEAD], area.code),
            Role.CHAMBERS_LEAD,
            ("chambers", area.chambers[0]),
        )


def _sessions(area: Area, seed: int, today: date, size: Size, closed: frozenset[date]) -> Iterator[Session]:
    """Week after week: lived ones posted eleven days ahead, those to come in the last days before today."""
    coming, opened = coming_monday(today), local(today, OPENS)
    for offset in range(-size.weeks_before - 1 if size.weeks_before else 0, size.weeks_ahead):
        monday = coming + timedelta(weeks=offset)
        share = KNOWN[min(offset, len(KNOWN) - 1)] if offset >= 0 else 1.0
        count = round(size.sessions_a_week * share)
        posted = min(local(monday - timedelta(days=11), time(17)), opened)
        yield from demand.week(area, _chance(seed, area, f"week {monday}"), monday, count, closed, posted)
