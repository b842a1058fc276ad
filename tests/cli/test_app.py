"""The command line: its help, and one line for whatever is wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from desirepath.cli.app import COMMANDS, app

PROGRAM = "import sys; from desirepath.cli import main; main()"


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def in_its_own_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_names_every_command():
    """Each command is listed, and each has help of its own."""
    listed = run("--help").output
    assert all(name in listed for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name):
    """Asking a command for help ends well."""
    answer = run(name, "--help")
    assert answer.exit_code == 0
    assert "Usage" in answer.output


def test_help_loads_nothing_heavy():
    """Listing every command imports neither Django nor the solver nor spreadsheets."""
    program = (
        "import sys\n"
        "from desirepath.cli.app import app\n"
        "from typer.testing import CliRunner\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"django", "numpy", "highspy", "openpyxl", "faker", "gunicorn"} & set(done.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["demo", "--today", "tomorrow"],
        ["demo", "--today", "1066-10-14"],
        ["demo", "--seed", "-1"],
        ["demo", "--seed", "many"],
        ["demo", "--icb", "QHM", "--england"],
        ["serve", "--port", "99999"],
        ["serve", "--host", "no.such.address.invalid"],
        ["plan"],
        ["plan", "somewhere"],
        ["plan", "somewhere", "--pool", "WEX"],
        ["plan", "--pool", "WEX", "--out", "there"],
        ["plan", "somewhere", "--out", "there", "--weeks", "2"],
        ["plan", "--pool", "WEX", "--weeks", "0"],
        ["plan", "--pool", "WEX", "--from", "soon"],
        ["explain"],
        ["explain", "--vacancy", "12"],
        ["worker", "--every", "0"],
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_said_in_one_line(arguments):
    """Exit code 2, one line, no traceback."""
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr


@pytest.mark.parametrize("url", ["mysql://here/there", "nonsense", "sqlite:////proc/none.sqlite3"])
def test_a_database_that_cannot_be_opened_is_said_in_one_line(url):
    """Whatever DATABASE_URL holds: exit code 2 and one line."""
    done = in_its_own_process("check", DATABASE_URL=url)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
