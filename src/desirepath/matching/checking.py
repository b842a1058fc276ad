"""The independent check of a plan: own code from the written rules, sharing nothing with the solver.

It imports the problem's and the plan's values only, neither `rules`, `pairs`, `objective` nor `model`, so
that an error there is caught here. Source: PLANNER, the rules of a pair, of all her sessions, the objective.
"""

import math
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from desirepath.matching.plan import Assignment, Plan
from desirepath.matching.problem import Clinician, Problem, Vacancy

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def check(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """What is wrong with the plan, in words; empty when it is sound.

    Fixed bookings are exempt from the rules of one pair. What they break among themselves is not the plan's
    fault; what any other session breaks beside them is.
    """
    faults = coverage_faults(problem, plan)
    known = [
        a for a in plan.assignments if a.vacancy in problem.vacancy_of and a.clinician in problem.clinician_of
    ]
    fixed = set(problem.fixed)
    hers: dict[str, list[Vacancy]] = defaultdict(list)
    for each in known:
        clinician, vacancy = problem.clinician_of[each.clinician], problem.vacancy_of[each.vacancy]
        hers[each.clinician].append(vacancy)
        if (each.vacancy, each.clinician) not in fixed:
            faults += pair_faults(problem, clinician, vacancy)
        faults += figure_faults(problem, each, clinician, vacancy)
    for clinician_id, sessions in hers.items():
        exempt = {vacancy for vacancy, who in fixed if who == clinician_id}
        faults += day_faults(problem, problem.clinician_of[clinician_id], sessions, exempt)
        faults += limit_faults(problem.clinician_of[clinician_id], sessions, exempt)
    faults += total_faults(problem, plan, known, hers)
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
    pairs = {(a.vacancy, a.clinician): a for a in plan.assignments}
    faults += [
        f"clinician {a.clinician} is not in the problem"
        for a in plan.assignments
        if a.clinician not in problem.clinician_of
    ]
    for word, wanted in (("fixed", problem.fixed), ("pinned", problem.pinned)):
        faults += [f"{word} vacancy {v} is not {c}'s" for v, c in wanted if (v, c) not in pairs]
    for key, each in pairs.items():
        if each.fixed != (key in set(problem.fixed)):
            faults.append(f"vacancy {each.vacancy} is marked wrongly as fixed or not")
    return faults


def kilometres(a: Any, b: Any) -> float:
    """Great-circle distance on a sphere of radius 6371.0088 km."""
    north_a, north_b = math.radians(a.latitude), math.radians(b.latitude)
    # A limit may be met to the last bit, so the steps are those of the definition, in its order.
    h = math.sin((north_b - north_a) / 2) ** 2
    h += math.cos(north_a) * math.cos(north_b) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(min(1.0, h)))


