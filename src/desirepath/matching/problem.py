"""The planning problem: frozen, validated values. A `Problem` that exists is a sound question.

Money is whole pence (int), percentages are `Decimal` or `int` with at most 4 decimals, distances are
kilometres (float), times are aware datetimes kept in UTC and whole to the minute. Anything else raises
`ProblemError` with a message in people's words, the field it is about in `.field`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from desirepath.matching.times import minutes_between, monday_of, to_local
from desirepath.matching.validation import (
    Percent,
    ProblemError,
    by_id,
    finite,
    keep,
    keep_kilometres,
    keep_place,
    keep_span,
    require_clock,
    require_counts,
    require_decimal,
    require_percent,
    require_words,
)

__all__ = [
    "URGENCIES",
    "Clinician",
    "Kind",
    "Options",
    "Pair",
    "Percent",
    "Practice",
    "Preference",
    "Problem",
    "ProblemError",
    "Vacancy",
    "Weights",
    "Window",
    "merged",
]

Kind = Literal["blocked", "preferred", "worked"]
Pair = tuple[str, str]

URGENCIES = (1, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice: its PCN (may be empty), the pool it belongs to, and its place in degrees."""

    id: str
    pcn: str
    pool: str
    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        require_words(self, "id", "pool")
        keep_place(self)


@dataclass(frozen=True, slots=True)
class Window:
    """A span in which a clinician is willing to work: start before end, aware, kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        keep_span(self)


@dataclass(frozen=True, slots=True)
class Clinician:
    """A clinician with her own terms and limits, all of them hard.

    `base_rate` is pence an hour; `day_pct` holds seven percentages, Monday first; `far_km` and `max_km` are
    kilometres; `windows` are merged where they touch or overlap. `history_wished` and `history_offered`
    (sessions over the last weeks, this one not among them) enter level 4 with `Options.fairness_history`.
    """

    id: str
    role: str
    skills: frozenset[str]
    latitude: float
    longitude: float
    pcn: str | None
    pools: frozenset[str]
    agency: bool
    base_rate: int
    evening_pct: Percent
    saturday_pct: Percent
    day_pct: tuple[Percent, Percent, Percent, Percent, Percent, Percent, Percent]
    bank_holiday_pct: Percent
    far_km: float
    far_pence_per_km: int
    max_km: float
    max_sessions_week: int
    max_sessions_day: int
    max_consecutive_days: int
    wished_sessions_week: int
    max_minutes_week: int
    min_rest_minutes: int
    valid_until: date | None
    windows: tuple[Window, ...]
    history_wished: int = 0
    history_offered: int = 0

    def __post_init__(self) -> None:
        require_words(self, "id", "role")
        keep_place(self)
        keep(self, "skills", frozenset(self.skills))
        keep(self, "pools", frozenset(self.pools))
        keep(self, "pcn", self.pcn or None)
        require_counts(self, "base_rate", "far_pence_per_km", "max_sessions_week", "max_sessions_day")
        require_counts(self, "max_consecutive_days", "wished_sessions_week", "max_minutes_week")
        require_counts(self, "min_rest_minutes", "history_wished", "history_offered")
        keep_kilometres(self, "far_km", "max_km")
        if len(self.day_pct) != 7:
            raise ProblemError("day_pct must hold seven percentages, Monday to Sunday", "day_pct")
        keep(self, "day_pct", tuple(self.day_pct))
        for name in ("evening_pct", "saturday_pct", "bank_holiday_pct"):
            require_percent(getattr(self, name), name)
        for name, value in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), self.day_pct, strict=True):
            require_percent(value, f"{name}_pct")
        if self.valid_until is not None and type(self.valid_until) is not date:
            raise ProblemError("valid_until must be a date", "valid_until")
        keep(self, "windows", merged(self.windows))


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A practice's request for cover of one session.

    `rate_cap` is the most the practice pays, pence an hour. Derived: `minutes` (elapsed), `day` and `monday`
    (the local day and week on which it starts: the session belongs to them), `start_clock` (local time).
    """

    id: str
    practice: str
    start: datetime
    end: datetime
    role: str
    skills: frozenset[str]
    urgency: int
    rate_cap: int
    minutes: int = field(init=False, repr=False, compare=False)
    day: date = field(init=False, repr=False, compare=False)
    monday: date = field(init=False, repr=False, compare=False)
    start_clock: time = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_words(self, "id", "practice", "role")
        keep_span(self)
        keep(self, "skills", frozenset(self.skills))
        if isinstance(self.urgency, bool) or self.urgency not in URGENCIES:
            raise ProblemError(f"urgency must be 1, 2, 3 or 5, not {self.urgency}", "urgency")
        require_counts(self, "rate_cap")
        local = to_local(self.start)
        keep(self, "minutes", minutes_between(self.start, self.end))
        keep(self, "day", local.date())
        keep(self, "monday", monday_of(local.date()))
        keep(self, "start_clock", local.time())


