"""How short of clinicians each session of a plan is, from the prices of its proof. Pure: no database.

A price says what one more such session to fill would bring; its worth less its price what one more clinician
for it would bring at the most. Many prices prove the same plan equally well, above all where there are just
enough clinicians: there the session's worth may stand in its price or in its clinician's week, as it happens.
So a session that somebody takes is told as short only where that leads on: she could take another instead,
whose clinician could take another, and so on to one that nobody takes. If there is no such chain, one more
clinician would change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desirepath import matching

# pairs beyond which a plan is told by its prices alone: what she could do instead costs a check for each
MOST_PAIRS = 60_000
# usual sessions that make no difference to anybody
NOTHING = 0.05


def shortness(problem: matching.Problem, plan: matching.Plan) -> dict[str, float]:
    """By open vacancy (id), what one more clinician for it would bring, in usual sessions covered.

    0 where there are enough; the vacancy's urgency where she would cover what nobody covers. Empty without
    prices.
    """
    filling = max(1, problem.options.weights.filling)
    held = {vacancy for vacancy, _ in problem.fixed}
    most = {
        vacancy: max(0.0, problem.vacancy_of[vacancy].urgency - price / filling)
        for vacancy, price in plan.prices.items()
        if vacancy not in held
    }
    instead = _instead(problem, plan, {vacancy for vacancy, value in most.items() if value > NOTHING})
    if instead is None:
        return most
    taken = {each.vacancy for each in plan.assignments}
    short = {vacancy: 0.0 if vacancy in taken else value for vacancy, value in most.items()}
    changed = True
    while changed:
        changed = False
        for vacancy, others in instead.items():
            leads_to = min(most[vacancy], max((short[other] for other in others), default=0.0))
            if leads_to > short[vacancy]:
                short[vacancy], changed = leads_to, True
    return short


def _instead(problem: matching.Problem, plan: matching.Plan, scarce: set[str]) -> dict[str, list[str]] | None:
    """For each scarce session that somebody is proposed for, the scarce ones she could take instead.

    None for a plan of too many pairs.
    """
    from desirepath.matching import feasible_pairs, rules

    pairs = feasible_pairs(problem)
    if len(pairs) > MOST_PAIRS:
        return None
    could: dict[str, list[str]] = defaultdict(list)
    for who, what in zip(pairs.clinician.tolist(), pairs.vacancy.tolist(), strict=True):
        clinician, vacancy = problem.clinicians[who].id, problem.vacancies[what].id
        if vacancy in scarce and (vacancy, clinician) not in problem.forbidden:
            could[clinician].append(vacancy)
    weeks = _weeks(plan)
    found = {}
    for each in plan.assignments:
        if each.vacancy not in scarce:
            continue
        clinician = problem.clinician_of[each.clinician]
        rest = [problem.vacancy_of[other] for other in weeks[clinician.id] if other != each.vacancy]
        hers = set(weeks[clinician.id])
        found[each.vacancy] = [
            other
            for other in could[clinician.id]
            if other not in hers and rules.goes_with(problem, clinician, rest, problem.vacancy_of[other])
        ]
    return found


def _weeks(plan: matching.Plan) -> Mapping[str, list[str]]:
    """What each clinician does, by her id."""
    weeks: dict[str, list[str]] = defaultdict(list)
    for each in plan.assignments:
        weeks[each.clinician].append(each.vacancy)
    return weeks
