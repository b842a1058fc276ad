"""Invented clinicians: who they are, what they charge, when they are free. Pure, from a seeded source of
chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from math import cos, radians
from random import Random

from desirepath.demo.conditions import conditions
from desirepath.demo.land import KM_A_DEGREE
from desirepath.demo.script import Area, Somebody, Spot, Windows, Worker

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Trade:
    """One clinical role of the demonstration. Rates are pounds an hour, invented but of a plausible size."""

    role: str
    share: float
    rates: tuple[int, int]
    most: tuple[int, int]
    agency: int
    skills: tuple[tuple[str, str], ...]
    number: Callable[[int], str]


TRADES = (
    Trade(
        "gp",
        0.6,
        (80, 98),
        (88, 106),
        118,
        (
            ("coils", "Fitting coils and implants"),
            ("minor-surgery", "Minor surgery"),
            ("joints", "Joint injections"),
        ),
        lambda n: f"9{n:06}",
    ),
    Trade(
        "nurse",
        0.22,
        (26, 36),
        (29, 40),
        46,
        (
            ("smears", "Cervical screening"),
            ("baby-vaccines", "Childhood immunisation"),
            ("diabetes", "Diabetes reviews"),
        ),
        lambda n: f"99Z{n:05}E",
    ),
    Trade(
        "pharmacist",
        0.1,
        (32, 42),
        (36, 46),
        54,
        (("prescriber", "Independent prescribing"), ("med-reviews", "Structured medication reviews")),
        lambda n: f"9{n:06}",
    ),
    Trade(
        "paramedic",
        0.08,
        (28, 37),
        (31, 41),
        48,
        (("visits", "Home visits"), ("minor-illness", "Minor illness")),
        lambda n: f"PA9{n:06}",
    ),
)
TRADE = {trade.role: trade for trade in TRADES}

MORNING, AFTERNOON, EVENING = (time(8), time(13, 15)), (time(13, 15), time(18, 45)), (time(18), time(21, 30))
DAY, SCHOOL = (time(8), time(18, 45)), (time(8, 45), time(15))
ENGAGEMENTS = ("self-employed",) * 6 + ("limited company", "paye bank", "paye bank", "salaried flexible")


def clinicians(
    area: Area, chance: Random, names: Sequence[Somebody], today: date, first_number: int, chambers_size: int
) -> list[Worker]:
    """One clinician for each of ``names``; the first is the sample clinician, the second leads the first
    chambers.

    ``first_number`` begins the registration numbers, which start where no register has reached.
    """
    roles = _roles(chance, len(names))
    made = [
        _clinician(area, chance, somebody, TRADE[role], today, first_number + index)
        for index, (somebody, role) in enumerate(zip(names, roles, strict=True))
    ]
    made[0] = _obliging(made[0], area, today)
    return _in_chambers(made, area, chance, chambers_size)


def _roles(chance: Random, count: int) -> list[str]:
    """GPs first where the sample people stand, then each role by its share."""
    roles = [trade.role for trade in TRADES for _ in range(round(trade.share * count))]
    roles = [*roles, *["gp"] * count][:count]
    rest = roles[2:]
    chance.shuffle(rest)
    return [*roles[:2], *rest]


def _clinician(area: Area, chance: Random, who: Somebody, trade: Trade, today: date, number: int) -> Worker:
    near = chance.choice(area.practices)
    latitude, longitude = _home(chance, near)
    style = chance.choices(STYLES, [weight for weight, _, _ in STYLES])[0]
    farthest = chance.choice((10, 14, 18, 22, 28, 35))
    return Worker(
        email=who.email,
        role=trade.role,
        registration=trade.number(number),
        skills=tuple(code for code, _ in trade.skills if chance.random() < 0.45),
        latitude=latitude,
        longitude=longitude,
        cleared_until=_cleared_until(chance, today),
        pcn=near.pcn if chance.random() < 0.75 else "",
        chambers="",
        engagement=chance.choice(ENGAGEMENTS),
        terms={**_terms(chance, trade, farthest, style[1]), **conditions(who, trade.role)},
        pattern=style[2](chance),
        days_off=_days_off(chance, today),
        preferences=_preferences(area, chance, (latitude, longitude), farthest),
    )


def _home(chance: Random, near: Spot) -> tuple[float, float]:
    """A home a few kilometres from a practice."""
    latitude = near.latitude + chance.gauss(0, 2.2) / KM_A_DEGREE
    longitude = near.longitude + chance.gauss(0, 2.2) / (KM_A_DEGREE * cos(radians(latitude)))
    return round(latitude, 5), round(longitude, 5)


def _terms(chance: Random, trade: Trade, farthest: int, wished: int) -> dict[str, int | Decimal]:
    low, high = trade.rates
    rate = Decimal(chance.randrange(low * 2, high * 2 + 1)) / 2
    return {
        "base_rate": rate.quantize(Decimal("0.01")),
        "evening_pct": chance.choice((0, 10, 15, 20)),
        "saturday_pct": chance.choice((0, 10, 20, 25)),
        "mon_pct": chance.choice((0, 0, 0, 5)),
        "fri_pct": chance.choice((0, 0, 0, 5)),
        "bank_holiday_pct": chance.choice((50, 100)),
        "far_km": chance.choice((8, 10, 15)),
        "far_pence_per_km": chance.choice((0, 0, 20, 30)),
        "max_km": farthest,
        "max_sessions_day": chance.choice((1, 2, 2, 2)),
        "max_sessions_week": min(10, wished + chance.choice((0, 1, 2, 3))),
        "max_consecutive_days": chance.choice((2, 3, 4, 5, 5)),
        "max_minutes_week": 2250 if wished > 4 else 1500,
        "min_rest_minutes": chance.choice((660, 720, 840)),
        "wished_sessions_week": wished,
    }


def _some_days(chance: Random, count: int, *spans: Span) -> Windows:
    return dict.fromkeys(sorted(chance.sample(range(5), count)), spans)


# weight, sessions wished a week, weekly pattern
STYLES: tuple[tuple[int, int, Callable[[Random], Windows]], ...] = (
    (3, 6, lambda chance: _some_days(chance, 5, DAY)),
    (4, 4, lambda chance: _some_days(chance, 3, DAY)),
    (3, 3, lambda chance: _some_days(chance, 4, MORNING)),
    (3, 3, lambda chance: _some_days(chance, 4, SCHOOL)),
    (2, 3, lambda chance: _some_days(chance, 4, AFTERNOON)),
    (2, 2, lambda chance: _some_days(chance, 2, DAY)),
    (2, 2, lambda chance: {**_some_days(chance, 2, MORNING, EVENING), 5: ((time(8), time(17)),)}),
)


def _days_off(chance: Random, today: date) -> tuple[date, ...]:
    """A holiday of some days in the next four weeks, for one in four."""
    if chance.random() >= 0.25:
        return ()
    first = today + timedelta(days=chance.randrange(2, 26))
    return tuple(first + timedelta(days=n) for n in range(chance.randrange(1, 6)))


def _cleared_until(chance: Random, today: date) -> date | None:
    """Checks that last, that end within two months for some, and that have just ended for a few."""
    drawn = chance.random()
    if drawn < 0.02:
        return today - timedelta(days=chance.randrange(1, 8))
    if drawn < 0.09:
        return today + timedelta(days=chance.randrange(9, 59))
    return today + timedelta(days=chance.randrange(90, 1000)) if drawn < 0.8 else None


def _preferences(
    area: Area, chance: Random, home: tuple[float, float], farthest: int
) -> tuple[tuple[str, str], ...]:
    within = [s.code for s in area.practices if _roughly_km(home, (s.latitude, s.longitude)) < farthest]
    liked = chance.sample(within, min(len(within), chance.choice((0, 0, 0, 1, 1, 2))))
    rest = [code for code in within if code not in liked]
    blocked = chance.sample(rest, min(len(rest), chance.choice((0, 0, 0, 0, 0, 1))))
    return (*((code, "preferred") for code in liked), *((code, "blocked") for code in blocked))


def _roughly_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Good to a per cent or so: enough to choose by."""
    east = (a[1] - b[1]) * KM_A_DEGREE * cos(radians(a[0]))
    return float(((a[0] - b[0]) ** 2 * KM_A_DEGREE**2 + east**2) ** 0.5)


