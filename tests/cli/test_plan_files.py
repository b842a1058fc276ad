"""`desirepath plan DIR --out OUT`: the summary, and clear refusals."""

import io

import pytest
import typer
from rich.console import Console

from desirepath.cli.plan_files import plan_directory
from desirepath.matching.files import write_problem
from tests.matching.worlds import problem, vacancy


def run(directory, out):
    """Plan a directory; what was printed."""
    printed = io.StringIO()
    how = {"seed": 0, "seconds": None, "gap": 0.0, "workers": 1, "cluster": None}
    plan_directory(directory, out, how, Console(file=printed, width=200))
    return printed.getvalue()


def test_plan_and_summary(tmp_path):
    """The plan is written and its figures printed."""
    write_problem(tmp_path / "week", problem(vacancies=(vacancy("v1"), vacancy("v2"))))
    printed = run(tmp_path / "week", tmp_path / "out")
    assert "Sessions: 2 needed, 1 filled (50.0%), 0 of them already booked" in printed
    assert "own PCN 1" in printed
    assert "Cost: £333.33" in printed
    assert "proven optimal" in printed
    assert "peak memory" in printed
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "plan.csv",
        "plan.json",
        "unfilled.csv",
    ]


def test_nothing_to_plan(tmp_path):
    """No vacancies is no fault."""
    write_problem(tmp_path / "week", problem(vacancies=()))
    assert "Sessions: 0 needed, 0 filled" in run(tmp_path / "week", tmp_path / "out")


def test_bad_input(tmp_path, capsys):
    """Each fault on a line of standard error, exit code 2, nothing written."""
    write_problem(tmp_path / "week", problem())
    (tmp_path / "week" / "fixed.csv").write_text("vacancy,clinician\nv9,ann\nv8,ann\n")
    with pytest.raises(typer.Exit) as ended:
        run(tmp_path / "week", tmp_path / "out")
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err.splitlines() == [
        "fixed.csv, line 2, vacancy: unknown vacancy v9",
        "fixed.csv, line 3, vacancy: unknown vacancy v8",
    ]
    assert not (tmp_path / "out").exists()


def test_output_that_is_a_file(tmp_path, capsys):
    """An output that is a file is refused before the search."""
    write_problem(tmp_path / "week", problem())
    (tmp_path / "out").write_text("mine")
    with pytest.raises(typer.Exit):
        run(tmp_path / "week", tmp_path / "out")
    assert "is a file" in capsys.readouterr().err


def test_no_workers(tmp_path, capsys):
    """No workers at all is refused in a line."""
    write_problem(tmp_path / "week", problem())
    how = {"seed": 0, "seconds": None, "gap": 0.0, "workers": 0, "cluster": None}
    with pytest.raises(typer.Exit) as ended:
        plan_directory(tmp_path / "week", tmp_path / "out", how, Console(file=io.StringIO()))
    assert ended.value.exit_code == 2
    assert "workers" in capsys.readouterr().err
