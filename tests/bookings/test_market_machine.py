"""The whole market driven by chance: whatever people, the worker and the clock do, what must hold holds.

Reduced rounds by default; DESIRE_LONG=1 runs thousands.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.bookings.models import Booking, HandBack, Swap
from desirepath.cascade.asking import ask
from desirepath.cascade.models import Offer, Reserve
from desirepath.clinicians.models import Clinician
from desirepath.vacancies.models import Vacancy
from tests.bookings.market import BEGINS, Market, World

LONG = os.environ.get("DESIRE_LONG") == "1"


# what a long run must have seen come about, or it has proved little: (entity, what happened)
SEEN = (
    ("Swap", "proposed > agreed"),
    ("HandBack", "asked > covered"),
    ("HandBack", "asked > re-opened"),
    ("Offer", "sent > accepted"),
    ("Offer", "sent > declined"),
    ("Offer", "sent > expired"),
    ("Reserve", "standing by > asked"),
    ("Application", "made > confirmed"),
    ("Booking", "confirmed > cancelled by clinician"),
    ("Booking", "confirmed > cancelled by practice"),
    ("Booking", "in progress > worked"),
    ("Release", "released"),
    ("NotForMe", "not for me"),
    ("Cascade", "tier skipped"),
)


@pytest.fixture
def world(db):
    """Who is there before anything happens."""
    with clock.at(BEGINS - timedelta(days=1)):
        Market.world = World()


@pytest.fixture
def market(world):
    """The market at its beginning, to be driven by hand."""
    driven = Market()
    yield driven
    driven.teardown()


def holds(market):
    """Every check of the machine."""
    for check in market.invariants:
        check.function(market)


def booked(market, who, where=0, days=3, hour=9):
    """A session to which one of the five comes: released by the manager, and accepted."""
    market.post(where=where, days=days, hour=hour, urgency=1)
    vacancy = Vacancy.objects.latest("pk")
    market.release_by_hand(place(Vacancy.objects.open(), vacancy), who)
    market.accept(place(Offer.objects.live(), vacancy.offers.get()))
    holds(market)
    return Booking.objects.standing().get(vacancy=vacancy)


def place(rows, one):
    """The number by which the machine's hands find ``one`` among some rows."""
    return list(rows.order_by("pk")).index(one)


