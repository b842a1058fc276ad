"""A yes on both sides: accept, record, confirm, cancel, complete."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions, cancelling
from desirepath.bookings.models import Booking
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.sending import send_due
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


def test_accepting_books_at_once(surgery: Organisation, ann: Clinician) -> None:
    """Her yes confirms: booking, committed time and vacancy agree, and the fee is her own rate."""
    session = cast.vacancy(surgery, minutes=240)
    booking = cast.booking(session, ann)
    session.refresh_from_db()
    assert (booking.state, session.state) == ("confirmed", "filled")
    assert session.cover == booking.committed_time == CommittedTime.objects.get(clinician=ann)
    assert (booking.rate, booking.fee) == (Decimal(90), Decimal(360))
    assert booking.terms == ann.current_terms


def test_accepting_twice_is_once(surgery: Organisation, ann: Clinician) -> None:
    """A double click leaves one booking."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    first = actions.accept_offer(by=ann.person, offer=offer)
    assert actions.accept_offer(by=ann.person, offer=offer) == first
    assert Booking.objects.count() == 1


def test_nobody_else_may_accept(surgery: Organisation, ann: Clinician) -> None:
    """An offer is hers alone to answer."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    with pytest.raises(PermissionError):
        actions.accept_offer(by=cast.person(), offer=offer)


def test_the_second_of_two_asked_is_told_it_is_taken(
    surgery: Organisation, pool: Pool, ann: Clinician
) -> None:
    """Whoever says yes second hears so kindly, and is not booked."""
    session = cast.vacancy(surgery)
    bea = cast.clinician("Bea Locum", pool=pool)
    hers = cast.offer(session, bea)
    session.refresh_from_db()
    session.move("released", by=None)
    cast.booking(session, ann)
    with pytest.raises(Refused, match="taken"):
        actions.accept_offer(by=bea.person, offer=hers)
    assert not Booking.objects.for_clinician(bea).exists()


def test_accepting_lets_go_of_offers_that_overlap(surgery: Organisation, ann: Clinician) -> None:
    """Her other offers at the same time are withdrawn, and those sessions are open again."""
    one, two = cast.vacancy(surgery), cast.vacancy(surgery, start=cast.at(7, 9))
    first, second = cast.offer(one, ann), cast.offer(two, ann)
    actions.accept_offer(by=ann.person, offer=first)
    second.refresh_from_db()
    two.refresh_from_db()
    assert (second.state, two.state) == ("withdrawn", "released")


def test_terms_published_since_the_offer_bind(surgery: Organisation, ann: Clinician) -> None:
    """Terms she publishes between offer and answer count: nothing is booked outside them."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    clinicians.publish_terms(by=ann.person, clinician=ann, values={"base_rate": Decimal(150)})
    with pytest.raises(Refused, match="your rate is above"):
        actions.accept_offer(by=ann.person, offer=offer)
    offer.refresh_from_db()
    assert offer.state == "sent"


def test_an_expired_offer_cannot_be_accepted(surgery: Organisation, ann: Clinician) -> None:
    """After its time an offer is closed, even before the worker has come round."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    with clock.at(offer.expires_at), pytest.raises(Refused, match="passed"):
        actions.accept_offer(by=ann.person, offer=offer)


def test_busy_in_another_pool_is_busy_here(surgery: Organisation, ann: Clinician) -> None:
    """Time committed in one pool cannot be booked in another, and nobody learns where it is."""
    elsewhere = cast.practice("Hilltop Surgery")
    other = cast.pool("Other pool", elsewhere)
    clinicians.join_pool(by=None, clinician=ann, pool=other)
    mine, theirs = cast.offer(cast.vacancy(surgery), ann), None
    away = cast.vacancy(elsewhere, start=cast.at(7, 10))
    theirs = cast.offer(away, ann)
    actions.accept_offer(by=ann.person, offer=mine)
    theirs.refresh_from_db()
    assert theirs.state == "withdrawn"
    with pytest.raises(Refused) as refusal:
        actions.record_booking(by=cast.person(), vacancy=away, clinician=ann, rate=Decimal(100))
    assert "busy" in str(refusal.value)
    assert "Quayside" not in str(refusal.value)


@pytest.mark.parametrize("change", ["insert", "update"])
def test_the_database_refuses_an_overlap(surgery: Organisation, ann: Clinician, change: str) -> None:
    """Whatever the code does, two rows of one clinician's committed time cannot overlap."""
    booking = cast.booking(cast.vacancy(surgery), ann)
    row: dict[str, Any] = {"clinician": ann, "pool": booking.pool, "practice": surgery, "kind": "hold"}
    touching = CommittedTime.objects.create(**row, start=booking.end, end=booking.end + timedelta(hours=2))

    def overlap() -> None:
        if change == "insert":
            CommittedTime.objects.create(**row, start=booking.start + timedelta(hours=1), end=booking.end)
        else:
            CommittedTime.objects.filter(pk=touching.pk).update(start=booking.end - timedelta(minutes=1))

    with pytest.raises(DatabaseError, match="no_time_committed_twice"), transaction.atomic():
        overlap()


