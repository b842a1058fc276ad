"""Why a session stays unfilled, and the smallest single changes that would bring somebody.

Every change is verified: with it, somebody passes every rule of one pair and every rule beside her other
sessions of the plan.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from desirepath.matching import rules, words
from desirepath.matching.plan import Change, Plan, Unfilled
from desirepath.matching.problem import Clinician, Problem, ProblemError, Vacancy

# The order in which people drop out, cheap tests first; the stage at which nobody is left is the reason.
FUNNEL = (
    "role",
    "skills",
    "pool",
    "validity",
    "availability",
    "weekly time",
    "blocked",
    "forbidden",
    "distance",
    "rate",
)
SHIFTS = (15, 30, 45, 60)

Sessions = dict[str, list[Vacancy]]
# A clinician who breaks at most one rule of one pair, and that rule ("" for none).
Almost = list[tuple[Clinician, str]]


def sessions_of(problem: Problem, plan: Plan) -> Sessions:
    """Each clinician's sessions in the plan, fixed ones included, by her id."""
    hers: Sessions = {}
    for each in plan.assignments:
        hers.setdefault(each.clinician, []).append(problem.vacancy_of[each.vacancy])
    return hers


def all_unfilled(problem: Problem, plan: Plan) -> tuple[Unfilled, ...]:
    """An explanation for every vacancy that the plan assigns to nobody."""
    hers = sessions_of(problem, plan)
    filled = {each.vacancy for each in plan.assignments}
    return tuple(explained(problem, plan, hers, v) for v in problem.vacancies if v.id not in filled)


def unfilled(problem: Problem, plan: Plan, vacancy_id: str) -> Unfilled:
    """Why nobody is proposed for the vacancy; raises ProblemError where somebody is, or it is unknown."""
    if vacancy_id not in problem.vacancy_of:
        raise ProblemError(f"unknown vacancy {vacancy_id}", "vacancy")
    if plan.clinician_for(vacancy_id) is not None:
        raise ProblemError(f"vacancy {vacancy_id} is filled in the plan", "vacancy")
    return explained(problem, plan, sessions_of(problem, plan), problem.vacancy_of[vacancy_id])


def explained(problem: Problem, plan: Plan, hers: Sessions, vacancy: Vacancy) -> Unfilled:
    """Reason, candidates and changes of one unfilled vacancy."""
    dropped: Counter[str] = Counter()
    almost: Almost = []
    for clinician in problem.clinicians:
        first, second = first_two_broken(problem, clinician, vacancy)
        dropped[first] += 1
        if not second:
            almost.append((clinician, first))
    candidates = dropped[""]
    if candidates:
        able = [clinician for clinician, rule in almost if not rule]
        cause, reason = reason_with_candidates(problem, plan, hers, able, vacancy)
    else:
        cause, reason = reason_without(problem, dropped, vacancy)
    return Unfilled(vacancy.id, reason, candidates, changes(problem, hers, almost, vacancy), cause)


