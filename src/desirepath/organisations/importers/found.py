"""What was found in a file, before any of it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from desirepath.organisations.importers.refusals import RowRefused
from desirepath.organisations.lineage import Sighting

# (kind, code) of an organisation; kinds are the values of organisations.models.Kind
Key = tuple[str, str]

REGION, ICB, SUB_ICB, PCN, PRACTICE = "region", "icb", "sub-icb", "pcn", "practice"

MOST_SHOWN = 20


COUNTS = (
    "read",
    "other kinds",
    "outside England",
    "added",
    "changed",
    "closed",
    "links added",
    "links changed",
    "list sizes added",
    "list sizes changed",
    "refused",
)


@dataclass(slots=True)
class Described:
    """Columns of one organisation as the file gives them; ``line`` 0: it is only mentioned there."""

    columns: dict[str, Any]
    line: int = 0


@dataclass(slots=True)
class Found:
    """All that one file says. ``as_of`` is the day whose state of affairs it gives, ``how_dated`` where that
    comes from.

    ``described`` organisations come into being unless ``only_known``, where an unknown code refuses the row.
    """

    kind: str
    name: str
    sha256: str
    as_of: date
    how_dated: str
    only_known: bool = False
    described: dict[Key, Described] = field(default_factory=dict)
    sightings: dict[tuple[Key, str], set[Sighting]] = field(default_factory=dict)
    list_sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    refused: list[tuple[int, str]] = field(default_factory=list)

    def describe(self, kind: str, code: str, columns: Mapping[str, Any], line: int = 0) -> None:
        """Note what the file says of an organisation; raises RowRefused where an earlier row described it
        already.
        """
        known = self.described.get((kind, code))
        if known and known.line and line:
            raise RowRefused(f"{code} is there twice: first on line {known.line}")
        if known is None or line:
            self.described[kind, code] = Described(dict(columns), line)
        else:
            known.columns.update(columns)

    def see(self, child: Key, kind: str, sighting: Sighting) -> None:
        """Note who was above ``child``; a parent that is nowhere described is at least mentioned."""
        self.sightings.setdefault((child, kind), set()).add(sighting)
        if sighting.parent:
            self.described.setdefault((kind, sighting.parent), Described({}))

    def count(self, what: str, more: int = 1) -> None:
        self.counts[what] += more

    def refuse(self, line: int, reason: str) -> None:
        """Set one row aside, with the reason; only the first ``MOST_SHOWN`` reasons are kept."""
        self.count("refused")
        if len(self.refused) < MOST_SHOWN:
            self.refused.append((line, reason))
