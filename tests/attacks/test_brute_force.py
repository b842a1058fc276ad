"""Guessing at a door: by several processes at once, by the form that changes a password."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from desirepath.accounts import limits
from desirepath.accounts.models import Person, Tries
from desirepath.audit.models import Event
from tests import cast
from tests.database import address_of_the_database

# one process of a server, as far as guessing goes: forty passwords through the whole of Django
GUESSER = """
import os, sys
import django
django.setup()
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.test import Client
client = Client(SERVER_NAME="127.0.0.1")
looked_at = 0
sys.stdin.readline()
for number in range(40):
    page = client.post("/sign-in", {"email": sys.argv[1], "password": f"guess {number}"}).content.decode()
    looked_at += "is not right" in page
print(looked_at)
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_have_ten_tries_between_them() -> None:
    """Eighty guesses of two processes at the same time: ten are looked at; the right one waits too."""
    ann = cast.person("Ann Able")
    env = {**os.environ, "DATABASE_URL": address_of_the_database()}
    asked = [sys.executable, "-c", GUESSER, ann.email]
    guessers = [
        subprocess.Popen(asked, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for guesser in guessers:
        assert guesser.stdin
        guesser.stdin.write("go\n")
        guesser.stdin.flush()
    looked_at = [int(guesser.communicate(timeout=120)[0]) for guesser in guessers]
    assert sum(looked_at) == limits.MOST
    assert Event.objects.filter(verb="sign-in failed").count() == limits.MOST
    assert Client().post("/sign-in", {"email": ann.email, "password": cast.PASSWORD}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_counted_one_by_one() -> None:
    """Thirty threads at a door that nobody has tried, and at one whose time is up: ten get through."""
    door = limits.door("a door")

    def taken(_: Any) -> bool:
        start.wait()
        try:
            limits.take(door)
        except limits.TooManyTriesError:
            return False
        finally:
            connection.close()
        return True

    for begun in (None, 20):
        start = Barrier(30)
        if begun:
            Tries.objects.update(since=Tries.objects.get().since - limits.WITHIN)
        with ThreadPoolExecutor(30) as pool:
            assert sum(pool.map(taken, range(30))) == limits.MOST


def test_a_stolen_session_does_not_guess_the_password(client: Client, alice: Person) -> None:
    """The page that changes a password counts with the sign-in page."""
    client.force_login(alice)
    wanted = {"old_password": "guess", "password": "three odd words here"}
    for _ in range(limits.MOST):
        assert "not your current" in client.post("/your-account/password", wanted).content.decode()
    answer = client.post("/your-account/password", {**wanted, "old_password": cast.PASSWORD})
    assert answer.status_code == 422
    assert "too many wrong passwords" in answer.content.decode()
