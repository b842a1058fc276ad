"""Inviting people to the pool and its practices, and ending their roles."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.models import Invitation, Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.messages.sending import send_due
from desirepath.organisations.models import RoleAssignment
from desirepath.pools import actions
from tests import cast
from tests.second_factor import set_up_on_the_page

NELL = {"name": "Nell Newcomer", "email": "nell@example.org"}
LONG = "walnut lantern gravel"


def invite(client: Client, **given: Any) -> Any:
    return client.post(reverse("pools:invite"), {**NELL, **given})


def held(email: str = NELL["email"]) -> list[tuple[str, str]]:
    """Roles and places of a person, today."""
    rows = RoleAssignment.objects.current().filter(person__email=email).select_related("organisation")
    return [(row.role, row.organisation.name if row.organisation else "") for row in rows]


def link_in(mail: Any) -> str:
    return "/invitation/" + mail.body.split("/invitation/")[1].split()[0]


def test_the_letter_leads_to_the_practice(
    manager: Client, coast: SimpleNamespace, mailoutbox: list[Any]
) -> None:
    """Invited, she opens the link of her letter, chooses a password, sets up an app, and books."""
    answer = invite(manager, role=Role.PRACTICE_BOOKER, place=coast.practice.public_id)
    send_due()
    assert (answer.status_code, answer["Location"]) == (302, reverse("pools:people"))
    (mail,) = mailoutbox
    assert mail.to == [NELL["email"]]
    assert "Practice booker at Coast Surgery" in mail.body
    hers = Client()
    assert hers.post(link_in(mail), {"name": "Nell Newcomer", "password": LONG}).status_code == 302
    set_up_on_the_page(hers)
    page = hers.get("/", follow=True)
    assert page.status_code == 200
    assert "Coast Surgery" in page.content.decode()


@pytest.mark.parametrize("place", ["practice", "pcn", "organisation"])
def test_another_pool_s_places_are_not_there(
    manager: Client, coast: SimpleNamespace, inland: SimpleNamespace, place: str
) -> None:
    """Nobody gets a role outside the inviter's pool, whatever a tampered form says."""
    other = inland.pool.organisation if place == "organisation" else getattr(inland, place)
    for role in (Role.PRACTICE_BOOKER, Role.PCN_MANAGER, Role.POOL_MANAGER):
        assert invite(manager, role=role, place=other.public_id).status_code in (404, 422)
    assert invite(manager, role=Role.PRACTICE_BOOKER, place=inland.practice.public_id).status_code == 404
    assert held() == []
    assert not Person.objects.filter(email=NELL["email"]).exists()


def test_the_action_itself_keeps_to_the_pool(coast: SimpleNamespace, inland: SimpleNamespace) -> None:
    """Also without a page in between."""
    with pytest.raises(PermissionError):
        actions.invite_to_role(
            by=coast.manager, pool=coast.pool, **NELL, role=Role.PRACTICE_BOOKER, place=inland.practice
        )
    assert not Person.objects.filter(email=NELL["email"]).exists()


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR, Role.CLINICIAN, "king"])
def test_a_manager_gives_no_role_of_the_installation(manager: Client, role: str) -> None:
    """Those are an administrator's to give; being a clinician comes with the pool."""
    assert invite(manager, role=role).status_code == 422
    assert held() == []


def test_an_administrator_gives_them(client: Client, sign_in: Any, coast: Any, administrator: Person) -> None:
    """An auditor holds the role at no organisation, and is listed for administrators only."""
    sign_in(client, administrator)
    assert invite(client, role=Role.AUDITOR).status_code == 302
    assert held() == [(Role.AUDITOR, "")]
    assert NELL["email"] in client.get(reverse("pools:people")).content.decode()
    assert NELL["email"] not in sign_in(Client(), coast.manager).get(reverse("pools:people")).content.decode()


