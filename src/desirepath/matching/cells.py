"""One cell of a file: from text to value, or a reason why not."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from desirepath.matching.times import NonexistentTimeError, from_local

Parse = Callable[[str], Any]


class CellError(ValueError):
    """A cell that can't be read; its message is the reason."""


def text(cell: str) -> str:
    """Any text but none."""
    if not cell:
        raise CellError("is missing")
    return cell


def several(cell: str) -> frozenset[str]:
    """Texts separated by semicolons."""
    return frozenset(part.strip() for part in cell.split(";") if part.strip())


def decimal(cell: str) -> Decimal:
    """A finite decimal number."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        raise CellError(f"must be a number, not {cell!r}") from None
    if not value.is_finite() or "_" in cell or abs(value) >= 10**12 or value.adjusted() < -20 < 0 != value:
        raise CellError(f"must be a finite number of ordinary size, not {cell!r}")
    return value


def number(cell: str) -> float:
    """A finite number."""
    value = float(decimal(cell))
    if not isfinite(value):
        raise CellError(f"must be a finite number, not {cell!r}")
    return value


def whole(cell: str) -> int:
    """A whole number."""
    value = decimal(cell)
    if value != value.to_integral_value():
        raise CellError(f"must be a whole number, not {cell!r}")
    return int(value)


def pence(cell: str) -> int:
    """Pounds as whole pence."""
    value = decimal(cell) * 100
    if value != value.to_integral_value():
        raise CellError(f"must be pounds with at most two decimals, not {cell!r}")
    return int(value)


def flag(cell: str) -> bool:
    """0 or 1."""
    if cell not in ("0", "1"):
        raise CellError(f"must be 0 or 1, not {cell!r}")
    return cell == "1"


def day(cell: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        return datetime.strptime(cell, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise CellError(f"must be a date as YYYY-MM-DD, not {cell!r}") from None


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
