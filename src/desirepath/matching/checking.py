"""The independent check of a plan: own code from the written rules, sharing nothing with the solver.

It imports the problem's and the plan's values only, neither `rules`, `pairs`, `objective` nor `model`, so
that an error there is caught here. Source: PLANNER, the rules of a pair, of all her sessions, the objective.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple

from desirepath.matching.plan import Assignment, Plan
from desirepath.matching.problem import Clinician, Problem, Vacancy

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# percentages and the agency's markup have at most four decimals: in such parts they are whole numbers
PARTS = 10_000


class Figures(NamedTuple):
    """A pair's own figures: tier, preference, pay in pence, kilometres one way, pence an hour, minutes."""

    tier: int
    preference: int
    pay: int
    km: float
    rate: int
    minutes: int


def check(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """What is wrong with the plan, in words; empty when it is sound.

    Fixed bookings are exempt from the rules of one pair. What they break among themselves is not the plan's
    fault; what any other session breaks beside them is.
    """
    fixed: dict[str, set[str]] = defaultdict(set)
    for vacancy_id, clinician_id in problem.fixed:
        fixed[clinician_id].add(vacancy_id)
    faults = coverage_faults(problem, plan)
    hers: dict[str, list[Vacancy]] = defaultdict(list)
    l1 = l2 = l3 = l4 = l5 = 0
    for each in plan.assignments:
        clinician = problem.clinician_of.get(each.clinician)
        vacancy = problem.vacancy_of.get(each.vacancy)
        if clinician is None or vacancy is None:
            continue
        hers[each.clinician].append(vacancy)
        own = own_figures(problem, clinician, vacancy)
        if each.vacancy not in fixed.get(each.clinician, ()):
            faults += pair_faults(problem, clinician, vacancy, own)
        faults += figure_faults(each, own)
        l1, l2, l3, l5 = l1 + vacancy.urgency, l2 - own.tier, l3 + own.preference, l5 - own.pay // 100
    for clinician_id, sessions in hers.items():
        clinician = problem.clinician_of[clinician_id]
        exempt = fixed.get(clinician_id, set())
        faults += day_faults(problem, clinician, sessions, exempt)
        faults += limit_faults(clinician, sessions, exempt)
        l4 += evenness(problem, clinician, sessions)
    faults += total_faults(problem, plan, (l1, l2, l3, l4, l5))
    return tuple(faults)


def coverage_faults(problem: Problem, plan: Plan) -> list[str]:
    """Every vacancy once: assigned or unfilled; every fixed and pinned pair there; nothing unknown."""
    faults, seen = [], set()
    for name in [a.vacancy for a in plan.assignments] + [u.vacancy for u in plan.unfilled]:
        if name not in problem.vacancy_of:
            faults.append(f"vacancy {name} is not in the problem")
        if name in seen:
            faults.append(f"vacancy {name} appears twice")
        seen.add(name)
    faults += [f"vacancy {name} is missing" for name in problem.vacancy_of if name not in seen]
    faults += [
        f"clinician {a.clinician} is not in the problem"
        for a in plan.assignments
        if a.clinician not in problem.clinician_of
    ]
    pairs = {(a.vacancy, a.clinician): a.fixed for a in plan.assignments}
    for word, wanted in (("fixed", problem.fixed), ("pinned", problem.pinned)):
        faults += [f"{word} vacancy {v} is not {c}'s" for v, c in wanted if (v, c) not in pairs]
    fixed = set(problem.fixed)
    for pair, told in pairs.items():
        if told != (pair in fixed):
            faults.append(f"vacancy {pair[0]} is marked wrongly as fixed or not")
    return faults


def kilometres(a: Any, b: Any) -> float:
    """Great-circle distance on a sphere of radius 6371.0088 km."""
    north_a, north_b = math.radians(a.latitude), math.radians(b.latitude)
    # A limit may be met to the last bit, so the steps are those of the definition, in its order.
    h = math.sin((north_b - north_a) / 2) ** 2
    h += math.cos(north_a) * math.cos(north_b) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(min(1.0, h)))


