"""The open pairs of a problem as flat arrays: the ground that the compiled loops and the programs stand on.

A pair is an *edge*: a whole number from 0, ordered by clinician, then by start. Clinicians and vacancies are
positions in the problem. `x_first[c] : x_first[c + 1]` is the slice of `x` that belongs to `c` throughout.
Points are those of the blend; minutes count from the beginning of 1970 (UTC); days are ordinals of the local
date.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desirepath.matching.columns import Columns, Floats, Ints
from desirepath.matching.objective import session_worth
from desirepath.matching.pairs import BORDER_KM, Pairs
from desirepath.matching.problem import Clinician, Problem, ProblemError, Vacancy
from desirepath.matching.rules import goes_with, travel_minutes

# A sum of 100,000 sessions stays within 64 bits.
MOST_POINTS = 10**13
MINUTES_AN_HOUR = 60

Words = NDArray[np.uint64]


class Market(NamedTuple):
    """Edges with their worth, and what limits whom.

    `worth` is levels 1, 2, 3 and 5 of the pair; level 4, her k-th session of a week (kept ones counted in),
    is `fair[fair_first[c] + k]`, 0 beyond. `kept_*` are the days, weeks and minutes of her fixed and pinned
    sessions. A week is the ordinal of its Monday. `clash` holds for each edge a row of 64-bit words from
    `clash_first[e]` on: bit j is set where edge e + 1 + j, of the same clinician, can't be hers beside it
    (overlap, travel, rest); a row ends where later sessions are too far off in time.
    """

    clinician: Ints
    vacancy: Ints
    worth: Ints
    edge_first: Ints
    by_vacancy_first: Ints
    by_vacancy: Ints
    start: Ints
    end: Ints
    day: Ints
    week: Ints
    minutes: Ints
    day_limit: Ints
    week_limit: Ints
    minutes_limit: Ints
    run_limit: Ints
    fair_first: Ints
    fair: Ints
    kept_first: Ints
    kept_day: Ints
    kept_week: Ints
    kept_minutes: Ints
    clash_first: Ints
    clash: Words

    @property
    def clinicians(self) -> int:
        """How many clinicians the problem has."""
        return len(self.edge_first) - 1

    @property
    def vacancies(self) -> int:
        """How many vacancies the problem has."""
        return len(self.by_vacancy_first) - 1

    def first_fair(self) -> Ints:
        """The most level 4 adds to one session, for each clinician."""
        some = self.fair_first[1:] > self.fair_first[:-1]
        first = np.zeros(self.clinicians, np.int64)
        first[some] = self.fair[self.fair_first[:-1][some]]
        return first


class Places(NamedTuple):
    """What the clash of two sessions needs of places: practice of each vacancy, and each practice as a point
    on the unit sphere; her rest; minutes a road kilometre takes, and the minutes added between two practices.
    """

    practice: Ints
    x: Floats
    y: Floats
    z: Floats
    rest: Ints
    minutes_a_km: float
    buffer: float


def market_of(problem: Problem, columns: Columns, pairs: Pairs) -> tuple[Market, Pairs]:
    """The edges that remain beside the fixed and pinned pairs, and those pairs in the order of the edges.

    Raises ProblemError where weights are so large that the blend of a country could not be counted exactly.
    """
    refuse_huge_weights(problem)
    pairs = beside_kept(problem, pairs)
    hers, asked = columns.clinicians, columns.vacancies
    pairs = pairs.chosen(np.lexsort((pairs.vacancy, asked.start[pairs.vacancy], pairs.clinician)))
    edge_first = np.searchsorted(pairs.clinician, np.arange(len(problem.clinicians) + 1))
    by_vacancy = np.argsort(pairs.vacancy, kind="stable")
    kept = kept_sessions(problem)
    kept_first, (kept_day, kept_monday, kept_minutes) = ragged(
        [[(v.day.toordinal(), v.monday.toordinal(), v.minutes) for v in each] for each in kept], 3
    )
    fair_first, (fair,) = ragged(fair_steps(problem, np.diff(edge_first).tolist(), kept), 1)
    market = Market(
        clinician=pairs.clinician,
        vacancy=pairs.vacancy,
        worth=pair_worths(problem, columns, pairs),
        edge_first=edge_first,
        by_vacancy_first=np.searchsorted(pairs.vacancy[by_vacancy], np.arange(len(problem.vacancies) + 1)),
        by_vacancy=by_vacancy,
        start=asked.start,
        end=asked.end,
        day=asked.day,
        week=asked.monday,
        minutes=asked.minutes,
        day_limit=hers.max_sessions_day,
        week_limit=hers.max_sessions_week,
        minutes_limit=hers.max_minutes_week,
        run_limit=hers.max_consecutive_days,
        fair_first=fair_first,
        fair=fair,
        kept_first=kept_first,
        kept_day=kept_day,
        kept_week=kept_monday,
        kept_minutes=kept_minutes,
        clash_first=np.empty(0, np.int64),
        clash=np.empty(0, np.uint64),
    )
    return with_clashes(problem, columns, market), pairs


def refuse_huge_weights(problem: Problem) -> None:
    """Raise ProblemError where one session could be worth more points than sums can carry."""
    options = problem.options
    # four percentages of up to 1,000 add up; nobody is further than half round the earth
    dearest = max((c.base_rate * 41 + c.far_pence_per_km * 20_016 for c in problem.clinicians), default=0)
    longest = max((v.minutes for v in problem.vacancies), default=0)
    weights = options.weights
    most = (
        5 * weights.filling
        + 3 * weights.tier
        + 10 * weights.preference
        + options.fairness_steps * weights.fairness
        + weights.cost * dearest * (longest // MINUTES_AN_HOUR + 1) // 100
    )
    if most > MOST_POINTS:
        raise ProblemError(
            f"the weights make one session worth up to {most:,} points, more than can be counted exactly "
            f"({MOST_POINTS:,}): use smaller weights",
            "weights",
        )


def pair_worths(problem: Problem, columns: Columns, pairs: Pairs) -> Ints:
    """Levels 1, 2, 3 and 5 of each pair, blended."""
    weights = problem.options.weights
    urgency = columns.vacancies.urgency[pairs.vacancy]
    points = weights.filling * urgency - weights.tier * pairs.tier + weights.preference * pairs.preference
    return np.asarray(points - weights.cost * (pay_of(problem, columns, pairs) // 100), np.int64)


def pay_of(problem: Problem, columns: Columns, pairs: Pairs) -> Ints:
    """Pence each pair costs; through an agency with its markup, floored."""
    minutes = columns.vacancies.minutes[pairs.vacancy]
    pence = pairs.rate * minutes // MINUTES_AN_HOUR
    dearer = 1 + Fraction(problem.options.agency_markup)
    through = np.flatnonzero(pairs.tier == 3)
    pence[through] = [each * dearer.numerator // dearer.denominator for each in pence[through].tolist()]
    return np.asarray(pence, np.int64)


def kept_sessions(problem: Problem) -> list[list[Vacancy]]:
    """Each clinician's fixed and pinned sessions."""
    position = {clinician.id: i for i, clinician in enumerate(problem.clinicians)}
    kept: list[list[Vacancy]] = [[] for _ in problem.clinicians]
    for vacancy, clinician in problem.fixed + problem.pinned:
        kept[position[clinician]].append(problem.vacancy_of[vacancy])
    return kept


