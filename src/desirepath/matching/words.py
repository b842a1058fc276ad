"""Figures of the plan in people's words."""

from collections.abc import Iterable


def pounds(pence: int) -> str:
    """Pence as pounds: "£85.50", "£1,200.00"."""
    return f"{'-' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02}"


def hourly(pence: int) -> str:
    """A rate: "£85.50 an hour"."""
    return f"{pounds(pence)} an hour"


def kilometres(km: float, beside: float | None = None) -> str:
    """A distance: "12.3 km"; with more decimals where one would not tell it from `beside`."""
    decimals = 1 if beside is None or f"{km:.1f}" != f"{beside:.1f}" or km == beside else 6
    return f"{km:.{decimals}f} km"


def limit_km(km: float) -> str:
    """A limit of distance without needless decimals: "10 km", "12.5 km"."""
    return f"{km:g} km"


def hours(minutes: int) -> str:
    """A duration: "4 h 10 min", "2 h", "45 min"."""
    whole, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{whole} h" if whole else "", f"{rest} min" if rest or not whole else "") if part
    )


def count(number: int, one: str, several: str = "") -> str:
    """A number and its noun: "1 session", "2 sessions"."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def listed(things: Iterable[str]) -> str:
    """Things in a sentence: "a", "a and b", "a, b and c"."""
    *most, last = things
    return f"{', '.join(most)} and {last}" if most else last


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th ..."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
