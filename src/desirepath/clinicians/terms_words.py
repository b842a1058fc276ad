"""Her terms in words: for herself, and what of them a practice reads."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from desirepath.clinicians.conditions import Extra, Kind, Scale, read_extras, read_kinds, read_scale
from desirepath.clinicians.models import CONDITIONS, LIMITS, RATES, Terms
from desirepath.nhsuk import formats

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
    "practice_cancels": "If the practice cancels",
    "clinician_cancels": "If you cancel",
    "payment_days": "Payment",
    "most_patients": "Patients",
    "shortest_appointment": "Appointments",
    "home_visits": "Home visits",
    "extras": "Extras",
    "session_types": "Kinds of session",
    "statement": "How you work",
}
PARTS = {
    "rates": RATES,
    "limits": LIMITS,
    "conditions": tuple(name for name in CONDITIONS if name not in ("extras", "session_types")),
    "extras": ("extras", "session_types"),
}
NOT_SAID = "nothing said"


def term_in_words(name: str, value: Any) -> str:
    """One term with its unit: "£90 an hour", "at most 2 sessions"."""
    if name == "base_rate":
        return f"{formats.pounds(value, exact=False)} an hour" if value else "not entered yet"
    if name.endswith("_pct"):
        return f"{value}% more" if value else "nothing more"
    if name in CONDITIONS:
        return "; ".join(condition_in_words(name, value)) or NOT_SAID
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


def condition_in_words(name: str, value: Any) -> list[str]:
    """One condition as lines that either side may read; none where she says nothing of it."""
    if name in ("practice_cancels", "clinician_cancels"):
        return scale_in_words(read_scale(value))
    if name == "extras":
        return [_extra(extra) for extra in read_extras(value)]
    if name == "session_types":
        return [_kind(kind) for kind in read_kinds(value)]
    if name == "home_visits" and value == 0:
        return ["no home visits"]
    if not value:
        return []
    if name == "statement":
        return [value]
    return [
        {
            "payment_days": f"within {formats.plural(value, 'day')} of the invoice",
            "most_patients": f"at most {formats.plural(value, 'patient')} a session",
            "shortest_appointment": f"at least {formats.plural(value, 'minute')}",
            "home_visits": f"at most {formats.plural(value, 'home visit')} a session",
        }[name]
    ]


def scale_in_words(scale: Scale) -> list[str]:
    """A line for each step, the least notice first: "less than 3 days before: 50% of the fee"."""
    if not any(percent for _, percent in scale.steps):
        return ["nothing is owed"]
    lines = [
        f"less than {formats.plural(days, 'day')} before: {percent}% of the fee"
        for days, percent in scale.steps
    ]
    return [*lines, f"{formats.plural(scale.steps[-1][0], 'day')} or more: nothing"]


def _extra(extra: Extra) -> str:
    return f"{extra.name}: {formats.pounds(extra.pounds, exact=False)} each time"


def _kind(kind: Kind) -> str:
    name = kind.name if kind.offered else f"Not {kind.name}"
    return f"{name}: {kind.description}" if kind.description else name


def terms_in_words(terms: Terms, part: str = "") -> list[tuple[str, str]]:
    """Every term of a version, or of one of its parts; what adds or says nothing is left out."""
    names = PARTS[part] if part else [name for part in PARTS.values() for name in part]
    told = [(name, term_in_words(name, terms.values[name])) for name in names]
    return [
        (TERM_NAMES[name], words)
        for name, words in told
        if words != NOT_SAID and not (name.endswith("_pct") and not terms.values[name])
    ]


def practice_reads(terms: Terms | None, *, hers: bool = False) -> list[tuple[str, list[str]]]:
    """Her conditions as a practice reads them: never a rate, a limit, a wish. ``hers``: said to herself."""
    if terms is None:
        return []
    in_a_session = ("most_patients", "shortest_appointment", "home_visits")
    values = terms.values
    rows = [
        (
            "If the practice cancels" if hers else "If you cancel",
            condition_in_words("practice_cancels", values["practice_cancels"]),
        ),
        (
            "If you cancel" if hers else "If the clinician cancels",
            condition_in_words("clinician_cancels", values["clinician_cancels"]),
        ),
        ("Payment", condition_in_words("payment_days", values["payment_days"])),
        ("In a session", [line for name in in_a_session for line in _in_a_session(name, values[name])]),
        ("Extras", condition_in_words("extras", values["extras"])),
        ("Kinds of session", condition_in_words("session_types", values["session_types"])),
        ("How you work" if hers else "How they work", condition_in_words("statement", values["statement"])),
    ]
    return [(key, [line[:1].upper() + line[1:] for line in lines]) for key, lines in rows if lines]


def _in_a_session(name: str, value: Any) -> list[str]:
    lines = condition_in_words(name, value)
    return [f"appointments of {line}" for line in lines] if name == "shortest_appointment" else lines


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
        for name in TERM_NAMES
        if before[name] != after[name]
    ] or ["Nothing"]


def history(versions: Iterable[Terms]) -> list[tuple[Terms, list[str]]]:
    """Published versions, the newest first, with what each changed."""
    newest_first = list(versions)
    older: list[Terms | None] = [*newest_first[1:], None]
    return [
        (terms, changes_between(previous, terms)) for terms, previous in zip(newest_first, older, strict=True)
    ]
