"""What may stand in a cell of a spreadsheet: text that is not empty; a ValueError says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from desirepath.audit.privacy import refuse_nhs_number
from desirepath.nhsuk.reading import read_date, read_money, read_time, sensible
from desirepath.organisations.importers import cells
from desirepath.organisations.importers.refusals import RowRefused
from desirepath.pools.models import ClinicianRole

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SPOKEN = re.compile(r"(\d{1,2})[/ .-]([A-Za-z]{3,9}|\d{1,2})[/ .-](\d{4})")
# DOMAIN, identifiers: a GMC number has 7 digits; the other registers write digits and letters
GMC_NUMBER = re.compile(r"\d{7}")
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
OTHER_NUMBER = re.compile(r"[0-9A-Z]{5,12}")


def words(longest: int = 120) -> Callable[[str], str]:
    """Free text; an NHS number in it is refused."""

    def parse(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"must have at most {longest} characters")
        _valid(refuse_nhs_number, cell)
        return cell

    return parse


def email(cell: str) -> str:
    """An e-mail address, in small letters."""
    try:
        validate_email(cell)
    except ValidationError:
        raise ValueError("must be an e-mail address, like name@example.nhs.uk") from None
    if len(cell) > 254:
        raise ValueError("must have at most 254 characters")
    return cell.lower()


def day(cell: str) -> date:
    """A date: 2026-12-08, 8/12/2026 or 8 Dec 2026."""
    if iso := _ISO.fullmatch(cell):
        year, month, number = iso.groups()
    elif spoken := _SPOKEN.fullmatch(cell):
        number, month, year = spoken.groups()
    else:
        raise ValueError("must be a date, like 8/12/2026 or 2026-12-08")
    return sensible(read_date(number, month, year))


def clock(cell: str) -> time:
    """A time of day: 08:30 or 8:30am; a cell of Excel may carry seconds."""
    return read_time(re.sub(r"^(\d{1,2}:\d{2}):00$", r"\1", cell))


def pounds(least: int, most: int) -> Callable[[str], Decimal]:
    """Pounds an hour, from ``least`` to ``most``."""

    def parse(cell: str) -> Decimal:
        # a workbook's 92.1 may come as 92.10000000000001
        if re.fullmatch(r"\d+\.\d{6,}", cell):
            cell = f"{Decimal(cell):.2f}"
        amount = read_money(cell)
        if not least <= amount <= most:
            raise ValueError(f"must be from £{least} to £{most} an hour")
        return amount

    return parse


def whole(least: int, most: int, unit: str) -> Callable[[str], int]:
    """A whole number of ``unit``."""

    def parse(cell: str) -> int:
        digits = cell.removesuffix("%").strip() if unit == "per cent" else cell
        if not re.fullmatch(r"\d{1,6}", digits) or not least <= int(digits) <= most:
            raise ValueError(f"must be a whole number from {least:,} to {most:,} ({unit})")
        return int(digits)

    return parse


def latitude(cell: str) -> float:
    return _degrees(cell, cells.SOUTH, cells.NORTH)


def longitude(cell: str) -> float:
    return _degrees(cell, cells.WEST, cells.EAST)


def _degrees(cell: str, least: float, most: float) -> float:
    try:
        found = float(cell)
    except ValueError:
        raise ValueError("must be a number of degrees, like 52.6281") from None
    if not least <= found <= most:
        raise ValueError(f"must be in England: from {least} to {most} degrees")
    return found


def role(cell: str) -> ClinicianRole:
    """A clinician's role, by its name: GP, nurse, pharmacist, paramedic."""
    for known in ClinicianRole:
        if cell.casefold() in (known.value, known.label.casefold(), f"{known.label.casefold()}s"):
            return known
    raise ValueError(f"must be one of: {', '.join(known.label for known in ClinicianRole)}")


def registration(cell: str) -> str:
    """The number in a professional register, without spaces, in capitals."""
    number = cell.replace(" ", "").upper()
    if not OTHER_NUMBER.fullmatch(number):
        raise ValueError("must be a registration number of 5 to 12 digits or letters")
    return number


def code(kind: str) -> Callable[[str], str]:
    """The code of an organisation of that ``kind``: "practice" or "PCN" (DOMAIN, identifiers)."""

    def parse(cell: str) -> str:
        try:
            return cells.code(cell.upper(), kind)
        except RowRefused:
            like = {"practice": "a letter and 5 digits", "PCN": "U and 5 digits"}[kind]
            raise ValueError(f"must be the code of a {kind}: {like}") from None

    return parse


def postcode(cell: str) -> str:
    """A postcode, with its one space."""
    letters = cell.replace(" ", "").upper()
    if not POSTCODE.fullmatch(letters):
        raise ValueError("must be a postcode, like NR1 3AB")
    return f"{letters[:-3]} {letters[-3:]}"


def several(cell: str) -> list[str]:
    """Words with ; between them."""
    found = [" ".join(part.split()) for part in cell.split(";")]
    for part in found:
        words(80)(part)
    return list(dict.fromkeys(part for part in found if part))


def windows(cell: str) -> list[tuple[time, time]]:
    """Times of one day, like 08:00-13:00;13:30-18:30, in order and apart from each other."""
    found = []
    for part in cell.split(";"):
        start, dash, end = part.replace("–", "-").partition("-")  # noqa: RUF001 - as Word types it
        if not dash:
            raise ValueError("must be times, like 08:00-13:00;13:30-18:30")
        try:
            first, last = clock(start.strip()), clock(end.strip())
        except ValueError:
            raise ValueError("must be times, like 08:00-13:00;13:30-18:30") from None
        if last <= first:
            raise ValueError("must end after it starts")
        found.append((first, last))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise ValueError("has times that overlap")
    return found


def _valid(check: Callable[[str], None], cell: str) -> None:
    try:
        check(cell)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
