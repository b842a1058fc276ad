"""The sample people: one for each role of each fictional pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desirepath.accounts.roles import Role
from desirepath.demo.script import SAMPLES, address_of
from desirepath.organisations.models import RoleAssignment
from desirepath.pools.models import Pool

DOES: Mapping[Role, str] = {
    Role.CLINICIAN: "Answers offers, confirms a booking, sets terms and free times.",
    Role.PRACTICE_BOOKER: "Asks for cover and sees who is coming.",
    Role.PRACTICE_APPROVER: "Sees the practice's sessions and who is coming.",
    Role.PCN_MANAGER: "Sees the week of the PCN's practices.",
    Role.POOL_MANAGER: "Plans the week, keeps or rules out a pair, releases offers, invites people.",
    Role.CHAMBERS_LEAD: "Leads a chambers, and works sessions too.",
    Role.CREDENTIAL_VERIFIER: "Looks at what members hold and verifies it.",
    Role.GOVERNANCE_LEAD: "Sees members and numbers.",
    Role.WORKFORCE_ANALYST: "Sees counts of sessions, never people.",
    Role.WELLBEING_GUARDIAN: "Sees counts of sessions, never people.",
    Role.FINANCE_OFFICER: "Sees counts of sessions, never people.",
    Role.SYSTEM_ADMINISTRATOR: "Looks after the installation and invites people.",
    Role.AUDITOR: "Reads the log of events.",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody to sign in as."""

    assignment: RoleAssignment

    @property
    def does(self) -> str:
        return DOES[Role(self.assignment.role)]


@dataclass(frozen=True, slots=True)
class Group:
    """The sample people of one pool, in the order of the roles."""

    pool: Pool
    people: list[Sample]


def groups() -> list[Group]:
    """Every fictional pool with its sample people, the invented land first."""
    pools = list(
        Pool.objects.filter(organisation__fictional=True).select_related("organisation").order_by("pk")
    )
    wanted = {
        (address_of(local_part, pool.code), role): pool
        for pool in pools
        for role, local_part in SAMPLES.items()
    }
    rows = (
        RoleAssignment.objects.current()
        .filter(
            person__email__in={email for email, _ in wanted}, person__fictional=True, person__is_active=True
        )
        .select_related("person", "organisation")
    )
    found: dict[int, dict[Role, Sample]] = {}
    for row in rows:
        role = Role(row.role)
        if pool := wanted.get((row.person.email, role)):
            found.setdefault(pool.pk, {})[role] = Sample(row)
    order = list(SAMPLES)
    return [
        Group(pool, [people[role] for role in order if role in people])
        for pool in pools
        if (people := found.get(pool.pk))
    ]


def sample(public_id: str) -> RoleAssignment | None:
    """The sample person's role with this id, if it is one."""
    every = (each.assignment for group in groups() for each in group.people)
    return next((row for row in every if str(row.public_id) == public_id), None)
