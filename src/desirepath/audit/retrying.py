"""What a busy database refuses in passing is done again, so that nobody is shown it.

Two transactions that wait for each other end with one of them thrown out whole (a deadlock, a serialization
failure); SQLite gives up where another writer holds it too long. Nothing of such a transaction was kept, so
it may simply be done again. The same holds where a row that was read had been moved by somebody else before
it was to be moved here (Stale): read again, it says what there is to say to whoever asked.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from logging import getLogger
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection
from django.db.models import Model

from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove, Stale

P = ParamSpec("P")
R = TypeVar("R")

log = getLogger(__name__)
TRIES = 6
# seconds before the second try, twice that before the third, ...; each by chance between half and all of it,
# so that those who collided do not collide again
PAUSE = 0.05
# PostgreSQL: serialization failure, deadlock, lock not available
PASSING_STATES = {"40001", "40P01", "55P03"}
# SQLite's own numbers, the lower byte of the extended ones
PASSING_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def passing(error: BaseException) -> bool:
    """Whether somebody else was only in the way: the same again may well succeed."""
    if isinstance(error, Stale):
        return True
    cause = error.__cause__ or error
    if state := getattr(cause, "sqlstate", None):
        return state in PASSING_STATES
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in PASSING_CODES


def retried(act: Callable[P, R]) -> Callable[P, R]:
    """Do ``act``, a whole transaction, again where somebody else was in its way; put it outside ``atomic``.

    Rows it is given, or lists of them, are read again before, since the lost try may have changed them in
    memory. Within a transaction of the caller's nothing is retried: that is lost as a whole, and whoever
    began it begins again.
    """

    @wraps(act)
    def again(*args: P.args, **given: P.kwargs) -> R:
        if connection.in_atomic_block:
            return act(*args, **given)
        for tried in range(1, TRIES):
            try:
                return act(*args, **given)
            except (OperationalError, Stale) as error:
                if not passing(error):
                    raise
                log.info("%s, try %d: %s", act.__qualname__, tried, error)
            pause = PAUSE * 2 ** (tried - 1)
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - chance, not a secret
            _read_again([*args, *given.values()])
        return act(*args, **given)

    return again


@contextmanager
def taking_turns(subject: object) -> Iterator[None]:
    """For one of many rows that are due, each a transaction of its own: where another was first, or the
    database was busy, this one waits for the next round; so does a fault, which holds up no other.
    """
    try:
        yield
    except (InvalidMove, IntegrityError):
        pass
    except (OperationalError, Refused) as error:
        log.warning("%s waits for the next round: %s", subject, error)
    except Exception:
        log.exception("%s could not be moved on", subject)


def _read_again(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, Model) and value.pk is not None:
            value.refresh_from_db()
        elif isinstance(value, list | tuple):
            _read_again(value)
