"""The Cascade page, what a manager does on it, the policy's page and the agency step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.cascade import agency, running
from desirepath.cascade.models import AgencyRequest, Cascade, CascadePolicy
from desirepath.cascade.models.policy import RULES
from desirepath.messages.models import Message
from desirepath.organisations.models import Kind
from desirepath.pools.actions import set_agency_rate
from desirepath.vacancies.models import Block, Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


class Scene:
    """A practice with a booker and an approver, and its pool with a manager."""

    def __init__(self) -> None:
        self.pcn = cast.organisation(Kind.PCN)
        self.practice = cast.practice("Quayside Surgery", pcn=self.pcn)
        self.pool = cast.pool("Wex", self.practice)
        self.booker = cast.booker("Alice", self.practice)
        self.approver = cast.person("Petra")
        cast.role(self.approver, Role.PRACTICE_APPROVER, self.practice)
        self.manager = cast.person("Mina")
        cast.role(self.manager, Role.POOL_MANAGER, self.pool.organisation)

    def client(self, person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def vacancy(self, days=21, **details):
        return cast.vacancy(self.practice, start=cast.at(days), by=self.booker, **details)

    def member(self, name, **details):
        return cast.clinician(name, pool=self.pool, pcn=self.pcn, **details)

    def wanted(self):
        """A session in two days that nobody could come to: every tier has had its turn."""
        vacancy = self.vacancy(2)
        work()
        return vacancy


@pytest.fixture
def scene(clock_at) -> Scene:
    clock_at("2026-12-07 10:00")
    return Scene()


def work() -> None:
    running.begin_due()
    running.advance_due()


def page(client: Client, name: str, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_says_where_every_session_stands_and_what_follows(scene):
    """How many were asked, since when, until when they may answer, and which tier follows when."""
    scene.member("Ann Asked")
    vacancy = scene.vacancy()
    work()
    told = page(scene.client(scene.manager), "cascade:cascades")
    assert (
        "Asked 1 of the practice&#39;s own PCN bank since Mon 7 Dec, 10am; 1 has until Tue 8 Dec, 10am"
        in told
    )
    assert "Neighbouring PCNs follow Tue 8 Dec, 10am unless somebody says yes" in told
    assert "Ann Asked" not in told
    assert str(vacancy.public_id) in told


def test_a_session_says_once_where_it_stands(scene):
    """Nothing is promised of a plan where the cascade asks by itself; nobody asked yet is told once."""
    told = page(scene.client(scene.booker), "vacancies:vacancy", scene.vacancy().public_id)
    assert told.count("Nobody is asked yet") == 1 and "It begins within a minute" in told
    assert "plans the week" not in told


def test_a_session_of_a_block_is_not_asked_for_alone(scene):
    """It stands last, says why, and nobody can start what would be refused; let go, it is one like any."""
    block = Block.objects.create(pool=scene.pool, practice=scene.practice, title="Tuesdays", state="asked")
    alone, inside = scene.vacancy(), scene.vacancy()
    Vacancy.objects.filter(pk=inside.pk).update(block=block, start=alone.start - timedelta(hours=1))
    client = scene.client(scene.manager)
    told = page(client, "cascade:cascades")
    assert told.index(str(alone.public_id)) < told.index(str(inside.public_id))
    assert "It belongs to the block “Tuesdays”, which is offered as one" in told
    start = reverse("cascade:start", args=[inside.public_id])
    assert start not in told and start not in page(client, "vacancies:vacancy", inside.public_id)
    Block.objects.update(state="let go")
    assert start in page(client, "cascade:cascades")


def test_a_practice_sees_its_own_and_can_move_nothing(scene):
    """Another practice's sessions are not there; no button of the manager's is."""
    other = cast.practice("Hilltop Surgery")
    cast.pool("Other", other)
    mine, theirs = scene.vacancy(), cast.vacancy(other)
    told = page(scene.client(scene.booker), "cascade:cascades")
    assert str(mine.public_id) in told and str(theirs.public_id) not in told
    assert "Start now" not in told and "Skip a tier" not in told


def test_those_that_need_somebody_come_first_and_filters_narrow(scene):
    """Agency wanted before asked; a practice, a day and a state narrow it; nothing found says so."""
    asked = scene.vacancy(20)
    scene.member("Ann")
    work()
    wanted = scene.vacancy(2, skills=())
    Cascade.objects.all().update(due_at=clock.now())
    CascadePolicy.objects.create(pool=scene.pool, most_offers_day=1)
    work()
    manager = scene.client(scene.manager)
    told = page(manager, "cascade:cascades")
    assert told.index(str(wanted.public_id)) < told.index(str(asked.public_id))
    narrowed = page(manager, "cascade:cascades", day=cast.at(20).date().isoformat())
    assert str(asked.public_id) in narrowed and str(wanted.public_id) not in narrowed
    assert str(wanted.public_id) not in page(manager, "cascade:cascades", state="asked")
    assert "No session matches" in page(manager, "cascade:cascades", state="covered")


def test_the_page_takes_as_many_queries_for_many_as_for_few(scene, django_assert_max_num_queries):
    """Thirty sessions cost no more than three."""
    scene.member("Ann")
    for days in range(3, 33):
        scene.vacancy(days)
    work()
    manager = scene.client(scene.manager)
    with django_assert_max_num_queries(12):
        page(manager, "cascade:cascades")


def test_stop_start_and_skip_on_the_pages(scene):
    """Each says what it did; a skip without a reason is asked for one; the story tells all of it."""
    scene.member("Ann")
    vacancy = scene.vacancy()
    work()
    manager = scene.client(scene.manager)
    skip = reverse("cascade:skip", args=[vacancy.public_id])
    assert manager.post(skip, {"reason": ""}).status_code == 422
    manager.post(skip, {"reason": "All of them are at a conference"})
    manager.post(reverse("cascade:stop", args=[vacancy.public_id]), {"reason": "The partner may come"})
    assert Cascade.objects.get().state == "stopped"
    manager.post(reverse("cascade:start", args=[vacancy.public_id]))
    told = page(manager, "vacancies:vacancy", vacancy.public_id)
    assert "Opened early by Mina to neighbouring PCNs: All of them are at a conference" in told
    assert "Stopped by Mina: The partner may come" in told and "Started again by Mina" in told
    assert "Asking" in told


def test_an_urgent_session_asks_for_an_agency_after_its_tiers(scene):
    """The approver is told, sees the cost beside the bank's, and approves; the booker records who comes."""
    set_agency_rate(
        by=None, pool=scene.pool, role="gp", pounds_an_hour=160, since=cast.LONG_AGO, source="test"
    )
    vacancy = scene.wanted()
    assert Cascade.objects.get().state == "agency wanted"
    assert Message.objects.filter(to=scene.approver, subject__startswith="May an agency").exists()
    approver, booker = scene.client(scene.approver), scene.client(scene.booker)
    told = page(approver, "cascade:agency", vacancy.public_id)
    assert "£458.33" in told and "£666.67" in told and "£208.34" in told
    decide = reverse("cascade:decide", args=[vacancy.public_id])
    assert approver.post(decide, {"decision": "approve"}).status_code == 422
    assert approver.post(decide, {"decision": "approve", "reason": "We can't close"}).status_code == 302
    outcome = reverse("cascade:outcome", args=[vacancy.public_id])
    assert booker.post(outcome, {"outcome": "comes"}).status_code == 422
    booker.post(outcome, {"outcome": "comes", "who": "Dr Locum", "fee": "700"})
    vacancy.refresh_from_db()
    assert vacancy.state == "agency" and Cascade.objects.get().ended_because == "agency"
    assert "An agency clinician is coming" in page(booker, "vacancies:vacancy", vacancy.public_id)
    assert "Dr Locum" in page(booker, "cascade:agency", vacancy.public_id)
    booker.post(outcome, {"outcome": "nobody"})
    vacancy.refresh_from_db()
    assert vacancy.state == "released" and Cascade.objects.get().state == "running"


