"""``desirepath plan``: the coming weeks of a pool, or a problem in files."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from desirepath.pools.models import Pool
    from desirepath.vacancies.models import PlanRun


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
) -> None:
    """Find the best plan and print its figures: --pool CODE keeps it for the manager, DIR --out DIR writes
    files.
    """
    from rich.console import Console

    from desirepath.audit.refusal import Refused

    if (directory is None) == (not pool):
        raise Refused("Say what to plan: a folder of files with --out, or --pool CODE.")
    if directory is None:
        if out is not None or gap:
            raise Refused("--out and --gap go with a folder of files, not with --pool.")
        _plan_pool(
            Console(), pool.strip().upper(), first_day.date() if first_day else None, weeks, seed, seconds
        )
        return
    if out is None:
        raise Refused("Say where the plan's files go: --out DIR.")
    if first_day is not None or weeks != 1:
        raise Refused("--from and --weeks go with --pool, not with a folder of files.")
    from desirepath.cli.plan_files import plan_directory

    plan_directory(directory, out, seed, seconds, gap, Console(stderr=False))


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
    tell(console, _planned(console, found, first, weeks, seed, seconds))


def _planned(
    console: Console, pool: Pool, first: date, weeks: int, seed: int, seconds: float | None
) -> PlanRun:
    """Make and keep the plan, with a bar that names the phase."""
    from desirepath.cascade.actions import plan_pool
    from desirepath.cli.plan_files import PHASES
    from desirepath.cli.summary import progress
    from desirepath.matching import Progress

    with progress(console) as on_step:

        def tell_phase(step: Progress) -> None:
            on_step(PHASES.get(step.phase, step.phase), round(step.share * 100), 100)

        return plan_pool(
            pool=pool, first_day=first, weeks=weeks, seed=seed, seconds=seconds, on_progress=tell_phase
        )


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
