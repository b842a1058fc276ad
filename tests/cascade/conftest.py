"""A session of the pool, a plan for it and an outsider; and a place of two PCNs for the cascade."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def outsider(hilltop: Any) -> Any:
    from desirepath.accounts.roles import Role
    from tests import cast

    made = cast.person("Oscar Outsider")
    cast.role(made, Role.POOL_MANAGER, cast.pool("Other Pool", hilltop).organisation)
    return made


@pytest.fixture
def session(quayside: Any, pool: Any) -> Any:
    from tests import cast

    return cast.vacancy(quayside, start=cast.at(7))


@pytest.fixture
def run(pool: Any, session: Any, asha: Any) -> Any:
    """A plan that proposes Asha for the session."""
    from desirepath.cascade import actions
    from tests import cast

    made = actions.plan_pool(pool=pool, first_day=cast.at(6).date())
    assert made.proposals.get().clinician == asha
    return made


@pytest.fixture
def her(client: Any, sign_in: Any, manager: Any) -> Any:
    """The manager's browser."""
    return sign_in(client, manager)


@pytest.fixture
def place(clock_at: Any) -> Any:
    from tests.cascade.places import Place

    clock_at("2026-12-07 10:00")
    return Place()
