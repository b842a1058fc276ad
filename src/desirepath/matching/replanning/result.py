"""A changed plan written out: what didn't change is taken over, what did is figured, explained and checked
anew.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from desirepath.matching import explain
from desirepath.matching.checking import check
from desirepath.matching.objective import blend, fairness, pay_at, preference, tier
from desirepath.matching.plan import Assignment, Levels, Plan, Unfilled, relative_gap
from desirepath.matching.problem import Pair, Problem, Vacancy
from desirepath.matching.replanning.changes import Changes
from desirepath.matching.rules import distance_km, rate
from desirepath.matching.unfilled import explained


def as_plan(
    problem: Problem, before: Plan, pairs: tuple[Pair, ...], changes: Changes, again: frozenset[str]
) -> Plan:
    """The pairs, kept ones included, as a plan that has passed the independent check wherever it is new.

    `again` are vacancies to be explained anew where they stay empty, as are those newly so. Bounds are left
    to the caller, but for level 1. Raises UnsoundPlanError where the check refuses.
    """
    old = {each.vacancy: each for each in before.assignments}
    people = new_for(problem, before, pairs, changes)
    fixed = frozenset(problem.fixed)
    hers: dict[str, list[Vacancy]] = {}
    for vacancy, who in pairs:
        if who in people:
            hers.setdefault(who, []).append(problem.vacancy_of[vacancy])
    made = {vacancy: old[vacancy] for vacancy, who in pairs if who not in people}
    for who, sessions in hers.items():
        made |= {each.vacancy: each for each in assignments(problem, who, sessions, fixed)}
    plan = replace(
        before,
        assignments=tuple(made[v.id] for v in problem.vacancies if v.id in made),
        unfilled=(),
        certificate=None,
    )
    plan = with_levels(problem, plan, before, changes)
    refuse_unsound(problem, plan, people)
    return replace(plan, unfilled=told_unfilled(problem, plan, before, again))


def new_for(problem: Problem, before: Plan, pairs: Iterable[Pair], changes: Changes) -> set[str]:
    """The clinicians whose week or terms are not those of the plan before."""
    if changes.all_over:
        return set(problem.clinician_of)
    was = {(each.vacancy, each.clinician) for each in before.assignments}
    differ = was.symmetric_difference(pairs) | changes.kept
    retimed = {who for vacancy, who in was.union(pairs) if vacancy in changes.vacancies}
    return ({who for _, who in differ} | retimed | changes.people) & problem.clinician_of.keys()


def assignments(
    problem: Problem, who: str, sessions: list[Vacancy], fixed: frozenset[Pair]
) -> list[Assignment]:
    """Her sessions with their figures and reasons."""
    clinician = problem.clinician_of[who]
    nth: Counter[object] = Counter()
    found = []
    for vacancy in sorted(sessions, key=lambda each: (each.start, each.id)):
        practice = problem.practice_for(vacancy)
        nth[vacancy.monday] += 1
        km, hourly = distance_km(clinician, practice), rate(problem, clinician, vacancy)
        reached = tier(problem, clinician, practice)
        found.append(
            Assignment(
                vacancy.id,
                who,
                reached,
                preference(problem, clinician, practice, km),
                pay_at(problem.options, hourly, vacancy.minutes, reached),
                km,
                explain.reasons(
                    problem, clinician, vacancy, nth[vacancy.monday], km=km, rate=hourly, reached=reached
                ),
                (vacancy.id, who) in fixed,
            )
        )
    return found


def with_levels(problem: Problem, plan: Plan, before: Plan, changes: Changes) -> Plan:
    """The plan with its levels and objective; level 1's bound where the change let it stand, or every
    session.
    """
    weeks: Counter[tuple[str, object]] = Counter()
    l1 = l2 = l3 = l5 = 0
    for each in plan.assignments:
        vacancy = problem.vacancy_of[each.vacancy]
        l1, l2, l3, l5 = l1 + vacancy.urgency, l2 - each.tier, l3 + each.preference, l5 - each.pay // 100
        weeks[each.clinician, vacancy.monday] += 1
    l4 = sum(fairness(problem.options, problem.clinician_of[who], count) for (who, _), count in weeks.items())
    total = Levels(l1, l2, l3, l4, l5)
    objective = blend(problem.options, total)
    most = sum(each.urgency for each in problem.vacancies)
    if not (changes.people or changes.kept or changes.all_over):
        most = min(
            most, before.level_1_bound + sum(problem.vacancy_of[name].urgency for name in changes.vacancies)
        )
    most = max(most, l1)
    return replace(
        plan,
        levels=total,
        objective=objective,
        bound=objective,
        gap=0.0,
        level_1_bound=most,
        level_1_gap=relative_gap(l1, most),
    )


def refuse_unsound(problem: Problem, plan: Plan, people: set[str]) -> None:
    """Have the independent check look at everything that is new: these clinicians, with all that is
    theirs.
    """
    from desirepath.matching.search import UnsoundPlanError

    theirs = tuple(each for each in plan.assignments if each.clinician in people)
    names = {each.vacancy for each in theirs}
    part = Problem(
        practices=problem.practices,
        neighbours=problem.neighbours,
        clinicians=tuple(each for each in problem.clinicians if each.id in people),
        vacancies=tuple(each for each in problem.vacancies if each.id in names),
        preferences=tuple(each for each in problem.preferences if each.clinician in people),
        fixed=tuple(pair for pair in problem.fixed if pair[1] in people),
        pinned=tuple(pair for pair in problem.pinned if pair[1] in people),
        forbidden=frozenset(pair for pair in problem.forbidden if pair[0] in names and pair[1] in people),
        options=problem.options,
    )
    whole = replace(plan, assignments=theirs, level_1_bound=plan.level_1_bound)
    faults = check(part, with_levels(part, whole, whole, ALL))
    if faults:
        raise UnsoundPlanError("; ".join(faults[:5]))


ALL = Changes(*(frozenset(),) * 6, all_over=True)


def told_unfilled(problem: Problem, plan: Plan, before: Plan, again: frozenset[str]) -> tuple[Unfilled, ...]:
    """Why each empty session is empty; as told before where it was empty then and isn't to be explained
    again.
    """
    filled = {each.vacancy for each in plan.assignments}
    empty = [each for each in problem.vacancies if each.id not in filled]
    stands = {each.vacancy: each for each in before.unfilled if each.vacancy not in again}
    new = explained(problem, plan, [each for each in empty if each.id not in stands])
    told = stands | {each.vacancy: each for each in new}
    return tuple(told[each.id] for each in empty)
