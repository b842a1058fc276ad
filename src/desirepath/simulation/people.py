"""Invented clinicians: their terms, the hours they tend to keep, and how they take to being asked."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from desirepath.matching import Clinician, Practice, Window
from desirepath.matching.times import from_local

ROLES = (("gp", 70), ("nurse", 15), ("pharmacist", 15))
SKILLS = ("minor surgery", "coil fitting", "baby checks", "urgent care")
AGENCY_SHARE = 0.08
# minutes after midnight: a morning, an afternoon, both, until the evening
HOURS = ((480, 780), (780, 1110), (480, 1110), (480, 1110), (780, 1260))
# of the days she tends to work, those she is free on in a given week
FREE = 0.85


@dataclass(frozen=True, slots=True)
class Person:
    """A clinician without windows, the weekday hours she tends to keep (minutes after midnight), and her
    temper: `keenness` shifts her willingness (log odds), `slowness` is the waking hours she takes on average
    to answer, `looks_every` those between her looks at a board.
    """

    terms: Clinician
    hours: tuple[tuple[int, int, int], ...]
    keenness: float
    slowness: float
    looks_every: float

    def in_week(self, seed: int, monday: date) -> tuple[Window, ...]:
        """When she is free in one week; the same for the same seed, whoever asks."""
        chance = seeded(seed, "free", self.terms.id, monday)
        return tuple(
            Window(at(monday + timedelta(days=day), start), at(monday + timedelta(days=day), end))
            for day, start, end in self.hours
            if chance.random() < FREE
        )

    def during(self, seed: int, mondays: list[date]) -> Clinician:
        """Her terms with her windows of those weeks."""
        return replace(self.terms, windows=tuple(w for monday in mondays for w in self.in_week(seed, monday)))


def seeded(*of: object) -> Random:
    """Chance of its own for each thing: what is drawn for one never shifts what is drawn for another."""
    return Random(" ".join(str(each) for each in of))  # noqa: S311 - an experiment, not a secret


def at(day: date, minutes: int) -> datetime:
    """The UTC time of so many wall-clock minutes into a local day."""
    return from_local(datetime.combine(day, time()) + timedelta(minutes=minutes))


def role(chance: Random) -> str:
    """A role, as often as it occurs."""
    return chance.choices([name for name, _ in ROLES], [share for _, share in ROLES])[0]


def made_person(seed: int, number: int, practices: tuple[Practice, ...]) -> Person:
    """A clinician near some practice; a few come through an agency only."""
    chance = seeded(seed, "person", number)
    days = [day for day in range(7) if chance.random() < (0.55 if day < 5 else 0.12)]
    hours = tuple((day, *chance.choice(HOURS)) for day in days)
    return Person(
        made_terms(chance, f"C{number:04}", practices),
        hours,
        keenness=chance.gauss(0, 0.7),
        slowness=chance.lognormvariate(1.2, 0.9),
        looks_every=chance.lognormvariate(2.6, 0.7),
    )


def made_terms(chance: Random, name: str, practices: tuple[Practice, ...]) -> Clinician:
    """Her terms: rates in pence an hour, distances in kilometres."""
    home = chance.choice(practices)
    agency = chance.random() < AGENCY_SHARE
    wished = chance.choice((1, 1, 2, 2, 3, 3, 4, 5))
    return Clinician(
        id=name,
        role=role(chance),
        skills=frozenset(skill for skill in SKILLS if chance.random() < 0.45),
        latitude=home.latitude + chance.gauss(0, 0.05),
        longitude=home.longitude + chance.gauss(0, 0.08),
        pcn=home.pcn if not agency and chance.random() < 0.5 else None,
        pools=frozenset() if agency else frozenset({home.pool}),
        agency=agency,
        base_rate=chance.randrange(7000, 10500, 50),
        evening_pct=chance.choice((0, 10, 20)),
        saturday_pct=chance.choice((0, 20, 30)),
        day_pct=(chance.choice((0, 0, 5)), 0, 0, 0, chance.choice((0, 5, 10)), 0, 30),
        bank_holiday_pct=50,
        far_km=chance.choice((10.0, 15.0, 20.0)),
        far_pence_per_km=chance.choice((20, 45, 60)),
        max_km=chance.choice((10.0, 15.0, 20.0, 25.0, 30.0, 40.0)),
        max_sessions_week=wished + chance.randint(0, 2),
        max_sessions_day=chance.choice((1, 2, 2)),
        max_consecutive_days=chance.choice((3, 4, 5)),
        wished_sessions_week=wished,
        max_minutes_week=2250,
        min_rest_minutes=660,
        valid_until=None,
        windows=(),
    )
