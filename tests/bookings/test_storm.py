"""A small storm through real pages under gunicorn, by every road; the large one is ``make bench-market``."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
def test_nobody_is_booked_twice(request):
    """Three sessions, four who want each, all at once: each booked once, all others told so in words."""
    kind = request.config.getoption("--database")
    command = ["benchmarks/market.py", "--only", "storm", "--on", kind, "--sessions", "3", "--each", "4"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    found = re.findall(r"sessions booked twice: (\d+)", done.stdout)
    assert len(found) == 7
    assert set(found) == {"0"}
