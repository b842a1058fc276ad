"""What is dear to make and made once: a small demonstration, and a database with every migration done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the first command leaves it: its migrations are most of what that command takes."""
    made = tmp_path_factory.mktemp("migrated") / "database.sqlite3"
    subprocess.run(
        [sys.executable, "-c", "from desirepath.cli.start import django_ready; django_ready()"],
        env={**os.environ, "DATABASE_URL": f"sqlite:///{made}", "DESIREPATH_HOME": str(made.parent)},
        check=True,
    )
    return made


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Path:
    """A folder of its own with a copy of that database, for commands that run as processes."""
    shutil.copy(migrated, tmp_path / "database.sqlite3")
    return tmp_path


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The invented land with a week and a half behind it; a Wednesday."""
    from django.db import transaction

    from desirepath.demo.actions import build_wexbridge
    from desirepath.demo.writing import Size

    size = Size(clinicians=30, sessions_a_week=20, weeks_before=1, weeks_ahead=2)
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_wexbridge(seed=3, today=TODAY, size=size)
        transaction.set_rollback(True)
