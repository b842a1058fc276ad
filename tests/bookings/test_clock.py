"""Nights on which the clocks change, midnight, bank holidays, sessions back to back: planned and booked."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from desirepath.audit.clock import LONDON
from desirepath.audit.refusal import Refused
from desirepath.bookings.models import Booking
from desirepath.cascade.actions import plan_pool
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians import painting
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy
from tests import cast

pytestmark = pytest.mark.django_db
BACK = datetime(2026, 10, 25, tzinfo=LONDON)  # 25 hours long
FORWARD = datetime(2027, 3, 28, tzinfo=LONDON)  # 23 hours long
ALL_DAY = (time(0), time(23, 59))


@pytest.fixture
def place(clock_at: Any) -> Organisation:
    clock_at("2026-10-01 09:00")
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(place: Organisation) -> Pool:
    return cast.pool("", place, cast.practice("Far Surgery", latitude=52.1))


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    """Free day and night, as her limits go."""
    limits = {"max_sessions_day": 4, "max_consecutive_days": 14, "min_rest_minutes": 0}
    return cast.clinician("Ann Locum", pool=pool, free=ALL_DAY, terms=limits)


def planned(session: Vacancy) -> list[str]:
    """Whom a plan of its week proposes."""
    monday = session.day - timedelta(days=session.day.weekday())
    rows = plan_pool(pool=session.pool, first_day=monday).proposals.filter(vacancy=session)
    return [row.clinician.person.name for row in rows.select_related("clinician__person")]


@pytest.mark.parametrize(("night", "hours"), [(BACK, 9), (FORWARD, 7)])
def test_a_night_on_which_the_clocks_change(
    place: Organisation, ann: Clinician, night: datetime, hours: int, clock_at: Any
) -> None:
    """From midnight to eight by the clock lasts nine hours, or seven: planned, booked and paid so."""
    clock_at(night - timedelta(days=20))
    end = (night + timedelta(hours=8)).replace(hour=8)
    minutes = int((end.astimezone(UTC) - night.astimezone(UTC)).total_seconds()) // 60
    assert minutes == hours * 60
    session = cast.vacancy(place, start=night.astimezone(UTC), minutes=minutes)
    assert planned(session) == ["Ann Locum"]
    made = cast.booking(session, ann)
    assert made.fee == Decimal(90) * hours
    assert made.end.astimezone(LONDON).hour == 8


def test_the_hour_that_is_lived_twice_is_two_sessions(place: Organisation, ann: Clinician) -> None:
    """One to two in the morning, twice: they touch and do not overlap."""
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    sessions = [cast.vacancy(place, start=first + timedelta(hours=n), minutes=60) for n in range(2)]
    assert {f"{row.start.astimezone(LONDON):%H:%M}" for row in sessions} == {"01:00"}
    for session in sessions:
        cast.booking(session, ann)
    assert Booking.objects.standing().count() == 2


def test_a_window_in_the_night_moves_with_the_clock(place: Organisation, ann: Clinician) -> None:
    """Free from 8am by the clock on both sides of the change: an hour's difference in real time."""
    clinicians.set_weekly_pattern(
        by=ann.person, clinician=ann, windows={day: [(time(8), time(13))] for day in range(7)}
    )
    saturday, sunday = (BACK + timedelta(days=n) for n in (-1, 0))
    for day in (saturday, sunday):
        session = cast.vacancy(place, start=day.replace(hour=8), minutes=300)
        assert planned(session) == ["Ann Locum"]
        cast.booking(session, ann)
        with pytest.raises(Refused, match="not free then"):
            cast.booking(cast.vacancy(place, start=day.replace(hour=7, minute=45), minutes=60), ann)


def test_over_midnight(place: Organisation, ann: Clinician) -> None:
    """Free until the last minute and from the first is free through the night, for a session across."""
    start = datetime(2026, 10, 10, 20, 0, tzinfo=LONDON)
    session = cast.vacancy(place, start=start, minutes=600)
    assert planned(session) == ["Ann Locum"]
    made = cast.booking(session, ann)
    assert made.end.astimezone(LONDON).date() > made.start.astimezone(LONDON).date()
    clinicians.set_day(
        by=ann.person, clinician=ann, day=datetime(2026, 10, 18, tzinfo=LONDON).date(), windows=[]
    )
    later = cast.vacancy(place, start=start + timedelta(days=7), minutes=600)
    assert planned(later) == []
    with pytest.raises(Refused, match="not free then"):
        cast.booking(later, ann)


def test_back_to_back_at_one_place(place: Organisation, ann: Clinician) -> None:
    """One ends as the next begins: both are planned, and both are booked."""
    start = datetime(2026, 10, 6, 8, 0, tzinfo=LONDON)
    first, second = (cast.vacancy(place, start=start + timedelta(hours=4 * n), minutes=240) for n in range(2))
    run = plan_pool(pool=first.pool, first_day=start.date())
    assert run.proposals.count() == 2
    for session in (first, second):
        cast.booking(session, ann)
    assert Booking.objects.standing().count() == 2


def test_back_to_back_at_two_places(place: Organisation, pool: Pool, ann: Clinician) -> None:
    """Eleven kilometres between them: neither planned nor booked without time to travel, and both with it."""
    far = pool.practices().get(name="Far Surgery")
    start = datetime(2026, 10, 6, 8, 0, tzinfo=LONDON)
    cast.booking(cast.vacancy(place, start=start, minutes=240), ann)
    touching = cast.vacancy(far, start=start + timedelta(hours=4), minutes=120)
    assert planned(touching) == []
    with pytest.raises(Refused, match="outside the terms"):
        cast.booking(touching, ann)
    later = cast.vacancy(far, start=start + timedelta(hours=5), minutes=120)
    assert planned(later) == ["Ann Locum"]
    cast.booking(later, ann)


def test_bank_holidays(place: Organisation, ann: Clinician, clock_at: Any) -> None:
    """Paid as her terms say; where she works none unless she says so of the day, only a word of hers opens
    it.
    """
    clock_at("2026-12-01 09:00")
    christmas = datetime(2026, 12, 25, 8, 0, tzinfo=LONDON)
    clinicians.publish_terms(by=ann.person, clinician=ann, values={"bank_holiday_pct": 10})
    session = cast.vacancy(place, start=christmas, minutes=240)
    painting.set_bank_holidays(by=ann.person, clinician=ann, free=False)
    assert planned(session) == []
    with pytest.raises(Refused, match="not free then"):
        cast.booking(session, Clinician.objects.get(pk=ann.pk))
    painting.paint(by=ann.person, clinician=ann, days={christmas.date(): {"morning": True}})
    assert planned(session) == ["Ann Locum"]
    assert cast.booking(session, Clinician.objects.get(pk=ann.pk)).rate == Decimal(99)
