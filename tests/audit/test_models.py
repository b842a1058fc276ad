"""Rows with a state, and the log."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from desirepath.audit.models import Event
from desirepath.audit.states import InvalidMove, Stale
from desirepath.vacancies.models import Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Vacancy:
    place = cast.practice()
    cast.pool("", place)
    return cast.vacancy(place)


def test_move_changes_state_and_writes_who(session: Vacancy) -> None:
    """A move changes the row, and an event says who did it, by an opaque id only."""
    alice = cast.person("Alice")
    session.move("withdrawn", by=alice)
    session.refresh_from_db()
    assert session.state == "withdrawn"
    event = Event.objects.filter(entity_id=session.public_id).latest("id")
    assert (event.verb, event.actor) == ("released > withdrawn", alice.public_id)
    assert "Alice" not in str(event.details)


def test_move_refuses_what_the_table_forbids(session: Vacancy) -> None:
    """A withdrawn vacancy stays withdrawn."""
    session.move("withdrawn", by=None)
    with pytest.raises(InvalidMove):
        session.move("released", by=None)


def test_the_second_of_two_moves_is_stale(session: Vacancy) -> None:
    """Two people who read the same row: the second is told, and nothing of hers is kept."""
    other = Vacancy.objects.get(pk=session.pk)
    session.move("withdrawn", by=None)
    before = Event.objects.count()
    with pytest.raises(Stale):
        other.move("offered", by=None)
    assert Event.objects.count() == before


@pytest.mark.parametrize("attempt", ["update", "delete"])
def test_the_log_cannot_be_changed(session: Vacancy, attempt: str) -> None:
    """The database itself refuses to change or delete an event."""
    events = Event.objects.filter(entity_id=session.public_id)
    with pytest.raises(DatabaseError, match="events_are_append_only"), transaction.atomic():
        events.update(verb="something else") if attempt == "update" else events.delete()
    assert events.exists()


def test_a_state_nobody_knows_is_refused(session: Vacancy) -> None:
    """The database itself refuses a state that the table does not name, whoever writes it."""
    with pytest.raises(IntegrityError, match="vacancy_state_known"), transaction.atomic():
        Vacancy.objects.filter(pk=session.pk).update(state="forgotten")
