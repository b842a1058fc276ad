"""The rules, one named function each, in plain Python: the oracle that everything faster is held to.

Rules of one pair say whether a clinician may work a vacancy at all; rules of all her sessions say whether she
may work several of them. Source: PLANNER, "Rules for one clinician and one vacancy" and "Rules for all her
sessions together". Rates are pence an hour, distances kilometres, durations minutes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import combinations
from math import asin, cos, floor, radians, sin, sqrt

from desirepath.matching.problem import Clinician, Practice, Problem, ProblemError, Vacancy
from desirepath.matching.times import minutes_between

EARTH_RADIUS_KM = 6371.0088
SATURDAY = 5

PairRule = Callable[[Problem, Clinician, Vacancy], bool]
TogetherRule = Callable[[Problem, Clinician, Sequence[Vacancy]], bool]


def distance_km(a: Clinician | Practice, b: Clinician | Practice) -> float:
    """Great-circle distance in kilometres (haversine, R = 6371.0088 km)."""
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    across = sin((lat_b - lat_a) / 2) ** 2
    along = sin(radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, across + cos(lat_a) * cos(lat_b) * along)))


def travel_minutes(problem: Problem, a: Practice, b: Practice) -> float:
    """Minutes she needs between sessions at two practices on one day; 0 at one practice."""
    if a.id == b.id:
        return 0.0
    options = problem.options
    return distance_km(a, b) * options.road_factor / options.speed_kmh * 60 + options.travel_buffer_minutes


def percentage(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> Fraction:
    """What is added to her base rate for the weekday, evening, Saturday and bank holiday, in per cent."""
    total = Fraction(clinician.day_pct[vacancy.day.weekday()])
    if vacancy.start_clock >= problem.options.evening_from:
        total += Fraction(clinician.evening_pct)
    if vacancy.day.weekday() == SATURDAY:
        total += Fraction(clinician.saturday_pct)
    if vacancy.day in problem.options.bank_holidays:
        total += Fraction(clinician.bank_holiday_pct)
    return total


def rate(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> int:
    """Her rate for the session, pence an hour; whole kilometres beyond far_km are paid, parts are not."""
    km = distance_km(clinician, problem.practice_for(vacancy))
    hourly = floor(clinician.base_rate * (100 + percentage(problem, clinician, vacancy)) / 100)
    return hourly + floor(max(0.0, km - clinician.far_km)) * clinician.far_pence_per_km


def same_role(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """1. She has the role the session asks for."""
    return clinician.role == vacancy.role


def holds_skills(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """2. She holds every skill required."""
    return vacancy.skills <= clinician.skills


def in_pool_or_agency(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """3. The practice's pool is one of hers, or she comes through an agency."""
    return clinician.agency or problem.practice_for(vacancy).pool in clinician.pools


