"""A session changes hands once: real connections racing each other, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from desirepath.audit.refusal import Refused
from desirepath.bookings import handing, swapping
from desirepath.bookings.cancelling import cancel_booking
from desirepath.bookings.models import Booking, HandBack, HandBackAsk, Swap
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.pools.actions import found_chambers
from tests import cast
from tests.bookings.test_races import race

pytestmark = pytest.mark.django_db(transaction=True)


def chambers_of(*names: str) -> tuple[Any, list[Clinician]]:
    """A practice, and clinicians of one chambers of its pool."""
    place = cast.practice()
    chambers = found_chambers(by=None, pool=cast.pool("", place), name="Harbour Chambers")
    members = []
    for name in names:
        made = cast.clinician(name)
        clinicians.join_pool(by=None, clinician=made, pool=chambers.pool, chambers=chambers)
        members.append(made)
    return place, members


def consistent() -> None:
    """One standing booking per session, each with time of its own clinician that covers the vacancy."""
    standing = list(Booking.objects.standing().select_related("committed_time", "vacancy"))
    assert len({row.vacancy_id for row in standing}) == len(standing) == CommittedTime.objects.count()
    for row in standing:
        assert row.committed_time is not None
        assert row.committed_time.clinician_id == row.clinician_id
        assert row.vacancy.cover_id == row.committed_time_id


def test_colleagues_say_yes_at_once() -> None:
    """Six take it at the same moment: one is booked, five are told that another was faster."""
    place, (ann, *others) = chambers_of("Ann", "Bea", "Cat", "Dot", "Eve", "Fay", "Gil")
    booking = cast.booking(cast.vacancy(place), ann)
    handing.hand_back(by=ann.person, booking=booking, otherwise="keep")
    asks = list(HandBackAsk.objects.select_related("clinician__person", "hand_back__booking__clinician"))
    assert len(asks) == len(others)
    results = race(*(lambda a=ask: handing.take_over(by=a.clinician.person, ask=a) for ask in asks))
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert sum("Another colleague" in str(result) for result in results) == len(others) - 1
    consistent()


def test_cancelling_races_a_colleague() -> None:
    """She cancels while a colleague takes it: one of the two, and never both."""
    for _ in range(3):
        place, (ann, bea) = chambers_of("", "")
        booking = cast.booking(cast.vacancy(place), ann)
        handing.hand_back(by=ann.person, booking=booking, otherwise="keep")
        ask = HandBackAsk.objects.get(clinician=bea)
        results = race(
            lambda b=booking: cancel_booking(by=b.clinician.person, booking=b, as_practice=False),
            lambda a=ask: handing.take_over(by=a.clinician.person, ask=a),
        )
        assert sum(isinstance(result, Refused) for result in results) == 1
        consistent()


def test_the_worker_races_a_colleague_at_the_last_moment() -> None:
    """Settled by two workers while a colleague says no and another yes: it ends once."""
    place, (ann, bea, cat) = chambers_of("Ann", "Bea", "Cat")
    booking = cast.booking(cast.vacancy(place), ann)
    handing.hand_back(by=ann.person, booking=booking, otherwise="re-open")
    asks = {ask.clinician_id: ask for ask in HandBackAsk.objects.all()}
    race(
        lambda: handing.take_over(by=bea.person, ask=asks[bea.pk]),
        lambda: handing.say_no(by=cat.person, ask=asks[cat.pk]),
        handing.settle_due,
        handing.settle_due,
    )
    assert HandBack.objects.get().state == "covered"
    consistent()


def test_two_swaps_that_cross() -> None:
    """Each proposes to the other, both agree at once: one swap, no deadlock, both still booked."""
    place, (ann, bea) = chambers_of("Ann", "Bea")
    hers, other = (
        cast.booking(cast.vacancy(place, start=cast.at(days)), who) for days, who in ((7, ann), (8, bea))
    )
    one = swapping.propose_swap(by=ann.person, booking=hers, colleague=bea, day=other.vacancy.day)
    two = swapping.propose_swap(by=bea.person, booking=other, colleague=ann, day=hers.vacancy.day)
    results = race(
        lambda: swapping.agree_swap(by=bea.person, swap=one, wanted=Booking.objects.get(pk=other.pk)),
        lambda: swapping.agree_swap(by=ann.person, swap=two, wanted=Booking.objects.get(pk=hers.pk)),
    )
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert Swap.objects.filter(state="agreed").count() == 1
    consistent()


def test_a_swap_races_a_hand_back() -> None:
    """One session is swapped and handed back at the same moment: it goes to one."""
    place, (ann, bea, cat) = chambers_of("Ann", "Bea", "Cat")
    hers, other = (
        cast.booking(cast.vacancy(place, start=cast.at(days)), who) for days, who in ((7, ann), (8, bea))
    )
    swap = swapping.propose_swap(by=ann.person, booking=hers, colleague=bea, day=other.vacancy.day)
    handing.hand_back(by=ann.person, booking=hers, otherwise="keep")
    ask = HandBackAsk.objects.get(clinician=cat)
    results = race(
        lambda: swapping.agree_swap(by=bea.person, swap=swap, wanted=other),
        lambda: handing.take_over(by=cat.person, ask=ask),
    )
    assert sum(isinstance(result, Booking) for result in results) == 1
    consistent()
