"""The proof of `make bench-market` in small: workers and pages killed in the middle, on either database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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
