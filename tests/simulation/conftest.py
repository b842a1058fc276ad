"""A small invented land, and each policy lived through in it once."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def small() -> Any:
    """Ten practices, forty clinicians, about forty sessions a week."""
    from desirepath.simulation import Size

    return Size(practices=10, clinicians=40, sessions=40)


@pytest.fixture(scope="session")
def land(small: Any) -> Any:
    """The ground of two weeks."""
    from desirepath.simulation import made_world
    from desirepath.simulation.ground import ground

    return ground(made_world(7, small), 2)


@pytest.fixture(scope="session")
def lived(land: Any) -> Any:
    """Every policy's market after it has run, by the policy's name."""
    from desirepath.simulation import POLICIES
    from desirepath.simulation.market import Market

    markets = [Market(land, make()) for make in POLICIES]
    for market in markets:
        market.run()
    return {market.policy.name: market for market in markets}
