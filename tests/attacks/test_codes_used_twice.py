"""A code that somebody read over her shoulder: it has opened, and no longer does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from desirepath.accounts import factors
from desirepath.accounts.models import Person
from tests import cast
from tests.second_factor import code_of, give_password, set_up

ASKED = "/sign-in/second-factor"


def opens(person: Person, code: str) -> bool:
    """Whether it lets in another browser, in which her password was given."""
    client, _ = give_password(person)
    return bool(client.post(ASKED, {"code": code}).status_code == 302)


def test_a_code_of_her_app(alice: Person, clock_at: Callable[..., Any]) -> None:
    """Not a second time, not in the half minutes in which it would still do, nor one before it."""
    start = clock_at("2026-12-08 09:00")
    secret = set_up(alice)
    clock_at(start + timedelta(seconds=60))
    older, code = code_of(secret, -1), code_of(secret)
    assert opens(alice, code)
    assert not opens(alice, code)
    assert not opens(alice, older)
    clock_at(start + timedelta(seconds=90))
    assert not opens(alice, code), "its half minute of grace"
    assert opens(alice, code_of(secret))


def test_the_code_that_set_it_up(alice: Person) -> None:
    """It was used by that."""
    secret = factors.new_secret()
    code = code_of(secret)
    factors.set_up_app(person=alice, secret=secret, code=code)
    assert not opens(alice, code)


def test_a_code_of_another_time(alice: Person, clock_at: Callable[..., Any]) -> None:
    """More than half a minute early or late it opens nothing."""
    start = clock_at("2026-12-08 09:00")
    secret = set_up(alice)
    clock_at(start + timedelta(minutes=5))
    assert not opens(alice, code_of(secret, -2))
    assert not opens(alice, code_of(secret, 2))
    assert opens(alice, code_of(secret, 1))


def test_a_recovery_code(alice: Person) -> None:
    """Each opens once; the others still do."""
    set_up(alice)
    first, second, *_ = factors.new_recovery_codes(person=alice)
    assert opens(alice, first)
    assert not opens(alice, first)
    assert opens(alice, second)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery code"])
def test_at_the_same_moment(kind: str) -> None:
    """Sent by eight browsers at once, whichever of the two it is: one comes in."""
    ann = cast.person("Ann Able")
    secret = set_up(ann)
    code = code_of(secret) if kind == "app" else factors.new_recovery_codes(person=ann)[0]
    start = Barrier(8)

    def try_it(_: Any) -> bool:
        start.wait()
        try:
            return bool(factors.try_code(person=ann, code=code))
        except factors.WrongCodeError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(8))) == 1


def test_anothers_code(alice: Person, bob: Person) -> None:
    """A code of Bob's does not open Alice's door."""
    set_up(alice)
    secret = set_up(bob)
    factors.new_recovery_codes(person=alice)
    codes = factors.new_recovery_codes(person=bob)
    assert not opens(alice, code_of(secret))
    assert not opens(alice, codes[0])
    assert opens(bob, code_of(secret))


def test_a_planted_session_does_not_wait_with_her(alice: Person) -> None:
    """Whoever put a session's key into her browser before she gave her password is not asked for her code."""
    set_up(alice)
    victim = Client()
    planted = victim.session
    planted["x"] = "y"
    planted.save()
    victim.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    give_password(alice, victim)
    assert victim.get(ASKED).status_code == 200
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert thief.get(ASKED).status_code == 410


def test_the_key_changes_with_each_step(alice: Person) -> None:
    """Before the password, after it, and after the code: three keys, and the earlier ones open nothing."""
    secret = set_up(alice)
    client, _ = give_password(alice)
    waiting = client.session.session_key
    client.post(ASKED, {"code": code_of(secret)})
    assert client.session.session_key != waiting
    assert not Session.objects.filter(session_key=waiting).exists()
