"""The demonstration as it stands when it opens."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.models import Application, Booking, HandBack
from desirepath.cascade.agency import may_not_approve
from desirepath.cascade.models import AgencyRequest, Offer
from desirepath.cascade.urgent import who_could_come
from desirepath.cli.check import RULES
from desirepath.clinicians.models import Credential, QuietChoices, StandingYes
from desirepath.demo.actions import build_wexbridge
from desirepath.demo.asked import chosen
from desirepath.demo.demand import first_practice
from desirepath.demo.holdings import VERIFIED, WAITING, WHY_REJECTED
from desirepath.demo.waiting import UNREAD
from desirepath.demo.writing import coming_monday
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation, RoleAssignment
from desirepath.pools.models import AgencyRate, Chambers
from desirepath.vacancies.models import Block, PlanRun, Vacancy
from tests.demo.tables import digest

TODAY = date(2026, 11, 18)

pytestmark = pytest.mark.django_db


def test_it_has_lived(built, db):
    """Sessions were worked, most through an offer that was accepted; some offers were declined."""
    states = Counter(Booking.objects.values_list("state", flat=True))
    assert states["worked"] > 15
    answers = Counter(Offer.objects.values_list("state", flat=True))
    assert answers["accepted"] > answers["declined"]
    assert Vacancy.objects.filter(state="completed").count() == states["worked"]


def test_nothing_contradicts_anything(built, db):
    """The integrity report finds nothing wrong."""
    assert {rule: list(wrong()) for rule, wrong in RULES.items()} == {rule: [] for rule in RULES}


def test_everybody_and_everything_is_fictional(built, db):
    """No person and no organisation of it is real."""
    assert not Person.objects.filter(fictional=False).exists()
    assert not Organisation.objects.filter(fictional=False).exists()


def test_the_sample_clinician_has_something_to_answer(built, db):
    """Offers wait for her, and a booking that was agreed by phone waits for her yes."""
    hers = built.cast.clinicians[built.cast.script.address(Role.CLINICIAN)]
    assert Offer.objects.live().filter(clinician=hers).count() >= 1
    assert Booking.objects.filter(clinician=hers, state="provisional", origin="phone").exists()


def test_the_coming_week_is_planned_and_only_partly_released(built, db):
    """The plan fills most of it, and leaves proposals for the manager to release."""
    run = PlanRun.objects.latest()
    assert run == built.run
    assert run.first_day == coming_monday(TODAY)
    assert run.summary["filled"] > len(built.offers) >= 1
    assert run.summary["gap"] == 0


def test_some_say_how_they_are_asked(built, db):
    """Quiet hours, a telephone number, a standing yes; the sample clinician's own as well, the same each
    time; and the sample booker's practice has nobody for tomorrow morning, though somebody could come.
    """
    hers = built.cast.clinicians[built.cast.script.address(Role.CLINICIAN)]
    assert hers.quiet_choices.phone_allowed and hers.person.phone.startswith("07700 900")
    assert StandingYes.objects.on().count() >= 1 and QuietChoices.objects.count() > 3
    assert list(chosen(built.cast.script)) == list(chosen(built.cast.script))
    morning = Vacancy.objects.get(urgency=5, state="released", created_at=built.cast.script.now)
    assert morning.practice.role_assignments.filter(person=built.cast.person(Role.PRACTICE_BOOKER)).exists()
    with clock.at(built.cast.script.now):
        assert who_could_come(morning)


def test_something_waits_on_every_page(built, db):
    """The sample booker's week has a session that is covered and one that nobody is asked for; a colleague's
    session, an application and an agency step wait for an answer, each for somebody who may give it.
    """
    practice = built.cast.practice(first_practice(built.cast.script.area).code)
    theirs = Vacancy.objects.filter(practice=practice, start__gte=built.cast.script.now)
    assert {"filled", "released"} <= set(theirs.values_list("state", flat=True))
    application = Application.objects.pending().get()
    assert application.vacancy.practice == practice and application.hold
    handed = HandBack.objects.get(state="asked")
    assert handed.asks.filter(state="asked").exists() and handed.booking.state == "confirmed"
    request = AgencyRequest.objects.get(state="asked", vacancy__practice=practice)
    assert may_not_approve(request, built.cast.person(Role.PRACTICE_APPROVER)) == ""


def test_what_is_held_is_believable(built, db):
    """The sample clinician is cleared item by item, her DBS ends in 52 days; some wait, one was rejected."""
    hers = built.cast.clinicians[built.cast.script.address(Role.CLINICIAN)]
    member = hers.memberships.get()
    assert ((member.cleared_until - TODAY).days, member.checks["blockers"]) == (52, ["dbs"])
    states = Counter(Credential.objects.exclude(item="recorded").values_list("state", flat=True))
    assert states["submitted"] == WAITING and states["rejected"] == 1
    assert states["verified"] >= 6 * VERIFIED
    assert hers.credentials.get(state="rejected").reason == WHY_REJECTED


def test_a_block_waits_and_another_is_agreed(built, db):
    """The sample clinician is asked for every session of one, to be answered once; each session of the other
    is booked, all for one person.
    """
    hers = built.cast.clinicians[built.cast.script.address(Role.CLINICIAN)]
    asked, agreed = Block.objects.get(state="asked"), Block.objects.get(state="agreed")
    offer = asked.offers.get(state="sent")
    assert offer.clinician == hers and offer.offers.count() == asked.vacancies.count() >= 4
    comes = Booking.objects.filter(vacancy__block=agreed, state="confirmed")
    assert comes.count() == agreed.vacancies.count() >= 4
    assert comes.values("clinician").distinct().count() == 1 and not comes.filter(clinician=hers).exists()


def test_nobody_opens_with_a_pile_of_messages(built, db):
    """What was told in the weeks before has been read, but for the newest few."""
    unread = Counter(Message.objects.filter(channel="in-app").unread().values_list("to", flat=True))
    assert 0 < max(unread.values()) <= UNREAD
    assert Message.objects.filter(channel="in-app").exclude(read_at=None).exists()


def test_somebody_holds_every_role(built, db):
    """All thirteen roles; three chambers, one of them with its lead; agency rates for every clinical role."""
    assert set(RoleAssignment.objects.current().values_list("role", flat=True)) == {
        role.value for role in Role
    }
    assert Chambers.objects.count() == 3
    assert set(AgencyRate.on(built.cast.pool, TODAY)) == {"gp", "nurse", "pharmacist", "paramedic"}


def test_it_is_built_once(built, db):
    """A second time is refused, and nothing is added."""
    before = digest()
    with pytest.raises(Refused, match="WEX already"), transaction.atomic():
        build_wexbridge(seed=9, today=TODAY)
    assert digest() == before