def hourly(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> int:
    """Her rate in pence an hour."""
    weekday = vacancy.day.weekday()
    pct = Fraction(clinician.day_pct[weekday])
    if vacancy.start_clock >= problem.options.evening_from:
        pct += Fraction(clinician.evening_pct)
    if weekday == 5:
        pct += Fraction(clinician.saturday_pct)
    if vacancy.day in problem.options.bank_holidays:
        pct += Fraction(clinician.bank_holiday_pct)
    beyond = kilometres(clinician, problem.practice_of[vacancy.practice]) - clinician.far_km
    extra = math.floor(beyond) * clinician.far_pence_per_km if beyond > 0 else 0
    return math.floor(Fraction(clinician.base_rate) * (100 + pct) / 100) + extra


def pair_faults(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> list[str]:
    """Rules 1 to 9 of one clinician and one vacancy, and a manager's forbidding."""
    practice = problem.practice_of[vacancy.practice]
    missing = sorted(vacancy.skills - clinician.skills)
    km = kilometres(clinician, practice)
    cost = hourly(problem, clinician, vacancy)
    free = [w for w in clinician.windows if w.start <= vacancy.start and w.end >= vacancy.end]
    wrong = {
        f"role {clinician.role} is not {vacancy.role}": clinician.role != vacancy.role,
        f"skills missing: {', '.join(missing)}": bool(missing),
        f"not in pool {practice.pool}": practice.pool not in clinician.pools and not clinician.agency,
        "after the last valid day": clinician.valid_until is not None and vacancy.day > clinician.valid_until,
        "longer than her week": (vacancy.end - vacancy.start) / MINUTE > clinician.max_minutes_week,
        "outside her availability": not free,
        f"{km:.3f} km is over {clinician.max_km} km": km > clinician.max_km,
        "practice is blocked": (clinician.id, practice.id, "blocked") in problem.feelings,
        f"rate {cost} is over the cap {vacancy.rate_cap}": cost > vacancy.rate_cap,
        "pair is forbidden": (vacancy.id, clinician.id) in problem.forbidden,
    }
    return [f"vacancy {vacancy.id}, {clinician.id}: {fault}" for fault, is_so in wrong.items() if is_so]


def day_faults(
    problem: Problem, clinician: Clinician, sessions: list[Vacancy], exempt: set[str]
) -> list[str]:
    """Overlap, travel and rest of each two of her sessions of which one at least is not fixed."""
    faults = []
    options = problem.options
    ordered = sorted(sessions, key=lambda s: (s.start, s.end))
    for i, first in enumerate(ordered):
        for second in ordered[i + 1 :]:
            if first.id in exempt and second.id in exempt:
                continue
            pair = f"{clinician.id}: vacancies {first.id} and {second.id}"
            gap = (second.start - first.end) / MINUTE
            if gap < 0:
                faults.append(f"{pair} overlap")
            elif first.day != second.day and gap < clinician.min_rest_minutes:
                faults.append(f"{pair} leave {gap:.0f} minutes of rest, not {clinician.min_rest_minutes}")
            elif first.day == second.day and first.practice != second.practice:
                km = kilometres(problem.practice_of[first.practice], problem.practice_of[second.practice])
                needed = km * options.road_factor / options.speed_kmh * 60 + options.travel_buffer_minutes
                if gap < needed:
                    faults.append(f"{pair} leave {gap:.0f} minutes of travel, not {needed:.1f}")
    return faults


def limit_faults(clinician: Clinician, sessions: list[Vacancy], exempt: set[str]) -> list[str]:
    """Her limits a day, a week and in days in a row, wherever a session that is not fixed takes part."""
    faults = []
    days: dict[date, list[Vacancy]] = defaultdict(list)
    weeks: dict[date, list[Vacancy]] = defaultdict(list)
    for session in sessions:
        days[session.day].append(session)
        weeks[session.day - DAY * session.day.weekday()].append(session)
    for day, inside in days.items():
        if len(inside) > clinician.max_sessions_day and any(s.id not in exempt for s in inside):
            faults.append(f"{clinician.id}: {len(inside)} sessions on {day}")
    for monday, inside in weeks.items():
        if all(s.id in exempt for s in inside):
            continue
        minutes = sum((s.end - s.start) / MINUTE for s in inside)
        if len(inside) > clinician.max_sessions_week:
            faults.append(f"{clinician.id}: {len(inside)} sessions in the week of {monday}")
        if minutes > clinician.max_minutes_week:
            faults.append(f"{clinician.id}: {minutes:.0f} minutes in the week of {monday}")
    run: list[date] = []
    for day in sorted(days):
        run = [*run, day] if run and day - run[-1] == DAY else [day]
        new = any(s.id not in exempt for each in run for s in days[each])
        if new and day + DAY not in days and len(run) > clinician.max_consecutive_days:
            faults.append(f"{clinician.id}: {len(run)} days in a row from {run[0]}")
    return faults


def own_figures(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[int, int, int, float]:
    """Tier, preference, pay in pence and kilometres of a pair, from the written rules."""
    practice = problem.practice_of[vacancy.practice]
    if practice.pool not in clinician.pools:
        tier = 3
    elif clinician.pcn and clinician.pcn == practice.pcn:
        tier = 0
    else:
        tier = 1 if (clinician.pcn, practice.pcn) in problem.neighbours else 2
    feelings = {k for k in ("preferred", "worked") if (clinician.id, practice.id, k) in problem.feelings}
    km = kilometres(clinician, practice)
    points = 4 * ("preferred" in feelings) + 3 * ("worked" in feelings)
    points += next((p for p, q in ((3, 1), (2, 2), (1, 3)) if 4 * km < q * clinician.max_km), 0)
    minutes = (vacancy.end - vacancy.start) // MINUTE
    pay = math.floor(Fraction(hourly(problem, clinician, vacancy) * minutes, 60))
    if tier == 3:
        pay = math.floor(pay * (1 + Fraction(problem.options.agency_markup)))
    return tier, points, pay, km


def figure_faults(
    problem: Problem, assignment: Assignment, clinician: Clinician, vacancy: Vacancy
) -> list[str]:
    """The plan's figures of a pair are those of the rules."""
    tier, points, pay, km = own_figures(problem, clinician, vacancy)
    told = (assignment.tier, assignment.preference, assignment.pay)
    if told != (tier, points, pay) or abs(assignment.km - km) > 1e-6:
        return [f"vacancy {vacancy.id}: tier, preference and pay are {(tier, points, pay)}, not {told}"]
    return []


def total_faults(
    problem: Problem, plan: Plan, known: list[Assignment], hers: dict[str, list[Vacancy]]
) -> list[str]:
    """The plan's levels, objective and bounds agree with its assignments."""
    l1 = sum(problem.vacancy_of[a.vacancy].urgency for a in known)
    l2 = l3 = l4 = l5 = 0
    for each in known:
        tier, points, pay, _ = own_figures(
            problem, problem.clinician_of[each.clinician], problem.vacancy_of[each.vacancy]
        )
        l2, l3, l5 = l2 - tier, l3 + points, l5 - pay // 100
    for clinician_id, sessions in hers.items():
        wished = problem.clinician_of[clinician_id].wished_sessions_week
        counts: dict[date, int] = defaultdict(int)
        for session in sessions:
            monday = session.day - DAY * session.day.weekday()
            if wished:
                worth = Fraction(problem.options.fairness_steps * max(0, wished - counts[monday]), wished)
                l4 += math.floor(worth)
            counts[monday] += 1
    faults = []
    if tuple(plan.levels) != (l1, l2, l3, l4, l5):
        faults.append(f"the levels are {(l1, l2, l3, l4, l5)}, not {tuple(plan.levels)}")
    w = problem.options.weights
    objective = w.filling * l1 + w.tier * l2 + w.preference * l3 + w.fairness * l4 + w.cost * l5
    if plan.objective != objective:
        faults.append(f"the objective is {objective}, not {plan.objective}")
    if plan.bound < objective or plan.level_1_bound < l1:
        faults.append("a bound lies below what the plan reaches")
    return faults
