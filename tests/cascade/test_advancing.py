"""A cascade moves on by itself: who is asked, in which order, by when, and a machine that was off."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from desirepath.audit import clock
from desirepath.bookings import actions as bookings
from desirepath.bookings import cancelling
from desirepath.cascade import actions, advancing, running
from desirepath.cascade.models import Cascade, CascadePolicy, Offer
from desirepath.cascade.rules import NEXT_POOLS, WHOLE_POOL
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import QuietChoices
from desirepath.messages.models import Message
from desirepath.organisations.models import Kind
from desirepath.pools.models import PcnNeighbour
from desirepath.vacancies.models import PreferredClinician, Vacancy
from tests import cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Place:
    """A pool with two PCNs: one practice in the first, whose bank and neighbour have members."""

    def __init__(self) -> None:
        self.own, self.next = (cast.organisation(Kind.PCN) for _ in range(2))
        self.practice = cast.practice("Quayside Surgery", pcn=self.own)
        self.pool = cast.pool("Wex", self.practice)
        PcnNeighbour.objects.create(pcn=self.next, neighbour=self.own)

    def own_member(self, name: str, **details):
        return cast.clinician(name, pool=self.pool, pcn=self.own, **details)

    def neighbour(self, name: str, **details):
        return cast.clinician(name, pool=self.pool, pcn=self.next, **details)

    def member(self, name: str, **details):
        return cast.clinician(name, pool=self.pool, **details)

    def policy(self, **values) -> CascadePolicy:
        return CascadePolicy.objects.create(pool=self.pool, **values)

    def vacancy(self, days: int = 21, **details) -> Vacancy:
        return cast.vacancy(self.practice, start=cast.at(days), **details)


@pytest.fixture
def place(clock_at) -> Place:
    clock_at("2026-12-07 10:00")
    return Place()


def work() -> None:
    """One round of the worker's, in its order."""
    actions.expire_due()
    running.begin_due()
    running.advance_due()


def asked(vacancy: Vacancy) -> list[str]:
    """Everybody asked for it, in order."""
    return [str(offer.clinician) for offer in vacancy.offers.order_by("pk")]


def row(vacancy: Vacancy) -> Cascade:
    return Cascade.objects.get(vacancy=vacancy)


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


def test_the_manager_has_her_hours_to_plan_first(place, clock_at):
    """With a head start the cascade waits, from posting and again from a new plan; urgent ones do not."""
    place.policy(head_start_hours=24)
    ann = place.own_member("Ann")
    vacancy, urgent = place.vacancy(), place.vacancy(25, urgency=Vacancy.Urgency.URGENT)
    work()
    assert asked(vacancy) == [] and asked(urgent) == ["Ann"]
    assert row(vacancy).state == "waiting"
    clock_at("2026-12-08 09:00")
    cast.proposal(vacancy, ann)
    clock_at("2026-12-08 11:00")
    work()
    assert row(vacancy).state == "waiting"
    clock_at("2026-12-09 09:30")
    work()
    assert asked(vacancy) == ["Ann"]


def test_stop_start_and_skip(place, clock_at):
    """Stopped, nobody else is asked; started again it goes on; a skipped tier opens the next at once."""
    manager = cast.person()
    place.own_member("Ann")
    place.neighbour("Nia")
    vacancy = place.vacancy()
    work()
    running.stop(vacancy=vacancy, by=manager, reason="The partner may come")
    clock_at("2026-12-09 11:00")
    work()
    assert asked(vacancy) == ["Ann"]
    running.start(vacancy=vacancy, by=manager)
    running.skip_tier(vacancy=vacancy, by=manager, reason="They are all at a conference")
    work()
    assert asked(vacancy) == ["Ann", "Nia"]
    assert [step.kind for step in row(vacancy).steps.all()] == ["began", "stopped", "resumed", "skipped"]
    with pytest.raises(running.Refused, match="Say why"):
        running.skip_tier(vacancy=vacancy, by=manager, reason=" ")


def test_a_hand_back_is_asked_of_her_chambers_first(place, clock_at):
    """Only its members are asked at first, wherever their bank is."""
    from desirepath.pools.actions import found_chambers

    chambers = found_chambers(by=None, pool=place.pool, name="Harbour Chambers")
    place.own_member("Ann")
    colleague = place.member("Bea")
    colleague.memberships.update(chambers=chambers)
    vacancy = place.vacancy()
    running.start(vacancy=vacancy, by=None, first_to=chambers)
    work()
    assert asked(vacancy) == ["Bea"]
    clock_at("2026-12-07 22:30")
    work()
    clock_at("2026-12-08 10:30")
    work()
    assert asked(vacancy) == ["Bea", "Ann"]


