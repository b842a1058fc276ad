"""``desirepath organisations``: what is known here of one organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Organisations: who belongs where, and since when.")


@app.callback()
def organisations() -> None:
    """Organisations: who belongs where, and since when."""


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(show_default=False, help="such as A81001, U89141, 16C or QHM")],
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on", formats=["%Y-%m-%d"], metavar="DATE", help="the day asked about; today if left out"
        ),
    ] = None,
) -> None:
    """An organisation, its ICB and region on a day, and all its parents over time."""
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.audit import clock
    from desirepath.audit.refusal import Refused
    from desirepath.organisations import presenters
    from desirepath.organisations.models import Organisation

    found = list(Organisation.objects.filter(code=code.strip().upper()).order_by("kind"))
    if not found:
        raise Refused(f"No organisation has the code {code}.")
    for organisation in found:
        for line in presenters.history(organisation, on.date() if on else clock.today()):
            typer.echo(line)
