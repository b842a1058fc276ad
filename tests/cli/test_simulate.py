"""`desirepath simulate`: what it prints is what it writes, and clear refusals."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from desirepath.cli.app import app
from desirepath.simulation import POLICIES
from desirepath.simulation.year import VARIANTS

SMALL = ("--practices", "8", "--clinicians", "30", "--sessions", "20")


def run(*arguments: str):
    return CliRunner().invoke(app, ["simulate", *arguments], env={"COLUMNS": "250"})


def words(text: str) -> str:
    """A printed table with its frame taken off, one space between words."""
    return " ".join("".join(c if c not in "│┃" else " " for c in text).split())


def test_policies_end_to_end(tmp_path):
    """A small trial prints each policy's figures, and writes the same to the page and the picture."""
    done = run("policies", "--weeks", "1", "--seed", "1", "--seeds", "2", *SMALL, "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert all(make.name in done.output for make in POLICIES)
    page = (tmp_path / "policies.md").read_text()
    printed = words(done.output)
    for line in page.splitlines():
        if line.startswith("| ") and "---" not in line:
            assert words(line.replace("|", " ")) in printed
    assert (tmp_path / "pictures" / "policies.svg").exists()
    assert "policies.md" in done.output


def test_same_seed_same_output():
    """The same arguments print the same, one seed prints no intervals."""
    arguments = ("policies", "--weeks", "1", "--seed", "4", "--seeds", "1", *SMALL)
    first = run(*arguments)
    assert first.output == run(*arguments).output
    assert " to " not in first.output.replace("Broadcast to all", "").replace("Hours to fill", "")


def test_year_end_to_end(tmp_path):
    """A short year prints and writes each variant."""
    done = run("year", "--weeks", "2", "--seeds", "2", "--history", "1", *SMALL, "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert all(name in done.output for name in VARIANTS)
    assert "## Fairness over time" in (tmp_path / "policies.md").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("policies", "--weeks", "0"),
        ("policies", "--weeks", "many"),
        ("policies", "--seeds", "0"),
        ("policies", "--seed", "-1"),
        ("year", "--history", "0"),
        ("year", "--clinicians", "0"),
        ("fortune",),
    ],
)
def test_bad_arguments_are_one_line(arguments):
    """Exit code 2, one line, no traceback."""
    done = run(*arguments)
    assert done.exit_code == 2
    assert len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["policies", "year"])
def test_output_that_is_a_file_is_refused_first(tmp_path, command):
    """Nothing is simulated where it could not be written."""
    (tmp_path / "docs").write_text("mine")
    done = run(command, "--out", str(tmp_path / "docs"))
    assert done.exit_code == 2
    assert "is a file" in done.output
    assert (tmp_path / "docs").read_text() == "mine"