@pytest.mark.parametrize(
    ("role", "place", "told"),
    [
        (Role.PRACTICE_BOOKER, "", "Choose the practice"),
        (Role.PRACTICE_BOOKER, "pcn", "Choose the practice"),
        (Role.PCN_MANAGER, "practice", "Choose the PCN"),
        (Role.POOL_MANAGER, "practice", "Choose the pool"),
    ],
)
def test_the_place_must_suit_the_role(
    manager: Client, coast: SimpleNamespace, role: str, place: str, told: str
) -> None:
    """The page says which kind of place is missing."""
    chosen = getattr(coast, place).public_id if place else ""
    answer = invite(manager, role=role, place=chosen)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert held() == []


def test_a_role_of_the_pool_needs_no_place(manager: Client) -> None:
    """It is held at the pool."""
    assert invite(manager, role=Role.FINANCE_OFFICER).status_code == 302
    assert held() == [(Role.FINANCE_OFFICER, "Coast Pool")]


def test_invited_twice_is_one_role_and_one_open_link(manager: Client, coast: SimpleNamespace) -> None:
    """The newest link works; once she has begun she is not invited to the same again."""
    for _ in range(2):
        assert invite(manager, role=Role.PRACTICE_BOOKER, place=coast.practice.public_id).status_code == 302
    assert held() == [(Role.PRACTICE_BOOKER, "Coast Surgery")]
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["sent", "withdrawn"]
    Invitation.objects.get(state="sent").move("accepted", by=None)
    answer = invite(manager, role=Role.PRACTICE_BOOKER, place=coast.practice.public_id)
    assert answer.status_code == 422
    assert "already" in answer.content.decode()


def test_an_nhs_number_is_refused(manager: Client, coast: SimpleNamespace) -> None:
    """Also in a name."""
    answer = invite(manager, name="943 476 5919", role=Role.PRACTICE_BOOKER, place=coast.practice.public_id)
    assert answer.status_code == 422
    assert "NHS number" in answer.content.decode()


@pytest.fixture
def booker(coast: SimpleNamespace) -> RoleAssignment:
    """Invited, and not begun."""
    return actions.invite_to_role(
        by=coast.manager, pool=coast.pool, **NELL, role=Role.PRACTICE_BOOKER, place=coast.practice
    )


def test_the_list_says_how_it_stands(manager: Client, booker: RoleAssignment, clock_at: Any) -> None:
    """Invited, run out, begun."""
    assert "Invited until" in manager.get(reverse("pools:people")).content.decode()
    clock_at(clock.now() + timedelta(days=15))
    assert "Invitation has run out" in manager.get(reverse("pools:people")).content.decode()
    booker.person.set_password(LONG)
    booker.person.save()
    booker.person.invitations.get().move("accepted", by=None)
    page = manager.get(reverse("pools:people")).content.decode()
    assert "Invitation" not in page
    assert "End the role" in page


def test_invite_again(manager: Client, booker: RoleAssignment) -> None:
    """A new link takes the place of the old one."""
    manager.post(reverse("pools:resend", args=[booker.public_id]))
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["sent", "withdrawn"]
    assert len(held()) == 1


def test_withdraw(manager: Client, booker: RoleAssignment) -> None:
    """The role is gone and the link is dead."""
    manager.post(reverse("pools:withdraw", args=[booker.public_id]))
    assert held() == []
    assert Invitation.objects.get().state == "withdrawn"


def test_withdraw_leaves_another_pool_s_invitation(
    manager: Client, booker: RoleAssignment, inland: SimpleNamespace
) -> None:
    """She is invited elsewhere too: that link still works."""
    actions.invite_to_role(
        by=inland.manager, pool=inland.pool, **NELL, role=Role.PRACTICE_BOOKER, place=inland.practice
    )
    manager.post(reverse("pools:withdraw", args=[booker.public_id]))
    assert held() == [(Role.PRACTICE_BOOKER, "Inland Surgery")]
    assert Invitation.objects.filter(state="sent").count() == 1


def test_who_has_begun_is_not_withdrawn(manager: Client, booker: RoleAssignment) -> None:
    """Her role is ended instead, and she keeps it until somebody does."""
    booker.person.invitations.get().move("accepted", by=None)
    manager.post(reverse("pools:withdraw", args=[booker.public_id]))
    assert len(held()) == 1