def test_a_reopened_session_is_asked_for_again(place):
    """Whoever cancelled is not asked again; the next is."""
    place.own_member("Ann")
    vacancy = place.vacancy()
    work()
    booking = bookings.accept_offer(by=vacancy.offers.get().clinician.person, offer=vacancy.offers.get())
    work()
    place.own_member("Amy")
    cancelling.cancel_booking(by=booking.clinician.person, booking=booking, as_practice=False)
    work()
    assert asked(vacancy) == ["Ann", "Amy"]
    assert row(vacancy).state == "running"


def test_withdrawn_and_begun_sessions_end_their_cascade(place, clock_at):
    """Each says why."""
    withdrawn, begun = place.vacancy(), place.vacancy(2)
    work()
    actions.withdraw_vacancy(by=cast.person(), vacancy=withdrawn)
    clock_at("2026-12-09 09:00")
    work()
    assert row(withdrawn).ended_because == "withdrawn"
    assert row(begun).ended_because == "unfilled"


def test_named_people_hear_of_a_session_near_and_not_covered(place, clock_at):
    """Three days before, once, with what would help; where nobody is named, the pool's managers."""
    named = cast.person("Nora Named")
    place.policy().escalate_to.add(named)
    vacancy = place.vacancy(10)
    work()
    assert not Message.objects.filter(subject__startswith="Not covered").exists()
    clock_at("2026-12-14 10:00")
    work()
    Cascade.objects.update(due_at=clock.now())
    work()
    told = Message.objects.filter(subject__startswith="Not covered", channel="e-mail")
    assert [message.to for message in told] == [named]
    assert "clinicians could come" in told.get().body
    assert row(vacancy).escalated_at


def test_a_session_over_midnight_and_on_a_bank_holiday(place):
    """Christmas Eve 10pm to 4am on Christmas Day, at her bank holiday rate where the practice pays it."""
    free = (clock.datetime.min.time(), clock.datetime.max.time().replace(microsecond=0, second=0))
    night = {"bank_holiday_pct": 50, "evening_pct": 10}
    her = place.own_member("Ann", free=free, terms=night)
    start = clock.datetime(2026, 12, 25, 22, tzinfo=clock.LONDON)
    poor = cast.vacancy(place.practice, start=start, minutes=360)
    rich = cast.vacancy(place.practice, start=start, minutes=360, rate_cap=Decimal(150))
    work()
    assert asked(poor) == [] and asked(rich) == [str(her)]
    assert rich.offers.get().fee == Decimal("864.00")


def test_a_fault_of_one_holds_up_no_other(place, monkeypatch):
    """One cascade whose turn fails is left for the next round; the others move on."""
    place.own_member("Ann")
    place.own_member("Amy")
    first, second = place.vacancy(20), place.vacancy(21)
    real = advancing._advance

    def failing(pk, some):
        if pk == row(first).pk:
            raise ZeroDivisionError
        return real(pk, some)

    monkeypatch.setattr(advancing, "_advance", failing)
    work()
    assert asked(first) == [] and len(asked(second)) == 1


def test_the_queries_of_a_round_do_not_grow_with_the_members(place, django_assert_max_num_queries):
    """Finding who may be asked takes a fixed number of queries."""
    from desirepath.cascade.candidates import candidates

    vacancies = [place.vacancy(20 + number) for number in range(5)]
    for number in range(8):
        place.own_member(f"Clinician {number}")
    with django_assert_max_num_queries(32):
        found = candidates(pool=place.pool, vacancies=vacancies)
    assert all(len(found[vacancy.pk]) == 8 for vacancy in vacancies)
    assert NEXT_POOLS not in {each.tier for some in found.values() for each in some}


def test_a_wait_ends_on_a_clock_that_runs(db):
    """While it is looked at, time goes on: a head start that is over is over."""
    place = Place()
    place.policy(head_start_hours=24)
    place.own_member("Ann")
    vacancy = place.vacancy()
    yesterday = clock.now() - timedelta(hours=25)
    Vacancy.objects.update(state_since=yesterday)
    Cascade.objects.create(vacancy=vacancy, state="waiting", tier_since=yesterday, due_at=yesterday)
    running.advance_due()
    assert row(vacancy).state == "running"