def hourly(problem: Problem, clinician: Clinician, vacancy: Vacancy, km: float) -> int:
    """Her rate in pence an hour, so many kilometres away."""
    weekday = vacancy.day.weekday()
    pct = clinician.day_pct[weekday]
    if vacancy.start_clock >= problem.options.evening_from:
        pct += clinician.evening_pct
    if weekday == 5:
        pct += clinician.saturday_pct
    if vacancy.day in problem.options.bank_holidays:
        pct += clinician.bank_holiday_pct
    beyond = km - clinician.far_km
    extra = math.floor(beyond) * clinician.far_pence_per_km if beyond > 0 else 0
    return clinician.base_rate * (100 * PARTS + int(pct * PARTS)) // (100 * PARTS) + extra


def pair_faults(problem: Problem, clinician: Clinician, vacancy: Vacancy, own: Figures) -> list[str]:
    """Rules 1 to 9 of one clinician and one vacancy, and a manager's forbidding, with the pair named."""
    return [
        f"vacancy {vacancy.id}, {clinician.id}: {wrong}" for wrong in broken(problem, clinician, vacancy, own)
    ]


def broken(problem: Problem, clinician: Clinician, vacancy: Vacancy, own: Figures) -> Iterator[str]:
    """What is wrong with a pair by itself."""
    practice = problem.practice_of[vacancy.practice]
    if clinician.role != vacancy.role:
        yield f"role {clinician.role} is not {vacancy.role}"
    if not vacancy.skills <= clinician.skills:
        yield f"skills missing: {', '.join(sorted(vacancy.skills - clinician.skills))}"
    if practice.pool not in clinician.pools and not clinician.agency:
        yield f"not in pool {practice.pool}"
    if clinician.valid_until is not None and vacancy.day > clinician.valid_until:
        yield "after the last valid day"
    if own.minutes > clinician.max_minutes_week:
        yield "longer than her week"
    for window in clinician.windows:
        if window.start <= vacancy.start and window.end >= vacancy.end:
            break
    else:
        yield "outside her availability"
    if own.km > clinician.max_km:
        yield f"{own.km:.3f} km is over {clinician.max_km} km"
    if (clinician.id, practice.id, "blocked") in problem.feelings:
        yield "practice is blocked"
    if own.rate > vacancy.rate_cap:
        yield f"rate {own.rate} is over the cap {vacancy.rate_cap}"
    if (vacancy.id, clinician.id) in problem.forbidden:
        yield "pair is forbidden"


def day_faults(
    problem: Problem, clinician: Clinician, sessions: list[Vacancy], exempt: set[str]
) -> list[str]:
    """Overlap, travel and rest of each two of her sessions of which one at least is not fixed."""
    faults = []
    options = problem.options
    ordered = sorted(sessions, key=attrgetter("start", "end"))
    for i, first in enumerate(ordered):
        for second in ordered[i + 1 :]:
            if first.id in exempt and second.id in exempt:
                continue
            gap = (second.start - first.end) // MINUTE
            wrong = ""
            if gap < 0:
                wrong = "overlap"
            elif first.day != second.day and gap < clinician.min_rest_minutes:
                wrong = f"leave {gap} minutes of rest, not {clinician.min_rest_minutes}"
            elif first.day == second.day and first.practice != second.practice:
                km = kilometres(problem.practice_of[first.practice], problem.practice_of[second.practice])
                needed = km * options.road_factor / options.speed_kmh * 60 + options.travel_buffer_minutes
                if gap < needed:
                    wrong = f"leave {gap} minutes of travel, not {needed:.1f}"
            if wrong:
                faults.append(f"{clinician.id}: vacancies {first.id} and {second.id} {wrong}")
    return faults


