"""What a field of the planning problem may hold, and the error that says what is wrong with it."""

from datetime import UTC, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

Percent = Decimal | int

PERCENT_DECIMALS = 4
PERCENT_UNIT = Decimal(1).scaleb(-PERCENT_DECIMALS)
MOST = 10**9
FIRST_YEAR, LAST_YEAR = 1900, 9998


class ProblemError(ValueError):
    """The input is not a sound planning problem. `.field` names the field at fault, where there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def keep(value: object, name: str, content: object) -> None:
    """Set a field of a frozen value while it is being made."""
    object.__setattr__(value, name, content)


def by_id(values: tuple[Any, ...], word: str) -> dict[str, Any]:
    """The values by id; raises ProblemError for an id given twice."""
    found: dict[str, Any] = {}
    for value in values:
        if value.id in found:
            raise ProblemError(f"{word} {value.id} is given twice", word)
        found[value.id] = value
    return found


def require_words(value: object, *names: str) -> None:
    """Raise ProblemError for a field that is not a non-empty text."""
    for name in names:
        content = getattr(value, name)
        if not isinstance(content, str) or not content.strip():
            raise ProblemError(f"{name} is missing", name)


def require_counts(value: object, *names: str, most: int = MOST) -> None:
    """Raise ProblemError for a field that is not a whole number from 0 to `most`."""
    for name in names:
        content = getattr(value, name)
        if not isinstance(content, int) or isinstance(content, bool) or not 0 <= content <= most:
            raise ProblemError(f"{name} must be a whole number from 0 to {most:,}, not {content!r}", name)


def require_decimal(value: object, name: str) -> Decimal:
    """The value as Decimal; raises ProblemError when it is not one, not finite or has over 4 decimals."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ProblemError(f"{name} must be a Decimal or a whole number, not {value!r}", name)
    content = Decimal(value)
    if not content.is_finite() or content.adjusted() > 12 or content % PERCENT_UNIT:
        raise ProblemError(f"{name} must be a number with at most {PERCENT_DECIMALS} decimals", name)
    return content


def require_percent(value: object, name: str) -> None:
    """Raise ProblemError for a percentage that is not from -100 to 1,000 with at most 4 decimals."""
    if type(value) is int and -100 <= value <= 1000:
        return
    if not -100 <= require_decimal(value, name) <= 1000:
        raise ProblemError(f"{name} must be from -100 to 1,000 per cent, not {value}", name)


def require_clock(value: object, name: str) -> None:
    """Raise ProblemError for what is not a time of day, whole to the minute and without a time zone."""
    if not isinstance(value, time) or value.tzinfo is not None or value.second or value.microsecond:
        raise ProblemError(f"{name} must be a time of day as HH:MM, not {value}", name)


def finite(value: Any, name: str) -> float:
    """The value as a float; raises ProblemError when it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not isfinite(value):
        raise ProblemError(f"{name} must be a finite number, not {value!r}", name)
    return float(value)


def keep_kilometres(value: object, *names: str) -> None:
    """Keep fields as kilometres: finite, not negative."""
    for name in names:
        kilometres = finite(getattr(value, name), name)
        if kilometres < 0:
            raise ProblemError(f"{name} must not be negative", name)
        keep(value, name, kilometres)


def keep_place(value: object) -> None:
    """Keep latitude and longitude as finite degrees on the globe."""
    for name, most in (("latitude", 90), ("longitude", 180)):
        degrees = finite(getattr(value, name), name)
        if abs(degrees) > most:
            raise ProblemError(f"{name} must be from -{most} to {most} degrees, not {degrees}", name)
        keep(value, name, degrees)


def keep_span(value: object) -> None:
    """Keep start and end as UTC times, whole to the minute, start first, in years that leave room around."""
    for name in ("start", "end"):
        moment = getattr(value, name)
        if not isinstance(moment, datetime) or moment.utcoffset() is None:
            raise ProblemError(f"{name} must be a time with its time zone", name)
        if moment.second or moment.microsecond:
            raise ProblemError(f"{name} must be whole to the minute, not {moment.isoformat()}", name)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ProblemError(f"{name} must be in the years {FIRST_YEAR} to {LAST_YEAR}", name)
        if moment.tzinfo is not UTC:
            keep(value, name, moment.astimezone(UTC))
    if value.end <= value.start:  # type: ignore[attr-defined]
        raise ProblemError("the end must be after the start", "end")
