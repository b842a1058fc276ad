"""Spreadsheets that a pool begins with: which columns each kind has, and what is wrong in which cell.

A kind is an ``Import``; the rooms above register theirs when they are ready: ``clinicians.importing`` and
``bookings.importing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from desirepath.accounts.models import Person
from desirepath.audit.refusal import Refused
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.pools.spreadsheet import MOST_ROWS, Row, to_csv, to_xlsx

ROWS_FOR_TYPING = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``parse`` turns a cell's text into its value, or raises ValueError with what is wrong."""

    name: str
    help: str
    parse: Callable[[str], Any]
    example: str = ""
    required: bool = False


@dataclass(slots=True)
class Line:
    """One row: its cells, their values, what is wrong by column ("": with the row), and what will happen."""

    number: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def wrong(self, column: str, message: str) -> None:
        """The first thing wrong with a cell is the one that is told."""
        self.errors.setdefault(column, message)

    @property
    def fits(self) -> bool:
        return not self.errors

    @property
    def told(self) -> list[str]:
        """Each error with its place: "row 7, base_rate: must be ..."."""
        return [
            f"row {self.number:,}, {column}: {message}" if column else f"row {self.number:,}: {message}"
            for column, message in self.errors.items()
        ]


@dataclass(frozen=True, slots=True)
class Import:
    """One kind of spreadsheet.

    ``judge`` looks at all lines beside what the pool holds, and adds errors and notes. ``take`` writes lines
    that all fit, in the transaction of its caller, and gives the sentence for the banner; it may refuse.
    ``rehearse`` finds for the preview what only trying would tell. ``shown`` are the columns of the preview.
    One that is about a practice's own affairs names the ``practice``. ``most`` is how many rows it takes.
    """

    kind: str
    title: str
    about: str
    columns: tuple[Column, ...]
    shown: tuple[str, ...]
    judge: Callable[[Pool, list[Line]], None]
    take: Callable[[Person, Pool, list[Line]], str]
    rehearse: Callable[[Person, Pool, list[Line]], None] | None = None
    practice: Organisation | None = None
    most: int = MOST_ROWS


IMPORTS: dict[str, Import] = {}


def register(made: Import) -> None:
    """Offer a kind of spreadsheet on the pool's pages."""
    IMPORTS[made.kind] = made


def cells_by_column(columns: Sequence[Column], rows: Sequence[Row]) -> list[tuple[int, dict[str, str]]]:
    """The rows under the heading, by the names of the columns. Raises Refused for a wrong heading."""
    names = [cell.lower().replace(" ", "_") for cell in rows[0][1]]
    while names and not names[-1]:
        names.pop()
    known = {column.name for column in columns}
    if not known & set(names):
        raise Refused(
            "The first row must have the names of the columns, as in the template. None of them is there."
        )
    if unknown := [name or "(empty)" for name in names if name not in known]:
        raise Refused(f"There is no column {' or '.join(unknown[:5])} here. Use the names of the template.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Refused(f"The column {' and '.join(twice)} is there twice.")
    if missing := [column.name for column in columns if column.required and column.name not in names]:
        raise Refused(f"A column is missing: {', '.join(missing)}.")
    if len(rows) == 1:
        raise Refused("The file has the names of the columns, and no rows under them.")
    return [
        (number, {name: cell for name, cell in zip(names, cells, strict=False) if cell})
        for number, cells in rows[1:]
    ]


def parsed(columns: Iterable[Column], cells: Iterable[tuple[int, dict[str, str]]]) -> list[Line]:
    """Lines with the values of their cells, and what is wrong in each cell."""
    lines = [Line(int(number), dict(by_name)) for number, by_name in cells]
    for line in lines:
        for column in columns:
            cell = line.cells.get(column.name, "")
            if not cell:
                if column.required:
                    line.wrong(column.name, "is missing")
                continue
            try:
                line.values[column.name] = column.parse(cell)
            except ValueError as error:
                line.wrong(column.name, str(error))
    return lines


def judged(what: Import, pool: Pool, cells: Iterable[tuple[int, dict[str, str]]]) -> list[Line]:
    """Every line with what is wrong in it as things stand now."""
    lines = parsed(what.columns, cells)
    what.judge(pool, lines)
    return lines


def rehearsed(
    by: Person, what: Import, pool: Pool, cells: Iterable[tuple[int, dict[str, str]]]
) -> list[Line]:
    """The same, and what trying it tells: for whoever looks before she confirms."""
    lines = judged(what, pool, cells)
    if what.rehearse:
        what.rehearse(by, pool, lines)
    return lines


def template(what: Import, ending: str) -> bytes:
    """An empty file to fill in: as CSV the second row explains, as XLSX the second sheet."""
    names = [column.name for column in what.columns]
    if ending == "csv":
        return to_csv([names, [f"# {_explained(what.columns[0])}", *map(_explained, what.columns[1:])]])
    rows = [
        (column.name, "yes" if column.required else "no", column.help, column.example)
        for column in what.columns
    ]
    return to_xlsx(
        {what.title: [names], "Help": [("column", "needed", "what it holds", "example"), *rows]},
        blank_rows=ROWS_FOR_TYPING,
    )


def _explained(column: Column) -> str:
    needed = "needed" if column.required else "may be empty"
    return f"{column.help} ({needed}{f'; for example {column.example}' if column.example else ''})"