def _obliging(worker: Worker, area: Area, today: date) -> Worker:
    """The sample clinician: terms under which work is found for her every week."""
    heart = max(area.practices, key=lambda spot: (spot.patients, spot.code))
    near = sorted(
        area.practices,
        key=lambda s: (_roughly_km((heart.latitude, heart.longitude), (s.latitude, s.longitude)), s.code),
    )
    terms = {
        **worker.terms,
        "base_rate": Decimal("82.00"),
        # what her page shows at its best: a scale both ways
        "practice_cancels": [[1, 100], [7, 50], [14, 25]],
        "clinician_cancels": [[1, 20]],
        "payment_days": 14,
        "most_patients": 15,
        "max_km": 25,
        "max_sessions_day": 2,
        "max_sessions_week": 8,
    }
    return Worker(
        email=worker.email,
        role="gp",
        registration=worker.registration,
        skills=tuple(code for code, _ in TRADE["gp"].skills),
        latitude=round(heart.latitude + 0.006, 5),
        longitude=round(heart.longitude - 0.009, 5),
        cleared_until=today + timedelta(days=52),
        pcn=heart.pcn,
        chambers="",
        engagement="self-employed",
        terms={**terms, "wished_sessions_week": 6, "max_consecutive_days": 5, "max_minutes_week": 2250},
        pattern=dict.fromkeys(range(5), (DAY,)),
        preferences=tuple((spot.code, "preferred") for spot in near[:2])
        + tuple((s.code, "blocked") for s in near[-1:]),
    )


def _in_chambers(workers: list[Worker], area: Area, chance: Random, size: int) -> list[Worker]:
    """The first two, and others drawn, in the area's chambers; the members of a chambers stay under its
    limit.
    """
    from dataclasses import replace

    if not area.chambers:
        return workers
    chosen = [
        0,
        1,
        *chance.sample(range(2, len(workers)), min(len(workers) - 2, size * len(area.chambers) - 2)),
    ]
    for index, number in enumerate(chosen):
        # the sample lead, second of all, leads the first
        name = area.chambers[0] if index < 2 else area.chambers[index % len(area.chambers)]
        workers[number] = replace(workers[number], chambers=name)
    return workers
