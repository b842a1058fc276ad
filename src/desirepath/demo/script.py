"""The script of a demonstration: everything it will hold, as plain values, before anything is performed.

One pure generator writes it (``demo.writing``), ``demo.perform`` sets it up in a few large inserts, and its
past is lived through the actions that people use. Codes and e-mail addresses stand for the rows that do not
exist yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from desirepath.accounts.roles import Role

Place = tuple[str, str]  # kind and code of an organisation
Windows = Mapping[int, tuple[tuple[time, time], ...]]  # by weekday, Monday is 0; local times

# the local part of the address of each role's sample person
SAMPLES: Mapping[Role, str] = {
    Role.CLINICIAN: "clinician",
    Role.PRACTICE_BOOKER: "booker",
    Role.PRACTICE_APPROVER: "approver",
    Role.PCN_MANAGER: "pcn-manager",
    Role.POOL_MANAGER: "pool-manager",
    Role.CHAMBERS_LEAD: "chambers-lead",
    Role.CREDENTIAL_VERIFIER: "verifier",
    Role.GOVERNANCE_LEAD: "governance",
    Role.WORKFORCE_ANALYST: "analyst",
    Role.WELLBEING_GUARDIAN: "guardian",
    Role.FINANCE_OFFICER: "finance",
    Role.SYSTEM_ADMINISTRATOR: "administrator",
    Role.AUDITOR: "auditor",
}
FICTIONAL_POOL = "WEX"


def address_of(local_part: str, pool: str) -> str:
    """The e-mail address of a fictional person; ``example.org`` belongs to nobody (RFC 2606)."""
    domain = "example.org" if pool == FICTIONAL_POOL else f"{pool.lower()}.example.org"
    return f"{local_part}@{domain}"


@dataclass(frozen=True, slots=True)
class Body:
    """An invented organisation; ``parents`` are the bodies it is under. Degrees WGS84."""

    kind: str
    code: str
    name: str
    parents: tuple[Place, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    address: str = ""
    postcode: str = ""
    phone: str = ""
    patients: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A practice as the script needs it, invented or real: where it is, its PCN ("" for
    none), its patients.
    """

    code: str
    name: str
    latitude: float
    longitude: float
    pcn: str
    patients: int


@dataclass(frozen=True, slots=True)
class Area:
    """Where a pool works. ``bodies`` are empty for real organisations, which are there already;
    ``neighbours`` are (her PCN, the practice's PCN).
    """

    code: str
    name: str
    host: Place
    practices: tuple[Spot, ...]
    neighbours: tuple[tuple[str, str], ...]
    chambers: tuple[str, ...]
    bodies: tuple[Body, ...] = ()

    @property
    def pcns(self) -> tuple[str, ...]:
        return tuple(sorted({spot.pcn for spot in self.practices if spot.pcn}))


@dataclass(frozen=True, slots=True)
class Somebody:
    """A fictional person who signs in."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class HeldRole:
    """``email`` holds ``role`` at ``place`` (none for the roles held at none)."""

    email: str
    role: Role
    place: Place | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A fictional clinician: profile, terms (columns of Terms), weekly pattern, days off, practices she
    prefers or blocks.
    """

    email: str
    role: str
    registration: str
    skills: tuple[str, ...]
    latitude: float
    longitude: float
    cleared_until: date | None
    pcn: str
    chambers: str
    engagement: str
    terms: Mapping[str, Any]
    pattern: Windows
    days_off: tuple[date, ...] = ()
    preferences: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A vacancy and the moment at which ``by`` (an address) posts it. ``rate_cap`` is pounds an hour."""

    practice: str
    by: str
    posted: datetime
    start: datetime
    end: datetime
    role: str
    skills: tuple[str, ...]
    rate_cap: Decimal
    urgency: int
    reason: str
    duties: str


@dataclass(frozen=True, slots=True)
class AgencyPrice:
    """What an agency asks for an hour of ``role``, in pounds."""

    role: str
    pounds_an_hour: Decimal


@dataclass(frozen=True, slots=True)
class Script:
    """The whole of one pool. ``began`` is the moment at which everything but the sessions is set up; ``now``
    the moment at which the demonstration opens.
    """

    area: Area
    seed: int
    began: datetime
    now: datetime
    people: tuple[Somebody, ...]
    roles: tuple[HeldRole, ...]
    workers: tuple[Worker, ...]
    prices: tuple[AgencyPrice, ...]
    sessions: tuple[Session, ...]
    offer_hours: int

    @property
    def coming(self) -> date:
        """The Monday of the coming week: never that of the week in which it opens."""
        return self.now.date() + timedelta(days=7 - self.now.weekday())

    def address(self, role: Role) -> str:
        """The address of the sample person of a role."""
        return address_of(SAMPLES[role], self.area.code)

    def sessions_of(self, monday: date) -> Iterator[Session]:
        """Those of the week that begins on ``monday``."""
        return (each for each in self.sessions if 0 <= (each.start.date() - monday).days < 7)
