"""Commands whose surrounding is wrong: exit code 2, one line, never a traceback, nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "from desirepath.cli import main; main()"


def run(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it, with a home of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "DESIREPATH_HOME": str(home), **more}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment,
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:////proc/none/x.sqlite3"),
        ("DATABASE_URL", "sqlite:///a-file/x.sqlite3"),
        ("DATABASE_URL", "sqlite:///a-file"),
        ("DATABASE_URL", "postgresql://u:p@127.0.0.1:1/x"),
        ("DESIREPATH_HOME", "/proc/none"),
        ("DESIREPATH_HOME", "a-file"),
        ("DESIREPATH_MAIL", "smtp://mail:port"),
    ],
)
def test_a_surrounding_that_is_wrong(tmp_path: Path, name: str, value: str) -> None:
    """A folder that cannot be made, a file in its place, a server that is not there."""
    (tmp_path / "a-file").write_text("no database")
    done = run("check", home=tmp_path / "home", **{name: value})
    assert_refused(done)
    assert (tmp_path / "a-file").read_text() == "no database"


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "epraccur", "none.csv"),
        ("import", "epcn", "a-folder"),
        ("import", "england", "a-file"),
        ("import", "coordinates", "a-file"),
        ("plan", "a-file", "--out", "out"),
        ("plan", "--pool", "\u202e"),
    ],
    ids=" ".join,
)
def test_an_argument_that_is_wrong(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """One line, and no file of a plan."""
    (tmp_path / "a-file").write_bytes(b"\xff\xfe\x00\x01PK")
    (tmp_path / "a-folder").mkdir()
    assert_refused(run(*arguments, home=tmp_path / "home"))
    assert not (tmp_path / "out").exists()
