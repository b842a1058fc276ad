"""``desirepath simulate``: ways of finding cover tried in an invented land, and a year of fairness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from desirepath.simulation.table import Rows

app = typer.Typer(no_args_is_help=True, help="Try ways of finding cover in an invented land.")

Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The first seed; the same gives the same.")]
Seeds = Annotated[int, typer.Option(min=1, max=1000, help="How many seeds, one after another.")]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write policies.md and its picture there (docs).")
]
Practices = Annotated[int, typer.Option(min=1, max=2000, help="Practices in the land.")]
Clinicians = Annotated[int, typer.Option(min=1, max=20000, help="Clinicians in the land.")]
Sessions = Annotated[int, typer.Option(min=1, max=20000, help="Sessions in an average week.")]


@app.callback()
def simulate() -> None:
    """Try ways of finding cover in an invented land."""


@app.command("policies")
def policies(
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks of sessions.")] = 12,
    seed: Seed = 1,
    seeds: Seeds = 5,
    out: Out = None,
    practices: Practices = 40,
    clinicians: Clinicians = 180,
    sessions: Sessions = 240,
) -> None:
    """The same demand and the same people under broadcast, board, cascade and ours; some minutes."""
    from rich.console import Console

    from desirepath.simulation import (
        Size,
        Trial,
        policies_chart,
        policies_section,
        try_policies,
    )
    from desirepath.simulation.policies import Desirepath
    from desirepath.simulation.table import POLICY_MEASURES, by_name, differences, figures

    _refuse_a_file(out)
    console = Console()
    trial = Trial(weeks, tuple(range(seed, seed + seeds)), Size(practices, clinicians, sessions))
    with _progress(console) as on_share:
        outcomes = try_policies(trial, on_share=on_share)
    groups = by_name(outcomes)
    _print(console, "Mean over seeds, with 95% interval", figures(POLICY_MEASURES, groups))
    if seeds > 1:
        rows = differences(POLICY_MEASURES, groups, Desirepath.name)
        _print(console, f"{Desirepath.name} minus each other (shares in points)", rows)
    if out is not None:
        _write(out, "policies", policies_section(trial, outcomes), policies_chart(outcomes))


@app.command("year")
def year(
    weeks: Annotated[int, typer.Option(min=1, max=520, help="How many weeks.")] = 52,
    seed: Seed = 1,
    seeds: Seeds = 3,
    history: Annotated[int, typer.Option(min=1, max=520, help="Weeks that fairness looks back.")] = 8,
    out: Out = None,
    practices: Practices = 40,
    clinicians: Clinicians = 180,
    sessions: Sessions = 240,
) -> None:
    """A year planned week by week, with and without each person's history: how evenly work is spread."""
    from rich.console import Console

    from desirepath.simulation import Size, YearTrial, try_years, year_section
    from desirepath.simulation.document import against_first
    from desirepath.simulation.table import YEAR_MEASURES, figures, years_by_name
    from desirepath.simulation.year import VARIANTS

    _refuse_a_file(out)
    console = Console()
    size = Size(practices, clinicians, sessions)
    trial = YearTrial(weeks, tuple(range(seed, seed + seeds)), history, size)
    with _progress(console) as on_share:
        years = try_years(trial, on_share)
    groups = years_by_name(years)
    first, *others = VARIANTS
    _print(console, "Mean over seeds, with 95% interval", figures(YEAR_MEASURES, groups))
    rows = against_first(YEAR_MEASURES, groups, first, others)
    _print(console, f"Against “{first}”, seed by seed (shares in points)", rows)
    if out is not None:
        _write(out, "year", year_section(trial, years))


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str, float], None]]:
    """One bar that says what is being tried; gone when all is done."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Simulating", total=1.0)

        def on_share(what: str, share: float) -> None:
            bar.update(task, description=what, completed=share)

        yield on_share


def _print(console: Console, title: str, rows: Rows) -> None:
    from rich.table import Table

    header, *body = rows
    table = Table(*header, title=title, title_justify="left")
    for row in body:
        table.add_row(*row)
    console.print(table, highlight=False, markup=False)


def _refuse_a_file(out: Path | None) -> None:
    from desirepath.audit.refusal import Refused

    if out is not None and out.exists() and not out.is_dir():
        raise Refused(f"{out} is a file, not a directory.")


def _write(out: Path, section: str, body: str, picture: str | None = None) -> None:
    from desirepath.audit.refusal import Refused
    from desirepath.matching import ProblemError
    from desirepath.simulation import write_document

    try:
        written = write_document(out, section, body, picture)
    except ProblemError as fault:
        raise Refused(str(fault)) from None
    typer.echo("Written: " + ", ".join(str(path) for path in written))