@dataclass(frozen=True, slots=True)
class Preference:
    """What a clinician feels about a practice, or that she has worked there."""

    clinician: str
    practice: str
    kind: Kind

    def __post_init__(self) -> None:
        if self.kind not in ("blocked", "preferred", "worked"):
            raise ProblemError(f"kind must be blocked, preferred or worked, not {self.kind!r}", "kind")


@dataclass(frozen=True, slots=True)
class Weights:
    """How many points of the blend one unit of each level is worth; the blend is the definition."""

    filling: int = 500_000_000
    tier: int = 5_000_000
    preference: int = 240_000
    fairness: int = 2_000
    cost: int = 1

    def __post_init__(self) -> None:
        require_counts(self, *(each.name for each in fields(self)), most=10**12)


@dataclass(frozen=True, slots=True)
class Options:
    """Everything of the rules that is a number: the defaults are PLANNER's.

    `fairness_history`: level 4 looks at what each clinician wished and was offered over the last weeks too,
    not at this week alone (see `objective.session_worth`).
    """

    weights: Weights = Weights()
    fairness_steps: int = 60
    road_factor: float = 1.3
    speed_kmh: float = 45.0
    travel_buffer_minutes: float = 5.0
    agency_markup: Decimal = Decimal("0.20")
    evening_from: time = time(18, 0)
    bank_holidays: frozenset[date] = frozenset()
    fairness_history: bool = False

    def __post_init__(self) -> None:
        require_counts(self, "fairness_steps")
        if not isinstance(self.fairness_history, bool):
            raise ProblemError("fairness_history must be true or false", "fairness_history")
        for name in ("road_factor", "speed_kmh", "travel_buffer_minutes"):
            keep(self, name, finite(getattr(self, name), name))
            if getattr(self, name) < 0:
                raise ProblemError(f"{name} must not be negative", name)
        if self.speed_kmh == 0:
            raise ProblemError("speed_kmh must be more than 0", "speed_kmh")
        markup = self.agency_markup
        if not 0 <= require_decimal(markup, "agency_markup") <= 10:
            raise ProblemError("agency_markup must be a decimal fraction from 0 to 10", "agency_markup")
        keep(self, "agency_markup", Decimal(markup))
        require_clock(self.evening_from, "evening_from")
        keep(self, "bank_holidays", frozenset(self.bank_holidays))


