"""Invented planning problems: one integrated care system, and all England on its real map."""

import csv
import random
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from math import cos, radians
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desirepath.matching import (
    Clinician,
    Options,
    Practice,
    Preference,
    Problem,
    Vacancy,
    Window,
)
from desirepath.matching.times import from_local

# how far people travel, km: an invented system is wide, England's towns are dense
ICS_REACH = (10.0, 15.0, 20.0, 30.0, 40.0)
ENGLAND_REACH = (6.0, 10.0, 14.0, 20.0, 28.0)
MONDAY = date(2026, 12, 7)
ROLES = (("gp", 70), ("nurse", 15), ("pharmacist", 10), ("paramedic", 5))
SKILLS = ("minor surgery", "coil fitting", "baby checks", "urgent care")
TIMES = ((8, 30, 250), (13, 30, 250), (8, 30, 250), (14, 0, 240), (18, 30, 120))


def at(day: date, minutes: int) -> datetime:
    """The UTC time of so many wall-clock minutes into a local day."""
    return from_local(datetime.combine(day, time()) + timedelta(minutes=minutes))


def ics(
    seed: int, *, sessions: int = 600, clinicians: int = 400, practices: int = 60, days: int = 7
) -> Problem:
    """A random integrated care system: towns with practices, clinicians around them, a weekday pattern."""
    rng = random.Random(seed)
    towns = [(52.6 + rng.uniform(-0.25, 0.25), 1.2 + rng.uniform(-0.4, 0.4)) for _ in range(9)]
    pcns = [f"U{i:05}" for i in range(12)]
    surgeries = []
    for i in range(practices):
        lat, lon = rng.choice(towns)
        where = lat + rng.gauss(0, 0.04), lon + rng.gauss(0, 0.06)
        surgeries.append(Practice(f"D{i:05}", pcns[i % 12], f"pool{i % 2}", *where))
    people = [person(rng, i, rng.choice(surgeries), days) for i in range(clinicians)]
    liked = {
        (p.id, rng.choice(surgeries).id, rng.choice(("preferred", "worked", "worked", "blocked")))
        for p in people
        for _ in range(3)
    }
    return Problem(
        practices=tuple(surgeries),
        neighbours=frozenset((pcns[i], pcns[(i + step) % 12]) for i in range(12) for step in (2, 10)),
        clinicians=tuple(people),
        vacancies=tuple(vacancy(rng, i, rng.choice(surgeries), days) for i in range(sessions)),
        preferences=tuple(Preference(*each) for each in sorted(liked)),  # type: ignore[arg-type]
        options=Options(),
    )


def england(
    seed: int, data: Path, *, sessions: int = 25_000, clinicians: int = 17_000, days: int = 7
) -> Problem:
    """All England: the practices and PCNs of the public file at `data`, invented clinicians and sessions.

    Pools are the integrated care boards. People live and sessions arise as patients are registered; a
    clinician's feelings are about practices within her reach. Neighbours are the three nearest PCNs of each.
    """
    rng = random.Random(seed)
    rows = [row for row in csv.DictReader(data.open(encoding="utf-8")) if row["lat"] and row["list_size"]]
    surgeries = [
        Practice(r["practice_code"], r["pcn_code"], r["icb_code"], float(r["lat"]), float(r["lon"]))
        for r in rows
    ]
    weights = list(accumulate(int(float(row["list_size"])) for row in rows))
    homes = rng.choices(surgeries, cum_weights=weights, k=clinicians)
    people = [person(rng, i, home, days, ENGLAND_REACH) for i, home in enumerate(homes)]
    near = reachable(surgeries)
    liked = {
        (p.id, rng.choice(near[home.id]), rng.choice(("preferred", "worked", "worked", "blocked")))
        for p, home in zip(people, homes, strict=True)
        for _ in range(3)
    }
    places = rng.choices(surgeries, cum_weights=weights, k=sessions)
    return Problem(
        practices=tuple(surgeries),
        neighbours=frozenset(nearest_pcns(surgeries)),
        clinicians=tuple(people),
        vacancies=tuple(vacancy(rng, i, place, days) for i, place in enumerate(places)),
        preferences=tuple(Preference(*each) for each in sorted(liked)),  # type: ignore[arg-type]
        options=Options(),
    )


