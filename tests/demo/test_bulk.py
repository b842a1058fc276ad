"""The performer, which writes in bulk, writes what the actions write."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from desirepath.audit import clock
from desirepath.demo import land, perform
from desirepath.demo.writing import Size, write
from tests.demo import by_actions
from tests.demo.tables import numbers_from_the_start, tables

SIZE = Size(clinicians=25, sessions_a_week=30, weeks_ahead=1)


@pytest.mark.django_db
def test_bulk_and_actions_leave_equal_tables():
    """Every table, row by row: people, roles, terms, free times, choices, vacancies, states and events."""
    script = write(land.wexbridge(), seed=5, today=date(2026, 11, 18), size=SIZE, closed=frozenset())
    left = []
    for performer in (by_actions, perform):
        with transaction.atomic():
            numbers_from_the_start()
            cast = performer.perform(script)
            performer.post(cast, script.sessions)
            with clock.at(script.now):
                performer.choose(cast)
            left.append(tables())
            transaction.set_rollback(True)
    one_by_one, in_bulk = left
    assert {name for name, rows in one_by_one.items() if rows} >= {
        "vacancies.Vacancy",
        "clinicians.Terms",
        "clinicians.AvailabilityException",
        "clinicians.PracticePreference",
        "clinicians.CheckTimer",
        "clinicians.Credential",
        "clinicians.QuietChoices",
        "clinicians.StandingYes",
        "audit.Event",
    }
    for name, rows in one_by_one.items():
        assert in_bulk[name] == rows, name
