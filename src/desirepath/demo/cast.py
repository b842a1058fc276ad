"""The rows that a script's codes and addresses stand for, looked up once; and the invented organisations
themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Clinician, Skill
from desirepath.demo.script import Area, Place, Script
from desirepath.demo.workers import TRADES
from desirepath.organisations.models import Kind, ListSize, Organisation, Parent
from desirepath.pools.models import Chambers, PcnNeighbour, Pool

SOURCE = "invented for the demonstration"
LONG_AGO = date(2019, 7, 1)


@dataclass(slots=True)
class Cast:
    """Rows by the code or address that the script uses."""

    script: Script
    pool: Pool
    places: dict[Place, Organisation]
    skills: dict[str, Skill]
    people: dict[str, Person] = field(default_factory=dict)
    chambers: dict[str, Chambers] = field(default_factory=dict)
    clinicians: dict[str, Clinician] = field(default_factory=dict)

    def person(self, role: Role) -> Person:
        """The sample person of a role."""
        return self.people[self.script.address(role)]

    def practice(self, code: str) -> Organisation:
        return self.places["practice", code]


def found_places(area: Area) -> dict[Place, Organisation]:
    """The area's organisations by kind and code; invented ones are made, with parents and patients, marked
    fictional.
    """
    if area.bodies:
        _invent(area)
    wanted = {
        area.host,
        *(("practice", s.code) for s in area.practices),
        *(("pcn", code) for code in area.pcns),
    }
    kinds = {kind for kind, _ in wanted}
    rows = Organisation.objects.filter(kind__in=kinds, code__in={code for _, code in wanted})
    places = {(row.kind, row.code): row for row in rows if (row.kind, row.code) in wanted}
    _beside(area, places)
    return places


def _invent(area: Area) -> None:
    codes = [body.code for body in area.bodies]
    if Organisation.objects.filter(code__in=codes).exists():
        raise Refused(
            "Part of the demonstration's organisations are here already: build it in a database of its own."
        )
    made = Organisation.objects.bulk_create(
        Organisation(
            kind=body.kind,
            code=body.code,
            name=body.name,
            address=body.address,
            postcode=body.postcode,
            phone=body.phone,
            latitude=body.latitude,
            longitude=body.longitude,
            place_source=SOURCE if body.latitude is not None else "",
            opened_on=LONG_AGO,
            fictional=True,
        )
        for body in area.bodies
    )
    rows: dict[Place, Organisation] = {(row.kind, row.code): row for row in made}
    Parent.objects.bulk_create(
        Parent(
            child=rows[body.kind, body.code],
            parent=rows[parent],
            kind=Kind(parent[0]),
            starts_on=LONG_AGO,
            source=SOURCE,
        )
        for body in area.bodies
        for parent in body.parents
    )
    ListSize.objects.bulk_create(
        ListSize(practice=rows[body.kind, body.code], on=LONG_AGO, patients=body.patients)
        for body in area.bodies
        if body.patients
    )


def _beside(area: Area, places: dict[Place, Organisation]) -> None:
    """Which PCNs count as neighbours; what is there already stays."""
    PcnNeighbour.objects.bulk_create(
        [
            PcnNeighbour(pcn=places["pcn", hers], neighbour=places["pcn", theirs])
            for hers, theirs in area.neighbours
        ],
        ignore_conflicts=True,
    )


def skills() -> dict[str, Skill]:
    """The demonstration's skills by code; those that are there already are used."""
    named = [(code, name, trade.role) for trade in TRADES for code, name in trade.skills]
    Skill.objects.bulk_create(
        [Skill(code=code, name=name, role=role) for code, name, role in named], ignore_conflicts=True
    )
    return {row.code: row for row in Skill.objects.filter(code__in=[code for code, _, _ in named])}


def here(codes: Iterable[str]) -> list[str]:
    """Which of the pools with these codes exist."""
    found = Pool.objects.filter(organisation__code__in=list(codes))
    return sorted(found.values_list("organisation__code", flat=True))
