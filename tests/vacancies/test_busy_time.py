"""What her other calendars say counts in planning and booking, in every pool."""

from datetime import timedelta
from typing import Any

import pytest

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions
from desirepath.cascade.actions import plan_pool
from desirepath.clinicians.models import BusySource, BusyTime, Clinician
from desirepath.vacancies.fit import fit
from desirepath.vacancies.models import Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


def busy(her: Clinician, start: Any, minutes: int) -> BusyTime:
    """She is busy from ``start`` for ``minutes``, says a calendar of hers."""
    source, _ = BusySource.objects.get_or_create(
        clinician=her, name="Mine", defaults={"read_at": clock.now(), "until": clock.today()}
    )
    return BusyTime.objects.create(
        clinician=her, source=source, start=start, end=start + timedelta(minutes=minutes)
    )


def world() -> tuple[Clinician, Vacancy]:
    place = cast.practice()
    her = cast.clinician("Ann Locum", pool=cast.pool("", place))
    return her, cast.vacancy(place)


def test_a_minute_of_busy_time_rules_a_session_out() -> None:
    """The session's last minute is taken: it does not fit, and others learn only that she is not free."""
    her, session = world()
    busy(her, session.end - timedelta(minutes=1), 60)
    found = fit(her, session)
    assert found.broken == ("availability",)
    assert found.why_not_for_others == "they are not free then"


def test_busy_time_that_touches_a_session_leaves_it() -> None:
    """Busy until it starts, and from when it ends: she may work it."""
    her, session = world()
    busy(her, session.start - timedelta(minutes=60), 60)
    busy(her, session.end, 60)
    assert fit(her, session).fits


def test_the_plan_does_not_propose_who_is_busy() -> None:
    """The plan is made around it."""
    her, session = world()
    busy(her, session.start, 30)
    run = plan_pool(pool=session.pool, first_day=session.day)
    assert not run.proposals.exists()


def test_a_yes_after_her_calendar_said_busy_is_refused() -> None:
    """An offer that was sent before she read her calendar in can't be accepted over it."""
    her, session = world()
    offer = cast.offer(session, her)
    busy(her, session.start, 30)
    with pytest.raises(Refused, match="outside the times when you are free"):
        actions.accept_offer(by=her.person, offer=offer)


def test_what_is_booked_stays_booked() -> None:
    """Busy time read in later changes no booking."""
    her, session = world()
    booking = cast.booking(session, her)
    busy(her, session.start, 30)
    booking.refresh_from_db()
    assert booking.stands


def test_a_bank_holiday_is_free_as_she_says(clock_at: Any) -> None:
    """By default her week holds on Boxing Day; where she says otherwise it does not."""
    clock_at("2026-12-18 09:00")
    her, session = world()
    Vacancy.objects.filter(pk=session.pk).update(start=cast.at(10), end=cast.at(10, 12))
    session.refresh_from_db()
    assert f"{session.day:%d %b}" == "28 Dec"  # in lieu of Boxing Day, a Saturday
    assert fit(her, session).fits
    Clinician.objects.filter(pk=her.pk).update(free_on_bank_holidays=False)
    her = Clinician.objects.get(pk=her.pk)
    assert fit(her, session).broken == ("availability",)


def test_one_row_judged_for_several_days(clock_at: Any) -> None:
    """What was fetched of her for one session is not taken for another of another day."""
    clock_at("2026-12-01 09:00")
    her, session = world()
    assert fit(her, session).fits
    busy(her, cast.at(14), 600)
    later = cast.vacancy(session.practice, start=cast.at(14))
    assert fit(her, later).broken == ("availability",)
    assert fit(her, session).fits
