"""Where practices are: a csv of practice code, latitude, longitude (WGS84 degrees) and the source of each."""

from __future__ import annotations

from datetime import date

from desirepath.organisations.importers import cells
from desirepath.organisations.importers.found import PRACTICE, Found
from desirepath.organisations.importers.headings import Table
from desirepath.organisations.importers.reading import Source
from desirepath.organisations.importers.refusals import RowRefused

KIND = "coordinates"
COLUMNS = {
    "practice": ("PRACTICE_CODE", "PRACTICE CODE", "CODE"),
    "latitude": ("LATITUDE", "LAT"),
    "longitude": ("LONGITUDE", "LON", "LNG"),
    "source": ("COORD_SOURCE", "SOURCE"),
}


def find(source: Source, as_of: date | None, today: date) -> Found:
    """The place of each practice, which must be known already. Without ``as_of`` it is of ``today``: the file
    has no date.
    """
    how_dated = "given" if as_of else "today: the file carries no date"
    found = Found(KIND, source.name, source.sha256(), as_of or today, how_dated, only_known=True)
    for line, cell in Table(source, source.rows(), COLUMNS).rows(found.refuse):
        found.count("read")
        try:
            latitude, longitude = cells.place(cell("latitude"), cell("longitude"))
            columns = {
                "latitude": latitude,
                "longitude": longitude,
                "place_source": cells.text(cell("source"), 80, "source"),
            }
            found.describe(PRACTICE, cells.code(cell("practice"), "practice"), columns, line)
        except RowRefused as reason:
            found.refuse(line, str(reason))
    return found
