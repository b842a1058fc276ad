"""Practices join the pool: found among the known ones, or made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.organisations.models import Kind, Organisation, RoleAssignment
from tests import cast

BOOKER = {"booker_name": "Bea Booker", "booker_email": "bea@example.org"}
BY_HAND = {
    "code": "Y99999",
    "name": "New Town Surgery",
    "postcode": "nr1 3ab",
    "latitude": "52.63",
    "longitude": "1.29",
}


@pytest.fixture
def free(db: None) -> Organisation:
    """A practice in no pool."""
    return cast.practice("Freewater Surgery", code="D82099", postcode="NR9 9ZZ")


def add(client: Client, practice: Organisation, **given: Any) -> Any:
    form = {"practice": practice.public_id, "since": clock.today().isoformat(), "q": practice.code, **given}
    return client.post(reverse("pools:add-practice"), form)


def test_the_list(manager: Client, coast: SimpleNamespace, inland: SimpleNamespace) -> None:
    """The pool's practices and no other's, and whether somebody books for each."""
    page = manager.get(reverse("pools:practices")).content.decode()
    assert "Coast Surgery" in page
    assert "Nobody yet" in page
    assert "Inland" not in page
    cast.booker("Bea Booker", coast.practice)
    assert "1 person" in manager.get(reverse("pools:practices")).content.decode()


@pytest.mark.parametrize("words", ["Freewater", "d82099", "NR9"])
def test_finding_one(manager: Client, free: Organisation, words: str) -> None:
    """By name, code or postcode."""
    assert (
        "Freewater Surgery (D82099)"
        in manager.get(reverse("pools:add-practice"), {"q": words}).content.decode()
    )


@pytest.mark.parametrize(("words", "status"), [("ab", 422), ("no such place", 200), ("Coast Surgery", 200)])
def test_finding_none(manager: Client, free: Organisation, words: str, status: int) -> None:
    """Too few letters, nothing known, or in the pool already."""
    answer = manager.get(reverse("pools:add-practice"), {"q": words})
    assert answer.status_code == status
    assert "found" not in answer.content.decode()


def test_adding_one_with_its_booker(manager: Client, coast: SimpleNamespace, free: Organisation) -> None:
    """The practice is in the pool, and who books for it is invited in the same step."""
    assert add(manager, free, **BOOKER).status_code == 302
    assert coast.pool.practices().filter(pk=free.pk).exists()
    role = RoleAssignment.objects.get(person__email=BOOKER["booker_email"])
    assert (role.role, role.organisation) == (Role.PRACTICE_BOOKER, free)
    assert role.person.invitations.get().state == "sent"


def test_one_of_another_pool(manager: Client, coast: SimpleNamespace, inland: SimpleNamespace) -> None:
    """It stays there, and its booker is not invited."""
    answer = add(manager, inland.practice, **BOOKER)
    assert answer.status_code == 422
    assert "belongs to another pool" in answer.content.decode()
    assert not coast.pool.practices().filter(pk=inland.practice.pk).exists()
    assert not RoleAssignment.objects.filter(person__email=BOOKER["booker_email"]).exists()


@pytest.mark.parametrize(
    "given", [{"booker_name": "Bea"}, {"booker_email": "bea@example.org"}, {"since": "soon"}]
)
def test_half_a_form(
    manager: Client, coast: SimpleNamespace, free: Organisation, given: dict[str, str]
) -> None:
    """A name without an address, or the other way round, changes nothing."""
    assert add(manager, free, **given).status_code == 422
    assert not coast.pool.practices().filter(pk=free.pk).exists()


def test_a_real_pool_takes_no_invented_practice(manager: Client, free: Organisation) -> None:
    """Fictional practices are not found, and not taken."""
    free.fictional = True
    free.save()
    found = manager.get(reverse("pools:add-practice"), {"q": "Freewater"}).content.decode()
    assert "Freewater Surgery" not in found
    assert add(manager, free).status_code == 422


def test_by_hand(manager: Client, coast: SimpleNamespace) -> None:
    """A practice that no file knows, with its place and its booker."""
    assert manager.post(reverse("pools:new-practice"), {**BY_HAND, **BOOKER}).status_code == 302
    made = Organisation.objects.get(kind=Kind.PRACTICE, code="Y99999")
    assert (made.postcode, made.latitude, made.place_source) == ("NR1 3AB", 52.63, "entered by hand")
    assert coast.pool.practices().filter(pk=made.pk).exists()
    assert RoleAssignment.objects.filter(organisation=made, role=Role.PRACTICE_BOOKER).exists()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("code", "99999", "Code must be the code of a practice"),
        ("code", "D82005", "already"),
        ("name", "", "Enter the name"),
        ("postcode", "", "Enter the postcode"),
        ("postcode", "x", "Postcode must be a postcode"),
        ("latitude", "", "Enter the latitude"),
        ("latitude", "12", "Latitude must be in England"),
        ("longitude", "east", "Longitude must be a number of degrees"),
        ("name", "943 476 5919", "NHS number"),
    ],
)
def test_by_hand_wrongly(manager: Client, coast: Any, field: str, typed: str, told: str) -> None:
    """Each field says what it needs; nothing is made."""
    before = Organisation.objects.count()
    answer = manager.post(reverse("pools:new-practice"), {**BY_HAND, field: typed})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Organisation.objects.count() == before
