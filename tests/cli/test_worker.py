"""The worker does what falls due, and ends when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from typer.testing import CliRunner

from desirepath.audit.models import Event
from desirepath.audit.states import Stale
from desirepath.cascade.models import Offer
from desirepath.cli import worker
from desirepath.cli.app import app
from tests import cast

PROGRAM = "from desirepath.cli import main; main()"


@pytest.mark.django_db
def test_it_does_what_is_due_once(clock_at, monkeypatch):
    """An offer whose time has passed expires; a second round finds nothing to do."""
    now = clock_at("2026-12-01 09:00")
    pool = cast.pool("Pool", practice := cast.practice("Practice"))
    vacancy = cast.vacancy(practice, by=cast.booker("Booker", practice))
    offer = cast.offer(vacancy, cast.clinician("Clinician", pool=pool))
    first = ["cascades begun: 1", "cascades moved on: 1", "messages sent: 1"]
    *done, sealed = worker.round_of_work()
    assert done == first
    assert sealed == f"events sealed: {Event.objects.count()}"
    clock_at(now + timedelta(days=8))
    assert "offers expired: 1" in list(worker.round_of_work())
    assert list(worker.round_of_work()) == []
    assert Offer.objects.get(pk=offer.pk).state == "expired"


@pytest.mark.django_db
def test_what_fails_does_not_stop_the_rest(monkeypatch, capsys):
    """Another worker being first is no news, a busy database is, and a fault is told in full; the next
    step is done all the same.
    """

    def beaten() -> int:
        raise Stale("somebody else")

    def busy() -> int:
        raise DatabaseError("database is locked")

    def at_fault() -> int:
        raise RuntimeError("nobody thought of this")

    steps = {"a": beaten, "b": busy, "c": at_fault, "things done": lambda: 3}
    monkeypatch.setattr(worker, "what_is_due", lambda: steps)
    assert list(worker.round_of_work()) == ["things done: 3"]
    told = capsys.readouterr().err
    assert told.startswith("b: database is locked\nc: Traceback") and "nobody thought of this" in told


@pytest.mark.django_db
def test_once_ends_by_itself():
    """With nothing due, --once says nothing and ends well."""
    answer = CliRunner().invoke(app, ["worker", "--once"])
    assert (answer.exit_code, answer.output) == (0, "")


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told_to(home: Path, told):
    """A signal ends it between two rounds, with exit code 0 and no traceback."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{home / 'database.sqlite3'}",
        "DESIREPATH_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
    }
    program = [sys.executable, "-c", PROGRAM, "worker", "--every", "0.2"]
    running = subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _wait_for_handlers(running.pid)
        running.send_signal(told)
        _, said = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0, said
    assert "Traceback" not in said


def _wait_for_handlers(process: int) -> None:
    """Until the process catches SIGTERM: before that it is still starting. Raises TimeoutError."""
    ends = time.monotonic() + 180
    while time.monotonic() < ends:
        status = Path(f"/proc/{process}/status").read_text()
        caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), 16)
        if caught & (1 << (signal.SIGTERM - 1)):
            return
        time.sleep(0.1)
    raise TimeoutError("the worker has not begun its rounds")
