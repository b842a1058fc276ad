"""Why: for a pair, for a proposal, for an unfilled session - in plain English, with the numbers.

The figures are exact and name people's rates and distances: what a page may show of them to whom is the
page's affair. Unknown ids raise ProblemError.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from desirepath.matching import rules, words
from desirepath.matching.objective import (
    TIER_WORDS,
    blend,
    fairness,
    pair_levels,
    taken_away,
)
from desirepath.matching.plan import Levels, Plan
from desirepath.matching.problem import Clinician, Problem, ProblemError, Vacancy
from desirepath.matching.times import in_words
from desirepath.matching.unfilled import all_unfilled, sessions_of, unfilled

__all__ = [
    "Alternative",
    "Proposal",
    "RuleResult",
    "all_unfilled",
    "pair",
    "proposal",
    "reasons",
    "unfilled",
    "why_not",
]

Figures = Mapping[str, str | int | float]


class RuleResult(NamedTuple):
    """One rule of one pair: its name, whether it holds, a sentence with the numbers, and the numbers."""

    rule: str
    passed: bool
    message: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Alternative:
    """Somebody who could have been proposed: why she is not. `change` is what each level would gain or lose
    with her instead, where she is free; None where she is not. `in_the_way` is the session of hers that then
    keeps her from it, where one alone does, and `booked` whether that is a fixed one."""

    clinician: str
    message: str
    change: Levels | None
    in_the_way: str | None = None
    booked: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Why this clinician for this vacancy, and why not the next best three."""

    vacancy: str
    clinician: str
    reasons: tuple[str, ...]
    others: tuple[Alternative, ...]


def found(problem: Problem, vacancy_id: str) -> Vacancy:
    """The vacancy; raises ProblemError where there is none."""
    if vacancy_id not in problem.vacancy_of:
        raise ProblemError(f"unknown vacancy {vacancy_id}", "vacancy")
    return problem.vacancy_of[vacancy_id]


def pair(problem: Problem, clinician_id: str, vacancy_id: str) -> tuple[RuleResult, ...]:
    """Every rule of one pair, passed or failed, in the order of the rules."""
    vacancy = found(problem, vacancy_id)
    if clinician_id not in problem.clinician_of:
        raise ProblemError(f"unknown clinician {clinician_id}", "clinician")
    clinician = problem.clinician_of[clinician_id]
    results = []
    for name, holds in rules.PAIR_RULES.items():
        message, figures = TOLD[name](problem, clinician, vacancy)
        results.append(RuleResult(name, holds(problem, clinician, vacancy), message, figures))
    return tuple(results)


