"""One clinician is invited by a form: the rules of the spreadsheet, and a place by a practice nearby."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.models import Invitation
from desirepath.accounts.roles import Role
from desirepath.clinicians.models import Clinician, Membership
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools.forms import MOST_NEAR
from desirepath.pools.models import Pool
from tests import cast

INVITE = reverse("pools:invite-clinician")
ANN = {"name": "Ann Able", "email": "ann@example.org", "role": "gp", "registration": "7012345"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool() -> Pool:
    pcn = cast.organisation(Kind.PCN, code="U12345")
    return cast.pool("Coast Pool", _practice("Coast Surgery", 52.5, pcn=pcn, postcode="NR1 3AB"))


def _practice(name: str, latitude: float | None, **more: Any) -> Organisation:
    longitude = None if latitude is None else 1.5
    return cast.practice(name, latitude=latitude, longitude=longitude, **more)


@pytest.fixture
def manager(pool: Pool, sign_in: Any) -> Client:
    person = cast.person("Mo Manager")
    cast.role(person, Role.POOL_MANAGER, pool.organisation)
    client: Client = sign_in(Client(), person)
    return client


@pytest.mark.parametrize("near", ["coast", "coast surgery", "NR1", "nr1 3ab"])
def test_near_a_practice(near: str, manager: Client, pool: Pool) -> None:
    """A name or postcode that fits one practice is her place; she is a member, and invited."""
    assert manager.post(INVITE, {**ANN, "near": near, "pcn": "U12345"}).status_code == 302
    made = Clinician.objects.get()
    assert (made.latitude, made.longitude) == (52.5, 1.5)
    assert Membership.objects.get().pcn.code == "U12345"
    assert Invitation.objects.get().state == "sent"


def test_several_are_a_choice(manager: Client) -> None:
    """Practices outside the pool too; nobody is made before one is chosen, and what was typed stays."""
    places = [_practice(f"Moor {name}", 53 + number) for number, name in enumerate(("Surgery", "Practice"))]
    asked = manager.post(INVITE, {**ANN, "near": "moor"})
    assert asked.status_code == 422
    assert "Choose the practice" in asked.text
    assert all(place.name in asked.text for place in places)
    assert 'value="ann@example.org"' in asked.text
    assert not Clinician.objects.exists()
    manager.post(INVITE, {**ANN, "near": "moor", "practice": places[1].public_id})
    assert Clinician.objects.get().latitude == 54


def test_the_pools_own_come_first(manager: Client) -> None:
    """A practice of the pool with the word in its name is meant, not one at the other end of England."""
    _practice("Coastal Health", 50.5)
    manager.post(INVITE, {**ANN, "near": "coas"})
    assert Clinician.objects.get().latitude == 52.5


@pytest.mark.parametrize(
    ("near", "told"),
    [
        ("", "Enter a practice near which the clinician lives"),
        ("zzz", "No practice whose place is known here"),
        ("nowhere", "No practice whose place is known here"),
        ("many", f"More than {MOST_NEAR} practices fit"),
    ],
)
def test_no_place_is_said_beside_the_field(near: str, told: str, manager: Client) -> None:
    """Nothing, nobody, a practice without a place, too many."""
    _practice("Nowhere Surgery", None)
    for number in range(MOST_NEAR + 1):
        _practice(f"Many {number}", 53)
    answer = manager.post(INVITE, {**ANN, "near": near})
    assert answer.status_code == 422
    assert told in answer.text
    assert not Clinician.objects.exists()


def test_an_exact_place_wins(manager: Client) -> None:
    """Whoever gives degrees needs no practice, and half of them is an error beside the other half."""
    half = manager.post(INVITE, {**ANN, "near": "coast", "latitude": "52.6"})
    assert "Longitude is missing" in half.text
    manager.post(INVITE, {**ANN, "near": "coast", "latitude": "52.6", "longitude": "1.2"})
    assert Clinician.objects.get().latitude == 52.6


def test_the_rules_of_a_row(manager: Client) -> None:
    """What a spreadsheet refuses the form refuses too, beside its field."""
    wrong = manager.post(INVITE, {**ANN, "near": "coast", "registration": "12"}).text
    assert "Registration number must be a registration number" in wrong
    assert not Clinician.objects.exists()


def test_a_real_pool_knows_no_invented_practice(manager: Client, pool: Pool) -> None:
    """Places of a demonstration are not offered for a real person."""
    _practice("Invented Surgery", 53, fictional=True)
    assert manager.post(INVITE, {**ANN, "near": "invented"}).status_code == 422
