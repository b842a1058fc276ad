"""Serving: refusals in one line, an address that answers, and nothing left running."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

PROGRAM = "from desirepath.cli import main; main()"


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PORT"}
    return {
        **kept,
        "DATABASE_URL": f"sqlite:///{home / 'database.sqlite3'}",
        "DESIREPATH_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
    }


def refused(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "serve", *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_a_port_in_use_is_said(tmp_path):
    """One line, exit code 2."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} is in use" in refused(tmp_path, "--port", str(port))


def test_the_demonstration_is_served_on_this_machine_only(home):
    """One-click sign-in on every address of the machine is refused."""
    assert "127.0.0.1 only" in refused(home, "--demo", "--host", "0.0.0.0", "--port", "0")


def test_the_demonstration_is_not_served_beside_real_people(home):
    """A database with somebody real refuses one-click sign-in."""
    program = (
        "from desirepath.cli.start import django_ready; django_ready()\n"
        "from desirepath.accounts.models import Person\n"
        "Person.objects.create_user('somebody@example.org', name='Somebody Real')"
    )
    subprocess.run([sys.executable, "-c", program], env=environment(home), check=True, timeout=120)
    assert "1 real person" in refused(home, "--demo", "--port", "0")


def below(process: int) -> list[str]:
    """The processes that a process has started."""
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def test_one_command_is_enough(tmp_path):
    """Without --demo too a worker runs beside, which has its planner; --no-worker leaves both out."""
    for more, children in ((), 2), (("--no-worker",), 1):
        program = [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--workers", "1", *more]
        running = subprocess.Popen(program, env=environment(tmp_path), stdout=subprocess.PIPE, text=True)
        assert running.stdout is not None
        try:
            line = running.stdout.readline()
            assert line.startswith("Desirepath is at"), line
            address = line.split()[3]
            with urllib.request.urlopen(address, timeout=30) as answer:
                assert answer.status == 200
            found = below(running.pid)
            assert len(found) == children
            planners: list[str] = []
            ends = time.monotonic() + 60
            while not more and not planners:
                assert time.monotonic() < ends, "the worker has no planner"
                planners = [each for child in found for each in below(int(child))]
                time.sleep(0.1)
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=60) == 0
        finally:
            running.kill()
            running.wait()
            running.stdout.close()
        assert not [process for process in (*found, *planners) if Path(f"/proc/{process}").exists()]


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_told_to_stop(home, told):
    """The address it prints answers with a page; a signal ends it, and the worker beside it."""
    program = [sys.executable, "-c", PROGRAM, "serve", "--demo", "--port", "0", "--workers", "1"]
    running = subprocess.Popen(program, env=environment(home), stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        line = running.stdout.readline()
        assert line.startswith("Desirepath is at http://127.0.0.1:"), line
        address = line.split()[3]
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.status == 200
        children = below(running.pid)
        assert len(children) == 2
        running.send_signal(told)
        assert running.wait(timeout=60) == 0
    finally:
        running.kill()
        running.stdout.close()
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
