"""Calling a booking off: the fee from the frozen scale and the clock, seen first, kept on the booking."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions, cancelling
from desirepath.bookings.cancelling import FeeChanged, fee_now
from desirepath.bookings.models import Booking
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.organisations.models import Organisation
from tests import cast

pytestmark = pytest.mark.django_db
PRACTICE_CANCELS = [[1, 100], [3, 50], [14, 10]]
SHE_CANCELS = [[2, 25]]


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def ann(surgery: Organisation) -> Clinician:
    terms = {"practice_cancels": PRACTICE_CANCELS, "clinician_cancels": SHE_CANCELS}
    return cast.clinician("Ann Locum", pool=cast.pool("", surgery), terms=terms)


@pytest.fixture
def booking(surgery: Organisation, ann: Clinician) -> Booking:
    """Four hours at £90: £360."""
    return cast.booking(cast.vacancy(surgery, minutes=240), ann)


@pytest.fixture
def alice(surgery: Organisation) -> Any:
    return cast.booker("Alice Booker", surgery)


def before(booking: Booking, **notice: int) -> Any:
    return clock.at(booking.start - timedelta(**notice))


@pytest.mark.parametrize(
    ("notice", "percent", "pounds"),
    [
        ({"days": 14}, 0, "0.00"),
        ({"days": 13, "hours": 23}, 10, "36.00"),
        ({"days": 3}, 10, "36.00"),
        ({"days": 2, "hours": 23, "minutes": 59}, 50, "180.00"),
        ({"days": 1}, 50, "180.00"),
        ({"hours": 23, "minutes": 59}, 100, "360.00"),
    ],
)
def test_the_fee_follows_the_scale(
    booking: Booking, notice: dict[str, int], percent: int, pounds: str
) -> None:
    """Whole days of notice, floored: at the boundary itself it is the lower fee."""
    with before(booking, **notice):
        due = fee_now(booking, "practice")
    assert (due.percent, due.pounds) == (percent, Decimal(pounds))


def test_the_scale_is_that_of_the_booking(booking: Booking, ann: Clinician) -> None:
    """What she publishes afterwards changes nothing of it."""
    clinicians.publish_terms(by=ann.person, clinician=ann, values={"practice_cancels": [[28, 100]]})
    booking.refresh_from_db()
    with before(booking, days=5):
        assert fee_now(booking, "practice").percent == 10
        assert fee_now(booking, "clinician").percent == 0


def test_a_night_of_24_hours_counts_when_clocks_change(surgery: Organisation, ann: Clinician) -> None:
    """Notice is time that passes: over the night on which clocks go forward, a day's notice is 24 hours."""
    from datetime import datetime

    start = datetime(2027, 3, 28, 9, tzinfo=clock.LONDON)
    with clock.at(start - timedelta(days=20)):
        booking = cast.booking(cast.vacancy(surgery, start=start, minutes=240), ann)
    with clock.at(datetime(2027, 3, 27, 9, tzinfo=clock.LONDON)):
        assert fee_now(booking, "practice").days == 0
    with clock.at(datetime(2027, 3, 27, 8, tzinfo=clock.LONDON)):
        assert fee_now(booking, "practice").days == 1


def test_it_is_kept_on_the_booking(booking: Booking, alice: Any) -> None:
    """Percent, pounds, when and why."""
    with before(booking, days=2):
        cancelling.cancel_booking(
            by=alice, booking=booking, as_practice=True, seen=Decimal("180.00"), because="A partner is back"
        )
        now = clock.now()
    booking.refresh_from_db()
    kept = (booking.cancellation_percent, booking.cancellation_fee, booking.cancelled_because)
    assert kept == (50, Decimal("180.00"), "A partner is back")
    assert (booking.cancelled_at, booking.called_off_by) == (now, "practice")


def test_a_fee_that_was_not_seen_is_not_charged(booking: Booking, alice: Any) -> None:
    """A step passed between seeing and saying yes: nothing is cancelled, and the new fee is told."""
    with before(booking, hours=20), pytest.raises(FeeChanged) as news:
        cancelling.cancel_booking(by=alice, booking=booking, as_practice=True, seen=Decimal("180.00"))
    assert news.value.due.pounds == Decimal("360.00")
    booking.refresh_from_db()
    assert booking.state == "confirmed" and CommittedTime.objects.exists()


def test_what_she_has_not_confirmed_costs_nothing(surgery: Organisation, ann: Clinician, alice: Any) -> None:
    """A booking that is only recorded binds nobody yet."""
    session = cast.vacancy(surgery, start=cast.at(1))
    held = actions.record_booking(by=alice, vacancy=session, clinician=ann, rate=Decimal(90))
    assert {fee_now(held, "practice").pounds, fee_now(held, "clinician").pounds} == {Decimal(0)}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"cancellation_fee": Decimal(1)}, "exactly_when_called_off"),
        ({"cancelled_because": "a reason"}, "exactly_when_called_off"),
        ({"state": "no-show", "committed_time": None}, "exactly_when_called_off"),
    ],
)
def test_the_database_keeps_it_whole(booking: Booking, values: dict[str, Any], rule: str) -> None:
    """A cost without a cancellation, and the reverse, are refused."""
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**values)


