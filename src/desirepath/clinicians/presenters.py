"""Her terms, her free time and the members of a pool, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import LIMITS, RATES, Clinician, Membership, Terms
from desirepath.clinicians.month import holidays_between, window_in_words
from desirepath.nhsuk import formats

# how long before her checks run out pages say so (DOMAIN, Credentials: notices at 60, 30 and 7 days)
NOTICE_DAYS = 60

TERM_NAMES = {
    "base_rate": "Your rate",
    "evening_pct": "Evenings, from 6pm",
    "saturday_pct": "Saturdays",
    "mon_pct": "Mondays",
    "tue_pct": "Tuesdays",
    "wed_pct": "Wednesdays",
    "thu_pct": "Thursdays",
    "fri_pct": "Fridays",
    "sat_pct": "Saturdays, besides",
    "sun_pct": "Sundays",
    "bank_holiday_pct": "Bank holidays",
    "far_km": "Far away means",
    "far_pence_per_km": "When it is far away",
    "max_km": "Farthest you travel",
    "max_sessions_day": "In a day",
    "max_sessions_week": "In a week",
    "max_consecutive_days": "In a row",
    "max_minutes_week": "Hours in a week",
    "min_rest_minutes": "Rest between days",
    "wished_sessions_week": "You wish for",
}


def term_in_words(name: str, value: Any) -> str:
    """One rate or limit with its unit: "£90 an hour", "at most 2 sessions"."""
    if name == "base_rate":
        return f"{formats.pounds(value, exact=False)} an hour"
    if name.endswith("_pct"):
        return f"{value}% more" if value else "nothing more"
    return {
        "far_km": f"beyond {value} km",
        "far_pence_per_km": f"{value}p more an hour for each km beyond" if value else "nothing more",
        "max_km": f"{value} km",
        "max_sessions_day": f"at most {formats.plural(value, 'session')}",
        "max_sessions_week": f"at most {formats.plural(value, 'session')}",
        "max_consecutive_days": f"at most {formats.plural(value, 'day')}",
        "max_minutes_week": f"at most {formats.hours(value)}",
        "min_rest_minutes": f"at least {formats.hours(value)}",
        "wished_sessions_week": f"{formats.plural(value, 'session')} a week",
    }[name]


def terms_in_words(terms: Terms) -> list[tuple[str, str]]:
    """Every rate and limit of a version; percentages that add nothing are left out."""
    values = terms.values
    shown = [name for name in (*RATES, *LIMITS) if values[name] or not name.endswith("_pct")]
    return [(TERM_NAMES[name], term_in_words(name, values[name])) for name in shown]


def paid_with(base: Decimal, percent: int) -> str:
    """Pounds an hour with a percentage on top, floored to the penny as the plan pays it."""
    rate = (base * (100 + percent) / 100).quantize(Decimal("0.01"), ROUND_FLOOR)
    return f"{formats.pounds(rate, exact=False)} an hour"


def changes_between(old: Terms | None, new: Terms) -> list[str]:
    """What a version changed: "Your rate: £90 an hour, now £95 an hour"."""
    if old is None:
        return ["Your first terms"]
    before, after = old.values, new.values
    return [
        f"{TERM_NAMES[name]}: {term_in_words(name, before[name])}, now {term_in_words(name, after[name])}"
        for name in (*RATES, *LIMITS)
        if before[name] != after[name]
    ] or ["Nothing"]


def history(versions: Iterable[Terms]) -> list[tuple[Terms, list[str]]]:
    """Published versions, the newest first, with what each changed."""
    newest_first = list(versions)
    older: list[Terms | None] = [*newest_first[1:], None]
    return [
        (terms, changes_between(previous, terms)) for terms, previous in zip(newest_first, older, strict=True)
    ]


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a local day and the first of the next."""
    return local(day, time.min), local(day + timedelta(days=1), time.min)


def usual_day(clinician: Clinician, day: date) -> str:
    """What the weekly pattern says of a day: "8am to 6:30pm", or "not free"."""
    if not clinician.free_on_bank_holidays and holidays_between(day, day):
        return "It is a bank holiday, on which you are not free unless you say so"
    rows = clinician.weekly_pattern.filter(weekday=day.weekday())
    spans = [window_in_words((row.start, row.end)) for row in rows]
    name = f"{day:%A}s"
    return f"On {name} you are free {' and '.join(spans)}" if spans else f"On {name} you are not free"


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as those see her who look after the pool: no rates, no place."""

    name: str
    role: str
    state: str
    colour: str
    chambers: str
    cleared: str
    warning: str


COLOURS = {"active": "green", "suspended": "red", "left": "grey", "declined": "grey", "paused": "yellow"}


def member_row(membership: Membership, today: date) -> MemberRow:
    clinician = membership.clinician
    until = clinician.cleared_until
    return MemberRow(
        name=clinician.person.name,
        role=clinician.get_role_display(),
        state=membership.state.capitalize(),
        colour=COLOURS.get(membership.state, "blue"),
        chambers=str(membership.chambers) if membership.chambers else "",
        cleared=formats.day_and_year(until) if until else "No end date",
        warning=checks_warning(until, today),
    )


def checks_warning(until: date | None, today: date) -> str:
    """ "Ran out", "Runs out in 12 days", or nothing while there is time."""
    if until is None or (until - today).days > NOTICE_DAYS:
        return ""
    left = (until - today).days
    if left < 0:
        return "Ran out"
    return f"Runs out in {formats.plural(left, 'day')}" if left else "Runs out today"
