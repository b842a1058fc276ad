"""The door without passwords: shut unless this is a demonstration, on this machine, of invented people."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.demo.safety import why_not
from tests.architecture.world import Side


@pytest.fixture
def opened(side: Side, settings: Any) -> Side:
    """A demonstration: everybody is fictional."""
    settings.DEMO = True
    for role in Role:
        assert side.person(role)
    Person.objects.update(fictional=True)
    return side


def tries(**extra: str) -> set[int]:
    client = Client(**extra)
    found = {client.get("/demo/").status_code}
    for role in [role.value for role in Role] + ["1", "", "\x00", "gp"]:
        found.add(client.post("/demo/sign-in/", {"role": role}).status_code)
    assert client.get("/your-account").status_code in (302, 400)
    return found


def test_it_is_shut_where_it_is_no_demonstration(opened: Side, settings: Any) -> None:
    """Whatever the request says."""
    settings.DEMO = False
    assert tries() == {404}
    assert tries(HTTP_X_DESIREPATH_DEMO="1", QUERY_STRING="demo=1") == {404}


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "10.0.0.5"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1.evil.example"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "pool.example.org"},
        {"HTTP_HOST": "127.0.0.1.evil.example"},
        {"REMOTE_ADDR": "10.0.0.5", "HTTP_X_FORWARDED_FOR": "127.0.0.1", "HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_HOST": "pool.example.org", "HTTP_X_FORWARDED_HOST": "localhost"},
    ],
)
def test_it_is_shut_to_other_machines_and_names(opened: Side, settings: Any, extra: dict[str, str]) -> None:
    """Neither an address from elsewhere nor a name that is not this machine's; headers persuade nobody."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "pool.example.org"]
    assert tries(**extra) <= {400, 404}


def test_one_real_person_shuts_it(opened: Side) -> None:
    """Also one who is not active, and while it runs."""
    Person.objects.create_user("real@example.org", name="Real", is_active=False)
    assert tries() == {404}
    assert "real" in why_not("127.0.0.1")


def test_it_takes_the_proof_of_forms(opened: Side) -> None:
    """Another site's page signs nobody in."""
    client = Client(enforce_csrf_checks=True)
    assert client.post("/demo/sign-in/", {"role": Role.POOL_MANAGER.value}).status_code == 403
