"""What a busy database refuses in passing is tried again; everything else is not."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, transaction

from desirepath.audit import retrying
from desirepath.audit.retrying import passing, retried
from desirepath.audit.states import InvalidMove, Stale
from tests import cast

BUSY = sqlite3.OperationalError("database is locked")
BUSY.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorcode = sqlite3.SQLITE_FULL


def of(cause: Exception, kind: type[Exception] = OperationalError) -> Exception:
    """An error as Django raises it."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "PAUSE", 0)


@pytest.mark.parametrize(
    ("cause", "passes"),
    [
        (BUSY, True),
        (FULL, False),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.SerializationFailure(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.DiskFull(), False),
        (psycopg.OperationalError("the connection is closed"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_passes(cause: Exception, passes: bool) -> None:
    """Busy and deadlocked pass; a full disk, and a connection lost at who knows what moment, do not."""
    assert passing(of(cause)) == passes


@pytest.mark.django_db(transaction=True)
def test_it_is_done_again_from_what_is_stored() -> None:
    """The lost try changed the row in memory: the next one begins from what the database says."""
    person = cast.person("Ann Able")
    seen = []

    @retried
    def rename(who: Any, others: list[Any]) -> str:
        seen.append((who.name, others[0].name))
        who.name = others[0].name = "Changed"
        if len(seen) < 3:
            raise of(BUSY)
        return "done"

    assert rename(person, [type(person).objects.get(pk=person.pk)]) == "done"
    assert seen == [("Ann Able", "Ann Able")] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (of(FULL), 1),
        (of(BUSY, IntegrityError), 1),
        (InvalidMove("no such move"), 1),
        (of(BUSY), retrying.TRIES),
        (Stale("somebody else changed it first"), retrying.TRIES),
    ],
    ids=str,
)
def test_it_is_given_up(error: Exception, tries: int) -> None:
    """At once where trying again is no use, else after some tries."""
    calls = []

    @retried
    def act() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        act()
    assert len(calls) == tries


@pytest.mark.django_db(transaction=True)
def test_a_part_of_a_transaction_is_not_done_again() -> None:
    """Lost is the whole of it, so only whoever began it may begin again."""
    calls = []

    @retried
    def inner() -> None:
        calls.append("inner")
        raise of(BUSY)

    @retried
    @transaction.atomic
    def outer() -> None:
        calls.append("outer")
        if calls.count("outer") < 3:
            inner()

    outer()
    assert calls == ["outer", "inner", "outer", "inner", "outer"]
