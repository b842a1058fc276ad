"""Every feasible pair of a problem at once: the rules of one pair in numpy, equal to the oracle in `rules`.

Work goes practice by practice: distance, pool, blocks and tier once for a practice and all clinicians near
it, then the sessions there against those left. Distances that lie within a millimetre of a boundary are taken
from the oracle, so that both agree to the last pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desirepath.matching.problem import Clinician, Practice, Problem, Vacancy
from desirepath.matching.rules import EARTH_RADIUS_KM, SATURDAY, distance_km
from desirepath.matching.times import EPOCH, minutes_between

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BORDER_KM = 1e-6
PERCENT_UNIT = 10_000
CHUNK = 2_000_000
KM_PER_DEGREE = 111.0
FAR_FUTURE = 10**7


@dataclass(frozen=True, slots=True)
class Pairs:
    """Feasible pairs as columns of one length, ordered by vacancy, then clinician.

    `clinician` and `vacancy` are positions in the problem's tuples; `km` one way; `rate` pence an hour;
    `tier` 0 to 3; `preference` points.
    """

    clinician: Ints
    vacancy: Ints
    km: Floats
    rate: Ints
    tier: Ints
    preference: Ints

    def __len__(self) -> int:
        return len(self.vacancy)

    def chosen(self, rows: Any) -> "Pairs":
        """The pairs at `rows` (positions or flags)."""
        return Pairs(*(getattr(self, name)[rows] for name in self.__slots__))


def feasible_pairs(problem: Problem) -> Pairs:
    """All pairs for which every rule of one pair holds. Fixed and pinned vacancies are not left out."""
    if not problem.clinicians or not problem.vacancies:
        return joined([])
    roles: dict[str, dict[str, list[int]]] = {}
    for position, vacancy in enumerate(problem.vacancies):
        roles.setdefault(vacancy.role, {}).setdefault(vacancy.practice, []).append(position)
    found: list[Pairs] = []
    for role, sessions_at in roles.items():
        members = [i for i, clinician in enumerate(problem.clinicians) if clinician.role == role]
        if members:
            crowd = Crowd(problem, members)
            for practice_id, positions in sessions_at.items():
                near = crowd.near(problem.practice_of[practice_id])
                found += crowd.able(near, positions)
    return without_forbidden(problem, joined(found))


def joined(parts: list[Pairs]) -> Pairs:
    """The parts as one, in order."""
    if not parts:
        none, no_km = np.empty(0, np.int64), np.empty(0, np.float64)
        return Pairs(none, none, no_km, none, none, none)
    whole = Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__slots__))
    return whole.chosen(np.lexsort((whole.clinician, whole.vacancy)))


def without_forbidden(problem: Problem, pairs: Pairs) -> Pairs:
    """The pairs that no manager has forbidden."""
    if not problem.forbidden or not len(pairs):
        return pairs
    place = {clinician.id: i for i, clinician in enumerate(problem.clinicians)}
    session = {vacancy.id: i for i, vacancy in enumerate(problem.vacancies)}
    many = len(problem.clinicians)
    codes = np.array([session[v] * many + place[c] for v, c in problem.forbidden], np.int64)
    return pairs.chosen(~np.isin(pairs.vacancy * many + pairs.clinician, codes))


@dataclass(frozen=True, slots=True)
class Near:
    """Who of a crowd may work at one practice: positions in the crowd, and what goes with each."""

    who: Ints
    km: Floats
    far: Ints
    tier: Ints
    preference: Ints


class Crowd:
    """The clinicians of one role as arrays, ordered from south to north."""

    def __init__(self, problem: Problem, members: list[int]) -> None:
        self.problem = problem
        members = sorted(members, key=lambda i: (problem.clinicians[i].latitude, i))
        people = self.people = [problem.clinicians[i] for i in members]
        self.position = np.array(members, np.int64)
        self.latitude = np.array([p.latitude for p in people])
        self.longitude = np.array([p.longitude for p in people])
        self.max_km = np.array([p.max_km for p in people])
        self.reach = float(self.max_km.max())
        self.far_km = np.array([p.far_km for p in people])
        self.far_pence = ints(p.far_pence_per_km for p in people)
        self.base = ints(p.base_rate for p in people)
        self.weekday = np.array([[scaled(each) for each in p.day_pct] for p in people], np.int64)
        self.evening = ints(scaled(p.evening_pct) for p in people)
        self.saturday = ints(scaled(p.saturday_pct) for p in people)
        self.bank_holiday = ints(scaled(p.bank_holiday_pct) for p in people)
        self.max_minutes = ints(p.max_minutes_week for p in people)
        self.last_day = ints(p.valid_until.toordinal() if p.valid_until else FAR_FUTURE for p in people)
        self.agency = np.array([p.agency for p in people], np.bool_)
        self.pcn = np.array([p.pcn or "" for p in people])
        self.place = {p.id: i for i, p in enumerate(people)}
        self.holds: dict[frozenset[str], Flags] = {}
        self.in_pool: dict[str, Flags] = {}
        self._index_windows(people)
        self._index_feelings(problem)

    def _index_windows(self, people: list[Clinician]) -> None:
        rows = [
            (i, minute(window.start), minute(window.end))
            for i, p in enumerate(people)
            for window in p.windows
        ]
        table = np.array(rows, np.int64).reshape(-1, 3)
        self.window_owner, self.window_start, self.window_end = table[:, 0], table[:, 1], table[:, 2]
        self.window_key = self.window_owner * 2**34 + self.window_start

    def _index_feelings(self, problem: Problem) -> None:
        self.feelings: dict[tuple[str, str], list[int]] = {}
        for each in problem.preferences:
            if each.clinician in self.place:
                self.feelings.setdefault((each.practice, each.kind), []).append(self.place[each.clinician])

    def felt(self, practice: str, kind: str) -> Flags:
        """Who of the crowd has blocked, prefers or has worked at the practice."""
        flags = np.zeros(len(self.people), np.bool_)
        flags[self.feelings.get((practice, kind), [])] = True
        return flags

    def members_of(self, pool: str) -> Flags:
        """Who of the crowd is in the pool."""
        if pool not in self.in_pool:
            self.in_pool[pool] = np.array([pool in p.pools for p in self.people], np.bool_)
        return self.in_pool[pool]

    def holders_of(self, skills: frozenset[str]) -> Flags:
        """Who of the crowd holds all the skills."""
        if skills not in self.holds:
            self.holds[skills] = np.array([skills <= p.skills for p in self.people], np.bool_)
        return self.holds[skills]

    def near(self, practice: Practice) -> Near:
        """Who may work at the practice by pool, distance and blocks."""
        margin = self.reach / KM_PER_DEGREE + BORDER_KM
        low, high = np.searchsorted(self.latitude, [practice.latitude - margin, practice.latitude + margin])
        who = np.arange(low, high)
        inside = self.members_of(practice.pool)
        who = who[(inside | self.agency)[who] & ~self.felt(practice.id, "blocked")[who]]
        km = great_circle(self.latitude[who], self.longitude[who], practice)
        within = km <= self.max_km[who] + BORDER_KM
        who, km = who[within], self._exact_at_borders(who[within], km[within], practice)
        within = km <= self.max_km[who]
        who, km = who[within], km[within]
        far = np.floor(np.maximum(0.0, km - self.far_km[who])).astype(np.int64)
        return Near(who, km, far, self._tier(who, inside, practice), self._preference(who, km, practice))

    def _exact_at_borders(self, who: Ints, km: Floats, practice: Practice) -> Floats:
        beyond = km - self.far_km[who]
        border = (np.abs(beyond - np.rint(beyond)) < BORDER_KM) & (beyond > -BORDER_KM)
        for quarters in (1, 2, 3, 4):
            border |= np.abs(km - self.max_km[who] * quarters / 4) < BORDER_KM
        for i in np.flatnonzero(border):
            km[i] = distance_km(self.people[who[i]], practice)
        return km

    def _tier(self, who: Ints, inside: Flags, practice: Practice) -> Ints:
        neighbours = self.problem.pcns_beside(practice.pcn)
        tier = np.where(np.isin(self.pcn[who], neighbours), 1, 2)
        tier[(self.pcn[who] == practice.pcn) & (self.pcn[who] != "")] = 0
        tier[~inside[who]] = 3
        return tier

    def _preference(self, who: Ints, km: Floats, practice: Practice) -> Ints:
        close = sum(4 * km < quarters * self.max_km[who] for quarters in (1, 2, 3))
        liked, known = self.felt(practice.id, "preferred")[who], self.felt(practice.id, "worked")[who]
        return np.asarray(close + 4 * liked + 3 * known, np.int64)

    def able(self, near: Near, positions: list[int]) -> Iterator[Pairs]:
        """The feasible pairs of those near with the sessions at `positions`, all at one practice."""
        step = max(1, CHUNK // max(1, len(near.who)))
        for first in range(0, len(positions), step):
            chunk = positions[first : first + step]
            sessions = [self.problem.vacancies[i] for i in chunk]
            rates = self._rates(near, sessions)
            fine = self._free(near, sessions) & (rates <= ints(s.rate_cap for s in sessions))
            row, column = np.nonzero(fine)
            yield Pairs(
                self.position[near.who[row]],
                np.array(chunk, np.int64)[column],
                near.km[row],
                rates[row, column],
                near.tier[row],
                near.preference[row],
            )

    def _free(self, near: Near, sessions: list[Vacancy]) -> Flags:
        """Skills, last valid day, weekly minutes, windows: a flag for each of those near and each session."""
        who = near.who[:, None]
        starts, ends = ints(minute(s.start) for s in sessions), ints(minute(s.end) for s in sessions)
        fine = np.array([self.holders_of(s.skills)[near.who] for s in sessions], np.bool_)
        fine = fine.reshape(len(sessions), len(near.who)).T
        fine = fine & (ints(s.day.toordinal() for s in sessions) <= self.last_day[who])
        fine &= ints(s.minutes for s in sessions) <= self.max_minutes[who]
        if not len(self.window_key):
            return np.zeros_like(fine)
        last = np.searchsorted(self.window_key, who * 2**34 + starts, side="right") - 1
        inside = (last >= 0) & (self.window_owner[last] == who) & (self.window_end[last] >= ends)
        return np.asarray(fine & inside, np.bool_)

    def _rates(self, near: Near, sessions: list[Vacancy]) -> Ints:
        """Pence an hour for each of those near (rows) and each session (columns)."""
        who, options = near.who[:, None], self.problem.options
        percent = self.weekday[who, ints(s.day.weekday() for s in sessions)]
        percent += self.evening[who] * ints(s.start_clock >= options.evening_from for s in sessions)
        percent += self.saturday[who] * ints(s.day.weekday() == SATURDAY for s in sessions)
        percent += self.bank_holiday[who] * ints(s.day in options.bank_holidays for s in sessions)
        hourly = self.base[who] * (100 * PERCENT_UNIT + percent) // (100 * PERCENT_UNIT)
        return np.asarray(hourly + (near.far * self.far_pence[near.who])[:, None], np.int64)


def great_circle(latitude: Floats, longitude: Floats, practice: Practice) -> Floats:
    """Kilometres from each place (degrees) to the practice; haversine, as in the oracle."""
    lat, lat_there = np.radians(latitude), np.radians(practice.latitude)
    across = np.sin((lat_there - lat) / 2) ** 2
    along = np.sin(np.radians(practice.longitude - longitude) / 2) ** 2
    share = np.minimum(1.0, across + np.cos(lat) * np.cos(lat_there) * along)
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(share)), np.float64)


def ints(values: Any) -> Ints:
    """The values as 64-bit whole numbers."""
    return np.array([int(value) for value in values], np.int64)


def scaled(percent: Any) -> int:
    """A percentage in ten-thousandths of a per cent."""
    return int(percent * PERCENT_UNIT)


def minute(moment: Any) -> int:
    """Minutes since the beginning of 1970 (UTC)."""
    return minutes_between(EPOCH, moment)
