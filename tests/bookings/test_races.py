"""Nobody is booked twice: real connections racing each other, on both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions, applying, cancelling
from desirepath.bookings.instant import book_at_once
from desirepath.bookings.models import Application, Booking
from desirepath.cascade import reserves, urgent
from desirepath.cascade.models import CascadePolicy, Reserve
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.choosing import end_standing_yes, give_standing_yes
from desirepath.clinicians.models import CommittedTime
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def race(*runners: Callable[[], Any]) -> list[Any]:
    """Run all at once, each on a connection of its own; their results, or the Refused they met."""
    start = Barrier(len(runners))

    def run(runner: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return runner()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners))


def test_one_session_and_many_who_say_yes() -> None:
    """Eight clinicians accept the same session at the same moment: one is booked, seven are told it is
    taken.
    """
    place = cast.practice()
    pool = cast.pool("", place)
    session = cast.vacancy(place)
    offers = []
    for _ in range(8):
        offers.append(cast.offer(session, cast.clinician(pool=pool)))
        session.refresh_from_db()
        session.move("released", by=None)
    session.move("offered", by=None)
    results = race(
        *(lambda o=offer: actions.accept_offer(by=o.clinician.person, offer=o) for offer in offers)
    )
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert {str(result) for result in results if isinstance(result, Refused)} == {actions.TAKEN}
    assert Booking.objects.count() == CommittedTime.objects.count() == 1


def test_one_clinician_and_overlapping_sessions_in_two_pools() -> None:
    """She says yes twice at the same moment, in two pools: exactly one booking stands."""
    here, there = cast.practice(), cast.practice()
    pool, other = cast.pool("", here), cast.pool("", there)
    ann = cast.clinician("Ann Locum", pool=pool)
    clinicians.join_pool(by=None, clinician=ann, pool=other)
    offers = [cast.offer(cast.vacancy(here), ann), cast.offer(cast.vacancy(there, start=cast.at(7, 10)), ann)]
    results = race(*(lambda o=offer: actions.accept_offer(by=ann.person, offer=o) for offer in offers))
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert CommittedTime.objects.count() == 1


def test_the_same_offer_accepted_twice_at_once() -> None:
    """A double tap on a slow line books once, and both taps end on the booking."""
    place = cast.practice()
    ann = cast.clinician("Ann Locum", pool=cast.pool("", place))
    offer = cast.offer(cast.vacancy(place), ann)
    taps = [
        lambda: actions.accept_offer(by=ann.person, offer=type(offer).objects.get(pk=offer.pk))
        for _ in range(2)
    ]
    results = race(*taps)
    assert results[0] == results[1] == Booking.objects.get()


def test_accepting_races_a_booking_by_phone() -> None:
    """A practice records one booking while she accepts another that overlaps: one of them stands."""
    here, there = cast.practice(), cast.practice()
    pool = cast.pool("", here, there)
    ann = cast.clinician("Ann Locum", pool=pool)
    offer = cast.offer(cast.vacancy(here), ann)
    phoned = cast.vacancy(there, start=cast.at(7, 11))
    alice = cast.booker("Alice Booker", there)
    results = race(
        lambda: actions.accept_offer(by=ann.person, offer=offer),
        lambda: actions.record_booking(by=alice, vacancy=phoned, clinician=ann, rate=Decimal(100)),
    )
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert CommittedTime.objects.count() == 1


def test_two_practices_book_her_at_once_by_her_standing_yes() -> None:
    """Two overlapping sessions, in two pools, at the same moment: exactly one booking stands."""
    here, there = cast.practice(), cast.practice()
    pool, other = cast.pool("", here), cast.pool("", there)
    ann = cast.clinician("Ann Locum", pool=pool)
    clinicians.join_pool(by=None, clinician=ann, pool=other)
    sessions = [cast.vacancy(here), cast.vacancy(there, start=cast.at(7, 10))]
    for session in sessions:
        give_standing_yes(by=ann.person, clinician=ann, practice=session.practice, most_sessions=3)
    by = cast.person()
    results = race(*(lambda s=session: book_at_once(by=by, vacancy=s, clinician=ann) for session in sessions))
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert CommittedTime.objects.count() == 1


def test_twenty_booked_at_once_for_one_session() -> None:
    """Twenty clinicians with a standing yes, one session, all buttons at once: one of them is booked."""
    place = cast.practice()
    pool, by = cast.pool("", place), cast.person()
    people = [cast.clinician(pool=pool) for _ in range(20)]
    for her in people:
        give_standing_yes(by=her.person, clinician=her, practice=place, most_sessions=3)
    session = cast.vacancy(place)
    results = race(*(lambda h=her: book_at_once(by=by, vacancy=session, clinician=h) for her in people))
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert {str(result) for result in results if isinstance(result, Refused)} == {actions.TAKEN}
    assert Booking.objects.count() == CommittedTime.objects.count() == 1


def test_switching_off_races_booking_at_once() -> None:
    """Whichever is first wins whole: booked before, or not at all; never after she has switched it off."""
    place = cast.practice()
    ann = cast.clinician("Ann Locum", pool=cast.pool("", place))
    give_standing_yes(by=ann.person, clinician=ann, practice=place, most_sessions=3)
    session, by = cast.vacancy(place), cast.person()
    race(
        lambda: book_at_once(by=by, vacancy=session, clinician=ann),
        lambda: end_standing_yes(by=ann.person, clinician=ann, practice=place),
    )
    with pytest.raises(Refused):
        book_at_once(by=by, vacancy=cast.vacancy(place, start=cast.at(9)), clinician=ann)
    assert Booking.objects.count() <= 1


def test_everybody_asked_by_two_taps_at_once() -> None:
    """Two bookers and the worker go on with the same call: five are asked, nobody twice."""
    place = cast.practice()
    pool, by = cast.pool("", place), cast.person()
    session = cast.vacancy(place, urgency=5)
    for _ in range(9):
        cast.clinician(pool=pool)
    race(
        *(lambda: urgent.ask_all(by=by, vacancy=type(session).objects.get(pk=session.pk)) for _ in range(2)),
        urgent.advance_due,
    )
    asked = list(session.offers.live().values_list("clinician", flat=True))
    assert len(asked) == len(set(asked)) == urgent.AT_ONCE


def test_two_stand_by_for_the_last_place() -> None:
    """The reserve of a session takes as many as the pool's policy keeps, also when they come at once."""
    place = cast.practice()
    pool = cast.pool("", place)
    booked = cast.booking(cast.vacancy(place), cast.clinician(pool=pool))
    CascadePolicy.objects.create(pool=pool, reserve_length=1)
    people = [cast.clinician(pool=pool) for _ in range(3)]
    race(
        *(lambda h=her: reserves.stand_by(by=h.person, clinician=h, vacancy=booked.vacancy) for her in people)
    )
    assert Reserve.objects.count() == 1


