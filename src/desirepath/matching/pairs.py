"""Every feasible pair of a problem at once: the rules of one pair in numpy, equal to the oracle in `rules`.

A *desk* is a practice and a role asked for there. Desks lie on a grid: from each clinician's place the desks
of her role within her reach are found in ranges, then each (clinician, desk) that remains is met with the
sessions there. Work goes in chunks, so that memory stays small. Distances that lie within a millimetre of a
boundary are taken from the oracle, so that both agree to the last pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from desirepath.matching.columns import (
    BLOCKED,
    PERCENT_UNIT,
    Columns,
    Flags,
    Floats,
    Ints,
    firsts,
    ints,
    minute,
    positions,
)
from desirepath.matching.problem import Problem
from desirepath.matching.rules import EARTH_RADIUS_KM, distance_km

__all__ = [
    "BORDER_KM",
    "Flags",
    "Floats",
    "Ints",
    "Pairs",
    "feasible_pairs",
    "great_circle",
    "ints",
    "minute",
]

BORDER_KM = 1e-6
# beyond, an arc's length is no longer told from its sine to the millimetre
NEARLY_ANTIPODES_KM = 19_900.0
# further than any place is, even of a quarter of it
ANYWHERE_KM = 1e6
# sessions met with clinicians in one go: what fits a processor's cache is fastest
CHUNK = 300_000
STRIPS = 64
# degrees by which the grid is searched further than need be, a good metre
SLACK = 1e-5
# more than any longitude, so that one number holds a strip and a place in it
STRIP_KEY = 1024.0


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


def feasible_pairs(problem: Problem, columns: Columns | None = None) -> Pairs:
    """All pairs for which every rule of one pair holds. Fixed and pinned vacancies are not left out.

    `columns` are the problem's, where they are known already.
    """
    if not problem.clinicians or not problem.vacancies:
        return joined([])
    search = Search(problem, columns or Columns.of(problem))
    return without_forbidden(problem, joined([search.able(near) for near in search.near()]))


def joined(parts: list[Pairs]) -> Pairs:
    """The parts as one, in order."""
    if not parts:
        none, no_km = np.empty(0, np.int64), np.empty(0, np.float64)
        return Pairs(none, none, no_km, none, none, none)
    whole = Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__slots__))
    order = whole.vacancy * (int(whole.clinician.max(initial=0)) + 1) + whole.clinician
    return whole.chosen(np.argsort(order))


def without_forbidden(problem: Problem, pairs: Pairs) -> Pairs:
    """The pairs that no manager has forbidden."""
    if not problem.forbidden or not len(pairs):
        return pairs
    place, session = positions(problem.clinicians), positions(problem.vacancies)
    many = len(problem.clinicians)
    codes = np.array([session[v] * many + place[c] for v, c in problem.forbidden], np.int64)
    return pairs.chosen(~np.isin(pairs.vacancy * many + pairs.clinician, codes))


class Desks:
    """Practices with a role asked for there, ordered by role, strip of latitude and longitude.

    `practice` is a position, `key` the place in that order; the sessions at desk d are
    `sessions[first[d] : first[d + 1]]`.
    """

    def __init__(self, columns: Columns) -> None:
        asked, practices = columns.vacancies, columns.practices
        many = len(practices.latitude)
        codes, desk_of, counts = np.unique(
            asked.role * many + asked.practice, return_inverse=True, return_counts=True
        )
        role, practice = np.divmod(codes, many)
        latitude, longitude = practices.latitude[practice], practices.longitude[practice]
        self.south = float(latitude.min())
        self.height = max(float(np.ptp(latitude)) / STRIPS, SLACK)
        key = self.strip_key(role, self.strip(latitude)) + longitude
        order = np.argsort(key, kind="stable")
        self.key, self.practice = key[order], practice[order]
        self.first = firsts(counts[order])
        self.sessions = np.argsort(np.argsort(order)[desk_of], kind="stable")

    def strip(self, latitude: Floats) -> Ints:
        """The strip in which a latitude lies; one beside them all for a latitude beyond."""
        return np.clip(np.floor((latitude - self.south) / self.height), -1, STRIPS + 1).astype(np.int64)

    def strip_key(self, role: Ints, strip: Ints) -> Floats:
        """Where the strip of a role begins in the order of the desks."""
        return np.asarray((role * (STRIPS + 2) + strip) * STRIP_KEY, np.float64)


@dataclass(frozen=True, slots=True)
class Near:
    """Who may work at which desk by pool, distance and blocks, and what goes with it.

    `clinician` and `desk` are positions, `extra` pence an hour for the way.
    """

    clinician: Ints
    desk: Ints
    km: Floats
    extra: Ints
    tier: Ints
    preference: Ints


class Search:
    """The desks and the clinicians of a problem, and what is looked up for each pair of them."""

    def __init__(self, problem: Problem, columns: Columns) -> None:
        self.problem = problem
        self.columns = columns
        self.desks = Desks(columns)
        # the largest numbers could not be multiplied
        self.max_km = np.minimum(columns.clinicians.max_km, ANYWHERE_KM)
        self.practices = len(problem.practices)
        felt = columns.preferences
        self.felt_key, of = np.unique(felt.clinician * self.practices + felt.practice, return_inverse=True)
        self.felt = np.bincount(of, felt.kind, len(self.felt_key)).astype(np.int64)
        self.pcns = int(columns.practices.pcn.max(initial=0) + columns.neighbours.max(initial=0)) + 2
        self.beside = np.unique(columns.neighbours[:, 0] * self.pcns + columns.neighbours[:, 1])
        owner = np.repeat(np.arange(len(problem.clinicians)), np.diff(columns.clinicians.window_first))
        self.window_key = owner * 2**34 + columns.clinicians.window_start
        self.hourly, self.pay_kind = hourly_rates(columns)

    def near(self) -> Iterator[Near]:
        """Everybody with the desks she may work at, in chunks of so many sessions there."""
        who, first, last = self.ranges()
        for rows in pieces(self.desks.first[last] - self.desks.first[first]):
            counts = last[rows] - first[rows]
            yield self.suited(np.repeat(who[rows], counts), runs(first[rows], counts))

    def ranges(self) -> tuple[Ints, Ints, Ints]:
        """Clinicians, and for each a range of desks that holds some of those within her reach."""
        hers = self.columns.clinicians
        reach = self.max_km / EARTH_RADIUS_KM
        lat = np.radians(hers.latitude)
        around = np.abs(lat) + reach >= np.pi / 2 - np.radians(SLACK)
        across = np.sin(np.where(around, 0.0, reach)) / np.where(around, 1.0, np.cos(lat))
        margin = np.where(around, 360.0, np.degrees(np.arcsin(across)) + SLACK)
        who, west, east = within_the_globe(hers.longitude - margin, hers.longitude + margin)
        margin = np.degrees(reach) + SLACK
        low, high = self.desks.strip(hers.latitude - margin), self.desks.strip(hers.latitude + margin)
        counts = (high - low + 1)[who]
        strip = runs(low[who], counts)
        who, west, east = np.repeat(who, counts), np.repeat(west, counts), np.repeat(east, counts)
        key = self.desks.strip_key(hers.role[who], strip)
        first = np.searchsorted(self.desks.key, key + west, side="left")
        last = np.searchsorted(self.desks.key, key + east, side="right")
        some = last > first
        return who[some], first[some], last[some]

    def suited(self, who: Ints, desk: Ints) -> Near:
        """Of clinicians and desks, those that pool, distance and blocks allow."""
        hers, practices = self.columns.clinicians, self.columns.practices
        practice = self.desks.practice[desk]
        inside = self.columns.belongs[hers.pools[who], practices.pool[practice]]
        fine = inside | hers.agency[who]
        who, desk, practice, inside = who[fine], desk[fine], practice[fine], inside[fine]
        there = Spots(practices.latitude[practice], practices.longitude[practice])
        km = great_circle(hers.latitude[who], hers.longitude[who], there)
        fine = np.minimum(km, NEARLY_ANTIPODES_KM) <= self.max_km[who] + BORDER_KM
        who, desk, practice, inside, km = who[fine], desk[fine], practice[fine], inside[fine], km[fine]
        km = self.exact_at_borders(who, practice, km)
        felt = self.feelings(who, practice)
        fine = (km <= self.max_km[who]) & (felt < BLOCKED)
        who, desk, practice, inside, km = who[fine], desk[fine], practice[fine], inside[fine], km[fine]
        far = np.floor(np.maximum(0.0, km - hers.far_km[who])).astype(np.int64)
        close = sum((4 * km < quarters * self.max_km[who]).astype(np.int64) for quarters in (1, 2, 3))
        tier = self.tier(who, practice, inside)
        return Near(who, desk, km, far * hers.far_pence_per_km[who], tier, felt[fine] + close)

    def exact_at_borders(self, who: Ints, practice: Ints, km: Floats) -> Floats:
        """The distances, from the oracle where they could lie on either side of a boundary."""
        max_km = self.max_km[who]
        beyond = km - self.columns.clinicians.far_km[who]
        border = (np.abs(beyond - np.rint(beyond)) < BORDER_KM) & (beyond > -BORDER_KM)
        for quarters in (1, 2, 3, 4):
            border |= np.abs(km - max_km * quarters / 4) < BORDER_KM
        border |= km > NEARLY_ANTIPODES_KM
        for i in np.flatnonzero(border):
            km[i] = distance_km(self.problem.clinicians[who[i]], self.problem.practices[practice[i]])
        return km

    def feelings(self, who: Ints, practice: Ints) -> Ints:
        """What each clinician feels about each practice: points, and BLOCKED on top where it is blocked."""
        found, known = located(who * self.practices + practice, self.felt_key)
        return np.where(known, self.felt[found], 0) if len(self.felt) else np.zeros(len(who), np.int64)

    def tier(self, who: Ints, practice: Ints, inside: Flags) -> Ints:
        """0 her PCN, 1 a neighbour of hers, 2 elsewhere in her pools, 3 through an agency."""
        own, there = self.columns.clinicians.pcn[who], self.columns.practices.pcn[practice]
        # where she is in no PCN bank her number is below 0, and neither holds
        _, beside = located(own * self.pcns + there, self.beside)
        tier = np.where(beside, 1, 2)
        tier[own == there] = 0
        tier[~inside] = 3
        return tier

    def able(self, near: Near) -> Pairs:
        """The feasible pairs of those near with the sessions at their desks."""
        hers, asked = self.columns.clinicians, self.columns.vacancies
        counts = self.desks.first[near.desk + 1] - self.desks.first[near.desk]
        session = self.desks.sessions[runs(self.desks.first[near.desk], counts)]
        row = np.repeat(np.arange(len(near.desk)), counts)
        who = near.clinician[row]
        rate = self.hourly[who, self.pay_kind[session]] + near.extra[row]
        fine = self.columns.holds[asked.skills[session], hers.skills[who]]
        fine &= asked.day[session] <= hers.last_day[who]
        fine &= asked.minutes[session] <= hers.max_minutes_week[who]
        fine &= rate <= asked.rate_cap[session]
        row, session, who, rate = row[fine], session[fine], who[fine], rate[fine]
        fine = self.free(who, session)
        row, session, who, rate = row[fine], session[fine], who[fine], rate[fine]
        return Pairs(who, session, near.km[row], rate, near.tier[row], near.preference[row])

    def free(self, who: Ints, session: Ints) -> Flags:
        """Whether each session lies inside one of the clinician's windows: the last that starts before it."""
        asked, hers = self.columns.vacancies, self.columns.clinicians
        if not len(self.window_key):
            return np.zeros(len(who), np.bool_)
        last = np.searchsorted(self.window_key, who * 2**34 + asked.start[session], side="right") - 1
        return (last >= hers.window_first[who]) & (hers.window_end[last] >= asked.end[session])