def first_two_broken(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> tuple[str, str]:
    """The first and second rule of one pair that she breaks, in the order of the funnel; "" for none."""
    first = ""
    for name in FUNNEL:
        if not rules.PAIR_RULES[name](problem, clinician, vacancy):
            if first or name == "role":
                return first or name, name
            first = name
    return first, ""


def reason_without(problem: Problem, dropped: Counter[str], vacancy: Vacancy) -> tuple[str, str]:
    """Cause and reason where nobody passes the rules of one pair: the stage at which the last dropped out."""
    last = next((name for name in reversed(FUNNEL) if dropped[name]), "role")
    one = dropped[last] == 1
    people = words.count(dropped[last], "clinician")
    skills = words.listed(sorted(vacancy.skills)) if vacancy.skills else "the skills"
    pool = problem.practice_for(vacancy).pool
    reason = {
        "role": f"Nobody has the role {vacancy.role}",
        "skills": f"Nobody with the role {vacancy.role} holds {skills}",
        "pool": f"Nobody with the role and skills is in the pool {pool} or comes through an agency",
        "validity": "Nobody in the pool with the role and skills is free then",
        "availability": "Nobody in the pool with the role and skills is free then",
        "weekly time": f"Own limits: the session is longer than the week of the {people} free then",
        "blocked": f"Own limits: the {people} free then {'does' if one else 'do'} not work at this practice",
        "forbidden": f"A manager has ruled out the {people} free then",
        "distance": f"Distance: it is further than the {people} free then {'travels' if one else 'travel'}",
        "rate": f"Rates: the {people} who could come {'charges' if one else 'charge'} more than the most the "
        f"practice pays, {words.hourly(vacancy.rate_cap)}",
    }[last]
    return last, reason


def reason_with_candidates(
    problem: Problem, plan: Plan, hers: Sessions, able: list[Clinician], vacancy: Vacancy
) -> tuple[str, str]:
    """Cause and reason where some could work it, alone: booked, at their limits, or needed more elsewhere."""
    kept_pairs = set(problem.fixed + problem.pinned)
    free = elsewhere = 0
    for clinician in able:
        sessions = hers.get(clinician.id, [])
        kept = [s for s in sessions if (s.id, clinician.id) in kept_pairs]
        if rules.goes_with(problem, clinician, sessions, vacancy):
            free += 1
        elif rules.goes_with(problem, clinician, kept, vacancy):
            elsewhere += 1
    people = words.count(len(able), "clinician")
    if free and plan.gap > 0:
        return (
            "stopped",
            f"The search was stopped early: {words.count(free, 'clinician')} could still work it",
        )
    if free:
        return "worth", "Filling it is worth less than it costs by the weights of this plan"
    if elsewhere:
        return "elsewhere", f"Others need them more: {people} could work it, all busy with other sessions"
    return "limits", f"Own limits: {people} could work it, all booked then or as much as they work"


def changes(problem: Problem, hers: Sessions, almost: Almost, vacancy: Vacancy) -> tuple[Change, ...]:
    """The smallest single changes that would each bring somebody, the practice's own first."""
    kinds = (higher_cap, fewer_skills, other_time, other_pools, further)
    return tuple(told for kind in kinds for told in kind(problem, hers, almost, vacancy))


def counted(kind: str, amount: str, number: int, told: str) -> Change:
    """A change that brings so many."""
    return Change(kind, amount, number, f"{told}: {words.count(number, 'clinician')} could then come")


def comes(problem: Problem, hers: Sessions, clinician: Clinician, changed: Vacancy) -> bool:
    """Whether she could work the changed session beside her other sessions."""
    return fits(problem, hers, clinician, changed) and rules.feasible(problem, clinician, changed)


def fits(problem: Problem, hers: Sessions, clinician: Clinician, vacancy: Vacancy) -> bool:
    """Whether the session goes with her other sessions of the plan."""
    return rules.goes_with(problem, clinician, hers.get(clinician.id, ()), vacancy)


def higher_cap(problem: Problem, hers: Sessions, almost: Almost, vacancy: Vacancy) -> Iterator[Change]:
    """The lowest rate at which somebody would come."""
    over = sorted((rules.rate(problem, c, vacancy), c.id) for c, rule in almost if rule == "rate")
    for pence, who in over:
        if comes(problem, hers, problem.clinician_of[who], replace(vacancy, rate_cap=pence)):
            more = words.pounds(pence - vacancy.rate_cap)
            yield Change("rate", str(pence), 1, f"Pay up to {words.hourly(pence)}, {more} more than now")
            return


def fewer_skills(problem: Problem, hers: Sessions, almost: Almost, vacancy: Vacancy) -> Iterator[Change]:
    """A single skill without which somebody would come; the one that brings most."""
    brings: Counter[str] = Counter()
    for clinician, rule in almost:
        missing = vacancy.skills - clinician.skills
        if rule == "skills" and len(missing) == 1:
            changed = replace(vacancy, skills=vacancy.skills - missing)
            brings[next(iter(missing))] += comes(problem, hers, clinician, changed)
    if brings:
        skill, number = min(brings.items(), key=lambda item: (-item[1], item[0]))
        if number:
            yield counted("skill", skill, number, f"Don't ask for {skill}")


def other_time(problem: Problem, hers: Sessions, almost: Almost, vacancy: Vacancy) -> Iterator[Change]:
    """The smallest move or cut, by quarters of an hour up to an hour, with which somebody would come."""
    asked = [clinician for clinician, rule in almost if rule in ("", "availability", "weekly time")]
    for minutes in SHIFTS:
        step = timedelta(minutes=minutes)
        for told, start, end in (
            (f"Start and end {minutes} minutes later", vacancy.start + step, vacancy.end + step),
            (f"Start and end {minutes} minutes earlier", vacancy.start - step, vacancy.end - step),
            (f"Start {minutes} minutes later and end as now", vacancy.start + step, vacancy.end),
            (f"End {minutes} minutes earlier and start as now", vacancy.start, vacancy.end - step),
        ):
            if start >= end:
                continue
            changed = replace(vacancy, start=start, end=end)
            number = sum(
                rules.inside_a_window(problem, c, changed) and comes(problem, hers, c, changed) for c in asked
            )
            if number:
                yield counted("time", told, number, told)
                return


def other_pools(problem: Problem, hers: Sessions, almost: Almost, vacancy: Vacancy) -> Iterator[Change]:
    """Clinicians of other pools who would come if it were opened to them."""
    number = sum(rule == "pool" and fits(problem, hers, c, vacancy) for c, rule in almost)
    if number:
        yield counted("pools", "", number, "Open it to other pools")


def further(problem: Problem, hers: Sessions, almost: Almost, vacancy: Vacancy) -> Iterator[Change]:
    """How much further somebody would have to travel than she does."""
    place = problem.practice_for(vacancy)
    beyond = [
        rules.distance_km(c, place) - c.max_km
        for c, rule in almost
        if rule == "distance" and fits(problem, hers, c, vacancy)
    ]
    if beyond:
        least = min(beyond)
        told = f"Somebody would come who travels {max(0.1, least):.1f} km further than now"
        yield Change("distance", str(round(least * 1000)), 1, told)