def tell_role(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 1 in words."""
    return f"The session asks for a {vacancy.role}; the clinician's is {clinician.role}", {
        "role": clinician.role
    }


def tell_skills(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 2 in words."""
    missing = sorted(vacancy.skills - clinician.skills)
    if missing:
        return f"Doesn't hold {words.listed(missing)}", {"missing": ";".join(missing)}
    if vacancy.skills:
        return f"Holds {words.listed(sorted(vacancy.skills))}", {"missing": ""}
    return "The session asks for no special skill", {"missing": ""}


def tell_pool(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 3 in words."""
    pool = problem.practice_for(vacancy).pool
    if pool in clinician.pools:
        return f"Is in the practice's pool, {pool}", {"pool": pool}
    if clinician.agency:
        return f"Isn't in the practice's pool, {pool}, but comes through an agency", {"pool": pool}
    return f"Isn't in the practice's pool, {pool}, and doesn't come through an agency", {"pool": pool}


def tell_validity(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 4 in words."""
    last = clinician.valid_until
    if last is None:
        return "Nothing expires before the session", {}
    told = f"{last:%a} {last.day} {last:%b %Y}"
    return f"The last valid day is {told}", {"valid_until": last.isoformat(), "day": vacancy.day.isoformat()}


def tell_weekly_time(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 5 in words."""
    most = words.hours(clinician.max_minutes_week)
    message = f"The session takes {words.hours(vacancy.minutes)}; the most worked in a week is {most}"
    return message, {"minutes": vacancy.minutes, "max_minutes_week": clinician.max_minutes_week}


def tell_availability(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 6 in words."""
    when = in_words(vacancy.start, vacancy.end)
    for window in clinician.windows:
        if window.start <= vacancy.start and vacancy.end <= window.end:
            return f"Is available {in_words(window.start, window.end)}", {"session": when}
    touching = [w for w in clinician.windows if w.start < vacancy.end and vacancy.start < w.end]
    if touching:
        part = in_words(touching[0].start, touching[0].end)
        return f"Is available {part} only; the session is {when}", {"session": when}
    return f"Isn't available {when}", {"session": when}


def tell_distance(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 7 in words."""
    km = rules.distance_km(clinician, problem.practice_for(vacancy))
    most = words.limit_km(clinician.max_km)
    message = f"{words.kilometres(km, clinician.max_km)} away; the most travelled is {most}"
    return message, {"km": km, "max_km": clinician.max_km}


def tell_blocked(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 8 in words."""
    blocked = problem.feels(clinician, vacancy.practice, "blocked")
    return f"Has {'' if blocked else 'not '}blocked practice {vacancy.practice}", {}


def tell_rate(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """Rule 9 in words."""
    hers = rules.rate(problem, clinician, vacancy)
    most = words.hourly(vacancy.rate_cap)
    message = f"The rate asked is {words.hourly(hers)}; the most the practice pays is {most}"
    return message, {"rate": hers, "rate_cap": vacancy.rate_cap}


def tell_forbidden(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, Figures]:
    """A manager's ban in words."""
    banned = (vacancy.id, clinician.id) in problem.forbidden
    return f"A manager has {'' if banned else 'not '}ruled this pair out", {}


TOLD: dict[str, Callable[[Problem, Clinician, Vacancy], tuple[str, Figures]]] = {
    "role": tell_role,
    "skills": tell_skills,
    "pool": tell_pool,
    "validity": tell_validity,
    "weekly time": tell_weekly_time,
    "availability": tell_availability,
    "distance": tell_distance,
    "blocked": tell_blocked,
    "rate": tell_rate,
    "forbidden": tell_forbidden,
}


def reasons(
    problem: Problem,
    clinician: Clinician,
    vacancy: Vacancy,
    nth: int,
    *,
    km: float,
    rate: int,
    reached: int,
) -> tuple[str, ...]:
    """Why she is a good choice, in short; `nth` counts this session in her week, from 1, `km`, `rate` (pence
    an hour) and `reached` (the tier) are those of the pair.
    """
    practice = problem.practice_for(vacancy)
    told = []
    if problem.fixed and (vacancy.id, clinician.id) in problem.fixed:
        told.append("Already booked")
    if (vacancy.id, clinician.id) in problem.pinned:
        told.append("Pinned by a manager")
    told.append(f"From {TIER_WORDS[reached]}")
    if problem.feels(clinician, practice.id, "preferred"):
        told.append("Prefers this practice")
    if problem.feels(clinician, practice.id, "worked"):
        told.append("Has worked here before")
    told.append(
        f"{words.kilometres(km, clinician.max_km)} away, travels up to {words.limit_km(clinician.max_km)}"
    )
    told.append(f"{words.hourly(rate)}, the practice pays up to {words.hourly(vacancy.rate_cap)}")
    wished = clinician.wished_sessions_week
    told.append(f"The {words.ordinal(nth)} session of the week, wishes for {wished}")
    return tuple(told)


def proposal(problem: Problem, plan: Plan, vacancy_id: str) -> Proposal:
    """Why she rather than the next three, ranked by what the pair alone is worth.

    Raises ProblemError where the plan proposes nobody for the vacancy.
    """
    vacancy = found(problem, vacancy_id)
    chosen = next((each for each in plan.assignments if each.vacancy == vacancy_id), None)
    if chosen is None:
        raise ProblemError(f"nobody is proposed for vacancy {vacancy_id}", "vacancy")
    if chosen.fixed:
        return Proposal(vacancy_id, chosen.clinician, chosen.reasons, ())
    able = [
        each
        for each in problem.clinicians
        if each.id != chosen.clinician and rules.feasible(problem, each, vacancy)
    ]
    worth = {each.id: blend(problem.options, pair_levels(problem, each, vacancy)) for each in able}
    able.sort(key=lambda each: (-worth[each.id], each.id))
    hers = sessions_of(problem, plan)
    others = tuple(instead(problem, hers, vacancy, chosen.clinician, each) for each in able[:3])
    return Proposal(vacancy_id, chosen.clinician, chosen.reasons, others)


def why_not(problem: Problem, plan: Plan, clinician_id: str, vacancy_id: str) -> Alternative:
    """Why the plan doesn't take her for the vacancy: every rule of the pair that she breaks, what of hers
    stands in the way, or what each level would lose with her.

    Raises ProblemError where the plan does take her, or knows neither.
    """
    broken = [each.message for each in pair(problem, clinician_id, vacancy_id) if not each.passed]
    clinician, vacancy = problem.clinician_of[clinician_id], problem.vacancy_of[vacancy_id]
    chosen = plan.clinician_for(vacancy_id)
    if chosen == clinician_id:
        raise ProblemError(f"vacancy {vacancy_id} is {clinician_id}'s in the plan", "clinician")
    if broken:
        return Alternative(clinician_id, "; ".join(broken), None)
    hers = sessions_of(problem, plan)
    if chosen is not None and (vacancy_id, chosen) in problem.fixed + problem.pinned:
        return Alternative(clinician_id, f"The session is kept for {chosen}", None)
    if chosen is not None:
        return instead(problem, hers, vacancy, chosen, clinician)
    sessions = hers.get(clinician_id, [])
    together = rules.broken_together_rules(problem, clinician, sessions, vacancy)
    if together:
        return busy(problem, clinician, sessions, vacancy, together[0])
    count = sum(each.monday == vacancy.monday for each in sessions)
    even = fairness(problem.options, clinician, count + 1) - fairness(problem.options, clinician, count)
    change = pair_levels(problem, clinician, vacancy)._replace(l4=even)
    if blend(problem.options, change) > 0:
        return Alternative(clinician_id, "Is free: the search was stopped before it got there", change)
    return Alternative(clinician_id, "Is free, but filling it is worth less than it costs", change)


def instead(
    problem: Problem, hers: dict[str, list[Vacancy]], vacancy: Vacancy, chosen: str, other: Clinician
) -> Alternative:
    """Why the plan takes `chosen` for the vacancy and not the other."""
    sessions = hers.get(other.id, [])
    broken = rules.broken_together_rules(problem, other, sessions, vacancy)
    if broken:
        return busy(problem, other, sessions, vacancy, broken[0])
    change = change_with(problem, hers, vacancy, problem.clinician_of[chosen], other)
    return Alternative(other.id, in_levels(problem, change), change)


def busy(
    problem: Problem, clinician: Clinician, sessions: list[Vacancy], vacancy: Vacancy, rule: str
) -> Alternative:
    """What of hers stands in the way, and whether that is booked or only proposed."""
    holds = rules.TOGETHER_RULES[rule]
    if rule in ("overlap", "travel", "rest"):
        other = next(s for s in sessions if not holds(problem, clinician, (s, vacancy)))
        booked = (other.id, clinician.id) in problem.fixed
        state = "already booked for" if booked else "needed more for"
        why = {"overlap": "at the same time", "travel": "too far away to be here in time"}
        message = f"Is {state} {other.id}, {why.get(rule, 'too close for the rest asked for')}"
        return Alternative(clinician.id, message, None, other.id, booked)
    kept = [s for s in sessions if (s.id, clinician.id) in problem.fixed + problem.pinned]
    told = {
        "sessions a day": f"works at most {words.count(clinician.max_sessions_day, 'session')} a day",
        "sessions a week": f"works at most {words.count(clinician.max_sessions_week, 'session')} a week",
        "minutes a week": f"works at most {words.hours(clinician.max_minutes_week)} a week",
        "days in a row": f"works at most {words.count(clinician.max_consecutive_days, 'day')} in a row",
    }[rule]
    booked = rule in rules.broken_together_rules(problem, clinician, kept, vacancy)
    reason = "is booked for as much already" if booked else "is needed more for other sessions"
    return Alternative(clinician.id, f"{told[0].upper()}{told[1:]}, and {reason}", None, booked=booked)


def change_with(
    problem: Problem, hers: dict[str, list[Vacancy]], vacancy: Vacancy, chosen: Clinician, other: Clinician
) -> Levels:
    """What each level gains or loses with the other instead of the chosen, all else as it is."""
    change = taken_away(pair_levels(problem, other, vacancy), pair_levels(problem, chosen, vacancy))
    counts = [sum(s.monday == vacancy.monday for s in hers.get(each.id, ())) for each in (chosen, other)]
    options = problem.options
    even = fairness(options, other, counts[1] + 1) - fairness(options, other, counts[1])
    even -= fairness(options, chosen, counts[0]) - fairness(options, chosen, counts[0] - 1)
    return change._replace(l4=even)


def in_levels(problem: Problem, change: Levels) -> str:
    """A change of levels as a sentence: what would be lost, then what would be gained."""
    lost: list[str] = []
    gained: list[str] = []
    tiers, points, pence = abs(change.l2), abs(change.l3), abs(change.l5) * 100
    for value, worse, better in (
        (
            change.l2,
            f"{words.count(tiers, 'tier')} further from the own PCN",
            f"{words.count(tiers, 'tier')} nearer",
        ),
        (
            change.l3,
            f"{words.count(points, 'point')} less of preference",
            f"{words.count(points, 'point')} more of preference",
        ),
        (change.l4, "work less evenly spread by wishes", "work more evenly spread by wishes"),
        (change.l5, f"{words.pounds(pence)} dearer", f"{words.pounds(pence)} cheaper"),
    ):
        if value:
            (lost if value < 0 else gained).append(worse if value < 0 else better)
    difference = blend(problem.options, change)
    if difference == 0:
        return "Would do just as well"
    if difference > 0:
        return f"Would do better ({words.listed(gained)}): the search was stopped before it got there"
    though = f", though {words.listed(gained)}" if gained else ""
    return f"Free too, but {words.listed(lost)}{though}"