def hourly_rates(columns: Columns) -> tuple[Ints, Ints]:
    """Pence an hour, without the way, for each clinician (rows) and each kind of session there is, told by
    weekday, evening and bank holiday; and the kind of each vacancy."""
    hers, asked = columns.clinicians, columns.vacancies
    kinds, one_of_kind, kind = np.unique(
        asked.weekday() * 4 + asked.evening * 2 + asked.bank_holiday, return_index=True, return_inverse=True
    )
    percent = hers.day_pct[:, kinds // 4]
    percent += hers.evening_pct[:, None] * asked.evening[one_of_kind]
    percent += hers.saturday_pct[:, None] * asked.saturday()[one_of_kind]
    percent += hers.bank_holiday_pct[:, None] * asked.bank_holiday[one_of_kind]
    whole = 100 * PERCENT_UNIT
    return hers.base_rate[:, None] * (whole + percent) // whole, kind


def within_the_globe(west: Floats, east: Floats) -> tuple[Ints, Floats, Floats]:
    """Spans of longitude cut at the date line: whose each is, and from where to where, -180 to 180."""
    everybody = np.arange(len(west))
    all_round = east - west >= 360
    over, under = ~all_round & (east > 180), ~all_round & (west < -180)
    return (
        np.concatenate([everybody, everybody[over], everybody[under]]),
        np.concatenate([np.maximum(west, -180), np.full(over.sum(), -180.0), west[under] + 360]),
        np.concatenate([np.minimum(east, 180), east[over] - 360, np.full(under.sum(), 180.0)]),
    )


def pieces(sizes: Ints) -> Iterator[slice]:
    """Slices of consecutive rows that together have about CHUNK each."""
    piece = np.cumsum(sizes) // CHUNK
    bounds = np.flatnonzero(np.diff(piece)) + 1
    for first, last in pairwise([0, *bounds.tolist(), len(sizes)]):
        if last > first:
            yield slice(first, last)


def runs(first: Ints, counts: Ints) -> Ints:
    """For each, so many whole numbers from `first` on, one run after another."""
    before = firsts(counts)
    return np.arange(before[-1]) + np.repeat(first - before[:-1], counts)


def located(values: Ints, ordered: Ints) -> tuple[Ints, Flags]:
    """Where each value stands in `ordered`, and whether it does."""
    if not len(ordered):
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return place, ordered[place] == values


class Located(Protocol):
    """Something with a place in degrees, or columns of many such."""

    @property
    def latitude(self) -> Any: ...
    @property
    def longitude(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Spots:
    """Places as columns."""

    latitude: Floats
    longitude: Floats


def great_circle(latitude: Floats, longitude: Floats, there: Located) -> Floats:
    """Kilometres from each place (degrees) to the one there, or to its own; haversine, as in the oracle."""
    lat, lat_there = np.radians(latitude), np.radians(there.latitude)
    across = np.sin((lat_there - lat) / 2) ** 2
    along = np.sin(np.radians(there.longitude - longitude) / 2) ** 2
    share = np.minimum(1.0, across + np.cos(lat) * np.cos(lat_there) * along)
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(share)), np.float64)
