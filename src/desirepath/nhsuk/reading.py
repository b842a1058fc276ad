"""Read what people type: dates in three boxes, times of day, pounds. Pure; a ValueError speaks to them."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.]?(?P<minute>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)
_MONEY = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d{1,2})?")
LONGEST_MONEY = 9
# beyond, a year is a slip of the pen, and a day before or after it may be no date at all
FIRST_YEAR, LAST_YEAR = 1900, 2199


def read_time(text: str) -> time:
    """A time of day: "8:30am", "8.30 pm", "08:30", "0830", "5pm", "midday".

    A bare "8" is refused: nobody can know which half of the day it means.
    """
    words = text.strip().lower()
    if words in ("midday", "noon"):
        return time(12)
    if words == "midnight":
        return time(0)
    found = _TIME.fullmatch(words)
    problem = ValueError("must be a time, like 8:30am or 17:30")
    if not found or (found["minute"] is None and found["half"] is None):
        raise problem
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "")[:1]
    if half and not 1 <= hour <= 12:
        raise problem
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise problem
    return time(hour, minute)


def read_month(text: str) -> int:
    """A month by number or name: "12", "Dec", "December"."""
    words = text.strip().lower()
    if words.isdecimal():
        return int(words)
    if len(words) >= 3 and words[:3] in MONTHS and words.isalpha():
        return MONTHS.index(words[:3]) + 1
    raise ValueError("must be a real date")


def read_date(day: str, month: str, year: str) -> date:
    """A date from its three boxes; says which box is empty."""
    boxes = {"day": day.strip(), "month": month.strip(), "year": year.strip()}
    empty = [name for name, value in boxes.items() if not value]
    if empty:
        raise ValueError(f"must include a {' and a '.join(empty)}")
    if not re.fullmatch(r"[0-9]{4}", boxes["year"]):
        raise ValueError("must have a year of 4 numbers, like 2026")
    try:
        return date(int(boxes["year"]), read_month(boxes["month"]), int(boxes["day"]))
    except (ValueError, OverflowError) as error:
        raise ValueError("must be a real date") from error


def sensible(day: date) -> date:
    """The same date; a ValueError where its year is none that anybody means."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"must have a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def read_money(text: str) -> Decimal:
    """Pounds: "92", "£92.50", "1,200"."""
    words = text.strip().removeprefix("£").strip()
    if not _MONEY.fullmatch(words):
        raise ValueError("must be an amount of money, like 92 or 92.50")
    amount = Decimal(words.replace(",", ""))
    if amount >= 10**LONGEST_MONEY:
        raise ValueError("is too large an amount")
    return amount
