"""The usual set: the names of what may be asked for, and what a pool asks for until it says otherwise.

Data, not code: ``data/usual_requirements.toml``. A pool that changes something begins with a copy of it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# checks that a pool made before it kept them here: one word for all of them, and only in that pool
RECORDED = "recorded"
RECORDED_NAME = "Checks recorded by the pool"


@dataclass(frozen=True, slots=True)
class Usual:
    """One item that the usual set asks of one role; ``months``: how long it counts after it was issued."""

    role: str
    item: str
    level: str
    verified_by: str
    months: int | None
    source: str


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(
        files("desirepath.clinicians").joinpath("data/usual_requirements.toml").read_text("utf-8")
    )


@cache
def names() -> dict[str, str]:
    """Every item by its code."""
    return {RECORDED: RECORDED_NAME, **_file()["items"]}


def name_of(item: str) -> str:
    """An item in words; a pool may ask for something of its own, which is its own name."""
    return names().get(item, item)


def blocker_in_words(name: str) -> str:
    """What stands in the way, named: an item, or what the Performers List says."""
    said = {"suspended": "suspended on the Performers List", "removed": "removed from the Performers List"}
    return said.get(name) or name_of(name)


@cache
def usual() -> tuple[Usual, ...]:
    """The usual set, in the order in which it is shown."""
    return tuple(
        Usual(
            role,
            item,
            row["level"],
            row.get("verified_by", "verifier"),
            row.get("months"),
            row["source"],
        )
        for row in _file()["required"]
        for role in row["roles"]
        for item in row["items"]
    )
