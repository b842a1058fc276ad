"""A cascade moves on by itself: who is asked, in which order, by when, and a machine that was off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desirepath.audit import clock
from desirepath.bookings import actions as bookings
from desirepath.cascade import actions, running
from desirepath.cascade.models import Cascade, Offer
from desirepath.cascade.rules import WHOLE_POOL
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import QuietChoices
from desirepath.messages.models import Message
from desirepath.vacancies.models import PreferredClinician, Vacancy
from tests import cast
from tests.cascade.places import asked, row, work

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_posted_vacancy_is_asked_for_by_itself(place):
    """The own PCN's bank first, one person; the worker twice asks nobody twice."""
    place.own_member("Ann")
    place.member("Bea")
    vacancy = place.vacancy()
    work()
    work()
    assert asked(vacancy) == ["Ann"]
    vacancy.refresh_from_db()
    assert vacancy.state == "offered"
    assert row(vacancy).state == "running" and row(vacancy).due_at > clock.now()


def test_a_pool_that_asks_by_hand_is_left_alone(place):
    """Nothing begins by itself; the manager starts one vacancy."""
    place.policy(automatic=False)
    place.own_member("Ann")
    vacancy = place.vacancy()
    work()
    assert asked(vacancy) == []
    running.start(vacancy=vacancy, by=cast.person())
    work()
    assert asked(vacancy) == ["Ann"]


def test_tier_by_tier(place, clock_at):
    """A no lets the next of the tier be asked at once; a new tier opens when its time has come."""
    ann, _ = place.own_member("Ann"), place.own_member("Amy")
    place.neighbour("Nia")
    vacancy = place.vacancy()
    work()
    first = vacancy.offers.get()
    actions.decline_offer(by=first.clinician.person, offer=first)
    Cascade.objects.update(due_at=clock.now())
    work()
    assert sorted(asked(vacancy)) == ["Amy", "Ann"]
    clock_at("2026-12-08 10:30")
    work()
    assert asked(vacancy)[2:] == ["Nia"]
    assert [step.kind for step in row(vacancy).steps.all()] == ["began", "tier"]
    assert ann.offers.count() == 1


def test_a_tier_without_anybody_is_not_waited_for(place):
    """Nobody of the own PCN and of the neighbours could come: the pool is asked at once, and it is told."""
    place.member("Bea")
    place.own_member("Ann", rate=200)
    vacancy = place.vacancy()
    work()
    assert asked(vacancy) == ["Bea"]
    assert row(vacancy).tier == WHOLE_POOL
    assert row(vacancy).steps.last().reason == "nobody is left to ask there"


def test_a_machine_off_for_two_days_goes_on_with_the_nearest(place, clock_at):
    """What is out expires first; the tiers stand where they would, and the nearest people come first."""
    for name in ("Ann", "Amy"):
        place.own_member(name)
    place.neighbour("Nia")
    place.member("Bea")
    vacancy = place.vacancy()
    work()
    clock_at("2026-12-09 11:00")
    work()
    assert vacancy.offers.live().count() == 1
    assert sorted(asked(vacancy)) == ["Amy", "Ann"]
    assert row(vacancy).tier == WHOLE_POOL
    assert [step.tier for step in row(vacancy).steps.filter(kind="tier")] == [1, 2]


def test_after_six_hours_off_everything_is_caught_up_without_a_flood(place, clock_at):
    """Ten sessions whose offers ran out meanwhile: one person each is asked, and none twice."""
    place.policy(offer_hours=2)
    for number in range(12):
        place.own_member(f"Clinician {number}")
    vacancies = [place.vacancy(20 + number) for number in range(10)]
    work()
    clock_at("2026-12-07 16:00")
    work()
    for vacancy in vacancies:
        assert vacancy.offers.live().count() == 1 and vacancy.offers.filter(state="expired").count() == 1
        assert len(set(asked(vacancy))) == 2


def test_urgent_sessions_ask_several_at_once_and_the_first_yes_has_it(place):
    """Three of the pool are asked together; the others are told kindly."""
    for name in ("Ann", "Bea", "Cat", "Dee"):
        place.member(name)
    vacancy = place.vacancy(9, urgency=Vacancy.Urgency.CRITICAL)
    work()
    offers = list(vacancy.offers.all())
    assert len(offers) == 3
    bookings.accept_offer(by=offers[1].clinician.person, offer=offers[1])
    others = {offers[0].clinician.person, offers[2].clinician.person}
    told = Message.objects.filter(subject__startswith="No answer needed")
    assert {message.to for message in told} == others
    work()
    assert row(vacancy).state == "ended" and row(vacancy).ended_because == "filled"


def test_never_outside_her_terms_nor_against_her_quiet(place):
    """Too dear, not free, muted, paused, asked often enough: none of them is asked."""
    place.own_member("Dear", rate=150)
    place.own_member("Busy", free=None)
    muting, paused, enough = (place.own_member(name) for name in ("Muting", "Paused", "Enough"))
    clinicians.set_practice_preference(
        by=muting.person, clinician=muting, practice=place.practice, kind="muted"
    )
    QuietChoices.objects.create(clinician=paused, paused_until=clock.today() + timedelta(days=3))
    QuietChoices.objects.create(clinician=enough, most_offers_day=1)
    cast.offer(cast.vacancy(place.practice, start=cast.at(30)), enough)
    vacancy = place.vacancy()
    work()
    assert asked(vacancy) == []
    place.own_member("Ann")
    Cascade.objects.update(due_at=clock.now())
    work()
    assert asked(vacancy) == ["Ann"]


def test_whoever_is_on_standby_is_asked_last_and_only_when_near(place):
    """Three weeks ahead she is not asked though nobody else is there; a day ahead she is, once the others
    have said no.
    """
    waiting = place.own_member("Standby")
    QuietChoices.objects.create(clinician=waiting, standby=True)
    far = place.vacancy()
    work()
    assert asked(far) == []
    place.own_member("Ann")
    near = place.vacancy(days=1)
    work()
    assert asked(near) == ["Ann"]
    for offer in near.offers.live():
        actions.decline_offer(by=offer.clinician.person, offer=offer)
    Cascade.objects.update(due_at=clock.now())
    work()
    assert asked(near) == ["Ann", "Standby"]


def test_the_pool_asks_nobody_more_often_a_day_than_it_says(place):
    """With two offers a day, five sessions bring one person two of them."""
    place.policy(most_offers_day=2)
    place.own_member("Ann")
    for days in range(20, 25):
        place.vacancy(days)
    work()
    Cascade.objects.update(due_at=clock.now())
    work()
    assert Offer.objects.count() == 2


def test_order_within_a_tier(place):
    """The practice's own list, then the plan's proposal, then who was asked least recently."""
    first, second, third, fourth = (place.own_member(name) for name in ("One", "Two", "Three", "Four"))
    cast.offer(cast.vacancy(place.practice, start=cast.at(40)), third)
    PreferredClinician.objects.create(practice=place.practice, clinician=first, position=1)
    vacancy = place.vacancy()
    cast.proposal(vacancy, second)
    place.policy(usual_offers=4, urgent_hours=168, urgent_offers=4)
    vacancy.urgency = Vacancy.Urgency.URGENT
    vacancy.save()
    work()
    assert asked(vacancy) == [str(each) for each in (first, second, fourth, third)]


def test_offers_by_hand_count_as_offers_out(place):
    """The manager released a proposal: the cascade waits for that answer."""
    ann, _ = place.own_member("Ann"), place.own_member("Amy")
    vacancy = place.vacancy()
    cast.offer(vacancy, ann)
    work()
    assert asked(vacancy) == ["Ann"]
