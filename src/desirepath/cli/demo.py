"""``desirepath demo``: a fictional integrated care system, a real one with fictional
people, or all England.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from desirepath.demo.actions import Built

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def demo(
    seed: Annotated[
        int, typer.Option(min=0, max=2**31 - 1, help="The same seed and day make the same demonstration.")
    ] = 1,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DATE", help="The day on which it opens; today if left out."
        ),
    ] = None,
    icb: Annotated[
        str, typer.Option(metavar="CODE", help="Fictional people at an ICB's real practices.")
    ] = "",
    england: Annotated[bool, typer.Option("--england", help="All England, for benchmarks.")] = False,
    weeks: Annotated[int, typer.Option(min=1, max=8, help="Weeks to come, of all England.")] = 1,
) -> None:
    """Build a demonstration, plan its coming week, and say what was done. Where it is built already, nothing
    changes.
    """
    from desirepath.audit.refusal import Refused
    from desirepath.cli.start import django_ready

    if icb and england:
        raise Refused("Choose one of --icb and --england.")
    day = today.date() if today else None
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise Refused("--today must be a day from 2000 to 2099.")
    django_ready()
    from rich.console import Console

    from desirepath.audit import clock

    console = Console()
    day = day or clock.today()
    if england:
        _england(console, seed, day, weeks)
    else:
        _one(console, seed, day, icb.strip().upper())


def _one(console: Console, seed: int, day: date, icb: str) -> None:
    from desirepath.cli.summary import progress, tell
    from desirepath.demo import actions
    from desirepath.demo.script import FICTIONAL_POOL

    code = icb or FICTIONAL_POOL
    if actions.is_here(code):
        console.print(f"The demonstration {code} is here already: nothing was changed.", highlight=False)
        return
    with progress(console) as on_step:
        if icb:
            built = actions.build_icb(code=icb, seed=seed, today=day, on_step=on_step)
        else:
            built = actions.build_wexbridge(seed=seed, today=day, on_step=on_step)
    for line in _what_was_built(built):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    tell(console, built.run)


def _what_was_built(built: Built) -> list[str]:
    from desirepath.nhsuk.formats import number, plural

    script = built.cast.script
    area, coming = script.area, script.coming
    ahead = sum(1 for each in script.sessions if each.start.date() >= coming)
    return [
        f"Built {area.name}, fictional, seed {script.seed}: {plural(len(area.practices), 'practice')} in "
        f"{plural(len(area.pcns), 'PCN')}, {plural(len(script.workers), 'clinician')}, "
        f"{number(len(area.chambers))} chambers.",
        f"{plural(ahead, 'session')} asked for in the weeks to come, "
        f"{number(len(script.sessions) - ahead)} in the weeks before; "
        f"{plural(len(built.offers), 'offer')} out, {plural(len(built.to_confirm), 'booking')} to confirm.",
    ]


def _england(console: Console, seed: int, day: date, weeks: int) -> None:
    from desirepath.cli.summary import progress
    from desirepath.clinicians.models import Clinician
    from desirepath.demo.actions import build_england
    from desirepath.nhsuk.formats import plural
    from desirepath.vacancies.models import Vacancy

    with progress(console) as on_step:
        pools = build_england(seed=seed, today=day, weeks=weeks, on_step=on_step)
    clinicians = Clinician.objects.filter(memberships__pool__in=pools).distinct().count()
    vacancies = Vacancy.objects.filter(pool__in=pools).count()
    console.print(
        f"Built {plural(len(pools), 'fictional pool')}, one for each ICB: {plural(clinicians, 'clinician')}, "
        f"{plural(vacancies, 'vacancy', 'vacancies')} in {plural(weeks, 'coming week')}. Plan one: "
        f"desirepath plan --pool {pools[0].code} --weeks 1",
        highlight=False,
        soft_wrap=True,
    )