@pytest.mark.parametrize("name", ["resend", "withdraw", "end-role"])
def test_another_pool_s_people_are_not_there(
    client: Client, sign_in: Any, booker: RoleAssignment, inland: SimpleNamespace, name: str
) -> None:
    """Another manager finds nothing at the address."""
    sign_in(client, inland.manager)
    answer = client.post(reverse(f"pools:{name}", args=[booker.public_id]), {"when": "now"})
    assert answer.status_code == 404
    assert len(held()) == 1
    assert NELL["email"] not in client.get(reverse("pools:people")).content.decode()


def test_end_now(manager: Client, booker: RoleAssignment) -> None:
    """She holds it no more today."""
    assert (
        manager.post(reverse("pools:end-role", args=[booker.public_id]), {"when": "now"}).status_code == 302
    )
    assert held() == []


def test_end_later(manager: Client, booker: RoleAssignment, clock_at: Any) -> None:
    """She holds it to the end of the last day; given again meanwhile, it stays."""
    day = clock.today() + timedelta(days=9)
    manager.post(
        reverse("pools:end-role", args=[booker.public_id]), {"when": "later", "last_day": day.isoformat()}
    )
    later = RoleAssignment.objects.current(day), RoleAssignment.objects.current(day + timedelta(days=1))
    assert [rows.filter(pk=booker.pk).count() for rows in later] == [1, 0]
    actions.give_role(by=None, person=booker.person, role=booker.role, organisation=booker.organisation)
    assert RoleAssignment.objects.filter(person=booker.person).count() == 1
    assert later[1].filter(pk=booker.pk).exists()


@pytest.mark.parametrize(
    "given", [{"when": ""}, {"when": "later"}, {"when": "later", "last_day": "2020-01-01"}]
)
def test_a_day_that_cannot_be(manager: Client, booker: RoleAssignment, given: dict[str, str]) -> None:
    """No day, or one gone by, changes nothing."""
    assert manager.post(reverse("pools:end-role", args=[booker.public_id]), given).status_code == 422
    assert len(held()) == 1


def test_the_last_manager_stays(manager: Client, coast: SimpleNamespace) -> None:
    """A pool is not left with nobody; with another manager she may go."""
    hers = coast.manager.roles.get()
    answer = manager.post(reverse("pools:end-role", args=[hers.public_id]), {"when": "now"})
    assert answer.status_code == 422
    assert "Invite another pool manager first" in answer.content.decode()
    cast.role(cast.person(), Role.POOL_MANAGER, coast.pool.organisation)
    assert manager.post(reverse("pools:end-role", args=[hers.public_id]), {"when": "now"}).status_code == 302


def test_an_administrator_chooses_the_pool(
    client: Client, sign_in: Any, coast: Any, inland: Any, administrator: Person
) -> None:
    """She looks after one pool at a time, and no other's people are at hand meanwhile."""
    sign_in(client, administrator)
    assert "People of Coast Pool" in client.get(reverse("pools:people")).content.decode()
    client.post(reverse("pools:choose"), {"pool": inland.pool.public_id})
    assert "People of Inland Pool" in client.get(reverse("pools:people")).content.decode()
    client.post(reverse("pools:choose"), {"pool": "rubbish"})
    assert "People of Inland Pool" in client.get(reverse("pools:people")).content.decode()


def test_an_administrator_without_a_pool(client: Client, sign_in: Any, administrator: Person) -> None:
    """The page says how one begins."""
    assert "desirepath start" in sign_in(client, administrator).get(reverse("pools:people")).content.decode()


def test_a_fictional_pool_sends_nothing(
    manager: Client, coast: SimpleNamespace, mailoutbox: list[Any]
) -> None:
    """Whoever is invited there is marked fictional, and gets no e-mail."""
    coast.pool.organisation.fictional = True
    coast.pool.organisation.save()
    invite(manager, role=Role.FINANCE_OFFICER)
    send_due()
    assert Person.objects.get(email=NELL["email"]).fictional
    assert mailoutbox == []
