"""Two pools, each with its practice and manager."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest


def _side(name: str) -> SimpleNamespace:
    from desirepath.accounts.roles import Role
    from desirepath.organisations.models import Kind
    from tests import cast

    pcn = cast.organisation(Kind.PCN, code=f"U1234{len(name)}", name=f"{name} PCN")
    practice = cast.practice(f"{name} Surgery", pcn=pcn, code=f"D8200{len(name)}", postcode="NR1 3AB")
    pool = cast.pool(f"{name} Pool", practice)
    manager = cast.person(f"{name} Manager")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    return SimpleNamespace(pcn=pcn, practice=practice, pool=pool, manager=manager)


@pytest.fixture
def coast(db: None) -> SimpleNamespace:
    """The pool whose manager acts."""
    return _side("Coast")


@pytest.fixture
def inland(db: None) -> SimpleNamespace:
    """The other pool."""
    return _side("Inland")


@pytest.fixture
def manager(client: Any, coast: SimpleNamespace, sign_in: Any) -> Any:
    """The client of the manager of the pool of the coast."""
    return sign_in(client, coast.manager)


@pytest.fixture
def administrator(db: None) -> Any:
    """Looks after the installation."""
    from desirepath.accounts.roles import Role
    from tests import cast

    person = cast.person("Ada Administrator")
    cast.role(person, Role.SYSTEM_ADMINISTRATOR)
    return person
