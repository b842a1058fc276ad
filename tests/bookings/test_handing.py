"""A session is handed back: colleagues are asked first, one takes it, or what she chose happens."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.bookings import handing
from desirepath.bookings.cancelling import cancel_booking, fee_now
from desirepath.bookings.models import Booking, HandBack, HandBackAsk
from desirepath.cascade.models import CascadePolicy
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation
from desirepath.pools.actions import found_chambers
from desirepath.pools.models import Chambers
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(clock_at: Any) -> Any:
    return clock_at("2026-12-01 12:00")


@pytest.fixture
def place() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def chambers(place: Organisation) -> Chambers:
    return found_chambers(by=None, pool=cast.pool("", place), name="Harbour Chambers")


def member(chambers: Chambers, name: str, **details: Any) -> Clinician:
    made = cast.clinician(name, **details)
    clinicians.join_pool(by=None, clinician=made, pool=chambers.pool, chambers=chambers)
    return made


@pytest.fixture
def ann(chambers: Chambers) -> Clinician:
    """She owes the whole fee where she cancels with less than three days of notice."""
    return member(chambers, "Ann Locum", rate=90, terms={"clinician_cancels": [[3, 100]]})


@pytest.fixture
def bea(chambers: Chambers) -> Clinician:
    return member(chambers, "Bea Locum", rate=80)


@pytest.fixture
def booked(place: Organisation, ann: Clinician) -> Booking:
    """Ann's morning a week from now."""
    return cast.booking(cast.vacancy(place), ann)


def handed(booked: Booking, otherwise: str = "keep", seen: Decimal = Decimal(500)) -> HandBack:
    return handing.hand_back(by=booked.clinician.person, booking=booked, otherwise=otherwise, seen=seen)


def test_her_booking_stands_while_colleagues_are_asked(booked: Booking, bea: Clinician) -> None:
    """Those whom it fits are asked, until a stated time; the practice is told nothing."""
    row = handed(booked)
    booked.refresh_from_db()
    booked.vacancy.refresh_from_db()
    assert (booked.state, booked.vacancy.state) == ("confirmed", "filled")
    assert [ask.clinician for ask in row.asks.all()] == [bea]
    assert row.asked_until == clock.now() + timedelta(hours=24)
    assert Message.objects.filter(key__startswith="hand-back", to=bea.person).exists()


def test_a_colleague_takes_it(booked: Booking, bea: Clinician, place: Organisation) -> None:
    """Hers ends with nothing owed, the colleague is booked under her own terms, the vacancy stays filled."""
    alice = cast.booker("Alice Booker", place)
    row = handed(booked)
    made = handing.take_over(by=bea.person, ask=row.asks.get())
    booked.refresh_from_db()
    made.vacancy.refresh_from_db()
    row.refresh_from_db()
    assert (booked.state, booked.cancellation_fee) == ("cancelled by clinician", 0)
    assert (made.clinician, made.state, made.rate) == (bea, "confirmed", Decimal(80))
    assert made.origin == Booking.Origin.HANDED
    assert made.vacancy.state == "filled"
    assert made.vacancy.cover == made.committed_time == CommittedTime.objects.get(clinician=bea)
    assert not CommittedTime.objects.filter(clinician=booked.clinician).exists()
    assert (row.state, row.covered_by) == ("covered", made)
    moves = Event.objects.filter(entity="Vacancy", entity_id=made.vacancy.public_id).values_list(
        "verb", flat=True
    )
    assert not any("filled >" in verb for verb in moves)
    ended = Event.objects.get(entity_id=booked.public_id, verb="confirmed > cancelled by clinician")
    assert ended.details["handed on"]
    assert Message.objects.filter(to=alice, subject__startswith="Somebody else comes").exists()
    assert Message.objects.filter(
        to=booked.clinician.person, subject__startswith="A colleague takes"
    ).exists()


