"""Transition tables: which state may follow which.

One table per entity stands beside its model; buttons, API and ``docs/states.md`` all come from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TABLES: dict[str, "States"] = {}


class InvalidMove(Exception):
    """The entity cannot go from its state to the one asked for."""


class Stale(InvalidMove):
    """Somebody else moved it first."""


@dataclass(frozen=True)
class States:
    """The states of one entity and the moves between them; the first state is where it begins."""

    entity: str
    moves: Mapping[str, frozenset[str]]

    @classmethod
    def table(cls, entity: str, moves: Mapping[str, Iterable[str]]) -> "States":
        """Make the table and register it for the documentation."""
        made = cls(entity, {state: frozenset(onward) for state, onward in moves.items()})
        unknown = {to for onward in made.moves.values() for to in onward} - set(made.moves)
        if unknown:
            raise ValueError(f"{entity}: no such state: {', '.join(sorted(unknown))}")
        TABLES[entity] = made
        return made

    @property
    def start(self) -> str:
        return next(iter(self.moves))

    @property
    def ends(self) -> frozenset[str]:
        """States that nothing follows."""
        return frozenset(state for state, onward in self.moves.items() if not onward)

    def may(self, old: str, new: str) -> bool:
        return new in self.moves[old]

    def check(self, old: str, new: str) -> None:
        """Raise InvalidMove unless ``new`` may follow ``old``."""
        if not self.may(old, new):
            raise InvalidMove(f"{self.entity}: {old} cannot become {new}")