def beside_kept(problem: Problem, pairs: Pairs) -> Pairs:
    """The pairs of vacancies not given yet, of clinicians who may work them beside what is kept."""
    if not problem.fixed and not problem.pinned:
        return pairs
    kept = kept_sessions(problem)
    taken = {vacancy for vacancy, _ in problem.fixed + problem.pinned}
    given = np.array([vacancy.id in taken for vacancy in problem.vacancies], np.bool_)
    busy = np.array([bool(each) for each in kept], np.bool_)
    fine = ~given[pairs.vacancy]
    for row in np.flatnonzero(fine & busy[pairs.clinician]).tolist():
        who, vacancy = int(pairs.clinician[row]), problem.vacancies[int(pairs.vacancy[row])]
        fine[row] = goes_with(problem, problem.clinicians[who], kept[who], vacancy)
    return pairs.chosen(fine)


def fair_steps(problem: Problem, edges: list[int], kept: list[list[Vacancy]]) -> list[list[tuple[int, ...]]]:
    """Points of level 4 for each clinician's sessions of a week, from the first until they are worth
    nothing.
    """
    weight = problem.options.weights.fairness
    return [
        [(worth * weight,) for worth in steps_of(problem, each, open_ + len(hers))] if open_ else []
        for each, open_, hers in zip(problem.clinicians, edges, kept, strict=True)
    ]


