"""Notices at 60, 30 and 7 days, and the day on which something has run out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.bookings.models import Booking, CheckFlag
from desirepath.cli.worker import what_is_due
from desirepath.clinicians.credentials.due import look_due
from desirepath.clinicians.models import CheckTimer, Clinician, Credential
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from tests import cast

pytestmark = pytest.mark.django_db
BEGAN = "2026-12-01 09:00"


@pytest.fixture
def surgery(clock_at: Any) -> Organisation:
    clock_at(BEGAN)
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    made = cast.pool("Saltmarsh pool", surgery)
    cast.wants(made.organisation)
    return made


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


def told(her: Clinician, about: str = "DBS") -> list[str]:
    rows = Message.objects.for_user(her.person).filter(subject__contains=about).order_by("pk")
    return [subject for subject in rows.values_list("subject", flat=True) if "verified" not in subject]


def test_notices_come_at_60_30_and_7_days_and_when_it_has_run_out(pool, ann, clock_at):
    """One each, on the day, however often the worker looks; the state follows."""
    today = clock.today()
    held = cast.verified(ann, pool, expires_on=today + timedelta(days=100))
    days = {}
    for ahead in range(0, 103):
        clock_at(cast.at(0) if ahead == 0 else clock.now() + timedelta(days=1))
        before = len(told(ann))
        look_due()
        look_due()
        if len(told(ann)) > before:
            days[100 - ahead] = told(ann)[before:]
            held.refresh_from_db()
            days[100 - ahead].append(held.state)
    assert days == {
        60: ["DBS certificate runs out in 60 days", "expiring"],
        30: ["DBS certificate runs out in 30 days", "expiring"],
        7: ["DBS certificate runs out in 7 days", "expiring"],
        -1: ["DBS certificate has run out", "expired"],
    }


def test_a_worker_that_was_off_tells_the_days_that_are_left(pool, ann, clock_at):
    """Late, it says how many days there still are, once; then the next notice that is to come."""
    cast.verified(ann, pool, expires_on=clock.today() + timedelta(days=100))
    clock_at(cast.at(80))
    look_due()
    assert told(ann) == ["DBS certificate runs out in 20 days"]
    assert [timer.days for timer in CheckTimer.objects.filter(done_at=None)] == [7]
    clock_at(cast.at(50))
    look_due()
    assert told(ann)[1:] == ["DBS certificate has run out"]


def test_what_was_renewed_is_not_spoken_of(pool, ann, clock_at):
    """The old one's timers say nothing once a newer one counts."""
    last = clock.today() + timedelta(days=40)
    cast.verified(ann, pool, expires_on=last)
    cast.verified(ann, pool, expires_on=last + timedelta(days=365))
    clock_at(cast.at(45))
    look_due()
    assert told(ann) == []
    assert Credential.objects.filter(state="expired").count() == 1
    assert ann.memberships.get().cleared_until == last + timedelta(days=365)


def test_at_expiry_bookings_are_flagged_and_none_is_cancelled(pool, surgery, ann, clock_at):
    """A booking beyond the last day: the manager and she are told once, it stands, and renewing lifts it."""
    manager = cast.holder(Role.POOL_MANAGER, pool.organisation)
    last = clock.today() + timedelta(days=10)
    held = cast.verified(ann, pool)
    booking = cast.booking(cast.vacancy(surgery, start=cast.at(12)), ann)
    # as it may stand from before: the end of a verification that is known only now
    Credential.objects.filter(pk=held.pk).update(expires_on=last)
    ann.memberships.update(cleared_until=last)
    CheckTimer.objects.create(clinician=ann, item="dbs", until=last, days=0, due_at=cast.at(11, 0, 0))
    look_due()
    assert not CheckFlag.objects.exists()
    clock_at(cast.at(11))
    look_due()
    look_due()
    flag = CheckFlag.objects.raised().get()
    assert (flag.booking, flag.because) == (booking, ["dbs"])
    booking.refresh_from_db()
    assert booking.state == "confirmed" and booking.committed_time is not None
    assert Message.objects.for_user(manager).filter(subject__startswith="1 booking to look at").count() == 1
    assert told(ann, "Something is missing for 1 booking") == ["Something is missing for 1 booking of yours"]
    cast.verified(ann, pool)
    assert not CheckFlag.objects.raised().exists()
    assert Booking.objects.get().state == "confirmed"


def test_a_suspension_that_ends_clears_her_by_itself(pool, ann, clock_at):
    """The day after its end she is judged again, with nobody at the desk."""
    from desirepath.clinicians.credentials.clearing import work_out
    from desirepath.clinicians.models import RegisterStatus

    cast.verified(ann, pool)
    day = clock.today()
    RegisterStatus.objects.create(
        gmc_number=ann.registration, status="suspended", starts_on=day, ends_on=day + timedelta(days=5)
    )
    work_out([ann])
    assert ann.memberships.get().cleared_until < day
    clock_at(cast.at(6))
    look_due()
    assert ann.memberships.get().cleared_on(clock.today())


def test_the_worker_looks_before_it_asks():
    """What has run out is known before anybody is offered or booked."""
    assert next(iter(what_is_due())) == "checks looked at"


def test_the_check_finds_whoever_is_cleared_for_longer_than_what_is_verified(pool, ann):
    """A column that somebody wrote past the one function that may."""
    from desirepath.cli.check import cleared_too_long

    cast.verified(ann, pool, expires_on=clock.today() + timedelta(days=9))
    assert list(cleared_too_long()) == []
    ann.memberships.update(cleared_until=clock.today() + timedelta(days=10))
    assert len(list(cleared_too_long())) == 1
