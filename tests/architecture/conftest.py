"""Two sides with somebody in every role, each made once for all tests of a module; what a test adds is its
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.architecture.world import Side


@contextmanager
def _kept(name: str, blocker: Any) -> Iterator[Side]:
    """A side that stands until the module's tests are done."""
    from django.db import transaction

    from desirepath.accounts.roles import Role
    from tests.architecture.world import Side

    with blocker.unblock(), transaction.atomic():
        made = Side(name)
        for role in Role:
            made.person(role)
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _here(django_db_setup: None, django_db_blocker: Any) -> Iterator[Side]:
    with _kept("Quayside", django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def _there(_here: Side, django_db_blocker: Any) -> Iterator[Side]:
    with _kept("Hilltop", django_db_blocker) as made:
        yield made


@pytest.fixture
def side(_here: Side, db: None, settings: Any) -> Side:
    """One's own side. Its offer, booking and the like are made in the test that first asks for them."""
    settings.DEMO = False
    return copy(_here)


@pytest.fixture
def elsewhere(_there: Side, db: None) -> Side:
    """The same roles at another pool, another practice."""
    return copy(_there)