@pytest.mark.usefixtures("world")
def test_the_market_holds_whatever_happens():
    """Whatever people, colleagues, the worker and the clock do: after every step nobody is in two places,
    terms are kept, offers agree with sessions, tiers open in order.
    """
    run_state_machine_as_test(
        Market,
        settings=settings(
            max_examples=1500 if LONG else 5,
            stateful_step_count=60 if LONG else 25,
            deadline=None,
            derandomize=not LONG,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Person.objects.exists() and Clinician.objects.count() == 5
    if LONG:
        print("\n".join(f"{entity} {what}: {n:,}" for (entity, what), n in sorted(Market.seen.items())))
        assert not [each for each in SEEN if not Market.seen[each]]


def test_a_swap_is_reached(market):
    """Two of one chambers exchange what they are booked for."""
    mine, hers = booked(market, 0), booked(market, 1, days=4)
    market.swap(0, 1)
    market.agree_to_swap(0, 0)
    holds(market)
    assert Swap.objects.get().state == "agreed"
    now = Booking.objects.standing()
    assert now.get(vacancy=mine.vacancy).clinician == hers.clinician
    assert now.get(vacancy=hers.vacancy).clinician == mine.clinician


def test_a_colleague_who_takes_it_is_reached(market):
    """Her chambers hear of it first, and one of them comes."""
    given = booked(market, 0)
    market.hand_back(0, "re-open")
    assert given.vacancy.offers.live().count() == 0
    market.answer_colleague(0, "yes")
    holds(market)
    assert HandBack.objects.get().state == "covered"
    assert Booking.objects.standing().get().clinician != given.clinician


def test_a_session_opened_again_is_reached(market):
    """None of her chambers comes: it is open again, for everybody."""
    given = booked(market, 0, days=6)
    market.hand_back(0, "re-open")
    market.colleagues_run_out_of_time()
    holds(market)
    given.refresh_from_db()
    assert (HandBack.objects.get().state, given.state) == ("re-opened", "cancelled by clinician")


def test_an_offer_that_lapses_and_one_declined_are_reached(market):
    """The cascade asks, one says no and another says nothing; neither is asked again."""
    market.post(where=0, days=9, hour=9, urgency=1)
    market.work()
    market.decline(0)
    for _ in range(3):
        market.work()
        market.wait(30)
    holds(market)
    assert set(Offer.objects.values_list("state", flat=True)) >= {"declined", "expired"}
    asked = list(Offer.objects.values_list("clinician", flat=True))
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(("as_practice", "by"), [(True, "practice"), (False, "clinician")])
def test_calling_off_is_reached(market, as_practice, by):
    """Either side calls a booking off."""
    given = booked(market, 0)
    market.cancel(0, as_practice)
    holds(market)
    given.refresh_from_db()
    assert given.state == f"cancelled by {by}"


def test_a_standing_yes_is_reached(market):
    """Asked by a practice that has it, she is booked, under the terms that she has published since."""
    market.change_terms(0, 95, 2)
    market.say_yes_beforehand(0, 0, 2, True)
    market.post(where=0, days=3, hour=9, urgency=1)
    market.release_by_hand(0, 0)
    holds(market)
    made = Booking.objects.standing().get()
    assert (made.origin, made.terms.base_rate) == (Booking.Origin.STANDING_YES, 95)


def said_no_and_another_came(market):
    """One of the five says no to a session, and another comes."""
    market.post(where=0, days=9, hour=9, urgency=1)
    market.release_by_hand(0, 0)
    market.decline(0)
    market.release_by_hand(0, 1)
    market.accept(0)
    return Vacancy.objects.get(), market.world.clinicians[0]


def test_whoever_stands_by_after_her_no_is_asked(market):
    """She said no, then that she would come should the one booked fall out: that is asked of her."""
    vacancy, her = said_no_and_another_came(market)
    market.stand_by(0, 0, falls_out=True)
    holds(market)
    assert vacancy.offers.live().get().clinician == her


def test_whoever_stands_by_is_asked_before_any_tier(market):
    """Of a neighbouring PCN, she is asked while the cascade is open to the own bank only."""
    booked(market, 0)
    market.stand_by(0, 2, falls_out=True)
    market.work()
    holds(market)
    offer = Offer.objects.live().get(clinician=market.world.clinicians[2])
    assert offer.tier > offer.vacancy.cascade.tier
    Reserve.objects.all().delete()
    with pytest.raises(AssertionError):
        market.tiers_open_in_order()


def test_whoever_hides_it_does_not_stand_by(market):
    """She stood by and then said no: it opens again, and she is left alone by everybody."""
    vacancy, her = said_no_and_another_came(market)
    market.stand_by(0, 0, falls_out=False)
    market.hide(0, 0, after_all=False)
    market.cancel(0, as_practice=False)
    market.work()
    market.release_by_hand(0, 0)
    holds(market)
    assert Reserve.objects.get().state == "stood down"
    assert not vacancy.offers.live().filter(clinician=her).exists()


@pytest.mark.parametrize("stood_by", [False, True])
def test_the_check_of_her_no_sees(market, stood_by):
    """Asked once more though she said no, also where she stood by before that no: the check finds it."""
    _, her = said_no_and_another_came(market)
    if stood_by:
        market.stand_by(0, 0, falls_out=True)
        market.decline(0)
    else:
        market.cancel(0, as_practice=False)
    with clock.at(market.now):
        ask(vacancy=Vacancy.objects.get(), clinician=her, by=None)
    with pytest.raises(AssertionError):
        market.nothing_is_asked_against_her_no()