def test_the_constraint_alone_holds_without_any_lock() -> None:
    """Rows written past all code, from eight connections: the database keeps one of those that overlap."""
    place = cast.practice()
    pool = cast.pool("", place)
    ann = cast.clinician("Ann Locum", pool=pool)
    start = cast.at(7)

    def write(minutes: int) -> bool:
        try:
            CommittedTime.objects.create(
                clinician=ann,
                pool=pool,
                practice=place,
                kind="booking",
                start=start + timedelta(minutes=minutes),
                end=start + timedelta(minutes=minutes + 240),
            )
        except DatabaseError:
            return False
        return True

    results = race(*(lambda m=m: write(m) for m in range(0, 240, 30)))
    assert sum(results) == 1
    assert CommittedTime.objects.count() == 1


def test_two_pending_applications_confirmed_at_once() -> None:
    """Two bookers confirm different applicants at the same moment: one is booked, the other told it is taken,
    and only the booked one's time is held.
    """
    place = cast.practice()
    pool = cast.pool("", place)
    session = cast.vacancy(place)
    alice = cast.booker("Alice Booker", place)
    made = [cast.application(session, cast.clinician(pool=pool)) for _ in range(4)]
    results = race(*(lambda row=row: applying.confirm_application(by=alice, application=row) for row in made))
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert {str(result) for result in results if isinstance(result, Refused)} == {actions.TAKEN}
    assert Booking.objects.get().committed_time == CommittedTime.objects.get()
    assert sorted(Application.objects.values_list("state", flat=True)) == ["confirmed", *["declined"] * 3]


