"""Every address that names something, opened and sent to by those whom it is none of: refused, and nothing
changed.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import EVERYWHERE, Role
from desirepath.audit.models import Event
from desirepath.bookings.feeds import feed_at, open_feed
from desirepath.bookings.models import Booking, Feed
from desirepath.cascade.models import Offer, Release
from desirepath.clinicians.models import CommittedTime, Membership, Terms
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation, RoleAssignment
from desirepath.pools.models import ImportUpload, PoolNeighbour, PoolPractice
from desirepath.vacancies.models import PairChoice, PlanRun, Vacancy
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.world import Side

KEPT = (
    *(
        Booking,
        CommittedTime,
        Feed,
        ImportUpload,
        Membership,
        Message,
        Offer,
        Organisation,
        PairChoice,
        PlanRun,
    ),
    *(PoolNeighbour, PoolPractice, Release, RoleAssignment, Terms, Vacancy),
)
OF_SOMEBODY = {
    "booking": (
        "bookings:booking",
        "bookings:confirm",
        "bookings:not-agreed",
        *("bookings:cancel", "bookings:no-show", "bookings:turned-away"),
    ),
    "offer": ("bookings:accept", "cascade:offer", "cascade:decline"),
    "vacancy": ("vacancies:vacancy", "cascade:choose", "cascade:withdraw"),
    "run": ("cascade:plan", "cascade:stop-plan", "cascade:release"),
    "release": ("cascade:undo",),
    "agreement": ("pools:answer-neighbour", "pools:end-neighbour"),
    "role": ("pools:end-role", "pools:resend", "pools:withdraw"),
}


def everything() -> dict[str, Any]:
    """All rows of all tables that an action writes."""
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in KEPT}  # type: ignore[attr-defined]
    return {**rows, "Event": Event.objects.count()}


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def willing(side: Side, what: str) -> dict[str, str]:
    """A body that would do it, sent by whoever may."""
    return {
        "clinician": str(side.clinician.public_id),
        "kind": "forbid",
        "reason": "a reason",
        "when": "now",
        "agree": "yes",
        "all": "1",
        "only": str(side.proposal.public_id) if what == "run" else "",
    }


@pytest.mark.parametrize("what", sorted(OF_SOMEBODY))
def test_nobody_else_sees_or_changes_it(side: Side, elsewhere: Side, what: str) -> None:
    """Every role of another pool, and every role here that the address does not open to."""
    addresses = [reverse(name, kwargs=ACCESS[name].args(side)) for name in OF_SOMEBODY[what]]
    # an administrator of the installation looks after every pool, by choice
    others = [elsewhere.person(role) for role in Role if role not in EVERYWHERE - {Role.CLINICIAN}]
    sent = willing(side, what)
    before = everything()
    for person in (*others, cast.person("No Role")):
        client = signed_in(person)
        known = everything()["Event"]
        for address in addresses:
            for answer in (client.get(address), client.post(address, sent)):
                assert answer.status_code in (403, 404, 405), f"{person} at {address}: {answer.status_code}"
        assert everything()["Event"] == known
    after = everything()
    changed = [name for name in before if name != "Event" and before[name] != after[name]]
    assert changed == []


@pytest.mark.parametrize("what", sorted(OF_SOMEBODY))
def test_an_unknown_id_looks_as_another_s_does(side: Side, elsewhere: Side, what: str) -> None:
    """Whether something exists elsewhere cannot be told from the answer."""
    for name in OF_SOMEBODY[what]:
        role = sorted(ACCESS[name].to)[0]
        client = signed_in(elsewhere.person(role))
        theirs = reverse(name, kwargs=ACCESS[name].args(side))
        nobodys = reverse(name, kwargs={what: "00000000-0000-4000-8000-000000000000"})
        for method in ("get", "post"):
            there, nowhere = getattr(client, method)(theirs), getattr(client, method)(nobodys)
            assert there.status_code == nowhere.status_code
            tidy = [answer.content.decode().replace(theirs, nobodys) for answer in (there, nowhere)]
            assert tidy[0].count("\n") == tidy[1].count("\n")


def test_another_pool_s_people_in_the_fields_of_one_s_own_form(side: Side, elsewhere: Side) -> None:
    """Ids of another pool inside a form that one may send: its clinicians, places, proposals, practices."""
    before = everything()
    manager = signed_in(elsewhere.person(Role.POOL_MANAGER))
    booker = signed_in(elsewhere.person(Role.PRACTICE_BOOKER))
    hers = signed_in(elsewhere.person(Role.CLINICIAN))
    mine = elsewhere.vacancy
    run = elsewhere.proposal.run
    theirs = side.proposal
    start = cast.at(8)
    before = everything()
    choose = reverse("cascade:choose", args=[mine.public_id])
    day = {"date-day": start.day, "date-month": start.month, "date-year": start.year}
    tries = [
        (manager, choose, {"clinician": side.clinician.public_id, "kind": "pin", "reason": "x"}),
        (manager, reverse("cascade:release", args=[run.public_id]), {"only": theirs.public_id}),
        (manager, reverse("cascade:release", args=[run.public_id]), {"proposals": [theirs.public_id]}),
        (
            manager,
            reverse("pools:invite"),
            {
                "name": "Eve",
                "email": "eve@example.org",
                "role": Role.PRACTICE_BOOKER.value,
                "place": side.practice.public_id,
            },
        ),
        (manager, reverse("pools:choose"), {"pool": side.pool.public_id}),
        (
            booker,
            reverse("bookings:record"),
            {
                "who": side.clinician.registration,
                "clinician": side.clinician.public_id,
                **day,
                "start": "8:30am",
                "end": "12:40pm",
                "rate": "400",
            },
        ),
        (hers, reverse("clinicians:practices"), {"practice": side.practice.public_id, "kind": "preferred"}),
        (
            booker,
            reverse("organisations:change-role"),
            {"role": side.person(Role.POOL_MANAGER).roles.get().public_id},
        ),
        (
            manager,
            reverse("pools:add-practice"),
            {
                "practice": side.practice.public_id,
                "since-day": 1,
                "since-month": 1,
                "since-year": 2026,
                "booker_name": "Eve",
                "booker_email": "eve@example.org",
                "q": "Quayside",
            },
        ),
    ]
    side.person(Role.POOL_MANAGER)
    before = everything()
    for client, address, data in tries:
        answer = client.post(address, data)
        assert answer.status_code < 500
        if answer.status_code == 200:
            assert side.clinician.person.name not in answer.content.decode()
        assert everything() == before, address
    assert (
        manager.get(
            f"{reverse('cascade:plan', args=[run.public_id])}?vacancy={side.vacancy.public_id}"
        ).status_code
        == 404
    )
    assert manager.get(f"/pool/?practice={side.practice.code}").status_code == 404
    found = manager.get(f"{choose}?clinician={side.clinician.public_id}").content.decode()
    assert side.clinician.person.name not in found


def test_a_week_narrowed_by_another_pool_s_pcn_shows_nothing_of_it(side: Side, elsewhere: Side) -> None:
    """A PCN of elsewhere narrows nothing; a page holds no name of the other pool."""
    assert side.vacancy
    for role in sorted(set(Role) - {Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR}):
        client = signed_in(elsewhere.person(role))
        for name, access in ACCESS.items():
            if role in access.to and (access.hers or not access.args(elsewhere)):
                if name == "pools:add-practice":  # searches the practices of England, as published
                    continue
                address = reverse(name, kwargs=access.args(elsewhere))
                answer = client.get(address, {"pcn": side.pcn.public_id, "q": "Quay"})
                if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
                    assert "Quayside clinician" not in answer.content.decode(), (name, role)
                    assert "Quayside Surgery" not in answer.content.decode(), (name, role)


def test_a_feed_opens_to_its_token_only(side: Side, elsewhere: Side) -> None:
    """A guessed, shortened, revoked or foreign token opens nothing; a practice's feed ends with the role."""
    booker = side.person(Role.PRACTICE_BOOKER)
    feed = open_feed(by=booker, practice=side.practice)
    token = feed.token
    assert len(token) >= 32
    for wrong in (
        token[:-1],
        token.swapcase(),
        f"{token}x",
        str(feed.public_id),
        str(feed.pk),
        "%25",
        "_" * 32,
    ):
        assert Client().get(f"/calendar/{wrong}.ics").status_code == 404
    assert Client().get(f"/calendar/{token}.ics").status_code == 200
    # another's POST revokes her own address only
    signed_in(elsewhere.person(Role.PRACTICE_BOOKER)).post("/calendar/addresses/", {"do": "revoke"})
    signed_in(side.person(Role.PRACTICE_APPROVER)).post("/calendar/addresses/", {"do": "revoke"})
    assert feed_at(token)
    booker.roles.all().delete()
    assert Client().get(f"/calendar/{token}.ics").status_code == 404


