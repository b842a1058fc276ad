"""A chambers of three members, its lead and its pool's manager."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest


def _chambers(name: str, members: tuple[str, ...]) -> SimpleNamespace:
    from desirepath.accounts.roles import Role
    from desirepath.clinicians.actions import join_pool
    from desirepath.pools.actions import found_chambers
    from tests import cast

    practice = cast.practice(f"{name} Surgery")
    pool = cast.pool(f"{name} Pool", practice)
    chambers = found_chambers(by=None, pool=pool, name=f"{name} Chambers")
    made = SimpleNamespace(pool=pool, practice=practice, chambers=chambers)
    made.lead = cast.person(f"{name} Lead")
    made.manager = cast.person(f"{name} Manager")
    cast.role(made.lead, Role.CHAMBERS_LEAD, chambers.organisation)
    cast.role(made.manager, Role.POOL_MANAGER, pool.organisation)
    for member in members:
        clinician = cast.clinician(f"{member} Locum")
        join_pool(by=None, clinician=clinician, pool=pool, chambers=chambers)
        setattr(made, member.lower(), clinician)
    return made


@pytest.fixture
def harbour(db: None) -> SimpleNamespace:
    """The chambers of Ann, Bea and Cat."""
    return _chambers("Harbour", ("Ann", "Bea", "Cat"))


@pytest.fixture
def elsewhere(db: None) -> SimpleNamespace:
    """Another pool's chambers."""
    return _chambers("Elsewhere", ("Zoe",))


@pytest.fixture
def propose() -> Any:
    """``propose(harbour, **settings)``: Ann puts a charter to the vote."""
    from desirepath.chambers.actions.charter import propose_charter

    def propose(where: SimpleNamespace, **settings: Any) -> Any:
        return propose_charter(
            by=where.ann.person,
            chambers=where.chambers,
            text="We cover for each other.",
            why="We have none yet.",
            settings=settings,
        )

    return propose


@pytest.fixture
def adopt(propose: Any) -> Any:
    """``adopt(harbour, **settings)``: a charter that Ann and Bea have adopted."""
    from desirepath.chambers.actions.charter import vote

    def adopt(where: SimpleNamespace, **settings: Any) -> Any:
        made = propose(where, **settings)
        for member in (where.ann, where.bea):
            made = vote(by=member.person, charter=made, choice="yes")
        return made

    return adopt
