"""What is over its time goes by the schedule, and nothing else; every count stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.test import Client
from typer.testing import CliRunner

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event, Source
from desirepath.audit.sealing import seal_due
from desirepath.audit.sources import forget_known, source_of
from desirepath.audit.verifying import verify
from desirepath.bookings.models import Booking
from desirepath.cascade.models import Offer
from desirepath.cli.app import app
from desirepath.clinicians.models import Clinician, Membership
from desirepath.messages.models import Message
from desirepath.organisations.models import RoleAssignment
from desirepath.privacy import retention
from desirepath.privacy.forgetting import GONE
from desirepath.vacancies.models import PairChoice
from tests.architecture.world import Side

pytestmark = pytest.mark.django_db
SIX_YEARS = timedelta(days=2191)


@pytest.fixture
def side() -> Side:
    return Side("Quayside")


@pytest.fixture
def left(side: Side, clock_at: Callable[..., Any]) -> Clinician:
    """Somebody who worked here, left, and has not been seen for more than six years."""
    began = clock_at("2026-12-01 09:00")
    assert side.booking and side.standing_yes and side.message
    her = side.clinician
    Person.objects.filter(pk=her.person.pk).update(phone="01632 960001", last_login=began)
    her.memberships.update(state="left", state_since=began)
    clock_at(began + SIX_YEARS + timedelta(days=30))
    return her


def rows(code: str) -> int:
    return next(each.rows for each in retention.due() if each.rule.code == code)


def counted() -> dict[str, Any]:
    """What returns, statistics and money are made of."""
    return {
        "bookings": list(Booking.objects.values("practice", "state").annotate(n=Count("pk"), fee=Sum("fee"))),
        "clinicians": list(Clinician.objects.values("role").annotate(n=Count("pk"))),
        "heads": Booking.objects.values("clinician").distinct().count(),
        "members": list(Membership.objects.values("pool", "state").annotate(n=Count("pk"))),
        "offers": Offer.objects.count(),
        "roles": RoleAssignment.objects.count(),
        "people": Person.objects.count(),
    }


def test_the_schedule_is_data() -> None:
    """Each line says what, how long, since when, what then and why; codes are unique."""
    lines = retention.schedule()
    assert len({line.code for line in lines}) == len(lines) == 7
    assert all(line.days > 0 and line.what and line.after and line.then and line.why for line in lines)


def test_looking_changes_nothing(left: Clinician) -> None:
    """A dry run tells the number, and leaves everything."""
    before = counted()
    assert rows("people") == 1
    assert rows("people") == 1
    left.person.refresh_from_db()
    assert left.person.name != GONE
    assert counted() == before


def test_who_somebody_was_is_forgotten_and_what_was_done_is_not(left: Clinician, side: Side) -> None:
    """Name, addresses, number, place and wishes go; every count is as before, and the chain stands."""
    name, email, number = left.person.name, left.person.email, left.registration
    manager = side.person(Role.POOL_MANAGER)
    PairChoice.objects.create(
        vacancy=side.vacancy, clinician=left, made_by=manager, kind="forbid", reason="My mother is ill"
    )
    before = counted()
    done = {each.rule.code: each.rows for each in retention.apply(by=None)}
    assert done["people"] == 1
    assert counted() == before
    left.refresh_from_db()
    assert (left.person.name, left.person.phone, left.latitude) == (GONE, "", 0)
    assert not left.person.is_active and not left.person.has_usable_password()
    assert not left.standing_yeses.exists() and not Message.objects.filter(to=left.person).exists()
    assert left.registration != number
    for secret in (name, email, "My mother is ill", "01632 960001"):
        assert secret not in everything_in_the_database(), secret
    seal_due()
    assert verify().wrong == []
    assert Event.objects.filter(verb="anonymised", entity_id=left.person.public_id).count() == 1


def everything_in_the_database() -> str:
    """Every row of every table of ours, as text."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            texts += [str(row) for row in cursor.fetchall()]
    return "\n".join(texts)


def test_doing_it_again_does_nothing(left: Clinician) -> None:
    """A second run finds nobody."""
    retention.apply(by=None)
    assert sum(each.rows for each in retention.apply(by=None)) == 0


@pytest.mark.parametrize("tie", ["role", "membership", "booking", "login", "fictional"])
def test_whoever_has_to_do_with_anything_stays(left: Clinician, side: Side, tie: str) -> None:
    """A role, a membership, work, a sign-in within the time: each keeps her; so is an invented person."""
    now = clock.now()
    if tie == "role":
        RoleAssignment.objects.create(
            person=left.person, role=Role.PRACTICE_BOOKER, organisation=side.practice, starts_on=now.date()
        )
    elif tie == "membership":
        left.memberships.update(state="paused")
    elif tie == "booking":
        Booking.objects.filter(clinician=left).update(start=now, end=now + timedelta(hours=4))
    elif tie == "login":
        Person.objects.filter(pk=left.person.pk).update(last_login=now)
    else:
        Person.objects.filter(pk=left.person.pk).update(fictional=True)
    assert rows("people") == 0


def test_addresses_go_and_the_log_stays(clock_at: Callable[..., Any]) -> None:
    """After a year the address and its salt; the hash in the log stays, and the chain holds."""
    forget_known()
    began = clock_at("2026-12-01 09:00")
    Event.objects.create(verb="came", entity="Test", source=source_of("192.0.2.1", ""))
    clock_at(began + timedelta(days=366))
    assert rows("addresses") == 1
    retention.apply(by=None)
    assert Source.objects.count() == 0
    seal_due()
    assert (verify().wrong, verify().erased) == ([], 1)


def test_messages_that_wait_stay(side: Side, clock_at: Callable[..., Any]) -> None:
    """What was not sent yet is not over, however old."""
    began = clock_at("2026-12-01 09:00")
    assert side.message
    waiting = Message.objects.filter(state="queued").count()
    clock_at(began + timedelta(days=731))
    retention.apply(by=None)
    assert set(Message.objects.values_list("state", flat=True)) <= {"queued"}
    assert Message.objects.count() == waiting


def test_the_command(left: Clinician) -> None:
    """Without --apply it only tells."""
    told = CliRunner().invoke(app, ["retention"])
    assert "1  People who have left: 2,190 days" in told.output and "Nothing has happened" in told.output
    assert rows("people") == 1
    told = CliRunner().invoke(app, ["retention", "--apply"])
    assert told.exit_code == 0 and "erased or anonymised." in told.output
    assert "Nothing is over its time." in CliRunner().invoke(app, ["retention"]).output


def test_the_page(left: Clinician, side: Side, django_assert_max_num_queries: Any) -> None:
    """The administrator sees the schedule with its numbers, and does it by pressing."""
    client = Client()
    client.force_login(side.person(Role.SYSTEM_ADMINISTRATOR))
    with django_assert_max_num_queries(15):
        page = client.get("/retention").content.decode()
    assert "People who have left" in page and "2,190 days after" in page
    told = client.post("/retention", follow=True).content.decode()
    assert "erased or anonymised" in told and "Nothing is over its time." in told