def test_a_feed_of_one_s_own_ends_with_the_account(side: Side) -> None:
    """A clinician who may not sign in any more has no open calendar either."""
    feed = side.feed
    assert Client().get(f"/calendar/{feed.token}.ics").status_code == 200
    person = side.clinician.person
    person.is_active = False
    person.save()
    assert Client().get(f"/calendar/{feed.token}.ics").status_code == 404


def test_a_spreadsheet_is_seen_and_taken_by_who_sent_it(side: Side, elsewhere: Side) -> None:
    """Neither a colleague nor another pool's manager finds the file, takes or discards it."""
    head = "name,email,role,registration,latitude,longitude\n"
    file = SimpleUploadedFile("c.csv", (head + "Una Upload,una@example.org,GP,7654321,52.6,1.3\n").encode())
    sender = signed_in(side.person(Role.POOL_MANAGER))
    assert sender.post("/people/import/clinicians/", {"file": file}).status_code == 302
    upload = ImportUpload.objects.get()
    colleague = cast.person("Colleague")
    cast.role(colleague, Role.POOL_MANAGER, side.pool.organisation)
    for person in (
        colleague,
        elsewhere.person(Role.POOL_MANAGER),
        elsewhere.person(Role.SYSTEM_ADMINISTRATOR),
    ):
        other = signed_in(person)
        before = everything()
        for answer in (
            other.get("/people/import/clinicians/preview"),
            other.post("/people/import/clinicians/preview", {"upload": upload.public_id}),
            other.post("/people/import/clinicians/discard"),
        ):
            assert "Una Upload" not in answer.content.decode()
        assert everything() == before
    assert "Una Upload" in sender.get("/people/import/clinicians/preview").content.decode()


