"""``desirepath audit``: whether the log of events is as it was written, and the log as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The log of events: check it against its seals, export it.")
MOST_TOLD = 50


@app.callback()
def audit() -> None:
    """The log of events: check it against its seals, export it."""


@app.command("verify")
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(show_default=False, help="an exported log; the database's own if left out"),
    ] = None,
    head: Annotated[
        str, typer.Option(metavar="NUMBER:DIGEST", help="a head that was told before: does it still stand?")
    ] = "",
) -> None:
    """Say what was changed, taken out, put in, re-ordered or swapped; exit code 1 where anything was."""
    wrong = _verify_file(file) if file else _verify_here(head)
    for told in wrong[:MOST_TOLD]:
        typer.echo(f"wrong  {told}")
    if len(wrong) > MOST_TOLD:
        typer.echo(f"       and {len(wrong) - MOST_TOLD:,} more")
    if wrong:
        raise typer.Exit(1)
    typer.echo("right  the log is as it was written")


def _verify_here(head: str) -> list[str]:
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.audit.verifying import verify as verified

    told = verified(head.strip())
    typer.echo(f"{told.events:,} events under {told.seals:,} seals")
    if told.waiting:
        typer.echo(
            f"{told.waiting:,} events wait for the worker to seal them: one of these taken out would not show"
        )
    if told.erased:
        typer.echo(f"{told.erased:,} addresses are no longer kept beside the log")
    if told.head:
        typer.echo(f"head   {told.head}")
        typer.echo("       Keep this line elsewhere: with --head it shows later whether the end was cut off.")
    return told.wrong


def _verify_file(file: Path) -> list[str]:
    from desirepath.audit.refusal import Refused
    from desirepath.cli.start import django_ready

    django_ready(migrate=False)
    from desirepath.audit.exporting import check_export

    try:
        with file.open(encoding="utf-8") as lines:
            head, wrong = check_export(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"{file} cannot be read: {getattr(error, 'strerror', '') or 'it is no text'}."
        ) from None
    typer.echo(f"head   {head}" if head else "The file holds no seal.")
    return wrong


@app.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(show_default=False, help="the file to write, one line of JSON each")
    ],
) -> None:
    """Write every sealed event with its seal: a copy to keep elsewhere, which anyone can verify."""
    from desirepath.audit.refusal import Refused
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.audit.exporting import exported

    written = 0
    try:
        with file.open("w", encoding="utf-8") as out:
            for line in exported():
                out.write(f"{line}\n")
                written += 1
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None
    typer.echo(f"{written:,} lines written to {file}")