def steps_of(problem: Problem, clinician: Clinician, most: int) -> Iterable[int]:
    """Level 4 of her first, second ... session of a week, while above 0."""
    for k in range(min(most, clinician.max_sessions_week)):
        worth = session_worth(problem.options, clinician, k)
        if worth <= 0:
            return
        yield worth


def ragged(rows: list[list[tuple[int, ...]]], width: int) -> tuple[Ints, list[Ints]]:
    """Lists of tuples as one slice pointer and `width` flat columns."""
    first = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    flat = np.array([each for row in rows for each in row], np.int64).reshape(-1, width)
    return np.asarray(first, np.int64), [np.ascontiguousarray(flat[:, i]) for i in range(width)]


def with_clashes(problem: Problem, columns: Columns, market: Market) -> Market:
    """The market with its clashes. Journeys within a millimetre of the time there is are left to the
    oracle.
    """
    from desirepath.matching.compiled.clashes import clash_bits, clash_rows, set_clash

    first = clash_rows(market, columns.clinicians.min_rest_minutes)
    market = market._replace(clash_first=first)
    clash, borders = clash_bits(market, places_of(problem, columns), BORDER_KM)
    for one, other in borders:
        a, b = (problem.vacancies[market.vacancy[e]] for e in (one, other))
        gap = int(market.start[market.vacancy[other]] - market.end[market.vacancy[one]])
        if gap < travel_minutes(problem, problem.practice_for(a), problem.practice_for(b)):
            set_clash(first, clash, one, other)
    return market._replace(clash=clash)


def places_of(problem: Problem, columns: Columns) -> Places:
    """Where the practices are, for the clashes."""
    latitude, longitude = (
        np.radians(degrees) for degrees in (columns.practices.latitude, columns.practices.longitude)
    )
    options = problem.options
    return Places(
        practice=columns.vacancies.practice,
        x=np.cos(latitude) * np.cos(longitude),
        y=np.cos(latitude) * np.sin(longitude),
        z=np.sin(latitude),
        rest=columns.clinicians.min_rest_minutes,
        minutes_a_km=options.road_factor / options.speed_kmh * MINUTES_AN_HOUR,
        buffer=options.travel_buffer_minutes,
    )


class Choice(NamedTuple):
    """A plan in the making: who holds what, at which prices.

    `price[v]` is points, never below 0. `holder[v]` is the edge by which vacancy v is filled, or -1.
    Clinician c holds the edges `held[held_first[c] : held_first[c] + held_count[c]]`, in no order.
    """

    price: Ints
    holder: Ints
    held_first: Ints
    held_count: Ints
    held: Ints

    @classmethod
    def empty(cls, market: Market) -> "Choice":
        """Nobody holds anything, and nothing costs anything."""
        weeks = len(np.unique(market.week)) if market.vacancies else 0
        most = np.minimum(np.diff(market.edge_first), market.week_limit * weeks) + 1
        first = np.concatenate([[0], np.cumsum(most)])
        return cls(
            price=np.zeros(market.vacancies, np.int64),
            holder=np.full(market.vacancies, -1, np.int64),
            held_first=first,
            held_count=np.zeros(market.clinicians, np.int64),
            held=np.full(int(first[-1]), -1, np.int64),
        )

    def filled(self) -> Ints:
        """The edges that are held."""
        return self.holder[self.holder >= 0]


def value_of(market: Market, edges: Ints) -> int:
    """What edges that together break no rule add to the blend beside what is kept, level 4 included."""
    total = int(market.worth[edges].sum())
    weeks: dict[tuple[int, int], int] = {}
    for who, week in zip(
        market.clinician[edges].tolist(), market.week[market.vacancy[edges]].tolist(), strict=True
    ):
        weeks[who, week] = weeks.get((who, week), 0) + 1
    for (who, week), count in weeks.items():
        kept = kept_in(market, who, week)
        first = int(market.fair_first[who])
        last = int(market.fair_first[who + 1])
        total += int(market.fair[min(first + kept, last) : min(first + kept + count, last)].sum())
    return total


def kept_in(market: Market, who: int, week: int) -> int:
    """Her fixed and pinned sessions of a week."""
    hers = slice(int(market.kept_first[who]), int(market.kept_first[who + 1]))
    return int((market.kept_week[hers] == week).sum())
