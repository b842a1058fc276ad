"""What is agreed beside rates and limits: scales of cancellation, extras, kinds of session. Pure.

A scale is rows of (days, percent): with less than so many days of notice, so much of the fee is owed. Notice
counts in whole days of 24 hours, floored, so that a night on which clocks change moves no boundary by a day.
Columns of JSON hold what ``read_*`` reads; each reader raises ValueError with a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

MOST_STEPS = 5
MOST_DAYS = 28
MOST_EXTRAS = 8
MOST_KINDS = 8
MOST_POUNDS = Decimal(1000)
NAME_LENGTH, DESCRIPTION_LENGTH = 60, 200
PENNY = Decimal("0.01")
DAY = timedelta(days=1)


def whole_days(notice: timedelta) -> int:
    """Whole days of 24 hours in ``notice``, floored; what has begun has none."""
    return max(notice // DAY, 0)


@dataclass(frozen=True, slots=True)
class Scale:
    """What cancelling costs: ``steps`` are (days, percent), fewest days first; beyond the last, nothing."""

    steps: tuple[tuple[int, int], ...] = ()

    def percent(self, notice: timedelta) -> int:
        """Percent of the fee owed at ``notice``; never more for more notice."""
        days = whole_days(notice)
        return next((percent for within, percent in self.steps if days < within), 0)


def read_scale(raw: Any) -> Scale:
    """The scale in a column: rows of [days, percent] in any order."""
    if not isinstance(raw, list) or len(raw) > MOST_STEPS:
        raise ValueError(f"A scale has at most {MOST_STEPS} steps")
    if not all(_is_row(row, 2) and all(type(number) is int for number in row) for row in raw):
        raise ValueError("Each step is a number of days and a percentage")
    steps = sorted((days, percent) for days, percent in raw)
    if any(not 1 <= days <= MOST_DAYS for days, _ in steps):
        raise ValueError(f"Days must be between 1 and {MOST_DAYS}")
    if any(not 0 <= percent <= 100 for _, percent in steps):
        raise ValueError("A percentage must be between 0 and 100")
    if len({days for days, _ in steps}) < len(steps):
        raise ValueError("Two steps have the same number of days")
    for (fewer, dear), (more, dearer) in pairwise(steps):
        if dearer > dear:
            raise ValueError(
                f"More notice can't cost more: {dearer}% with less than {more} days, "
                f"but {dear}% with less than {fewer}"
            )
    return Scale(tuple(steps))


@dataclass(frozen=True, slots=True)
class Extra:
    """Something that costs more than the session: ``pounds`` each time."""

    name: str
    pounds: Decimal


def read_extras(raw: Any) -> tuple[Extra, ...]:
    """The extras in a column: rows of [name, pounds as text]."""
    if not isinstance(raw, list) or len(raw) > MOST_EXTRAS:
        raise ValueError(f"There can be at most {MOST_EXTRAS} extras")
    if not all(_is_row(row, 2) and all(isinstance(cell, str) for cell in row) for row in raw):
        raise ValueError("Each extra is a name and a fee")
    extras = tuple(Extra(_name(name), _pounds(pounds)) for name, pounds in raw)
    if len({extra.name.casefold() for extra in extras}) < len(extras):
        raise ValueError("Two extras have the same name")
    return extras


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of session in her own words, and whether she does it."""

    name: str
    description: str
    offered: bool


def read_kinds(raw: Any) -> tuple[Kind, ...]:
    """The kinds of session in a column: rows of [name, description, whether she does it]."""
    if not isinstance(raw, list) or len(raw) > MOST_KINDS:
        raise ValueError(f"There can be at most {MOST_KINDS} kinds of session")
    if not all(_is_row(row, 3) and isinstance(row[1], str) and isinstance(row[2], bool) for row in raw):
        raise ValueError("Each kind of session is a name, a description and whether you do it")
    kinds = tuple(Kind(_name(name), description, offered) for name, description, offered in raw)
    if any(len(kind.description) > DESCRIPTION_LENGTH for kind in kinds):
        raise ValueError(f"A description must have {DESCRIPTION_LENGTH} letters or fewer")
    if len({kind.name.casefold() for kind in kinds}) < len(kinds):
        raise ValueError("Two kinds of session have the same name")
    return kinds


def fee_owed(fee: Decimal, percent: int) -> Decimal:
    """``percent`` of ``fee`` in pounds, half a penny rounded up."""
    return (fee * percent / 100).quantize(PENNY, ROUND_HALF_UP)


def _is_row(row: Any, cells: int) -> bool:
    return isinstance(row, Sequence) and not isinstance(row, str) and len(row) == cells


def _name(name: Any) -> str:
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise ValueError(f"A name must have between 1 and {NAME_LENGTH} letters")
    return name


def _pounds(text: str) -> Decimal:
    try:
        pounds = Decimal(text)
    except InvalidOperation:
        raise ValueError("A fee must be an amount in pounds, like 25 or 25.50") from None
    if not pounds.is_finite() or not 0 <= pounds <= MOST_POUNDS or pounds != pounds.quantize(PENNY):
        raise ValueError(f"A fee must be between £0 and £{MOST_POUNDS:,}, to the penny")
    return pounds
