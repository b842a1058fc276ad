"""One-click sign-in: in a demonstration on this machine only, as fictional people only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.entering import SIGNED_IN
from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.demo import safety
from desirepath.demo.script import SAMPLES
from desirepath.demo.views import ONE_CLICK
from desirepath.organisations.models import RoleAssignment
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """A browser on this machine."""
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def demo(settings, peopled, db):
    settings.DEMO = True
    return peopled


def role_id(role: Role) -> str:
    row = RoleAssignment.objects.get(role=role, person__email=f"{SAMPLES[role]}@example.org")
    return str(row.public_id)


def test_every_sample_person_is_on_the_page(demo, client):
    """One button for each of the thirteen roles."""
    answer = client.get(reverse("demo:people"))
    assert answer.status_code == 200
    page = answer.content.decode()
    for role in Role:
        assert role_id(role) in page


@pytest.mark.parametrize("role", list(Role))
def test_one_click_signs_in_and_acts_in_the_role(demo, client, role):
    """Whoever is chosen is signed in, in the role that was chosen, and the log says so."""
    answer = client.post(reverse("demo:sign-in"), {"role": role_id(role)})
    assert answer.status_code == 302
    assert client.session["acting_as"] == role_id(role)
    assert (
        int(client.session["_auth_user_id"]) == RoleAssignment.objects.get(public_id=role_id(role)).person_id
    )
    assert Event.objects.filter(verb=SIGNED_IN, details__how=ONE_CLICK).count() == 1


def test_somebody_else_may_be_chosen_afterwards(demo, client):
    """The second choice replaces the first."""
    for role in (Role.CLINICIAN, Role.AUDITOR):
        client.post(reverse("demo:sign-in"), {"role": role_id(role)})
    assert client.session["acting_as"] == role_id(Role.AUDITOR)


@pytest.mark.parametrize(
    "extra",
    [{"HTTP_HOST": "desirepath.example"}, {"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_HOST": "10.0.0.1:8000"}],
)
def test_from_elsewhere_the_addresses_do_not_exist(demo, client, settings, extra):
    """A request for another name, or from another machine, finds nothing."""
    settings.ALLOWED_HOSTS = ["*"]
    assert client.get(reverse("demo:people"), **extra).status_code == 404
    assert (
        client.post(reverse("demo:sign-in"), {"role": role_id(Role.POOL_MANAGER)}, **extra).status_code == 404
    )
    assert "_auth_user_id" not in client.session


def test_outside_a_demonstration_the_addresses_do_not_exist(demo, client, settings):
    """Without the mode, neither the page nor the sign-in is there."""
    settings.DEMO = False
    assert client.get(reverse("demo:people")).status_code == 404
    assert client.post(reverse("demo:sign-in"), {"role": role_id(Role.CLINICIAN)}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_one_real_person_closes_it(demo, client):
    """With anybody real in the database nobody is signed in by one click, fictional or not."""
    cast.person("Somebody Real")
    assert client.get(reverse("demo:people")).status_code == 404
    assert client.post(reverse("demo:sign-in"), {"role": role_id(Role.CLINICIAN)}).status_code == 404


@pytest.mark.parametrize("role", ["", "nonsense", "1b4e28ba-2fa1-41d2-883f-0016d3cca427"])
def test_only_sample_people_may_be_chosen(demo, client, role):
    """An id of nobody's signs nobody in."""
    assert client.post(reverse("demo:sign-in"), {"role": role}).status_code == 404


def test_a_fictional_person_who_is_no_sample_may_not_be_chosen(demo, client):
    """The role of an ordinary booker of the demonstration is refused."""
    other = (
        RoleAssignment.objects.filter(role=Role.PRACTICE_BOOKER)
        .exclude(person__email="booker@example.org")
        .first()
    )
    assert client.post(reverse("demo:sign-in"), {"role": str(other.public_id)}).status_code == 404


def test_a_link_signs_nobody_in(demo, client):
    """Only a form does."""
    assert client.get(reverse("demo:sign-in")).status_code == 405


@pytest.mark.parametrize(
    ("host", "told"), [("0.0.0.0", "127.0.0.1 only"), ("127.0.0.1", ""), ("::1", ""), ("localhost", "")]
)
def test_where_it_may_be_served(host, told, db):
    """On this machine's own address only."""
    assert (told in safety.why_not(host)) and bool(told) == bool(safety.why_not(host))


def test_it_may_not_be_served_beside_real_people(db):
    """The refusal counts them."""
    cast.person("Somebody Real")
    assert "1 real person" in safety.why_not("127.0.0.1")


def test_the_page_looks_right(demo, client):
    """Its buttons say as whom one signs in."""
    page = client.get(reverse("demo:people")).content.decode()
    assert "Sign in as a fictional person" in page
    assert '<span class="nhsuk-u-visually-hidden"> as Pool manager, ' in page
