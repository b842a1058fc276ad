"""``desirepath plan``: the coming weeks of a pool, or a problem in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from desirepath.matching import Progress
    from desirepath.pools.models import Pool
    from desirepath.vacancies.models import PlanRun

# phase, share of it done, how good the best plan is so far
Show = Callable[[str, float, str], None]
# seconds between two looks at a plan that another makes
LOOK = 0.5


def plan(
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", show_default=False, help="A folder with the files of a problem."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the plan's files go, with DIR.")
    ] = None,
    pool: Annotated[str, typer.Option(metavar="CODE", help="Plan this pool's open sessions instead.")] = "",
    first_day: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], metavar="DATE", help="First day; the coming Monday if left out."
        ),
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks of the pool.")] = 1,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed gives the same plan.")] = 0,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Stop searching after so long.")] = None,
    gap: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Stop within this fraction of the best, with DIR.")
    ] = 0.0,
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="Processes that share a country's problem, with DIR.")
    ] = 1,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers share it, with DIR.")
    ] = "",
) -> None:
    """Find the best plan and print its figures: --pool CODE keeps it for the manager, DIR --out DIR writes
    files.
    """
    from rich.console import Console

    from desirepath.audit.refusal import Refused

    if (directory is None) == (not pool):
        raise Refused("Say what to plan: a folder of files with --out, or --pool CODE.")
    if directory is None:
        if out is not None or gap or workers > 1 or cluster:
            told = "--out, --gap, --workers and --cluster go with a folder of files, not with --pool."
            raise Refused(told)
        _plan_pool(
            Console(), pool.strip().upper(), first_day.date() if first_day else None, weeks, seed, seconds
        )
        return
    if out is None:
        raise Refused("Say where the plan's files go: --out DIR.")
    if first_day is not None or weeks != 1:
        raise Refused("--from and --weeks go with --pool, not with a folder of files.")
    from desirepath.cli.plan_files import plan_directory

    how = {"seed": seed, "seconds": seconds, "gap": gap, "workers": workers, "cluster": cluster or None}
    plan_directory(directory, out, how, Console(stderr=False))


def _plan_pool(
    console: Console, code: str, first_day: date | None, weeks: int, seed: int, seconds: float | None
) -> None:
    from desirepath.audit import clock
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.cli.summary import tell
    from desirepath.nhsuk.formats import day_and_year, plural
    from desirepath.vacancies.planning import span

    found = _pool(code)
    today = clock.today()
    first = first_day or today + timedelta(days=7 - today.weekday())
    start, end = span(first, weeks)
    if not found.vacancies.between(start, end).filter(state__in=("released", "unfilled", "offered")).exists():
        when = f"{plural(weeks, 'week')} from {day_and_year(first)}"
        told = f"Nothing to plan: {found} has no open sessions in {when}."
        console.print(told, highlight=False, soft_wrap=True)
        return
    run = _planned(console, found, first, weeks, seed, seconds)
    if not run.is_made:
        from desirepath.vacancies.presenters.making import standing

        typer.echo(standing(run), err=True)
        raise typer.Exit(1)
    tell(console, run)


def _planned(
    console: Console, pool: Pool, first: date, weeks: int, seed: int, seconds: float | None
) -> PlanRun:
    """Ask for the plan as its manager does and make it here, or watch the worker that was faster.

    Ctrl-C keeps the best plan found by then.
    """
    from desirepath.matching.plan import relative_gap
    from desirepath.vacancies.planning import ask_for_plan
    from desirepath.vacancies.presenters.making import gap_in_words, phase_in_words

    run = ask_for_plan(pool=pool, first_day=first, weeks=weeks, seed=seed, seconds=seconds)
    with _bar(console) as show:

        def hear(step: Progress) -> None:
            gap = ""
            if step.objective is not None and step.bound is not None:
                gap = gap_in_words(relative_gap(step.objective, step.bound))
            show(phase_in_words(step.phase), step.share, gap)

        _make_or_watch(run, show, hear)
    return run


def _make_or_watch(run: PlanRun, show: Show, hear: Callable[[Progress], None]) -> None:
    """Until the plan has ended, whoever makes it; a second Ctrl-C leaves it to whoever does."""
    from time import sleep

    from desirepath.cascade.actions import make_plan
    from desirepath.vacancies.models import UNDER_WAY
    from desirepath.vacancies.planning import hand_back_abandoned, stop_plan
    from desirepath.vacancies.presenters.making import making

    while run.state in UNDER_WAY:
        try:
            hand_back_abandoned()
            run.refresh_from_db()
            if run.state == "asked" and make_plan(run, on_progress=hear):
                return
            told = making(run)
            show(told.phase, run.progress.get("share", 0.0), dict(told.figures).get("How good so far", ""))
            sleep(LOOK)
            run.refresh_from_db()
        except KeyboardInterrupt:
            if run.stop_asked_at:
                raise
            stop_plan(by=None, run=run)


@contextmanager
def _bar(console: Console) -> Iterator[Show]:
    """One line that says the phase, how much of it is done, for how long, and how good the plan is so far."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    texts = TextColumn("{task.description}"), TextColumn("{task.fields[gap]}")
    with Progress(
        texts[0], BarColumn(), TimeElapsedColumn(), texts[1], console=console, transient=True
    ) as bar:
        task = bar.add_task("Planning", total=1.0, gap="")
        yield lambda phase, share, gap: bar.update(task, description=phase, completed=share, gap=gap)


def _pool(code: str) -> Pool:
    from desirepath.audit.refusal import Refused
    from desirepath.pools.models import Pool

    found = Pool.objects.select_related("organisation").filter(organisation__code__iexact=code).first()
    if found is None:
        known = list(
            Pool.objects.order_by("organisation__code").values_list("organisation__code", flat=True)[:10]
        )
        hint = (
            f"Pools here: {', '.join(known)}."
            if known
            else "There are no pools yet: desirepath start, or desirepath demo."
        )
        raise Refused(f"There is no pool with the code {code}. {hint}")
    return found
