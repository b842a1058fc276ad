"""``desirepath import``: the organisations of England from the publishers' own files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from desirepath.organisations.importers.reading import Watch

app = typer.Typer(
    no_args_is_help=True, help="Bring in the organisations of England from the publishers' own files."
)

File = Annotated[Path, typer.Argument(show_default=False, help="csv, csv.gz, zip or xlsx, as published")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="the day whose state of affairs the file gives"
    ),
]


@app.command("epraccur")
def import_epraccur(file: File, as_of: AsOf = None) -> None:
    """GP practices, open and closed, and their sub-ICB. Without --as-of: the latest date in the file."""
    _bring_in("epraccur", [file], as_of)


@app.command("epcn")
def import_epcn(file: File, as_of: AsOf = None) -> None:
    """Primary care networks and their practices. Without --as-of: the latest date in the file."""
    _bring_in("epcn", [file], as_of)


@app.command("registrations")
def import_registrations(
    map_file: Annotated[Path, typer.Argument(metavar="MAP", show_default=False, help="gp-reg-pat-prac-map")],
    quinage_file: Annotated[
        Path, typer.Argument(metavar="QUINAGE", show_default=False, help="gp-reg-pat-prac-quin-age")
    ],
) -> None:
    """Practices with registered patients: PCN, sub-ICB, ICB, region and list size on one day."""
    _bring_in("registrations", [map_file, quinage_file], None)


@app.command("crosswalk")
def import_crosswalk(file: File, as_of: AsOf = None) -> None:
    """Which ICBs became which. Without --as-of: 1 April of the later year in the headings."""
    _bring_in("crosswalk", [file], as_of)


@app.command("coordinates")
def import_coordinates(file: File, as_of: AsOf = None) -> None:
    """Latitude, longitude and their source for practices already here. Without --as-of: today."""
    _bring_in("coordinates", [file], as_of)


@app.command("statuses")
def import_statuses(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", show_default=False, help="csv: gmc_number, status, from, to"),
    ],
) -> None:
    """What the Performers List says of GPs. A suspension stops offers at once and flags bookings."""
    from desirepath.cli.start import django_ready

    django_ready()
    from django.db import transaction

    from desirepath.clinicians.credentials import statuses

    told: list[str] = []
    with transaction.atomic():
        for file in files:
            told += statuses.import_statuses(path=file, by=None)
    _say(told)


@app.command("england")
def import_england(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="the folder of publications")
    ],
) -> None:
    """All of it: every publication found in a folder and the folders in it."""
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.organisations import actions, presenters

    with _progress() as watch:
        findings = actions.import_england(folder=folder, by=None, watch=watch)
    for found in findings:
        _say(presenters.summary(found))
    _say([presenters.england_in_numbers()])


def _bring_in(kind: str, paths: Sequence[Path], as_of: datetime | None) -> None:
    from desirepath.cli.start import django_ready

    django_ready()
    from desirepath.organisations import actions, presenters

    with _progress() as watch:
        findings = actions.import_files(
            kind=kind, paths=paths, as_of=as_of.date() if as_of else None, by=None, watch=watch
        )
    for found in findings:
        _say(presenters.summary(found))


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)


@contextmanager
def _progress() -> Iterator[Watch]:
    """A bar on the terminal, on standard error, that goes away when all is done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    # elsewhere than at a terminal it would leave an empty line before the one that counts
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("starting", total=1.0)
        yield lambda doing, share: bars.update(bar, description=doing, completed=share)
