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
    from django.db import transaction

    from desirepath.demo.actions import build_wexbridge
    from desirepath.demo.writing import Size

    size = Size(clinicians=30, sessions_a_week=20, weeks_before=1, weeks_ahead=2)
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_wexbridge(seed=3, today=TODAY, size=size)
        transaction.set_rollback(True)