@dataclass(frozen=True, slots=True)
class Problem:
    """One planning question. References are checked; ids are unique.

    `neighbours` holds (her PCN, the practice's PCN), one way. `fixed` pairs are (vacancy id, clinician id):
    already booked and kept, exempt from the rules of one pair. `pinned` pairs are a manager's wish: kept like
    fixed ones, but every rule must hold (`solve` raises ProblemError naming the rule). `forbidden` pairs are
    never proposed; a fixed booking stays even where forbidden.
    """

    practices: tuple[Practice, ...]
    neighbours: frozenset[Pair]
    clinicians: tuple[Clinician, ...]
    vacancies: tuple[Vacancy, ...]
    preferences: tuple[Preference, ...] = ()
    fixed: tuple[Pair, ...] = ()
    forbidden: frozenset[Pair] = frozenset()
    pinned: tuple[Pair, ...] = ()
    options: Options = Options()
    practice_of: Mapping[str, Practice] = field(init=False, repr=False, compare=False)
    clinician_of: Mapping[str, Clinician] = field(init=False, repr=False, compare=False)
    vacancy_of: Mapping[str, Vacancy] = field(init=False, repr=False, compare=False)
    feelings: frozenset[tuple[str, str, str]] = field(init=False, repr=False, compare=False)
    beside: Mapping[str, set[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("practices", "clinicians", "vacancies", "preferences", "fixed", "pinned"):
            keep(self, name, tuple(getattr(self, name)))
        keep(self, "neighbours", frozenset(self.neighbours))
        keep(self, "forbidden", frozenset(self.forbidden))
        keep(self, "practice_of", by_id(self.practices, "practice"))
        keep(self, "clinician_of", by_id(self.clinicians, "clinician"))
        keep(self, "vacancy_of", by_id(self.vacancies, "vacancy"))
        keep(self, "feelings", frozenset((p.clinician, p.practice, p.kind) for p in self.preferences))
        beside: dict[str, set[str]] = {}
        for own, neighbour in self.neighbours:
            if not own or not neighbour:
                raise ProblemError("a PCN of a neighbouring pair is missing", "pcn")
            if own == neighbour:
                raise ProblemError(f"PCN {own} can't be its own neighbour", "neighbour")
            beside.setdefault(neighbour, set()).add(own)
        keep(self, "beside", beside)
        self._refuse_unknown_practices()
        self._refuse_bad_pairs()

    def _refuse_unknown_practices(self) -> None:
        for vacancy in self.vacancies:
            if vacancy.practice not in self.practice_of:
                raise ProblemError(f"vacancy {vacancy.id}: unknown practice {vacancy.practice}", "practice")
        if len(self.feelings) < len(self.preferences):
            raise ProblemError("a preference is given twice", "kind")
        for each in self.preferences:
            if each.clinician not in self.clinician_of:
                raise ProblemError(f"a preference of unknown clinician {each.clinician}", "clinician")
            if each.practice not in self.practice_of:
                raise ProblemError(f"a preference about unknown practice {each.practice}", "practice")

    def _refuse_bad_pairs(self) -> None:
        for word, pairs in (("fixed", self.fixed), ("pinned", self.pinned), ("forbidden", self.forbidden)):
            for vacancy, clinician in pairs:
                if vacancy not in self.vacancy_of:
                    raise ProblemError(f"{word}: unknown vacancy {vacancy}", "vacancy")
                if clinician not in self.clinician_of:
                    raise ProblemError(f"{word}: unknown clinician {clinician}", "clinician")
        taken: set[str] = set()
        for vacancy, _ in self.fixed + self.pinned:
            if vacancy in taken:
                raise ProblemError(f"vacancy {vacancy} is fixed or pinned twice", "vacancy")
            taken.add(vacancy)
        for vacancy, clinician in self.pinned:
            if (vacancy, clinician) in self.forbidden:
                raise ProblemError(f"vacancy {vacancy}, {clinician}: both pinned and forbidden", "clinician")

    def practice_for(self, vacancy: Vacancy) -> Practice:
        """The practice that asks for this session."""
        return self.practice_of[vacancy.practice]

    def pcns_beside(self, pcn: str) -> list[str]:
        """The PCNs whose members count a practice of `pcn` as in a neighbouring PCN."""
        return sorted(self.beside.get(pcn, ()))

    def feels(self, clinician: Clinician, practice: str, kind: Kind) -> bool:
        """Whether she has blocked, prefers or has worked at the practice."""
        return (clinician.id, practice, kind) in self.feelings


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows in order, with those that touch or overlap made one."""
    result: list[Window] = []
    for window in sorted(windows, key=lambda each: (each.start, each.end)):
        if result and window.start <= result[-1].end:
            if window.end > result[-1].end:
                result[-1] = Window(result[-1].start, window.end)
        else:
            result.append(window)
    return tuple(result)