def valid_on_the_day(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """4. The session's date is not after her last valid day."""
    return clinician.valid_until is None or vacancy.day <= clinician.valid_until


def fits_her_week(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """5. The session alone fits the minutes she works in a week."""
    return vacancy.minutes <= clinician.max_minutes_week


def inside_a_window(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """6. The session lies inside one of her availability windows."""
    return any(each.start <= vacancy.start and vacancy.end <= each.end for each in clinician.windows)


def within_distance(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """7. The practice is no further than she travels."""
    return distance_km(clinician, problem.practice_for(vacancy)) <= clinician.max_km


def not_blocked(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """8. She has not blocked the practice."""
    return not problem.feels(clinician, vacancy.practice, "blocked")


def within_rate_cap(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """9. Her rate is within the most the practice pays."""
    return rate(problem, clinician, vacancy) <= vacancy.rate_cap


def not_forbidden(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """A manager has not forbidden the pair."""
    return (vacancy.id, clinician.id) not in problem.forbidden


PAIR_RULES: dict[str, PairRule] = {
    "role": same_role,
    "skills": holds_skills,
    "pool": in_pool_or_agency,
    "validity": valid_on_the_day,
    "weekly time": fits_her_week,
    "availability": inside_a_window,
    "distance": within_distance,
    "blocked": not_blocked,
    "rate": within_rate_cap,
    "forbidden": not_forbidden,
}


def broken_pair_rules(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> list[str]:
    """Names of the rules of one pair that this pair breaks, in order."""
    return [name for name, holds in PAIR_RULES.items() if not holds(problem, clinician, vacancy)]


def feasible(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> bool:
    """Whether every rule of one pair holds."""
    return all(holds(problem, clinician, vacancy) for holds in PAIR_RULES.values())


def no_overlap(problem: Problem, clinician: Clinician, sessions: Sequence[Vacancy]) -> bool:
    """Two sessions may touch, not overlap."""
    return all(a.end <= b.start or b.end <= a.start for a, b in combinations(sessions, 2))


def time_to_travel(problem: Problem, clinician: Clinician, sessions: Sequence[Vacancy]) -> bool:
    """On one day at two practices there is time to get from one to the other."""
    for a, b in combinations(sorted(sessions, key=lambda each: each.start), 2):
        if a.day == b.day and a.practice != b.practice:
            needed = travel_minutes(problem, problem.practice_for(a), problem.practice_for(b))
            if minutes_between(a.end, b.start) < needed:
                return False
    return True


def enough_rest(problem: Problem, clinician: Clinician, sessions: Sequence[Vacancy]) -> bool:
    """Between sessions that start on different days she has her rest."""
    ordered = sorted(sessions, key=lambda each: each.start)
    return all(
        minutes_between(a.end, b.start) >= clinician.min_rest_minutes
        for a, b in combinations(ordered, 2)
        if a.day != b.day
    )


def within_day_limit(problem: Problem, clinician: Clinician, sessions: Sequence[Vacancy]) -> bool:
    """No more sessions a day than she works."""
    return all(count <= clinician.max_sessions_day for count in Counter(s.day for s in sessions).values())


def within_week_limit(problem: Problem, clinician: Clinician, sessions: Sequence[Vacancy]) -> bool:
    """No more sessions a week (Monday to Sunday) than she works."""
    return all(count <= clinician.max_sessions_week for count in Counter(s.monday for s in sessions).values())


def within_week_minutes(problem: Problem, clinician: Clinician, sessions: Sequence[Vacancy]) -> bool:
    """No more minutes a week (Monday to Sunday) than she works."""
    minutes: Counter[object] = Counter()
    for session in sessions:
        minutes[session.monday] += session.minutes
    return all(total <= clinician.max_minutes_week for total in minutes.values())


def within_consecutive_days(problem: Problem, clinician: Clinician, sessions: Sequence[Vacancy]) -> bool:
    """No more days in a row than she works."""
    days = {session.day for session in sessions}
    for first in (day for day in days if day - timedelta(days=1) not in days):
        length = 1
        while first + timedelta(days=length) in days:
            length += 1
        if length > clinician.max_consecutive_days:
            return False
    return True


TOGETHER_RULES: dict[str, TogetherRule] = {
    "overlap": no_overlap,
    "travel": time_to_travel,
    "rest": enough_rest,
    "sessions a day": within_day_limit,
    "sessions a week": within_week_limit,
    "minutes a week": within_week_minutes,
    "days in a row": within_consecutive_days,
}


def broken_together(
    problem: Problem, clinician: Clinician, others: Iterable[Vacancy], new: Vacancy
) -> Iterator[str]:
    """Names of the rules that `new` breaks beside her `others`, one after another.

    What the others break among themselves (a booking made under older limits, say) is held against `new` only
    where it takes part: it overlaps, lies in the same over-full day or week, or in the same run of days.
    """
    beside = [each for each in others if each.id != new.id]
    for name, holds in TOGETHER_RULES.items():
        if name in ("overlap", "travel", "rest"):
            fine = all(holds(problem, clinician, (each, new)) for each in beside)
        elif name == "sessions a day":
            fine = holds(problem, clinician, [*(s for s in beside if s.day == new.day), new])
        elif name == "days in a row":
            fine = holds(problem, clinician, run_around(beside, new))
        else:
            fine = holds(problem, clinician, [*(s for s in beside if s.monday == new.monday), new])
        if not fine:
            yield name


def broken_together_rules(
    problem: Problem, clinician: Clinician, others: Iterable[Vacancy], new: Vacancy
) -> list[str]:
    """All that `broken_together` names."""
    return list(broken_together(problem, clinician, others, new))


def goes_with(problem: Problem, clinician: Clinician, others: Iterable[Vacancy], new: Vacancy) -> bool:
    """Whether `new` breaks no rule beside her `others`."""
    return next(broken_together(problem, clinician, others, new), None) is None


def run_around(others: Iterable[Vacancy], new: Vacancy) -> list[Vacancy]:
    """`new` and those of the others whose days join its day without a gap."""
    by_day: dict[object, list[Vacancy]] = {}
    for each in others:
        by_day.setdefault(each.day, []).append(each)
    run = [new, *by_day.get(new.day, [])]
    for step in (timedelta(days=1), timedelta(days=-1)):
        day = new.day + step
        while day in by_day:
            run += by_day[day]
            day += step
    return run


def refuse_bad_pins(problem: Problem) -> None:
    """Raise ProblemError, naming the rule, where a pinned pair breaks one, alone or beside what is kept."""
    kept: dict[str, list[Vacancy]] = {}
    for vacancy_id, clinician_id in problem.fixed + problem.pinned:
        kept.setdefault(clinician_id, []).append(problem.vacancy_of[vacancy_id])
    for vacancy_id, clinician_id in problem.pinned:
        clinician, vacancy = problem.clinician_of[clinician_id], problem.vacancy_of[vacancy_id]
        broken = broken_pair_rules(problem, clinician, vacancy)
        broken += broken_together_rules(problem, clinician, kept[clinician_id], vacancy)
        if broken:
            raise ProblemError(
                f"pinned: vacancy {vacancy_id} can't be {clinician_id}'s: breaks the rule on {broken[0]}",
                "clinician",
            )
