"""A practice's pool with a clinician and a manager."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def pcn(db: None) -> Any:
    from desirepath.organisations.models import Kind
    from tests import cast

    return cast.organisation(Kind.PCN, name="Harbour PCN")


@pytest.fixture
def pool(quayside: Any, pcn: Any) -> Any:
    from tests import cast

    cast.place_under(quayside, pcn)
    return cast.pool("Coast Pool", quayside)


@pytest.fixture
def asha(pool: Any, pcn: Any) -> Any:
    from tests import cast

    return cast.clinician("Asha Patel", pool=pool, pcn=pcn)


@pytest.fixture
def manager(pool: Any) -> Any:
    from desirepath.accounts.roles import Role
    from tests import cast

    made = cast.person("Mary Manager")
    cast.role(made, Role.POOL_MANAGER, pool.organisation)
    return made
