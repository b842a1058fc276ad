"""What she finds, applies for and takes back, and the practice's answer, by the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desirepath.audit import clock
from desirepath.bookings.models import Application, Booking
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(quayside):
    return cast.pool("North Pool", quayside)


@pytest.fixture
def asha(pool):
    return cast.clinician("Asha", pool=pool)


@pytest.fixture
def session(quayside, pool):
    return cast.vacancy(quayside, duties="Fifteen appointments")


def test_found_applied_confirmed(asha, alice, session):
    """She finds it, applies, and the practice's program books her at what she applied with."""
    hers, theirs = Program(asha.person), Program(alice)
    (found,) = hers.get("/work")[1]
    assert (found["vacancy"], found["fee"], found["offered"]) == (str(session.public_id), "375.00", False)
    status, made = hers.post("/applications", {"vacancy": found["vacancy"]})
    assert (status, made["state"], made["worked_here"]) == (201, "made", False)
    # her time is held for it: nothing else at that time fits
    assert hers.get("/work")[1] == []
    assert theirs.get("/applications")[1]["items"] == [made]
    status, booked = theirs.post(f"/applications/{made['id']}/confirm")
    assert (status, booked["state"], booked["fee"]) == (201, "confirmed", "375.00")
    assert hers.get("/applications", state="confirmed")[1]["items"][0]["id"] == made["id"]
    assert Booking.objects.get().clinician == asha


def test_taken_back_and_declined(asha, alice, session):
    """Either side may end it, without a reason; her time is free again."""
    hers, theirs = Program(asha.person), Program(alice)
    for program, end, state in ((hers, "withdraw", "withdrawn"), (theirs, "decline", "declined")):
        made = hers.post("/applications", {"vacancy": str(session.public_id)})[1]
        status, ended = program.post(f"/applications/{made['id']}/{end}")
        assert (status, ended["state"]) == (200, state)
        assert not Application.objects.exclude(hold=None).exists()


def test_only_one_s_own_pool(asha):
    """A session of another pool is not there to apply for."""
    place = cast.practice("Elsewhere")
    cast.pool("", place)
    far = cast.vacancy(place)
    status, _ = Program(asha.person).post("/applications", {"vacancy": str(far.public_id)})
    assert status == 404


def test_narrowed(asha, session):
    """By days, eight weeks at the most."""
    hers = Program(asha.person)
    day = session.start.astimezone(clock.LONDON).date()
    assert len(hers.get("/work", **{"from": day.isoformat(), "to": day.isoformat()})[1]) == 1
    later = (day + timedelta(1)).isoformat()
    assert hers.get("/work", **{"from": later}) == (200, [])
    status, told = hers.get("/work", **{"from": "2026-12-01", "to": "2027-12-01"})
    assert (status, told["errors"][0]["field"]) == (422, "to")
    after = (session.start + timedelta(hours=1)).isoformat()
    hers.post("/applications", {"vacancy": str(session.public_id)})
    assert hers.get("/applications", **{"from": after})[1]["items"] == []
    assert len(hers.get("/applications", until=after)[1]["items"]) == 1
