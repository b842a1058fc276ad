"""Processes that make plans are killed, told to end or frozen in the middle: another makes the plan, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.cascade.actions import make_asked
from desirepath.cascade.setting import set_policy
from desirepath.vacancies.models import PlanRun, Proposal
from desirepath.vacancies.planning import ask_for_plan, stop_plan
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60
# a search that lasts until it is told to stop, or until a file says that it may end
# (a shell may have started these tests in the background, where Ctrl-C is ignored and stays so in children)
SLOW = """
import signal, sys, time
from pathlib import Path
from desirepath import matching

signal.signal(signal.SIGINT, signal.default_int_handler)
solve = matching.solve

def slow(problem, *, stop, seed, on_progress):
    step = matching.Progress("search", 0.5, 1.0, 300_000_000, 500_000_000)
    while not stop.when(step) and not Path(sys.argv[-1]).exists():
        on_progress(step)
        time.sleep(0.05)
    return solve(problem, seed=seed)

matching.solve = slow
"""


def url_of_the_database() -> str:
    """DATABASE_URL of the database that this test writes."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    secret = f":{told['PASSWORD']}" if told["PASSWORD"] else ""
    return f"postgresql://{told['USER']}{secret}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


@pytest.fixture
def may_end(tmp_path: Path) -> Path:
    """Once it is there, slow searches end."""
    return tmp_path / "may-end"


@pytest.fixture
def start(tmp_path: Path, may_end: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command with a slow search."""
    running: list[subprocess.Popen[str]] = []
    environment = {
        **os.environ,
        "DATABASE_URL": url_of_the_database(),
        "DESIREPATH_HOME": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }

    def begin(*arguments: str) -> subprocess.Popen[str]:
        command = "import sys; from desirepath.cli.app import app; app(sys.argv[1:-1])"
        program = [sys.executable, "-c", SLOW + command, *arguments, str(may_end)]
        running.append(
            subprocess.Popen(
                program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def run(quayside: Any) -> PlanRun:
    """One session, one GP, and a plan asked for."""
    pool = cast.pool("Coast Pool", quayside, code="COAST")
    # nobody is asked before there is a plan: a worker's cascade would leave it nothing to propose
    set_policy(by=None, pool=pool, values={"automatic": False})
    cast.clinician("Asha Patel", pool=pool)
    cast.vacancy(quayside)
    return ask_for_plan(pool=pool, first_day=cast.at(0).date(), weeks=2)


def until(what: Callable[[], Any]) -> None:
    """Waits for it."""
    ends = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < ends, "it never came to that"
        time.sleep(0.05)


def searching(run: PlanRun) -> bool:
    """Whether somebody makes it, and has said how far it is."""
    run.refresh_from_db()
    return run.state == "planning" and bool(run.progress)


def lease_is_over(run: PlanRun) -> None:
    """A minute later."""
    PlanRun.objects.filter(pk=run.pk).update(lease_until=clock.now())


def assert_made_once(run: PlanRun) -> None:
    run.refresh_from_db()
    assert run.state == "proposed"
    assert Proposal.objects.count() == 1
    assert Event.objects.filter(verb="planned").count() == 1


def test_killed_in_the_middle(run: PlanRun, start: Any) -> None:
    """SIGKILL: nothing is half done; after the lease another process makes it."""
    planner = start("worker", "--plans")
    until(lambda: searching(run))
    planner.kill()
    planner.wait()
    assert make_asked() == 0, "the lease is not over"
    assert not Proposal.objects.exists()
    lease_is_over(run)
    assert make_asked() == 1
    assert_made_once(run)
    assert run.tries == 2


def test_told_to_end_in_the_middle(run: PlanRun, start: Any) -> None:
    """SIGTERM: the plan is handed back at once, and the process ends well."""
    planner = start("worker", "--plans")
    until(lambda: searching(run))
    planner.send_signal(signal.SIGTERM)
    _, said = planner.communicate(timeout=PATIENCE)
    assert (planner.returncode, said) == (0, "")
    run.refresh_from_db()
    assert (run.state, run.claim) == ("asked", None)
    assert make_asked() == 1
    assert_made_once(run)


def test_frozen_past_its_lease(run: PlanRun, start: Any, may_end: Path) -> None:
    """A process that sleeps (a laptop's lid) finds the plan made by another, and writes nothing."""
    planner = start("worker", "--plans")
    until(lambda: searching(run))
    planner.send_signal(signal.SIGSTOP)
    lease_is_over(run)
    assert make_asked() == 1
    may_end.touch()
    planner.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    assert planner.poll() is None, "it goes on with the next"
    assert_made_once(run)


def test_the_worker_has_a_planner_beside_that_ends_with_it(run: PlanRun, start: Any) -> None:
    """One command is enough; killed, it takes its planner along, which hands the plan back."""
    worker = start("worker")
    # its planner is a plain one: the search is real
    until(lambda: again(run).is_made)
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    assert len(children) == 1
    worker.kill()
    worker.wait()
    until(lambda: not Path(f"/proc/{children[0]}").exists())
    assert_made_once(run)


def again(run: PlanRun) -> PlanRun:
    run.refresh_from_db()
    return run


def test_ctrl_c_keeps_the_best_plan(run: PlanRun, start: Any) -> None:
    """`desirepath plan --pool`: Ctrl-C ends the search, keeps its plan and prints it."""
    first = run.first_day.isoformat()
    planning = start("plan", "--pool", "COAST", "--from", first, "--weeks", "2")
    until(lambda: searching(run))
    planning.send_signal(signal.SIGINT)
    said, wrong = planning.communicate(timeout=PATIENCE)
    assert planning.returncode == 0, wrong
    assert "Filled: 1 (100.0%)" in said
    assert_made_once(run)


def test_the_command_watches_whom_it_finds_at_it(run: PlanRun, start: Any) -> None:
    """A worker was faster: the command waits for its plan; stopped, it stops that one's search."""
    start("worker", "--plans")
    until(lambda: searching(run))
    first = run.first_day.isoformat()
    watching = start("plan", "--pool", "COAST", "--from", first, "--weeks", "2")
    time.sleep(3)
    assert watching.poll() is None
    stop_plan(by=None, run=run)
    said, wrong = watching.communicate(timeout=PATIENCE)
    assert watching.returncode == 0, wrong
    assert "Filled: 1 (100.0%)" in said
    assert_made_once(run)


def test_the_command_takes_over_from_the_dead(run: PlanRun, start: Any) -> None:
    """Nobody else is there: it waits for the lease, and makes the plan itself."""
    planner = start("worker", "--plans")
    until(lambda: searching(run))
    planner.kill()
    planner.wait()
    first = run.first_day.isoformat()
    command = start("plan", "--pool", "COAST", "--from", first, "--weeks", "2")
    time.sleep(3)
    assert command.poll() is None
    Path(command.args[-1]).touch()
    lease_is_over(run)
    said, wrong = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, wrong
    assert "Filled: 1 (100.0%)" in said
    assert_made_once(run)
    assert run.tries == 2
