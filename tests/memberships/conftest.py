"""A pool with its manager, one member, and somebody of another pool."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest


def _pool(name: str) -> SimpleNamespace:
    from desirepath.accounts.roles import Role
    from desirepath.pools.actions import found_chambers
    from tests import cast

    practice = cast.practice(f"{name} Surgery", postcode="NR1 3AB")
    pool = cast.pool(f"{name} Pool", practice)
    chambers = found_chambers(by=None, pool=pool, name=f"{name} Chambers")
    manager = cast.person(f"{name} Manager")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    return SimpleNamespace(pool=pool, practice=practice, chambers=chambers, manager=manager)


@pytest.fixture
def coast(db: None) -> SimpleNamespace:
    return _pool("Coast")


@pytest.fixture
def inland(db: None) -> SimpleNamespace:
    return _pool("Inland")


@pytest.fixture
def ann(coast: SimpleNamespace) -> Any:
    """A member of the coast's pool."""
    from tests import cast

    return cast.clinician("Ann Locum", pool=coast.pool)


@pytest.fixture
def hers(coast: SimpleNamespace, ann: Any) -> Any:
    """Ann's membership."""
    return ann.memberships.get(pool=coast.pool)
