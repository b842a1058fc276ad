"""The world that is attacked: a pool with somebody in every role, and another pool beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desirepath.accounts.roles import Role

if TYPE_CHECKING:
    from tests.architecture.world import Side


def _with_a_booking(name: str) -> Side:
    """A side with a booking already, beside whatever open vacancy and offer are asked for."""
    from tests import cast
    from tests.architecture.world import Side

    made = Side(name)
    another = cast.vacancy(made.practice, start=cast.at(9), by=made.person(Role.PRACTICE_BOOKER))
    made.booking = cast.booking(another, made.clinician)
    return made


@pytest.fixture
def side(db: None, settings: Any) -> Side:
    """One pool; not a demonstration."""
    settings.DEMO = False
    return _with_a_booking("Quayside")


@pytest.fixture
def elsewhere(db: None) -> Side:
    """Another pool, which must see nothing of the first."""
    return _with_a_booking("Hilltop")
