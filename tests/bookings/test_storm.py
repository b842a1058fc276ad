"""A small storm through real pages under gunicorn, by every road; the large one is ``make bench-market``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
def test_nobody_is_booked_twice(request):
    """Three sessions, four who want each, all at once: each booked once, all others told so in words."""
    kind = request.config.getoption("--database")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    if kind == "postgresql":
        # the server of the tests; the storm makes a database of its own there
        assert urlsplit(os.environ["DATABASE_URL"]).scheme.startswith("postgres")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.storm", "--database", kind, "--sessions", "3", "--each", "4"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    found = re.findall(r"sessions booked twice: (\d+)", done.stdout)
    assert len(found) >= 5
    assert set(found) == {"0"}
