"""Dates, times, money and numbers as people read them: "Tue 8 Dec, 8:30am to 12:40pm", "£564.71", "49,945".

Pure functions, used as filters in templates and called from presenters. Moments are shown in Europe/London.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def local(moment: datetime) -> datetime:
    """An aware moment as a clock in England shows it; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(LONDON)


def _date(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime) -> str:
    """ "Tue 8 Dec"."""
    on = _date(value)
    return f"{on:%a} {on.day} {on:%b}"


def day_and_year(value: date | datetime) -> str:
    """ "Tue 8 Dec 2026", for what lies in another year."""
    on = _date(value)
    return f"{day(on)} {on.year}"


def long_day(value: date | datetime) -> str:
    """ "Tuesday 8 December 2026", for headings."""
    on = _date(value)
    return f"{on:%A} {on.day} {on:%B} {on.year}"


def month(value: date | datetime) -> str:
    """ "December 2026"."""
    return f"{_date(value):%B %Y}"


def clock(value: time | datetime) -> str:
    """ "8:30am", "9am", "midday", "midnight"."""
    at = local(value).time() if isinstance(value, datetime) else value
    if at.minute == 0 and at.hour in (0, 12):
        return "midday" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def span(start: datetime, end: datetime) -> str:
    """ "Tue 8 Dec, 8:30am to 12:40pm"; both days where it ends on another."""
    first, last = local(start), local(end)
    if first.date() == last.date():
        return f"{day(first)}, {clock(first)} to {clock(last)}"
    return f"{day(first)}, {clock(first)} to {day(last)}, {clock(last)}"


def moment(value: datetime) -> str:
    """ "Tue 8 Dec, 8:30am"."""
    return f"{day(value)}, {clock(value)}"


def pounds(amount: Decimal | int, exact: bool = True) -> str:
    """ "£1,564.71"; with ``exact=False`` whole pounds lose their pence ("£92"), others keep them."""
    rounded = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign, size = ("-" if rounded < 0 else ""), abs(rounded)
    if not exact and size == size.to_integral_value():
        return f"{sign}£{int(size):,}"
    return f"{sign}£{size:,.2f}"


def number(value: int | float | Decimal, places: int = 0) -> str:
    """ "49,945"; ``places`` decimals."""
    return f"{value:,.{places}f}"


def percent(value: int | float | Decimal) -> str:
    """ "9.4%" of the fraction 0.094."""
    return f"{value * 100:.1f}%"


def hours(length: timedelta | int) -> str:
    """ "4 hours 10 minutes" of a length of time, or of minutes."""
    minutes = round(length.total_seconds() / 60) if isinstance(length, timedelta) else length
    whole, rest = divmod(minutes, 60)
    parts = [plural(whole, "hour")] if whole else []
    if rest or not whole:
        parts.append(plural(rest, "minute"))
    return " ".join(parts)


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 session", "3 sessions", "2 practices": the number and the word for it."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


FILTERS = {
    "day": day,
    "day_and_year": day_and_year,
    "long_day": long_day,
    "month": month,
    "clock": clock,
    "moment": moment,
    "span": span,
    "pounds": pounds,
    "number": number,
    "percent": percent,
    "hours": hours,
    "plural": plural,
}