def test_a_yes_twice_is_one_booking(booked: Booking, bea: Clinician) -> None:
    """A double tap ends on the same booking."""
    ask = handed(booked).asks.get()
    first = handing.take_over(by=bea.person, ask=ask)
    assert handing.take_over(by=bea.person, ask=HandBackAsk.objects.get(pk=ask.pk)) == first


def test_only_whom_it_fits_and_who_may_be_asked(
    booked: Booking, chambers: Chambers, place: Organisation
) -> None:
    """Too dear, not free, not of the chambers: not asked. With nobody to ask she stays booked."""
    member(chambers, "Dear", rate=200)
    member(chambers, "Absent", free=None)
    cast.clinician("Stranger", pool=chambers.pool)
    with pytest.raises(Refused, match="None of your colleagues"):
        handed(booked)
    muting = member(chambers, "Mute")
    clinicians.set_practice_preference(by=muting.person, clinician=muting, practice=place, kind="muted")
    with pytest.raises(Refused, match="None of your colleagues"):
        handed(booked)


def test_nobody_in_time_and_she_keeps_it(booked: Booking, bea: Clinician, clock_at: Any) -> None:
    """As she chose: she is still booked, and told so; a late yes is refused kindly."""
    row = handed(booked, "keep")
    assert handing.settle_due() == 0
    clock_at("2026-12-02 12:00")
    assert (handing.settle_due(), handing.settle_due()) == (1, 0)
    booked.refresh_from_db()
    row.refresh_from_db()
    assert (booked.state, row.state) == ("confirmed", "withdrawn")
    with pytest.raises(Refused, match="no longer waiting"):
        handing.take_over(by=bea.person, ask=row.asks.get())


def test_the_pool_says_how_long_colleagues_have(booked: Booking, bea: Clinician) -> None:
    """The hours of its policy, and never so long that nobody else could be found."""
    CascadePolicy.objects.create(pool=booked.pool, since=clock.now() - timedelta(1), chambers_hours=3)
    assert handing.asked_until(booked) == clock.now() + timedelta(hours=3)
    CascadePolicy.objects.create(pool=booked.pool, chambers_hours=168)
    assert handing.asked_until(booked) == booked.start - timedelta(hours=2)


def test_nobody_in_time_and_it_re_opens(booked: Booking, bea: Clinician, clock_at: Any) -> None:
    """As she chose: cancelled by her scale, and open to everyone."""
    due = handing.fee_then(booked, handing.asked_until(booked))
    row = handed(booked, "re-open", due.pounds)
    clock_at("2026-12-02 12:00")
    assert handing.settle_due() == 1
    booked.refresh_from_db()
    row.refresh_from_db()
    booked.vacancy.refresh_from_db()
    assert (booked.state, row.state) == ("cancelled by clinician", "re-opened")
    assert booked.cancellation_fee is not None
    assert booked.cancellation_fee <= due.pounds
    assert booked.vacancy.state == "released"


def test_she_never_owes_more_than_she_was_told(booked: Booking, bea: Clinician, clock_at: Any) -> None:
    """A worker that was off for days does not cancel at a higher fee: she is still booked, and told."""
    row = handed(booked, "re-open")
    assert row.fee_seen == 0  # more than three days before it costs her nothing
    clock_at("2026-12-08 07:00")
    assert fee_now(booked, "clinician").pounds == booked.fee
    assert handing.settle_due() == 1
    booked.refresh_from_db()
    assert booked.state == "confirmed"
    assert Message.objects.filter(subject__contains="it is still yours").exists()


def test_a_fee_that_grew_since_she_saw_it(booked: Booking, bea: Clinician, clock_at: Any) -> None:
    """The page was open overnight: nobody is asked before she has seen what it would cost now."""
    clock_at("2026-12-07 08:00")
    with pytest.raises(Refused, match="The fee has changed"):
        handed(booked, "re-open", Decimal(0))


def test_everyone_said_no(booked: Booking, bea: Clinician) -> None:
    """It is settled at once, not when the time is over."""
    row = handed(booked)
    handing.say_no(by=bea.person, ask=row.asks.get())
    assert handing.settle_due() == 1
    with pytest.raises(Refused):
        handing.say_no(by=bea.person, ask=row.asks.get())


