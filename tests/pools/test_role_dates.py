"""Roles with days of their own, who gave them, and what an inviter may not do for herself."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from desirepath.accounts import factors
from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.messages.models import Message
from desirepath.organisations.models import RoleAssignment
from desirepath.pools import actions
from tests import cast, second_factor

NELL = {"name": "Nell Newcomer", "email": "nell@example.org"}


@pytest.fixture(autouse=True)
def today(clock_at: Any) -> date:
    """Tuesday 1 December 2026."""
    clock_at("2026-12-01 09:00")
    return clock.today()


def boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def invite(manager: Client, coast: SimpleNamespace, **more: Any) -> Any:
    given = {**NELL, "role": Role.PRACTICE_BOOKER, "place": coast.practice.public_id, **more}
    return manager.post(reverse("pools:invite"), given)


def test_a_role_for_a_time(manager: Client, coast: SimpleNamespace, today: date, clock_at: Any) -> None:
    """From a coming day to a last one: listed at once with who gave it, held on those days and no others."""
    first, last = today + timedelta(days=7), today + timedelta(days=20)
    assert invite(manager, coast, **boxes("starts_on", first), **boxes("last_day", last)).status_code == 302
    page = manager.get(reverse("pools:people")).content.decode()
    assert "from Tue 8 Dec 2026, last day Mon 21 Dec 2026, given by" in page
    letter = Message.objects.get(to__email=NELL["email"]).body
    assert "as Practice booker at Coast Surgery from Tue 8 Dec 2026" in letter
    nell = Person.objects.get(email=NELL["email"])
    for day, holds in ((first - timedelta(days=1), 0), (first, 1), (last, 1), (last + timedelta(days=1), 0)):
        assert RoleAssignment.objects.current(day).filter(person=nell).count() == holds, day
    clock_at("2026-12-22 09:00")
    assert "nell@example.org" not in manager.get(reverse("pools:people")).content.decode()


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (-1, None, "first day must be today or later"),
        (5, 4, "must not be before the first"),
        (None, -1, "must not be before the first"),
    ],
)
def test_days_that_cannot_be(
    manager: Client, coast: SimpleNamespace, today: date, first: int | None, last: int | None, said: str
) -> None:
    """Told, and nobody is invited."""
    days = {}
    for name, ahead in (("starts_on", first), ("last_day", last)):
        days |= boxes(name, today + timedelta(days=ahead)) if ahead is not None else {}
    answer = invite(manager, coast, **days)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Person.objects.filter(email=NELL["email"]).exists()


def test_the_same_role_twice_on_one_day(manager: Client, coast: SimpleNamespace, today: date) -> None:
    """Refused where the days touch; one after the other is two roles."""
    ten, eleven = today + timedelta(days=10), today + timedelta(days=11)
    assert invite(manager, coast, **boxes("last_day", ten)).status_code == 302
    assert (
        "on some of these days already" in invite(manager, coast, **boxes("starts_on", ten)).content.decode()
    )
    assert invite(manager, coast, **boxes("starts_on", eleven)).status_code == 302
    assert RoleAssignment.objects.filter(person__email=NELL["email"]).count() == 2


def test_what_has_not_begun_is_ended(manager: Client, coast: SimpleNamespace, today: date) -> None:
    """It never begins, and the list forgets it; a last day before its first is refused."""
    invite(manager, coast, **boxes("starts_on", today + timedelta(days=7)))
    coming = RoleAssignment.objects.get(person__email=NELL["email"])
    address = reverse("pools:end-role", args=[coming.public_id])
    early = {"when": "later", **boxes("last_day", today + timedelta(days=3))}
    assert "has not begun by then" in manager.post(address, early).content.decode()
    assert manager.post(address, {"when": "now"}).status_code == 302
    assert not RoleAssignment.objects.not_over().filter(pk=coming.pk).exists()
    assert not RoleAssignment.objects.current(today + timedelta(days=7)).filter(pk=coming.pk).exists()


def test_nobody_gives_herself_a_role(manager: Client, coast: SimpleNamespace) -> None:
    """Who looks after the pool does not become the approver of what is asked for in it."""
    answer = invite(manager, coast, email=coast.manager.email.upper(), role=Role.PRACTICE_APPROVER)
    assert answer.status_code == 422
    assert "give yourself a role" in answer.content.decode()
    assert coast.manager.roles.count() == 1


def test_a_lost_second_factor(manager: Client, coast: SimpleNamespace) -> None:
    """Her manager says so: it is gone, she is out everywhere, and sets up anew after her password."""
    booker = cast.booker("Bea Booker", coast.practice)
    second_factor.set_up(booker)
    factors.new_recovery_codes(person=booker)
    hers = second_factor.come_in(booker)
    address = reverse("pools:forget-second-factor", args=[booker.roles.get().public_id])
    assert "Be sure that it is they who ask" in manager.get(address).content.decode()
    assert Authenticator.objects.filter(user=booker).count() == 2
    assert manager.post(address).status_code == 302
    assert not Authenticator.objects.filter(user=booker).exists()
    assert hers.get("/your-account")["Location"].startswith("/sign-in?")
    client, answer = second_factor.give_password(booker)
    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == "/your-account/second-factor"
    told = Event.objects.get(verb="second factor forgotten")
    assert (told.actor, told.entity_id) == (coast.manager.public_id, booker.public_id)


def test_whose_she_may_not_forget(coast: SimpleNamespace, inland: SimpleNamespace) -> None:
    """Her own, and that of somebody who also has a role in another pool; an administrator may."""
    booker = cast.booker("Bea Booker", coast.practice)
    cast.role(booker, Role.PRACTICE_BOOKER, inland.practice)
    second_factor.set_up(booker)
    for of in (booker, coast.manager):
        with pytest.raises(Refused):
            actions.forget_second_factor(by=coast.manager, pool=coast.pool, of=of)
    assert factors.of(booker).exists()
    ada = cast.person("Ada Administrator")
    actions.forget_second_factor(by=ada, pool=None, of=booker)
    assert not factors.of(booker).exists()
