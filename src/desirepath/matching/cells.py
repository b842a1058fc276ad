"""One cell of a file: from text to value, or a reason why not.

What a national week writes again and again (times, skills, percentages) is read once and remembered.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from math import isfinite
from typing import Any

from desirepath.matching.times import NonexistentTimeError, from_local

Parse = Callable[[str], Any]

remembered = lru_cache(maxsize=2**14)


class CellError(ValueError):
    """A cell that can't be read; its message is the reason."""


def text(cell: str) -> str:
    """Any text but none, on one line."""
    if not cell:
        raise CellError("is missing")
    if not cell.isprintable() and any(letter < " " or letter == "\x7f" for letter in cell):
        raise CellError(f"must be text on one line, not {cell!r}")
    return cell


@remembered
def several(cell: str) -> frozenset[str]:
    """Texts separated by semicolons."""
    return frozenset(text(part.strip()) for part in cell.split(";") if part.strip())


def exact(cell: str) -> Decimal:
    """A finite number as it is written."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        raise CellError(f"must be a number, not {cell!r}") from None
    # by its exponent: arithmetic on a number written as 1e2147483648 fails
    if not value.is_finite() or "_" in cell or (value and not -20 <= value.adjusted() < 12):
        raise CellError(f"must be a finite number of ordinary size, not {cell!r}")
    return value


@remembered
def decimal(cell: str) -> Decimal | int:
    """A finite decimal number, whole ones as such: they are checked and reckoned with faster."""
    value = exact(cell)
    return int(value) if value == value.to_integral_value() else value


def number(cell: str) -> float:
    """A finite number."""
    value = float(exact(cell))
    if not isfinite(value):
        raise CellError(f"must be a finite number, not {cell!r}")
    return value


@remembered
def whole(cell: str) -> int:
    """A whole number."""
    value = exact(cell)
    if value != value.to_integral_value():
        raise CellError(f"must be a whole number, not {cell!r}")
    return int(value)


@remembered
def pence(cell: str) -> int:
    """Pounds as whole pence."""
    value = exact(cell) * 100
    if value != value.to_integral_value():
        raise CellError(f"must be pounds with at most two decimals, not {cell!r}")
    return int(value)


def flag(cell: str) -> bool:
    """0 or 1."""
    if cell not in ("0", "1"):
        raise CellError(f"must be 0 or 1, not {cell!r}")
    return cell == "1"


@remembered
def day(cell: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        return datetime.strptime(cell, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise CellError(f"must be a date as YYYY-MM-DD, not {cell!r}") from None


@remembered
def moment(cell: str) -> datetime:
    """A Europe/London time as YYYY-MM-DDTHH:MM, to UTC."""
    try:
        naive = datetime.strptime(cell, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - London's wall clock, placed below
    except ValueError:
        raise CellError(f"must be a time as YYYY-MM-DDTHH:MM, not {cell!r}") from None
    try:
        return from_local(naive)
    except (NonexistentTimeError, OverflowError) as reason:
        raise CellError(str(reason)) from None
