"""The ground that all tests stand on: the database engine, the clock, closed sockets, the cast.

``pytest`` runs everything on SQLite; ``pytest --database=postgresql`` on PostgreSQL, starting a server where
DATABASE_URL names none. Conftests and test modules may import models at the top: Django is ready before they
are read, except in a ``conftest.py`` below this one, which imports them inside its fixtures.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.postgres_server import NoServer, PostgresServer

pytest_plugins = ["tests.browser", "tests.people"]

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
USES_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup", "client", "admin_client"}

NO_SERVER = pytest.StashKey[str]()

HOME = Path(tempfile.mkdtemp(prefix="desirepath-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
(HOME / "static").mkdir()
os.environ.update(
    DJANGO_SETTINGS_MODULE="desirepath.config.settings",
    DESIREPATH_HOME=str(HOME),
    DESIREPATH_SECRET="a key for tests only",
    DJANGO_LIVE_TEST_SERVER_ADDRESS="127.0.0.1",
    # Playwright's loop runs in the thread of the tests, which Django would take for asynchronous code
    DJANGO_ALLOW_ASYNC_UNSAFE="true",
)
for name in ("DESIREPATH_DEMO", "DESIREPATH_MAIL", "DESIREPATH_URL", "DESIREPATH_FROM"):
    os.environ.pop(name, None)

# one profile for all rooms: a second, loaded by a folder, would hold for every folder collected after it
hypothesis_settings.register_profile(
    "quick",
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        # a fixture of the database is reset by the test itself where it matters
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
hypothesis_settings.register_profile(
    "long", hypothesis_settings.get_profile("quick"), max_examples=3_000, derandomize=False
)
hypothesis_settings.load_profile("long" if os.environ.get("DESIRE_LONG") == "1" else "quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=["sqlite", "postgresql"], default="sqlite", help="the engine the tests run on"
    )
    parser.addoption(
        "--skip-without-server", action="store_true", help="skip all where no PostgreSQL server can be had"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: uses the database (set by itself); also run on PostgreSQL")
    config.addinivalue_line("markers", "browser: a journey in a real browser (set by itself)")
    url = _postgres_url(config) if config.getoption("--database") == "postgresql" else ""
    os.environ["DATABASE_URL"] = url or f"sqlite:///{HOME / 'database.sqlite3'}"
    _prepare_settings()


def _postgres_url(config: pytest.Config) -> str:
    """A server given by DATABASE_URL, or one of our own for as long as the tests run; empty where all are to
    be skipped.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        return given
    server = PostgresServer()
    config.add_cleanup(server.stop)
    atexit.register(server.stop)
    # a termination (a time limit) stops the tests like Ctrl-C, so that the server does not outlive them
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return server.start().url
    except NoServer as reason:
        if not config.getoption("--skip-without-server"):
            raise pytest.UsageError(f"--database=postgresql: {reason}") from None
        config.stash[NO_SERVER] = str(reason)
        return ""


def _prepare_settings() -> None:
    from django.conf import settings

    database = settings.DATABASES["default"]
    # connections kept open by the threads of the live server would stand in the way of dropping the test
    # database
    database["CONN_MAX_AGE"] = 0
    if database["ENGINE"].endswith("sqlite3"):
        # a file, not memory: threads that race each other need connections of their own
        database["TEST"] = {**database.get("TEST", {}), "NAME": str(HOME / "test.sqlite3")}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    no_server = config.stash.get(NO_SERVER, "")
    for item in items:
        if no_server:
            item.add_marker(pytest.mark.skip(reason=no_server))
        fixtures = set(getattr(item, "fixturenames", ()))
        if "page" in fixtures or "browser" in fixtures:
            item.add_marker("browser")
        if item.get_closest_marker("django_db") or fixtures & USES_DATABASE:
            item.add_marker("database")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Every reason for a skip, with its count: nothing is left out in silence."""
    reasons = Counter(
        (report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)).removeprefix(
            "Skipped: "
        )
        for report in terminalreporter.stats.get("skipped", [])
    )
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {count}: {reason}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The test database, on which SQLite may empty tables whose rows are protected.

    A test with real transactions ends in a flush. PostgreSQL truncates, which no row trigger sees; SQLite
    deletes row by row, which ``audit.integrity.frozen`` refuses, as it should. So for a flush, and only in
    tests, the triggers are dropped and put back in the same transaction.
    """
    from django.db import connection, transaction

    if connection.vendor != "sqlite":
        return
    # of the class: the thread of a running browser has a connection of its own
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_without_triggers(self: Any, statements: list[str]) -> None:
        with transaction.atomic(), self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for trigger, _ in triggers:
                cursor.execute(f"DROP TRIGGER {self.quote_name(trigger)}")
            flush(self, statements)
            for _, sql in triggers:
                cursor.execute(sql)

    operations.execute_sql_flush = flush_without_triggers


@pytest.fixture(autouse=True, scope="session")
def _closed_sockets() -> Iterator[None]:
    """No test speaks to another machine."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        here = self.family == socket.AF_UNIX or address[0] in {"127.0.0.1", "::1", "localhost"}
        if not here:
            raise RuntimeError(f"a test tried to reach {address}: tests speak to this machine only")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_here)
        yield


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | datetime], datetime]:
    """Stop the clock, in every thread: ``clock_at("2026-12-08 08:30")`` (London's time, or an aware
    datetime).

    Call it again to jump. ``audit.clock.at`` still works inside it.
    """
    from desirepath.audit import clock

    stopped = _StoppedClock(clock._pretended)
    monkeypatch.setattr(clock, "_pretended", stopped)

    def jump(moment: str | datetime) -> datetime:
        aware = (
            datetime.fromisoformat(moment).replace(tzinfo=clock.LONDON) if isinstance(moment, str) else moment
        )
        stopped.moment = aware.astimezone(UTC)
        return stopped.moment

    return jump


class _StoppedClock:
    """Stands in for the clock's context variable, which the threads of a live server do not share."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.moment: datetime | None = None
        self.set, self.reset = inner.set, inner.reset

    def get(self) -> datetime | None:
        return self.inner.get() or self.moment


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data files beside the project; the test is skipped where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the public data files (../shared/data) are not here")
    return DATA
