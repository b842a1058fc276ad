"""The proof of `make bench-market` in small: workers and pages killed in the middle, on either database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROUNDS = "200" if os.environ.get("DESIRE_LONG") == "1" else "3"


@pytest.mark.database
def test_killed_in_a_busy_hour(pytestconfig):
    """Nothing is booked twice, nothing told twice or never, and what fell due is done in its order."""
    engine = pytestconfig.getoption("--database")
    command = [sys.executable, ROOT / "benchmarks" / "market.py", "--only", "kill", "--on", engine]
    done = subprocess.run([*command, "--rounds", ROUNDS], capture_output=True, text=True, check=False)
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, said
    assert int(re.search(r"^sessions booked: ([\d,]+)$", done.stdout, re.MULTILINE)[1]) > 0, said
    for none in ("sessions booked twice", "bookings lost", "messages lost", "messages twice"):
        assert f"\n{none}: 0\n" in done.stdout, said


def test_who_is_killed_in_a_letter_is_dead_before_it_goes_on(monkeypatch):
    """A letter that comes at the last moment is waited for: else what is started again is killed after
    that.
    """
    begun, over = threading.Event(), []

    def kill():
        begun.set()
        time.sleep(0.3)
        over.append(True)

    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    sink = import_module("sink")
    server = sink.Sink()
    try:
        letter = threading.Timer(0.1, server.reached, [sink.BEFORE])
        letter.start()
        assert server.in_the_middle(sink.BEFORE, kill, patience=0.2) and over
        assert begun.is_set()
        assert not server.in_the_middle(sink.BEFORE, kill, patience=0.01)
    finally:
        server.close()
