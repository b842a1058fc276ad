"""Why a session stays unfilled, and the smallest single changes that would bring somebody."""

from collections import Counter
from dataclasses import replace

from desirepath.matching import rules, words
from desirepath.matching.plan import Plan, Unfilled
from desirepath.matching.problem import Clinician, Problem, ProblemError, Vacancy
from desirepath.matching.unfilled_changes import Case, Proof, Sessions, changes
from desirepath.matching.unfilled_crowd import FUNNEL, Crowd

# From so many vacancies on changes are found only when a vacancy is asked about.
NATIONAL = 3_000


def sessions_of(problem: Problem, plan: Plan) -> Sessions:
    """Each clinician's sessions in the plan, fixed ones included, by her id."""
    hers: Sessions = {}
    for each in plan.assignments:
        hers.setdefault(each.clinician, []).append(problem.vacancy_of[each.vacancy])
    return hers


def all_unfilled(problem: Problem, plan: Plan) -> tuple[Unfilled, ...]:
    """An explanation for every vacancy that the plan assigns to nobody.

    The changes are those for which somebody is free as the plan stands. From `NATIONAL` vacancies on there
    are none here: ask `unfilled(problem, plan, id)` for those of one vacancy.
    """
    filled = {each.vacancy for each in plan.assignments}
    empty = [each for each in problem.vacancies if each.id not in filled]
    return explained(problem, plan, empty, with_changes=len(problem.vacancies) < NATIONAL)


def unfilled(problem: Problem, plan: Plan, vacancy_id: str) -> Unfilled:
    """Why nobody is proposed for the vacancy, with changes that are smaller where solving again shows that
    others can make room. Takes under a second. Raises ProblemError where somebody is proposed, or it is
    unknown.
    """
    if vacancy_id not in problem.vacancy_of:
        raise ProblemError(f"unknown vacancy {vacancy_id}", "vacancy")
    if plan.clinician_for(vacancy_id) is not None:
        raise ProblemError(f"vacancy {vacancy_id} is filled in the plan", "vacancy")
    return explained(problem, plan, [problem.vacancy_of[vacancy_id]], solve_again=True)[0]


def explained(
    problem: Problem,
    plan: Plan,
    vacancies: list[Vacancy],
    *,
    with_changes: bool = True,
    solve_again: bool = False,
) -> tuple[Unfilled, ...]:
    """Reason, candidates and changes of unfilled vacancies."""
    if not vacancies:
        return ()
    crowd, hers = Crowd(problem), sessions_of(problem, plan)
    told = []
    for vacancy in vacancies:
        dropped, almost = crowd.funnel(vacancy.id, deep=with_changes)
        able = [clinician for clinician, rule in almost if not rule]
        if able:
            cause, reason = reason_with_candidates(problem, plan, hers, able, vacancy)
        else:
            cause, reason = reason_without(problem, dropped, vacancy)
        proof = proof_of(problem, plan, vacancy) if solve_again else None
        case = Case(problem, hers, vacancy, almost, proof)
        found = changes(case) if with_changes else ()
        told.append(Unfilled(vacancy.id, reason, len(able), found, cause))
    return tuple(told)


def proof_of(problem: Problem, plan: Plan, vacancy: Vacancy) -> Proof:
    """Whether the plan of a changed problem fills the vacancy and every session that this plan fills.

    Solved are the nearest clinicians with what is theirs; all others keep theirs.
    """
    from desirepath.matching.replanning import Replanner
    from desirepath.matching.replanning.nearby import nearby

    replanners: list[Replanner] = []

    def proves(changed: Problem) -> bool:
        if not replanners:
            replanners.append(Replanner(*nearby(problem, plan, vacancy.id), trusted=False))
        part = replanners[0].problem
        people = tuple(changed.clinician_of[each.id] for each in part.clinicians)
        sessions = tuple(changed.vacancy_of[each.id] for each in part.vacancies)
        after = replanners[0].preview(replace(part, clinicians=people, vacancies=sessions))
        return not after.unfilled

    return proves


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
