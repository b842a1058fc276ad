"""Several workers at once, and people who answer meanwhile: nobody is asked twice, nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from desirepath.audit import clock
from desirepath.bookings.actions import accept_offer
from desirepath.bookings.models import Booking
from desirepath.cascade import actions, advancing, running
from desirepath.cascade.models import Cascade, CascadePolicy, CascadeStep, Offer
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.bookings.test_races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool(clock_at):
    clock_at("2026-12-07 10:00")
    practice = cast.practice()
    made = cast.pool("", practice)
    made.practice = practice
    CascadePolicy.objects.create(pool=made, most_offers_day=2)
    return made


def work() -> int:
    actions.expire_due()
    return running.begin_due() + running.advance_due()


def test_three_workers_ask_as_one_would(pool) -> None:
    """Eight sessions, six people, at most two offers each: three workers at once ask nobody twice or too
    often, and each session begins once.
    """
    for _ in range(6):
        cast.clinician(pool=pool)
    for days in range(20, 28):
        cast.vacancy(pool.practice, start=cast.at(days))
    for _ in range(3):
        race(work, work, work)
        Cascade.objects.active().update(due_at=clock.now())
    assert Offer.objects.count() == Offer.objects.values("vacancy", "clinician").distinct().count()
    by_her: dict[int, int] = {}
    for who in Offer.objects.values_list("clinician_id", flat=True):
        by_her[who] = by_her.get(who, 0) + 1
    assert max(by_her.values()) <= 2
    assert CascadeStep.objects.filter(kind="began").count() == Cascade.objects.count() == 8
    assert all(row.offers.live().count() == 1 for row in Vacancy.objects.all())


def test_a_yes_while_the_worker_asks_on(pool) -> None:
    """Accepted while two workers look for the next: one is booked, no offer stays open."""
    for _ in range(6):
        cast.clinician(pool=pool)
    for days in range(9, 13):
        cast.vacancy(pool.practice, start=cast.at(days), urgency=Vacancy.Urgency.CRITICAL)
    CascadePolicy.objects.create(pool=pool, since=clock.now() + timedelta(seconds=1), most_offers_day=9)
    CascadePolicy.objects.create(
        pool=pool, since=clock.now() - timedelta(days=1), most_offers_day=9, urgent_offers=2
    )
    work()
    for vacancy in Vacancy.objects.all():
        offer = vacancy.offers.live().first()
        if offer is None:
            continue
        Cascade.objects.active().update(due_at=clock.now())
        race(work, lambda o=offer: accept_offer(by=o.clinician.person, offer=o), work)
    for vacancy in Vacancy.objects.filter(state="filled"):
        assert not vacancy.offers.live().exists()
        assert vacancy.bookings.standing().count() == 1
    assert Booking.objects.exists()


def test_killed_in_the_middle_it_is_done_again(pool, monkeypatch) -> None:
    """A worker that dies after asking, before its step was kept, leaves nothing; the next does it once."""
    cast.clinician(pool=pool)
    vacancy = cast.vacancy(pool.practice, start=cast.at(20))
    running.begin_due()

    class Killed(BaseException):
        pass

    def dies(self) -> None:
        raise Killed

    keep = advancing._Turn.keep
    monkeypatch.setattr(advancing._Turn, "keep", dies)
    with pytest.raises(Killed):
        running.advance_due()
    connection.close()
    assert not Offer.objects.exists()
    monkeypatch.setattr(advancing._Turn, "keep", keep)
    work()
    work()
    assert vacancy.offers.count() == 1


# SQLite has one writer at a time: there is no row to pass over
if connection.vendor == "postgresql":

    def test_a_claimed_cascade_is_left_to_whoever_has_it(pool) -> None:
        """On PostgreSQL a row that another worker holds is passed over, not waited for."""
        cast.vacancy(pool.practice, start=cast.at(20))
        running.begin_due()
        with transaction.atomic():
            Cascade.objects.select_for_update().get()
            moved = race(running.advance_due)
        assert moved == [0]
        assert running.advance_due() == 1