def test_a_booking_by_phone_waits_for_her_tap(surgery: Organisation, ann: Clinician) -> None:
    """What a practice records holds her time; her one tap confirms it."""
    session = cast.vacancy(surgery)
    booking = actions.record_booking(
        by=cast.booker("Alice Booker", surgery), vacancy=session, clinician=ann, rate=Decimal(95)
    )
    assert (booking.state, booking.rate) == ("provisional", Decimal(95))
    assert CommittedTime.objects.get().kind == "hold"
    actions.confirm_booking(by=ann.person, booking=booking)
    actions.confirm_booking(by=ann.person, booking=booking)
    booking.refresh_from_db()
    assert (booking.state, CommittedTime.objects.get().kind) == ("confirmed", "booking")


def test_a_booking_by_phone_stays_within_her_terms(surgery: Organisation, ann: Clinician) -> None:
    """A rate below hers is refused, without naming hers."""
    session = cast.vacancy(surgery, rate_cap=Decimal(80))
    with pytest.raises(Refused) as refusal:
        actions.record_booking(by=cast.person(), vacancy=session, clinician=ann, rate=Decimal(80))
    assert "90" not in str(refusal.value)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(("as_practice", "left"), [(True, "withdrawn"), (False, "released")])
def test_cancelling_frees_her_time(
    surgery: Organisation, ann: Clinician, as_practice: bool, left: str
) -> None:
    """A cancelled booking commits no time; the vacancy is open again if it was she who cancelled."""
    session = cast.vacancy(surgery)
    booking = cast.booking(session, ann)
    cancelling.cancel_booking(by=ann.person, booking=booking, as_practice=as_practice)
    session.refresh_from_db()
    assert session.state == left
    assert not CommittedTime.objects.exists()
    with pytest.raises(Refused):
        cancelling.cancel_booking(by=ann.person, booking=booking, as_practice=as_practice)


def test_a_cancelled_session_can_be_booked_again(surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """After she hands it back somebody else may take it."""
    session = cast.vacancy(surgery)
    cancelling.cancel_booking(by=ann.person, booking=cast.booking(session, ann), as_practice=False)
    bea = cast.clinician("Bea Locum", pool=pool)
    session.refresh_from_db()
    assert cast.booking(session, bea).state == "confirmed"


def test_bookings_complete_when_their_time_has_passed(surgery: Organisation, ann: Clinician) -> None:
    """A worker that was down catches up: begun, worked, completed."""
    session = cast.vacancy(surgery)
    booking = cast.booking(session, ann)
    with clock.at(booking.end + timedelta(hours=6)):
        actions.complete_due()
        assert actions.complete_due() == 0
    booking.refresh_from_db()
    session.refresh_from_db()
    assert (booking.state, session.state) == ("worked", "completed")


def test_nothing_confidential_is_mailed(surgery: Organisation, ann: Clinician) -> None:
    """The practice hears that somebody comes, and a link; no name and no fee are in the mail."""
    cast.booker("Alice Booker", surgery)
    booking = cast.booking(cast.vacancy(surgery), ann)
    send_due()
    letter = next(m for m in mail.outbox if m.to == ["alice.booker@example.org"])
    assert letter.subject.startswith("Covered: ")
    assert str(booking.public_id) in letter.body
    assert "Ann" not in letter.body + letter.subject
    assert "£" not in letter.body + letter.subject


def test_rest_is_kept_between_days(surgery: Organisation, pool: Pool) -> None:
    """An evening and the next early morning leave less rest than she asks for: refused."""
    ann = cast.clinician("Ann Rest", pool=pool, free=(time(0), time(23, 59)))
    cast.booking(cast.vacancy(surgery, start=cast.at(7, 18), minutes=240), ann)
    early = cast.vacancy(surgery, start=cast.at(8, 7))
    with pytest.raises(Refused, match="outside the terms"):
        cast.offer(early, ann)
