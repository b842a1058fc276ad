"""Her application: it holds her time, the practice confirms one, everybody else is free again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions, applying
from desirepath.bookings.models import Application, Booking
from desirepath.cascade import actions as cascade
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.models import Message
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


def told(person) -> list[str]:
    """Subjects of what she was told, the oldest first."""
    return list(Message.objects.filter(to=person).order_by("pk").values_list("subject", flat=True))


def test_applying_holds_her_time_and_tells_the_practice(surgery, ann):
    """A hold, her terms and fee frozen; the cascade goes on, and the booker hears of it."""
    alice = cast.booker("Alice Booker", surgery)
    session = cast.vacancy(surgery, minutes=240)
    made = cast.application(session, ann)
    session.refresh_from_db()
    assert (made.state, session.state) == ("made", "released")
    assert (made.rate, made.fee, made.terms) == (Decimal(90), Decimal(360), ann.current_terms)
    assert (made.hold.kind, made.hold.start) == ("hold", session.start)
    assert told(alice)[0].startswith("A clinician has applied")
    assert cast.application(session, ann) == made
    assert CommittedTime.objects.count() == 1


def test_it_waits_a_day_and_a_half_and_less_as_the_session_nears(surgery, ann):
    """The pool's hours; at the latest two hours before the session."""
    far, near = cast.vacancy(surgery), cast.vacancy(surgery, start=clock.now() + timedelta(hours=10))
    assert cast.application(far, ann).expires_at - clock.now() < timedelta(hours=36)
    assert applying.answer_by(far) > clock.now() + timedelta(hours=35)
    assert applying.answer_by(near) <= near.start - timedelta(hours=2)


@pytest.mark.parametrize("case", ["outside", "taken", "offered", "too many", "somebody else"])
def test_what_cannot_be_applied_for(surgery, pool, ann, case):
    """Not outside her terms, not what has gone, not what she can accept, not half the week."""
    session = cast.vacancy(surgery)
    by = ann.person
    if case == "outside":
        session = cast.vacancy(surgery, start=cast.at(8), rate_cap=Decimal(60))
    elif case == "taken":
        cast.booking(session, cast.clinician("Bea", pool=pool))
    elif case == "offered":
        cast.offer(session, ann)
    elif case == "too many":
        pool.most_applications = 1
        pool.save()
        cast.application(cast.vacancy(surgery, start=cast.at(8)), ann)
    else:
        by = cast.person("Mallory")
    held = CommittedTime.objects.count()
    with pytest.raises((Refused, PermissionError)):
        applying.apply_for(by=by, clinician=ann, vacancy=session)
    assert CommittedTime.objects.count() == held


def test_confirming_books_one_and_frees_the_others(surgery, pool, ann, django_capture_on_commit_callbacks):
    """Her hold becomes the booking; the others' holds and live offers are gone, and all are told."""
    alice = cast.booker("Alice Booker", surgery)
    bea, cora = (cast.clinician(name, pool=pool) for name in ("Bea", "Cora"))
    session = cast.vacancy(surgery)
    hers, other = cast.application(session, ann), cast.application(session, bea)
    offer = cast.offer(session, cora)
    booking = applying.confirm_application(by=alice, application=hers)
    for row in (hers, other, offer, session):
        row.refresh_from_db()
    assert [row.state for row in (hers, other, offer, session)] == [
        "confirmed",
        "declined",
        "withdrawn",
        "filled",
    ]
    assert (booking.state, booking.origin, booking.fee) == ("confirmed", "applied", hers.fee)
    assert (
        list(CommittedTime.objects.all()) == [booking.committed_time]
        and booking.committed_time.kind == "booking"
    )
    assert hers.booking == booking and hers.hold is None
    assert told(ann.person)[-1].startswith("You are booked")
    assert told(bea.person)[-1].startswith("Not this time")
    assert applying.confirm_application(by=alice, application=hers) == booking
    with pytest.raises(Refused, match="taken"):
        applying.confirm_application(by=alice, application=other)


def test_what_she_applied_with_counts(surgery, ann):
    """She raises her rate above what the practice pays: the application stands at the rate it was made at."""
    session = cast.vacancy(surgery, minutes=240)
    made = cast.application(session, ann)
    frozen = made.terms
    clinicians.publish_terms(by=ann.person, clinician=ann, values={"base_rate": Decimal(200)})
    booking = applying.confirm_application(by=cast.person("Alice"), application=made)
    assert (booking.rate, booking.fee, booking.terms) == (Decimal(90), Decimal(360), frozen)


def test_a_limit_she_sets_since_holds(surgery, ann):
    """What she no longer does at all, nobody confirms; the practice is told no term of hers."""
    made = cast.application(cast.vacancy(surgery), ann)
    clinicians.set_weekly_pattern(by=ann.person, clinician=ann, windows={})
    with pytest.raises(Refused, match="they are not free then"):
        applying.confirm_application(by=cast.person("Alice"), application=made)


def test_accepting_an_offer_takes_over_her_own_hold(surgery, pool, ann):
    """She applied and is then asked by phone or offer: her own hold does not stand in her way."""
    session = cast.vacancy(surgery)
    made = cast.application(session, ann)
    booking = actions.record_booking(
        by=cast.person("Alice"), vacancy=session, clinician=ann, rate=Decimal(100)
    )
    made.refresh_from_db()
    assert (made.state, made.booking) == ("confirmed", booking)
    assert CommittedTime.objects.get() == booking.committed_time


def test_a_hold_in_the_way_is_named(surgery, pool, ann):
    """An offer that clashes with her own application says what she can do."""
    other = cast.offer(cast.vacancy(surgery, start=cast.at(7, 9)), ann)
    made = Application.objects.count()
    cast.application(cast.vacancy(surgery), ann)
    with pytest.raises(Refused, match="You have applied for another session then"):
        actions.accept_offer(by=ann.person, offer=other)
    assert made == 0 and not Booking.objects.exists()


def test_she_withdraws_and_the_practice_declines(surgery, pool, ann):
    """Either frees her time; nobody else may withdraw hers, and what has ended stays so."""
    first, second = (cast.application(cast.vacancy(surgery, start=cast.at(day)), ann) for day in (7, 8))
    with pytest.raises(PermissionError):
        applying.withdraw_application(by=cast.person("Mallory"), application=first)
    applying.withdraw_application(by=ann.person, application=first)
    applying.withdraw_application(by=ann.person, application=first)
    applying.decline_application(by=cast.person("Alice"), application=second)
    assert not CommittedTime.objects.exists()
    with pytest.raises(Refused):
        applying.withdraw_application(by=ann.person, application=second)
    with pytest.raises(Refused):
        applying.confirm_application(by=cast.person("Bob"), application=first)


def test_what_is_due_ends_by_itself(surgery, pool, ann):
    """Unanswered it expires, and a session that is withdrawn frees her; twice is once."""
    made = cast.application(cast.vacancy(surgery), ann)
    gone = cast.application(cast.vacancy(surgery, start=cast.at(9)), ann)
    cascade.withdraw_vacancy(by=cast.person("Alice"), vacancy=gone.vacancy)
    assert applying.applications_due() == 1
    with clock.at(made.expires_at):
        assert applying.applications_due() == 1
        assert applying.applications_due() == 0
    for row in (made, gone):
        row.refresh_from_db()
    assert (made.state, gone.state) == ("expired", "declined")
    assert not CommittedTime.objects.exists()
    late = cast.application(made.vacancy, ann)
    with clock.at(late.expires_at), pytest.raises(Refused, match="has passed"):
        applying.confirm_application(by=cast.person("Bob"), application=late)