def on_the_plane(practices: list[Practice]) -> NDArray[np.float64]:
    """Kilometres east and north, near enough for choosing neighbours."""
    return np.array([(p.longitude * 111.2 * cos(radians(53)), p.latitude * 111.2) for p in practices])


def reachable(practices: list[Practice]) -> dict[str, list[str]]:
    """The twenty nearest practices of each, itself among them."""
    spots, found = on_the_plane(practices), {}
    for practice, spot in zip(practices, spots, strict=True):
        away = ((spots - spot) ** 2).sum(axis=1)
        found[practice.id] = [practices[i].id for i in np.argpartition(away, 20)[:20]]
    return found


def nearest_pcns(practices: list[Practice]) -> set[tuple[str, str]]:
    """Each PCN with its three nearest, by the mean place of its practices."""
    members: dict[str, list[int]] = {}
    for i, practice in enumerate(practices):
        if practice.pcn:
            members.setdefault(practice.pcn, []).append(i)
    spots, codes = on_the_plane(practices), list(members)
    centres = np.array([spots[members[code]].mean(axis=0) for code in codes])
    pairs = set()
    for i, code in enumerate(codes):
        away = ((centres - centres[i]) ** 2).sum(axis=1)
        away[i] = np.inf
        pairs |= {(code, codes[j]) for j in np.argsort(away)[:3]}
    return pairs


def role(rng: random.Random) -> str:
    """A role, as often as it occurs."""
    return rng.choices([name for name, _ in ROLES], [share for _, share in ROLES])[0]


def person(
    rng: random.Random, i: int, home: Practice, days: int, reach: tuple[float, ...] = ICS_REACH
) -> Clinician:
    """A clinician near a practice, free on some half days."""
    windows = []
    for day in range(days):
        if rng.random() < (0.55 if day % 7 < 5 else 0.2):
            first, last = rng.choice(((480, 780), (780, 1110), (480, 1110), (780, 1260), (480, 1290)))
            on = MONDAY + timedelta(days=day)
            windows.append(Window(at(on, first), at(on, last)))
    agency = rng.random() < 0.08
    pools = frozenset() if agency and rng.random() < 0.7 else frozenset({home.pool})
    wished = rng.randint(1, 7)
    return Clinician(
        id=f"C{i:05}",
        role=role(rng),
        skills=frozenset(s for s in SKILLS if rng.random() < 0.4),
        latitude=home.latitude + rng.gauss(0, 0.06),
        longitude=home.longitude + rng.gauss(0, 0.09),
        pcn=home.pcn if rng.random() < 0.5 else None,
        pools=pools,
        agency=agency,
        base_rate=rng.randrange(7000, 10500, 50),
        evening_pct=rng.choice((0, 10, 20)),
        saturday_pct=rng.choice((0, 20, 30)),
        day_pct=(rng.choice((0, 0, 5)), 0, 0, 0, rng.choice((0, 5, 10)), 0, 30),
        bank_holiday_pct=50,
        far_km=rng.choice((10.0, 15.0, 20.0)),
        far_pence_per_km=rng.choice((20, 45, 60)),
        max_km=rng.choice(reach),
        max_sessions_week=wished + rng.randint(0, 2),
        max_sessions_day=rng.choice((1, 2, 2, 3)),
        max_consecutive_days=rng.choice((2, 3, 4, 5)),
        wished_sessions_week=wished,
        max_minutes_week=rng.choice((900, 1250, 1500, 2250)),
        min_rest_minutes=660,
        valid_until=None,
        windows=tuple(windows),
    )


def vacancy(rng: random.Random, i: int, place: Practice, days: int) -> Vacancy:
    """A session: more on Mondays, few at the weekend."""
    day = rng.choices(range(days), [(26, 19, 17, 17, 16, 4, 1)[d % 7] for d in range(days)])[0]
    hour, minute, length = rng.choice(TIMES)
    start = at(MONDAY + timedelta(days=day), hour * 60 + minute)
    return Vacancy(
        id=f"V{i:05}",
        practice=place.id,
        start=start,
        end=start + timedelta(minutes=length),
        role=role(rng),
        skills=frozenset(rng.sample(SKILLS, rng.choice((0, 0, 0, 1)))),
        urgency=rng.choice((1, 1, 2, 3, 5)),
        rate_cap=rng.randrange(8000, 12500, 250),
    )
