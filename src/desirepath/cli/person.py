"""``desirepath person``: everything that is kept about one person, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="One person's own data.")


@app.callback()
def person() -> None:
    """One person's own data."""


@app.command("export")
def export(
    email: Annotated[str, typer.Argument(show_default=False, help="the person's e-mail address")],
    file: Annotated[Path, typer.Argument(show_default=False, help="the zip to write; it must not be there")],
) -> None:
    """Everything about one person as JSON and CSV in a zip, to hand to that person; noted in the log."""
    from desirepath.audit.refusal import Refused
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.accounts.models import Person
    from desirepath.privacy.actions import export_for

    found = Person.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise Refused(f"Nobody has the e-mail address {email}.")
    try:
        with file.open("xb") as out:
            out.write(export_for(person=found, by=None))
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None
    typer.echo(f"Everything about {found.name} is in {file}")
