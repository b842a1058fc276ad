"""A demonstration of a few people and sessions, built once for a module and then undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The invented land with a week and a half behind it; a Wednesday."""
    yield from _built(django_db_blocker, clinicians=30, sessions_a_week=20, weeks_before=1, weeks_ahead=2)


@pytest.fixture(scope="module")
def peopled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The same land with its people and hardly any past or sessions: made in a moment."""
    yield from _built(django_db_blocker, clinicians=6, sessions_a_week=6, weeks_ahead=1)


def _built(blocker: Any, **size: int) -> Iterator[Any]:
    from django.db import transaction

    from desirepath.demo.actions import build_wexbridge
    from desirepath.demo.writing import Size

    with blocker.unblock(), transaction.atomic():
        yield build_wexbridge(seed=3, today=TODAY, size=Size(**size))
        transaction.set_rollback(True)
