"""``desirepath retention``: what is over its time by the schedule, and what becomes of it."""

from __future__ import annotations

from typing import Annotated

import typer


def retention(
    apply: Annotated[
        bool, typer.Option("--apply", help="Erase and anonymise what is over its time. It can't be undone.")
    ] = False,
) -> None:
    """Say what is over its time by the schedule of retention; change nothing unless told to."""
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.privacy import retention as kept

    found = kept.apply(by=None) if apply else kept.due()
    for each in found:
        typer.echo(f"{each.rows:>7,}  {each.rule.what}: {each.rule.days:,} days after {each.rule.after}")
    total = sum(each.rows for each in found)
    if apply:
        typer.echo(f"{total:,} erased or anonymised.")
    elif total:
        typer.echo("Nothing has happened to them yet: --apply erases or anonymises them.")
    else:
        typer.echo("Nothing is over its time.")
