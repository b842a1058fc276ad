"""The commands on files: what they print, and how they end."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desirepath.audit.refusal import Refused
from desirepath.cli import imports, organisations
from desirepath.organisations.models import ImportRun, Organisation
from tests.organisations import files

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    """What a command that goes well prints."""
    result = CliRunner().invoke(imports.app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_import_then_show(tmp_path: Path) -> None:
    """A register comes in with a summary; the practice then answers for any day."""
    rows = [files.register_row(), files.register_row("A81002", opened="soon")]
    path = files.write_csv(tmp_path / "epraccur.csv", rows)
    assert run("epraccur", str(path), "--as-of", "2026-02-03").splitlines() == [
        "epraccur.csv, as of Tue 3 Feb 2026 (given)",
        "  2 rows read, 4 organisations added, 3 links to a parent added, 1 refused",
        "  line 2: “soon” is not a date (open date)",
    ]
    assert ImportRun.objects.get().as_of == date(2026, 2, 3)
    shown = CliRunner().invoke(
        organisations.app, ["show", "a81001", "--on", "2026-02-03"], catch_exceptions=False
    )
    assert shown.stdout.splitlines() == [
        "Practice A81001: THE DENSHAM SURGERY",
        "Opened Mon 1 Apr 1974",
        "ICB on Tue 3 Feb 2026: ICB QHM (QHM)",
        "Region on Tue 3 Feb 2026: Region Y63",
        "  Sub-ICB 16C Sub-ICB 16C: from Wed 1 Apr 2020 until further notice (epraccur)",
    ]


def test_an_unknown_code_is_refused() -> None:
    """In one line; the command's frame turns it into exit code 2."""
    with pytest.raises(Refused, match="No organisation has the code X"):
        CliRunner().invoke(organisations.app, ["show", "X"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("command", "content"),
    [
        (["epraccur"], "<html>Not found</html>"),
        (["epcn"], "a,b\n1,2\n"),
        (["crosswalk"], ""),
        (["coordinates"], "practice_code,lat\nA81001,54\n"),
        (["registrations", "same"], "a,b\n1,2\n"),
        (["england"], "not a folder"),
    ],
)
def test_a_file_that_is_not_what_it_claims(tmp_path: Path, command: list[str], content: str) -> None:
    """Every command refuses it in one line and writes nothing."""
    path = tmp_path / "file.csv"
    path.write_text(content)
    arguments = [command[0], *[str(path)] * len(command)]
    with pytest.raises(Refused) as refusal:
        CliRunner().invoke(imports.app, arguments, catch_exceptions=False)
    assert "\n" not in str(refusal.value)
    assert "file.csv" in str(refusal.value)
    assert not Organisation.objects.exists()


def test_a_wrong_date_is_exit_code_2(tmp_path: Path) -> None:
    """An --as-of that is no date is told as a wrong argument."""
    assert CliRunner().invoke(imports.app, ["epraccur", str(tmp_path), "--as-of", "yesterday"]).exit_code == 2


def test_start_up_loads_nothing_heavy() -> None:
    """Help must be there at once: neither Django nor the reader of workbooks is loaded for it."""
    code = "import sys, desirepath.cli.imports, desirepath.cli.organisations; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"django", "openpyxl", "numpy", "highspy"} & set(loaded)