def test_whoever_asked_does_not_approve(scene):
    """Neither who asked for the agency nor who asked for the cover."""
    cast.role(scene.booker, Role.PRACTICE_APPROVER, scene.practice)
    vacancy = scene.wanted()
    request = AgencyRequest.objects.get()
    with pytest.raises(agency.Refused, match="asked for cover of this session yourself"):
        agency.approve_agency(by=scene.booker, request=request, reason="Please")
    agency.refuse_agency(by=scene.approver, request=request, reason="Too dear")
    assert Cascade.objects.get().state == "running"
    agency.request_agency(by=scene.manager, vacancy=vacancy, why="It is needed")
    with pytest.raises(agency.Refused, match="asked for the agency yourself"):
        agency.approve_agency(by=scene.manager, request=agency.open_request(vacancy), reason="Please")


def test_an_agency_never_before_the_tiers(scene):
    """A person who asks early is told that the pool comes first."""
    scene.member("Ann")
    vacancy = scene.vacancy()
    work()
    with pytest.raises(agency.Refused, match="The pool comes first"):
        agency.request_agency(by=scene.booker, vacancy=vacancy, why="To be sure")


def test_a_late_yes_of_the_bank_ends_the_agency_step(scene):
    """The bank goes on being asked; whoever says yes comes, and the request falls away."""
    from desirepath.bookings.actions import accept_offer

    vacancy = scene.wanted()
    ann = scene.member("Ann")
    Cascade.objects.update(due_at=clock.now())
    work()
    accept_offer(by=ann.person, offer=vacancy.offers.get())
    work()
    assert AgencyRequest.objects.get().state == "withdrawn"
    assert Cascade.objects.get().ended_because == "filled"


def test_the_policy_is_shown_tried_and_changed(scene):
    """In plain sentences; tried before it is kept; each change is a version of its own that stays."""
    manager = scene.client(scene.manager)
    told = page(manager, "cascade:policy")
    assert (
        "A usual session three weeks ahead: 1 person is asked at once, from the practice&#39;s own PCN bank"
        in told
    )
    assert "the whole pool follows after 2 days" in told or "the whole pool follows after 48 hours" in told
    values = {name: value for name, value in CascadePolicy.usual(scene.pool).values.items() if name in RULES}
    address = reverse("cascade:policy")
    values |= {"automatic": "on", "own_pcn_hours": 6}
    assert "It is not saved yet" in manager.post(address, {**values, "check": "yes"}).content.decode()
    assert not CascadePolicy.objects.exists()
    manager.post(address, {**values, "escalate_to": [scene.manager.public_id]})
    policy = CascadePolicy.of(scene.pool)
    assert policy.own_pcn_hours == 6 and list(policy.escalate_to.all()) == [scene.manager]
    wrong = manager.post(address, {**values, "until_hour": 5, "own_pcn_hours": 9999})
    assert wrong.status_code == 422
    assert (
        "People must be asked until later in the day" in wrong.content.decode()
        or "between 0 and 336" in wrong.content.decode()
    )


def test_a_version_never_changes(scene):
    """The database keeps every version as it was."""
    from django.db import IntegrityError, transaction

    CascadePolicy.objects.create(pool=scene.pool, since=clock.now() - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        CascadePolicy.objects.update(pool_hours=1)
