"""``desirepath passport``: what this installation signs with, and whom it believes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="Passports: this installation's keys, and the issuers it trusts."
)


@app.command("issuer")
def issuer() -> None:
    """Print what another installation needs to trust this one: its keys and its list of the revoked."""
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.clinicians.passports.issuing import issuer_document

    typer.echo(json.dumps(issuer_document(), indent=2))


@app.command("trust")
def trust(
    file: Annotated[Path, typer.Argument(show_default=False, help="the issuer's document")],
    anew: Annotated[bool, typer.Option("--anew", help="forget the keys that were pinned of it")] = False,
) -> None:
    """Believe passports of another installation, or take its newer document. Compare the keys with it."""
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.audit.refusal import Refused
    from desirepath.clinicians.passports.trust import pin

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file.name} cannot be read.") from error
    row = pin(by=None, text=text, anew=anew)
    typer.echo(f"{row.name} ({row.issuer}) is trusted, with these keys:")
    for kid in row.keys:
        typer.echo(f"  {kid}")


@app.command("rotate")
def rotate(
    withdraw: Annotated[
        bool,
        typer.Option(
            "--withdraw", help="the key before may be known to others: nothing of it counts any more"
        ),
    ] = False,
) -> None:
    """Sign with a new key from now on."""
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.clinicians.passports.keys import rotate as next_key

    typer.echo(f"Passports are signed with {next_key(by=None, withdraw=withdraw).kid} from now on.")
