"""Columns by their headings, and the question which publication a file is instead of the one asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from desirepath.organisations.importers.reading import Row, Source

Cells = Callable[[str], str]
Columns = Mapping[str, tuple[str, ...]]
Refuse = Callable[[int, str], None]

# what tells one publication from another, for a helpful refusal
_KNOWN = (
    ({"PARTNER ORGANISATION CODE"}, "epcn"),
    ({"PCN CODE", "CLOSE DATE"}, "epcn"),
    ({"PRACTICE_CODE", "SUB_ICB_LOCATION_CODE", "EXTRACT_DATE"}, "registrations, its first file"),
    ({"ORG_TYPE", "AGE_GROUP_5"}, "registrations, its second file"),
    ({"SUB_ICB_CODE_2025"}, "crosswalk"),
    ({"PRACTICE_CODE", "LAT", "LON"}, "coordinates"),
)
_EPRACCUR_COLUMNS = 27


def guess(top: list[str]) -> str:
    """What the top row looks like, to end a refusal with; empty where nothing is recognised."""
    headings = {cell.upper() for cell in top}
    for needed, command in _KNOWN:
        if needed <= headings:
            return f"; it looks like a file for: import {command}"
    if len(top) == _EPRACCUR_COLUMNS and re.fullmatch(r"[A-Z0-9]{5,6}", top[0]):
        return "; it looks like a file for: import epraccur"
    return ""


class Table:
    """The rows under a heading row, cells addressed by heading. Raises FileRefused where a wanted column is
    missing.

    ``wanted`` maps the name used here to the headings that publishers have used for it, in capitals.
    """

    def __init__(self, source: Source, rows: Iterator[Row], wanted: Columns) -> None:
        self._source, self._rows = source, rows
        _, top = next(rows, (0, []))
        headings = [cell.upper() for cell in top]
        self._width = len(headings)
        self._places: dict[str, int] = {}
        for name, known in wanted.items():
            place = next((headings.index(heading) for heading in known if heading in headings), None)
            if place is None:
                raise source.refused(f"the column {known[0]} is missing{guess(top)}")
            self._places[name] = place

    def rows(self, refuse: Refuse) -> Iterator[tuple[int, Cells]]:
        """Line number and a reader of that row's cells by name; for rows of a wrong length see
        ``whole_rows``.
        """
        for line, row in whole_rows(self._source, self._rows, self._width, refuse):
            yield line, self._reader(row)

    def _reader(self, row: list[str]) -> Cells:
        return lambda name: row[self._places[name]]


def whole_rows(source: Source, rows: Iterator[Row], width: int, refuse: Refuse) -> Iterator[Row]:
    """The rows of ``width`` cells; another one is refused by its line, but the last one means that the file
    is cut off.
    """
    broken: tuple[int, int] | None = None
    empty = True
    for line, row in rows:
        if broken:
            refuse(broken[0], f"{broken[1]} columns instead of {width}")
            broken = None
        if len(row) != width:
            broken = (line, len(row))
            continue
        empty = False
        yield line, row
    if broken:
        raise source.refused(f"cut off on line {broken[0]:,} ({broken[1]} columns instead of {width})")
    if empty:
        raise source.refused("holds no rows")
