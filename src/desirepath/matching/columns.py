"""A problem as numpy columns, taken from its values once: what every fast path reads.

Positions are those of the problem's tuples. Minutes count from the beginning of 1970 (UTC), days are ordinals
of the local date, money is pence, percentages are ten-thousandths of a per cent, places are degrees.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desirepath.matching.problem import Clinician, Options, Percent, Practice, Problem, Vacancy
from desirepath.matching.rules import SATURDAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PERCENT_UNIT = 10_000
FAR_FUTURE = 10**7
NO_PCN = -1
# what each adds to the preference for a practice; 8 stands for the block, as 4 and 3 add up to less
WORKED, PREFERRED, BLOCKED = 3, 4, 8
KINDS = {"worked": WORKED, "preferred": PREFERRED, "blocked": BLOCKED}


class Codes:
    """Values numbered from 0 as they are first met."""

    def __init__(self) -> None:
        self.number: dict[Hashable, int] = {}

    def of(self, values: Iterable[Hashable]) -> Ints:
        """The number of each value."""
        number = self.number
        return np.array([number.setdefault(value, len(number)) for value in values], np.int64)

    def table(self, columns: "Codes", holds: Callable[[Any, Any], bool]) -> Flags:
        """`holds` of each value (rows) and each value of `columns`."""
        cells = [[holds(row, column) for column in columns.number] for row in self.number]
        return np.array(cells, np.bool_).reshape(len(self.number), len(columns.number))


@dataclass(frozen=True, slots=True)
class PracticeColumns:
    """`pcn` and `pool` are numbers of names; practices without a PCN have one number among them for that."""

    latitude: Floats
    longitude: Floats
    pcn: Ints
    pool: Ints


@dataclass(frozen=True, slots=True)
class ClinicianColumns:
    """A clinician's terms and limits, all of one length but the windows.

    `role` and `pcn` are numbers of names (pcn -1: in no PCN bank), `skills` and `pools` of sets of names.
    `day_pct` is (clinicians, 7). `last_day` is an ordinal, far in the future where there is none. Her windows
    are `window_start` and `window_end` from `window_first[c]` to `window_first[c + 1]`, in order.
    """

    role: Ints
    skills: Ints
    pools: Ints
    pcn: Ints
    latitude: Floats
    longitude: Floats
    agency: Flags
    base_rate: Ints
    evening_pct: Ints
    saturday_pct: Ints
    day_pct: Ints
    bank_holiday_pct: Ints
    far_km: Floats
    far_pence_per_km: Ints
    max_km: Floats
    max_sessions_week: Ints
    max_sessions_day: Ints
    max_consecutive_days: Ints
    wished_sessions_week: Ints
    max_minutes_week: Ints
    min_rest_minutes: Ints
    last_day: Ints
    window_first: Ints
    window_start: Ints
    window_end: Ints


@dataclass(frozen=True, slots=True)
class VacancyColumns:
    """The sessions asked for.

    `practice` is a position, `role` a number of a name, `skills` of a set of names. `start` and `end` are
    points in time, `minutes` the time between; `day` and `monday` the local day and week it belongs to.
    """

    practice: Ints
    role: Ints
    skills: Ints
    start: Ints
    end: Ints
    minutes: Ints
    day: Ints
    monday: Ints
    urgency: Ints
    rate_cap: Ints
    evening: Flags
    bank_holiday: Flags

    def weekday(self) -> Ints:
        """0 for Monday to 6 for Sunday."""
        return self.day - self.monday

    def saturday(self) -> Flags:
        """Whether it is on a Saturday."""
        return np.equal(self.weekday(), SATURDAY)


@dataclass(frozen=True, slots=True)
class PreferenceColumns:
    """Who feels what about which practice: positions of both, and BLOCKED, PREFERRED or WORKED."""

    clinician: Ints
    practice: Ints
    kind: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """All of a problem's columns, and what holds between the names and sets of names that they number.

    `holds[s, t]`: a clinician's set of skills t holds a vacancy's set s. `belongs[p, q]`: pool q is in a
    clinician's set of pools p. `neighbours` is (rows, 2): her PCN, the practice's PCN.
    """

    clinicians: ClinicianColumns
    vacancies: VacancyColumns
    practices: PracticeColumns
    preferences: PreferenceColumns
    holds: Flags
    belongs: Flags
    neighbours: Ints

    @classmethod
    def of(cls, problem: Problem) -> "Columns":
        """The columns of a problem."""
        roles, pools, pcns = Codes(), Codes(), Codes()
        held, needed, pool_sets = Codes(), Codes(), Codes()
        return cls(
            practices=practice_columns(problem.practices, pools, pcns),
            clinicians=clinician_columns(problem.clinicians, roles, held, pool_sets, pcns),
            vacancies=vacancy_columns(problem, roles, needed),
            preferences=preference_columns(problem),
            holds=needed.table(held, lambda wanted, hers: wanted <= hers),
            belongs=pool_sets.table(pools, lambda hers, pool: pool in hers),
            neighbours=pcns.of(pcn for pair in problem.neighbours for pcn in pair).reshape(-1, 2),
        )


def practice_columns(practices: tuple[Practice, ...], pools: Codes, pcns: Codes) -> PracticeColumns:
    """The practices as columns."""
    return PracticeColumns(
        latitude=floats(p.latitude for p in practices),
        longitude=floats(p.longitude for p in practices),
        pcn=pcns.of(p.pcn for p in practices),
        pool=pools.of(p.pool for p in practices),
    )


def clinician_columns(
    people: tuple[Clinician, ...], roles: Codes, held: Codes, pool_sets: Codes, pcns: Codes
) -> ClinicianColumns:
    """The clinicians as columns."""
    windows = [window for person in people for window in person.windows]
    return ClinicianColumns(
        role=roles.of(p.role for p in people),
        skills=held.of(p.skills for p in people),
        pools=pool_sets.of(p.pools for p in people),
        pcn=np.where([p.pcn is None for p in people], NO_PCN, pcns.of(p.pcn for p in people)),
        latitude=floats(p.latitude for p in people),
        longitude=floats(p.longitude for p in people),
        agency=np.array([p.agency for p in people], np.bool_),
        base_rate=ints(p.base_rate for p in people),
        evening_pct=scaled(p.evening_pct for p in people),
        saturday_pct=scaled(p.saturday_pct for p in people),
        day_pct=scaled(pct for p in people for pct in p.day_pct).reshape(-1, 7),
        bank_holiday_pct=scaled(p.bank_holiday_pct for p in people),
        far_km=floats(p.far_km for p in people),
        far_pence_per_km=ints(p.far_pence_per_km for p in people),
        max_km=floats(p.max_km for p in people),
        max_sessions_week=ints(p.max_sessions_week for p in people),
        max_sessions_day=ints(p.max_sessions_day for p in people),
        max_consecutive_days=ints(p.max_consecutive_days for p in people),
        wished_sessions_week=ints(p.wished_sessions_week for p in people),
        max_minutes_week=ints(p.max_minutes_week for p in people),
        min_rest_minutes=ints(p.min_rest_minutes for p in people),
        last_day=ints(p.valid_until.toordinal() if p.valid_until else FAR_FUTURE for p in people),
        window_first=firsts(ints(len(p.windows) for p in people)),
        window_start=ints(minute(w.start) for w in windows),
        window_end=ints(minute(w.end) for w in windows),
    )


def vacancy_columns(problem: Problem, roles: Codes, needed: Codes) -> VacancyColumns:
    """The vacancies as columns."""
    sessions, options = problem.vacancies, problem.options
    position = positions(problem.practices)
    return VacancyColumns(
        practice=ints(position[v.practice] for v in sessions),
        role=roles.of(v.role for v in sessions),
        skills=needed.of(v.skills for v in sessions),
        start=ints(minute(v.start) for v in sessions),
        end=ints(minute(v.end) for v in sessions),
        minutes=ints(v.minutes for v in sessions),
        day=ints(v.day.toordinal() for v in sessions),
        monday=ints(v.monday.toordinal() for v in sessions),
        urgency=ints(v.urgency for v in sessions),
        rate_cap=ints(v.rate_cap for v in sessions),
        evening=is_evening(sessions, options),
        bank_holiday=np.array([v.day in options.bank_holidays for v in sessions], np.bool_),
    )


def preference_columns(problem: Problem) -> PreferenceColumns:
    """The preferences as columns."""
    who, where = positions(problem.clinicians), positions(problem.practices)
    return PreferenceColumns(
        clinician=ints(who[each.clinician] for each in problem.preferences),
        practice=ints(where[each.practice] for each in problem.preferences),
        kind=ints(KINDS[each.kind] for each in problem.preferences),
    )


def positions(values: Iterable[Any]) -> dict[str, int]:
    """The position of each value by its id."""
    return {value.id: i for i, value in enumerate(values)}


def is_evening(sessions: tuple[Vacancy, ...], options: Options) -> Flags:
    """Whether each session starts in the evening, by the local clock."""
    return np.array([v.start_clock >= options.evening_from for v in sessions], np.bool_)


def ints(values: Iterable[int]) -> Ints:
    """The values as 64-bit whole numbers."""
    return np.fromiter(values, np.int64)


def floats(values: Iterable[float]) -> Floats:
    """The values as 64-bit floating-point numbers."""
    return np.fromiter(values, np.float64)


def scaled(percentages: Iterable[Percent]) -> Ints:
    """Percentages as ten-thousandths of a per cent."""
    return ints(int(each * PERCENT_UNIT) for each in percentages)


def firsts(counts: Ints) -> Ints:
    """Where each of several runs of so many begins, and at the end where the last ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def minute(moment: datetime) -> int:
    """Minutes since the beginning of 1970 (UTC) of an aware time that is whole to the minute."""
    # seconds of whole minutes are exact in a float for all years there are
    return int(moment.timestamp()) // 60
