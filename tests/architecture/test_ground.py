"""The ground of the tests itself holds."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from threading import Thread

import pytest
from django.db import connection

from desirepath.audit import clock
from desirepath.audit.models import Event


def test_other_machines_cannot_be_reached():
    """A test that would speak to another machine fails."""
    with pytest.raises(RuntimeError, match="this machine only"), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


def test_the_clock_stops_in_every_thread(clock_at):
    """The live server's threads see the time that the test has set."""
    moment = clock_at("2026-07-01 08:30")
    seen = []
    thread = Thread(target=lambda: seen.append(clock.now()))
    thread.start()
    thread.join()
    assert seen == [moment] == [datetime(2026, 7, 1, 7, 30, tzinfo=UTC)]
    with clock.at(datetime(2026, 7, 2, tzinfo=UTC)):
        assert clock.now().day == 2
    assert clock.now() == moment


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_protected_rows_are_gone_after_a_test_with_real_transactions(turn):
    """The flush between tests empties tables whose rows the database protects, and the protection is still
    there.
    """
    assert not Event.objects.exists()
    event = Event.objects.create(verb="tried", entity="Test")
    with pytest.raises(Exception, match="event"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [event.pk])


def test_the_cast_is_two_of_one_practice_and_an_outsider(alice, bob, charlie):
    """Alice and Bob share a practice in which Charlie holds no role."""
    places = [{held.organisation for held in someone.roles.all()} for someone in (alice, bob, charlie)]
    assert places[0] == places[1] != places[2]