def test_a_role_that_has_ended_opens_nothing(side: Side) -> None:
    """From the moment it ends, in a session that was open before."""
    booker = side.person(Role.PRACTICE_BOOKER)
    client = signed_in(booker)
    address = reverse("vacancies:vacancy", args=[side.vacancy.public_id])
    assert client.get(address).status_code == 200
    RoleAssignment.objects.filter(person=booker).update(ends_on=cast.at(0).date())
    assert client.get(address).status_code == 403


def test_a_manager_makes_no_administrator(side: Side) -> None:
    """Roles of the installation are not a pool manager's to give, end or send again."""
    client = signed_in(side.person(Role.POOL_MANAGER))
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR, Role.CLINICIAN):
        sent = {"name": "Eve", "email": "eve@example.org", "role": role.value, "place": ""}
        assert client.post("/people/invite", sent).status_code == 422
    held = side.person(Role.SYSTEM_ADMINISTRATOR).roles.get()
    for what in ("end", "resend", "withdraw"):
        answer = client.post(f"/people/roles/{held.public_id}/{what}", {"when": "now"})
        assert answer.status_code == 404
    assert not RoleAssignment.objects.filter(person__email="eve@example.org").exists()


def test_forms_without_proof_change_nothing(side: Side) -> None:
    """CSRF: a form of another site is refused wherever something would change."""
    sent = willing(side, "run")
    addresses = {name: reverse(name, kwargs=access.args(side)) for name, access in ACCESS.items()}
    clients = {role: Client(enforce_csrf_checks=True) for role in Role}
    for role, client in clients.items():
        client.force_login(side.person(role))
    before = everything()
    for name, access in ACCESS.items():
        client = clients[next((role for role in Role if role in access.to), Role.CLINICIAN)]
        answer = client.post(addresses[name], sent, HTTP_ORIGIN="https://evil.example")
        assert answer.status_code in (403, 404, 405), name
    assert everything() == before