def test_she_keeps_it_after_all(booked: Booking, bea: Clinician) -> None:
    """Nobody is asked any more; a colleague who was faster has it."""
    row = handed(booked)
    handing.keep(by=booked.clinician.person, handed=row)
    assert row.asks.get().state == "over"
    again = handed(booked)
    handing.take_over(by=bea.person, ask=again.asks.get())
    with pytest.raises(Refused, match="taken it already"):
        handing.keep(by=booked.clinician.person, handed=again)


def test_the_practice_cancels_meanwhile(booked: Booking, bea: Clinician, place: Organisation) -> None:
    """Nobody can take what is not needed; the hand-back is over."""
    row = handed(booked)
    alice = cast.booker("Alice Booker", place)
    seen = fee_now(booked, "practice").pounds
    cancel_booking(by=alice, booking=booked, as_practice=True, seen=seen)
    with pytest.raises(Refused, match="no longer waiting"):
        handing.take_over(by=bea.person, ask=row.asks.get())
    assert handing.settle_due() == 1
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_a_colleague_who_became_busy(booked: Booking, bea: Clinician, place: Organisation) -> None:
    """Booked elsewhere since she was asked: refused in her own words, and nothing has changed."""
    row = handed(booked)
    cast.booking(cast.vacancy(place, start=cast.at(7, 9)), bea)
    with pytest.raises(Refused, match="busy then"):
        handing.take_over(by=bea.person, ask=row.asks.get())
    booked.refresh_from_db()
    assert booked.state == "confirmed"


def test_only_she_and_only_they(booked: Booking, bea: Clinician) -> None:
    """Each acts for herself alone."""
    with pytest.raises(PermissionError):
        handing.hand_back(by=bea.person, booking=booked, otherwise="keep")
    row = handed(booked)
    for act in (handing.take_over, handing.say_no):
        with pytest.raises(PermissionError):
            act(by=booked.clinician.person, ask=row.asks.get())
    with pytest.raises(PermissionError):
        handing.keep(by=bea.person, handed=row)


def test_pages_of_both(client: Client, booked: Booking, bea: Clinician, ann: Clinician, sign_in: Any) -> None:
    """The consequence is said first; a colleague sees what, where and for how much, and never hers."""
    where = reverse("bookings:hand-back", args=[booked.public_id])
    text = sign_in(client, ann.person).get(where).text
    assert "You stay booked meanwhile" in text
    assert "Wed 2 Dec, midday" in text
    assert "Bea" not in text
    assert client.post(where, {}).status_code == 422
    client.post(where, {"otherwise": "keep", "seen": "0.00"})
    text = client.get(reverse("bookings:booking", args=[booked.public_id])).text
    assert "Your colleagues are being asked" in text
    assert "Bea" not in text
    ask = HandBackAsk.objects.get()
    page = reverse("bookings:take-over", args=[ask.public_id])
    assert client.get(page).status_code == 404
    text = sign_in(client, bea.person).get(page).text
    assert "Ann Locum" in text
    assert "£333.33" in text  # 4 h 10 min at her own £80
    assert "£375" not in text  # Ann's fee
    assert "Ann Locum" in client.get(reverse("bookings:your-week")).text
    made = client.post(page, {"answer": "yes"})
    assert made.url == reverse("bookings:booking", args=[Booking.objects.get(clinician=bea).public_id])
    assert "You took this session" in client.get(page).text


def test_without_colleagues_it_is_a_cancellation(client: Client, booked: Booking, sign_in: Any) -> None:
    """Nobody to ask: what it costs is said, and the way on is the page that cancels."""
    text = (
        sign_in(client, booked.clinician.person)
        .get(reverse("bookings:hand-back", args=[booked.public_id]))
        .text
    )
    assert "None of your colleagues" in text
    assert reverse("bookings:cancel", args=[booked.public_id]) in text
