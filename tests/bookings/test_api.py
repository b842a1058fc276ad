"""Yes, confirm and cancel by the API: the pages' actions and words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desirepath.audit import clock
from desirepath.bookings import actions
from desirepath.bookings.models import Booking
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
    return cast.vacancy(quayside)


def test_accept(asha, session, alice):
    """She says yes: she and the practice read the same booking, with its moments in England's time."""
    offered = cast.offer(session, asha)
    status, made = Program(asha.person).post(f"/offers/{offered.public_id}/accept")
    assert status == 201
    assert (made["state"], made["fee"], made["practice"]["name"]) == (
        "confirmed",
        "375.00",
        "Quayside Surgery",
    )
    assert made["start"] == session.start.astimezone(clock.LONDON).isoformat().replace("+00:00", "Z")
    assert Program(alice).get("/bookings")[1]["items"] == [made]
    assert Program(asha.person).get(f"/bookings/{made['id']}") == (200, made)


def test_taken(asha, session, pool):
    """Whoever is late is told so kindly, as on the page."""
    late = cast.clinician("Beth", pool=pool)
    first = cast.offer(session, asha)
    session.refresh_from_db()
    session.move("released", by=None)
    second = cast.offer(session, late)
    actions.accept_offer(by=asha.person, offer=first)
    status, told = Program(late.person).post(f"/offers/{second.public_id}/accept")
    assert (status, told["detail"]) == (409, actions.TAKEN)


def test_accepted_twice_is_one_booking(asha, session):
    """Under two keys she gets the same booking twice."""
    offered, program = cast.offer(session, asha), Program(asha.person)
    answers = [program.post(f"/offers/{offered.public_id}/accept") for _ in range(2)]
    assert answers[0] == answers[1]
    assert Booking.objects.count() == 1


def test_confirm_what_was_recorded(asha, session, alice):
    """Her yes to a booking agreed by phone."""
    recorded = actions.record_booking(by=alice, vacancy=session, clinician=asha, rate=Decimal(95))
    program = Program(asha.person)
    status, made = program.post(f"/bookings/{recorded.public_id}/confirm")
    assert (status, made["state"], made["rate"]) == (200, "confirmed", "95.00")


@pytest.mark.parametrize("side", ["hers", "the practice's"])
def test_cancel(asha, session, alice, side):
    """Each side cancels for itself."""
    booked = cast.booking(session, asha)
    program = Program(asha.person if side == "hers" else alice)
    status, made = program.post(f"/bookings/{booked.public_id}/cancel")
    wanted = "cancelled by clinician" if side == "hers" else "cancelled by practice"
    assert (status, made["state"]) == (200, wanted)
    status, told = program.post(f"/bookings/{booked.public_id}/cancel")
    assert (status, told["detail"]) == (409, "This booking can't be cancelled any more.")
