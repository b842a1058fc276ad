"""``desirepath start``: the first administrator and her pool."""

from __future__ import annotations

from typing import Any

import pytest
import typer
from django.test import Client
from typer.testing import CliRunner

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.cli import begin
from desirepath.messages.sending import send_due
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools.models import Pool
from tests import cast
from tests.second_factor import set_up_on_the_page

GIVEN = {"--pool-name": "Seaside Pool", "--code": "sea", "--email": "Ada@Example.org", "--name": "Ada First"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, db: None) -> Any:
    """Run the command with options; Django is ready already."""
    from desirepath.cli import start

    monkeypatch.setattr(start, "django_ready", lambda: None)
    app = typer.Typer()
    app.command()(begin.start)

    def run(options: dict[str, str], typed: str = "") -> Any:
        return CliRunner().invoke(app, [part for option in options.items() for part in option], input=typed)

    return run


def link_in(text: str) -> str:
    return "/invitation/" + text.split("/invitation/")[1].split(maxsplit=1)[0]


def test_the_first_administrator(run: Any, mailoutbox: list[Any]) -> None:
    """An empty database gets a pool and its administrator; the link printed and mailed leads in, and she sees
    others' data once she has a second factor.
    """
    done = run(GIVEN)
    send_due()
    assert done.exit_code == 0, done.output
    pool = Pool.objects.get()
    assert (pool.code, pool.name, pool.fictional, pool.host) == ("SEA", "Seaside Pool", False, None)
    ada = Person.objects.get()
    held = ada.roles.order_by("id")
    assert [(row.role, row.organisation) for row in held] == [
        (Role.POOL_MANAGER, pool.organisation),
        (Role.SYSTEM_ADMINISTRATOR, None),
    ]
    (mail,) = mailoutbox
    assert mail.to == ["ada@example.org"]
    assert link_in(mail.body) == link_in(done.output)
    hers = Client()
    assert (
        hers.post(
            link_in(done.output), {"name": "Ada First", "password": "walnut lantern gravel"}
        ).status_code
        == 302
    )
    assert hers.get("/people/").headers["Location"] == "/your-account/second-factor"
    set_up_on_the_page(hers)
    assert "People of Seaside Pool" in hers.get("/people/").content.decode()


def test_a_host(run: Any) -> None:
    """The ICB that hosts the pool, where one is named."""
    icb = cast.organisation(Kind.ICB, code="QHM")
    assert run({**GIVEN, "--host-icb": "qhm"}).exit_code == 0
    assert Pool.objects.get().host == icb


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"--code": "?"}, "--code '?' is not a code"),
        ({"--code": "MUCHTOOLONGACODE"}, "is not a code"),
        ({"--email": "ada"}, "--email must be an e-mail address"),
        ({"--name": "943 476 5919"}, "--name This holds what looks like an NHS number"),
        ({"--host-icb": "QXX"}, "There is no ICB with the code QXX here"),
        ({"--name": " "}, "Give --name as well"),
    ],
)
def test_what_cannot_be(run: Any, change: dict[str, str], told: str) -> None:
    """One line on the error channel, exit code 2, nothing made."""
    done = run({**GIVEN, **change})
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not Organisation.objects.filter(kind=Kind.POOL).exists()
    assert not Person.objects.exists()


def test_a_code_that_is_taken(run: Any) -> None:
    """Begun once; the second time says so and changes nothing."""
    run(GIVEN)
    done = run({**GIVEN, "--email": "eve@example.org"})
    assert (done.exit_code, done.stderr) == (2, "There is a pool with the code SEA already.\n")
    assert not Person.objects.filter(email="eve@example.org").exists()


def test_missing_options_are_asked_for_at_a_terminal(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing is asked."""
    monkeypatch.setattr(begin, "at_a_terminal", lambda: True)
    done = run({"--code": "SEA", "--name": "Ada First"}, typed="Seaside Pool\nada@example.org\n")
    assert done.exit_code == 0, done.output
    assert Pool.objects.get().name == "Seaside Pool"
