"""One CSV file of a problem, row by row, with every fault named by file, line and column."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from desirepath.matching.cells import CellError, Parse
from desirepath.matching.validation import ProblemError

MOST_ERRORS = 20
# a message is one line to read, whatever stood in the cell that it quotes
MOST_CHARACTERS = 200
REQUIRED = object()


class FileErrors(ProblemError):
    """The files can't be read as a problem. `.errors` holds one line each, "file, line, column: reason"."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(slots=True)
class Report:
    """What was wrong (at most 20 faults, then reading stops) and what was ignored."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fault(self, file: str, reason: str, line: int = 0, column: str = "") -> None:
        """Note a fault; raises FileErrors at the twentieth."""
        place = ", ".join(part for part in (file, f"line {line}" if line else "", column) if part)
        self.errors.append(f"{place}: {one_line(reason)}")
        if len(self.errors) >= MOST_ERRORS:
            self.stop()

    def ignored(self, warning: str) -> None:
        """Note something that was left out of account."""
        self.warnings.append(one_line(warning))

    def stop(self) -> None:
        """Raise FileErrors where there were faults."""
        if self.errors:
            raise FileErrors(tuple(self.errors))


def one_line(message: str) -> str:
    """The message without line breaks and other characters that can't be shown, cut where it is very long."""
    shown = "".join(letter if letter.isprintable() else " " for letter in message)
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[: MOST_CHARACTERS - 1]}…"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its cells are read, and what a missing or empty one stands for."""

    name: str
    parse: Parse
    default: Any = REQUIRED


# a column's name, parse and default, and where it stands in the rows of this file
Wanted = tuple[str, Parse, Any, int | None]


class Line(NamedTuple):
    """One row that could be read: its line in the file, and the values by column."""

    number: int
    values: dict[str, Any]


def read_table(
    directory: Path, file: str, columns: tuple[Column, ...], report: Report, *, needed: bool = True
) -> Iterator[Line]:
    """The sound rows of a file; faults go to the report. A missing file that isn't needed has no rows."""
    path = directory / file
    if not path.exists():
        if needed:
            report.fault(file, "the file is missing")
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from sound_rows(csv.reader(stream, strict=True), file, columns, report)
    except UnicodeDecodeError:
        report.fault(file, "is not UTF-8 text")
    except csv.Error as reason:
        report.fault(file, f"is not a CSV file: {reason}")
    except OSError as reason:
        report.fault(file, f"can't be read: {reason.strerror}")


def sound_rows(reader: Any, file: str, columns: tuple[Column, ...], report: Report) -> Iterator[Line]:
    """Rows under a header that was understood."""
    header = [name.strip() for name in next(reader, [])]
    if not header_understood(header, file, columns, report):
        return
    place = {name: i for i, name in enumerate(header)}
    wanted = [(each.name, each.parse, each.default, place.get(each.name)) for each in columns]
    line = reader.line_num + 1
    for row in reader:
        if any(map(str.strip, row)):
            if len(row) != len(header):
                report.fault(file, f"has {len(row)} cells, the header has {len(header)}", line)
            else:
                values = parsed(row, wanted, file, line, report)
                if values is not None:
                    yield Line(line, values)
        line = reader.line_num + 1


def header_understood(header: list[str], file: str, columns: tuple[Column, ...], report: Report) -> bool:
    """Whether every needed column is there once; unknown ones are reported and ignored."""
    faults = len(report.errors)
    if not header:
        report.fault(file, "has no header", 1)
        return False
    known = {column.name for column in columns}
    for name in sorted(set(header)):
        if name in known and header.count(name) > 1:
            report.fault(file, "the column is there twice", 1, name)
        elif name not in known:
            report.ignored(f"{file}: unknown column {name or '(no name)'!r} is ignored")
    for column in columns:
        if column.default is REQUIRED and column.name not in header:
            report.fault(file, "the column is missing", 1, column.name)
    return len(report.errors) == faults


def parsed(
    row: list[str], wanted: list[Wanted], file: str, line: int, report: Report
) -> dict[str, Any] | None:
    """The values of a row, or None where a cell could not be read."""
    values: dict[str, Any] = {}
    sound = True
    for name, parse, default, place in wanted:
        cell = row[place].strip() if place is not None else ""
        try:
            if cell:
                values[name] = parse(cell)
            elif default is REQUIRED:
                raise CellError("is missing")
            else:
                values[name] = default
        except CellError as reason:
            report.fault(file, str(reason), line, name)
            sound = False
    return values if sound else None