@pytest.mark.parametrize(("percent", "fee"), [(101, "1"), (50, "-0.01"), (50, "360.01")])
def test_the_database_keeps_it_within_the_fee(booking: Booking, percent: int, fee: str) -> None:
    """Not below nothing, not above the fee of the session."""
    with pytest.raises(DatabaseError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(
            state="no-show",
            committed_time=None,
            cancelled_at=clock.now(),
            cancellation_percent=percent,
            cancellation_fee=Decimal(fee),
        )


@pytest.mark.parametrize("later", [timedelta(minutes=20), timedelta(days=2)])
def test_nobody_came(booking: Booking, alice: Any, later: timedelta) -> None:
    """The practice says so from the start on, also after the worker took it for worked; she promised 25%."""
    with clock.at(booking.start + later):
        actions.complete_due()
        cancelling.record_no_show(by=alice, booking=booking, seen=Decimal("90.00"), because="No answer")
    booking.refresh_from_db()
    booking.vacancy.refresh_from_db()
    assert (booking.state, booking.cancellation_percent, booking.called_off_by) == (
        "no-show",
        25,
        "clinician",
    )
    assert booking.vacancy.state == "unfilled" and not CommittedTime.objects.exists()


def test_turned_away(booking: Booking, ann: Clinician) -> None:
    """She says so; the practice owes what it would for no notice, and nobody else is looked for."""
    with clock.at(booking.start + timedelta(minutes=5)):
        cancelling.record_turned_away(by=ann.person, booking=booking, seen=Decimal("360.00"))
    booking.refresh_from_db()
    booking.vacancy.refresh_from_db()
    assert (booking.state, booking.cancellation_fee, booking.called_off_by) == (
        "turned away",
        Decimal("360.00"),
        "practice",
    )
    assert booking.vacancy.state == "withdrawn"


def test_said_too_early_too_late_or_by_another(booking: Booking, ann: Clinician, alice: Any) -> None:
    """Not before the start, not after a week, turned away only by her, nobody came only with a note."""
    say = {"by": ann.person, "booking": booking, "seen": Decimal("360.00")}
    with before(booking, minutes=1), pytest.raises(Refused, match="not started"):
        cancelling.record_turned_away(**say)
    with clock.at(booking.end + timedelta(days=8)), pytest.raises(Refused, match="7 days"):
        cancelling.record_turned_away(**say)
    with clock.at(booking.end), pytest.raises(PermissionError):
        cancelling.record_turned_away(**{**say, "by": alice})
    with clock.at(booking.end), pytest.raises(Refused, match="what happened"):
        cancelling.record_no_show(by=alice, booking=booking, seen=Decimal("90.00"), because=" ")
    with clock.at(booking.start), pytest.raises(Refused, match="started"):
        cancelling.cancel_booking(by=alice, booking=booking, as_practice=True)


def at(name: str, booking: Booking) -> str:
    return reverse(f"bookings:{name}", args=[booking.public_id])


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_says_the_fee_first(booking: Booking, ann: Clinician, alice: Any) -> None:
    """The practice sees what it would owe, says yes, and both records show it."""
    practice, hers = signed_in(alice), signed_in(ann.person)
    with before(booking, days=2, hours=3):
        page = practice.get(at("cancel", booking)).text
        assert "You would owe £180.00: 50% of the fee, because it is 2 days before." in page
        assert practice.post(at("cancel", booking), {"seen": "180.00", "because": ""}).status_code == 302
    assert "You owe Ann Locum £180.00, 50% of the fee" in practice.get(at("booking", booking)).text
    assert "Quayside Surgery owes you £180.00, 50% of the fee" in hers.get(at("booking", booking)).text


def test_the_page_shows_a_changed_fee_again(booking: Booking, alice: Any) -> None:
    """The page was left open over a boundary: it says the new fee, and only a second yes cancels."""
    practice = signed_in(alice)
    with before(booking, hours=23):
        answer = practice.post(at("cancel", booking), {"seen": "180.00", "because": "Back early"})
        assert answer.status_code == 422
        assert "The fee has changed" in answer.text and "£360.00: 100% of the fee" in answer.text
        assert "Back early" in answer.text
        booking.refresh_from_db()
        assert booking.state == "confirmed"
        practice.post(at("cancel", booking), {"seen": "360.00", "because": "Back early"})
    booking.refresh_from_db()
    assert booking.cancellation_fee == Decimal("360.00")


def test_pages_for_what_was_not_worked(booking: Booking, ann: Clinician, alice: Any) -> None:
    """Each side has its own, from the start on; the record shows whose word it was."""
    practice, hers = signed_in(alice), signed_in(ann.person)
    assert practice.get(at("no-show", booking)).status_code == 302
    with clock.at(booking.start + timedelta(minutes=30)):
        assert at("no-show", booking) in practice.get(at("booking", booking)).text
        assert at("turned-away", booking) in hers.get(at("booking", booking)).text
        assert "Ann Locum would owe £90.00" in practice.get(at("no-show", booking)).text
        assert practice.post(at("no-show", booking), {"seen": "90.00"}).status_code == 422
        page = hers.post(at("turned-away", booking), {"seen": "360.00", "because": "Two came"}, follow=True)
    assert "Quayside Surgery owes you £360.00" in page.text and "Two came" in page.text


def test_terms_that_ask_for_nothing_say_so(alice: Any, surgery: Organisation) -> None:
    """No length of notice is named as the reason where the terms ask for no fee at all."""
    carefree = cast.clinician("Carla Carefree", pool=cast.pool("", surgery))
    agreed = cast.booking(cast.vacancy(surgery, start=cast.at(3)), carefree)
    page = signed_in(alice).get(at("cancel", agreed)).text
    assert "You would owe nothing: the terms agreed ask for no fee." in page