def test_a_confirmation_races_an_acceptance_and_a_withdrawal() -> None:
    """The practice confirms Ann while Bea accepts an offer of the same session and Ann takes hers back."""
    place = cast.practice()
    pool = cast.pool("", place)
    session = cast.vacancy(place)
    alice = cast.booker("Alice Booker", place)
    ann, bea = cast.clinician(pool=pool), cast.clinician(pool=pool)
    application = cast.application(session, ann)
    offer = cast.offer(session, bea)
    results = race(
        lambda: applying.confirm_application(by=alice, application=application),
        lambda: actions.accept_offer(by=bea.person, offer=offer),
        lambda: applying.withdraw_application(by=ann.person, application=application),
    )
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert CommittedTime.objects.count() == Booking.objects.count() == 1


def test_applying_twice_at_once_for_sessions_that_overlap() -> None:
    """Two windows, two sessions at the same time: one hold."""
    here, there = cast.practice(), cast.practice()
    pool = cast.pool("", here, there)
    ann = cast.clinician(pool=pool)
    sessions = [cast.vacancy(here), cast.vacancy(there, start=cast.at(7, 10))]
    results = race(
        *(lambda s=row: applying.apply_for(by=ann.person, clinician=ann, vacancy=s) for row in sessions)
    )
    assert sum(isinstance(result, Application) for result in results) == 1
    assert CommittedTime.objects.count() == 1


def booked() -> tuple[Booking, Any]:
    """A booking, and somebody who books for its practice."""
    place = cast.practice()
    terms = {"practice_cancels": [[28, 50]], "clinician_cancels": [[28, 10]]}
    ann = cast.clinician("Ann Locum", pool=cast.pool("", place), terms=terms)
    return cast.booking(cast.vacancy(place, minutes=240), ann), cast.booker("Alice Booker", place)


def again(booking: Booking) -> Booking:
    return Booking.objects.select_related("clinician__person", "vacancy").get(pk=booking.pk)


def test_both_sides_cancel_at_once() -> None:
    """One of them is first, its fee is kept, the other is told; nobody's time stays committed."""
    booking, alice = booked()
    results = race(
        lambda: cancelling.cancel_booking(
            by=alice, booking=again(booking), as_practice=True, seen=Decimal("180.00")
        ),
        lambda: cancelling.cancel_booking(
            by=booking.clinician.person, booking=again(booking), as_practice=False, seen=Decimal("36.00")
        ),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]
    kept = again(booking)
    first = results.index(None)
    fees = [("cancelled by practice", Decimal("180.00")), ("cancelled by clinician", Decimal("36.00"))]
    assert (kept.state, kept.cancellation_fee) == fees[first]
    assert kept.vacancy.state == ("withdrawn", "released")[first]
    assert CommittedTime.objects.count() == 0


def test_a_session_is_completed_while_somebody_says_that_nobody_came() -> None:
    """The worker completes what the practice is recording as not worked: one story is left, whole."""
    booking, alice = booked()
    with clock.at(booking.start + timedelta(minutes=1)):
        actions.complete_due()

    def complete() -> int:
        with clock.at(booking.end + timedelta(minutes=1)):
            return actions.complete_due()

    def record() -> None:
        with clock.at(booking.end + timedelta(minutes=1)):
            cancelling.record_no_show(
                by=alice, booking=again(booking), seen=Decimal("36.00"), because="Nobody came"
            )

    results = race(*(complete for _ in range(3)), record, record)
    kept = again(booking)
    if kept.state == "worked":
        assert isinstance(results[3], Refused) and isinstance(results[4], Refused)
        assert kept.vacancy.state == "completed" and CommittedTime.objects.count() == 1
    else:
        assert (kept.state, kept.cancellation_fee) == ("no-show", Decimal("36.00"))
        assert kept.vacancy.state == "unfilled" and CommittedTime.objects.count() == 0
    assert sum(result is None for result in results[3:]) == (kept.state == "no-show")
