"""What holds a cascade up, starts it again and ends it; who hears of it, and what a round costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from desirepath.audit import clock
from desirepath.bookings import actions as bookings
from desirepath.bookings import cancelling
from desirepath.cascade import actions, advancing, running
from desirepath.cascade.models import Cascade
from desirepath.cascade.rules import NEXT_POOLS
from desirepath.messages.models import Message
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.cascade.places import Place, asked, row, work

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


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