def limit_faults(clinician: Clinician, sessions: list[Vacancy], exempt: set[str]) -> list[str]:
    """Her limits a day, a week and in days in a row, wherever a session that is not fixed takes part."""

    def new(some: Iterable[Vacancy]) -> bool:
        return any(each.id not in exempt for each in some)

    faults = []
    days: dict[date, list[Vacancy]] = defaultdict(list)
    weeks: dict[date, list[Vacancy]] = defaultdict(list)
    for session in sessions:
        days[session.day].append(session)
        weeks[session.monday].append(session)
    for day, inside in days.items():
        if len(inside) > clinician.max_sessions_day and new(inside):
            faults.append(f"{clinician.id}: {len(inside)} sessions on {day}")
    for monday, inside in weeks.items():
        minutes = sum([(s.end - s.start) // MINUTE for s in inside])
        over = len(inside) > clinician.max_sessions_week, minutes > clinician.max_minutes_week
        if any(over) and new(inside):
            told = (f"{len(inside)} sessions", f"{minutes} minutes")
            faults += [f"{clinician.id}: {what} in the week of {monday}" for what in compress(told, over)]
    run: list[date] = []
    for day in sorted(days):
        run = [*run, day] if run and day - run[-1] == DAY else [day]
        ended = day + DAY not in days
        if ended and len(run) > clinician.max_consecutive_days and new(s for each in run for s in days[each]):
            faults.append(f"{clinician.id}: {len(run)} days in a row from {run[0]}")
    return faults


def own_figures(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> Figures:
    """The figures of a pair, from the written rules."""
    practice = problem.practice_of[vacancy.practice]
    if practice.pool not in clinician.pools:
        tier = 3
    elif clinician.pcn and clinician.pcn == practice.pcn:
        tier = 0
    else:
        tier = 1 if (clinician.pcn, practice.pcn) in problem.neighbours else 2
    km = kilometres(clinician, practice)
    points = 4 if (clinician.id, practice.id, "preferred") in problem.feelings else 0
    points += 3 if (clinician.id, practice.id, "worked") in problem.feelings else 0
    for near in (1, 2, 3):
        points += 4 * km < near * clinician.max_km
    rate = hourly(problem, clinician, vacancy, km)
    minutes = (vacancy.end - vacancy.start) // MINUTE
    pay = rate * minutes // 60
    if tier == 3:
        pay = pay * (PARTS + int(problem.options.agency_markup * PARTS)) // PARTS
    return Figures(tier, points, pay, km, rate, minutes)


def figure_faults(assignment: Assignment, own: Figures) -> list[str]:
    """The plan's figures of a pair are those of the rules."""
    told = (assignment.tier, assignment.preference, assignment.pay)
    if told != own[:3] or abs(assignment.km - own.km) > 1e-6:
        return [f"vacancy {assignment.vacancy}: tier, preference and pay are {own[:3]}, not {told}"]
    return []


def evenness(problem: Problem, clinician: Clinician, sessions: list[Vacancy]) -> int:
    """Level 4 of her sessions: in each week, by the share of her wish she lacks before each."""
    this_week = clinician.wished_sessions_week
    earlier = clinician.history_wished if problem.options.fairness_history else 0
    had = clinician.history_offered if problem.options.fairness_history else 0
    counts: dict[date, int] = defaultdict(int)
    points = 0
    for session in sessions:
        lacking = this_week - counts[session.monday]
        if lacking > 0:
            points += (
                problem.options.fairness_steps * max(0, lacking + earlier - had) // (this_week + earlier)
            )
        counts[session.monday] += 1
    return points


def total_faults(problem: Problem, plan: Plan, levels: tuple[int, ...]) -> list[str]:
    """The plan's levels, objective and bounds agree with its assignments."""
    faults = []
    if tuple(plan.levels) != levels:
        faults.append(f"the levels are {levels}, not {tuple(plan.levels)}")
    w = problem.options.weights
    weights = (w.filling, w.tier, w.preference, w.fairness, w.cost)
    objective = sum(weight * level for weight, level in zip(weights, levels, strict=True))
    if plan.objective != objective:
        faults.append(f"the objective is {objective}, not {plan.objective}")
    if plan.bound < objective or plan.level_1_bound < levels[0]:
        faults.append("a bound lies below what the plan reaches")
    return faults
