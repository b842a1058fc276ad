"""What a plan is worth: tier, preference, pay, fairness, the five levels and their blend. Exact integers.

Source: PLANNER, "Tier", "Preference", "Pay" and "Objective". Pay is pence.
"""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from math import floor

from desirepath.matching.plan import Levels
from desirepath.matching.problem import Clinician, Options, Practice, Problem, Vacancy
from desirepath.matching.rules import distance_km, rate

OWN_PCN, NEIGHBOUR, POOL, AGENCY = range(4)
TIER_WORDS = ("the practice's own PCN", "a neighbouring PCN", "the pool", "an agency")


def tier(problem: Problem, clinician: Clinician, practice: Practice) -> int:
    """Pool first: 3 outside her pools (agency), else 0 in her PCN, 1 in a neighbour of hers, 2 elsewhere."""
    if practice.pool not in clinician.pools:
        return AGENCY
    if clinician.pcn is not None and clinician.pcn == practice.pcn:
        return OWN_PCN
    return NEIGHBOUR if (clinician.pcn, practice.pcn) in problem.neighbours else POOL


def closeness(km: float, max_km: float) -> int:
    """3, 2, 1 or 0: under a quarter, a half, three quarters of the most she travels, or beyond."""
    return sum(4 * km < quarters * max_km for quarters in (1, 2, 3))


def preference(problem: Problem, clinician: Clinician, practice: Practice, km: float | None = None) -> int:
    """4 if she prefers the practice, 3 if she has worked there, up to 3 for being close; `km` if known."""
    km = distance_km(clinician, practice) if km is None else km
    liked = 4 * problem.feels(clinician, practice.id, "preferred")
    known = 3 * problem.feels(clinician, practice.id, "worked")
    return liked + known + closeness(km, clinician.max_km)


def pay_at(options: Options, pence_an_hour: int, minutes: int, tier: int) -> int:
    """Pence for so many minutes at a rate; through an agency the markup on top. Floored at each step."""
    pence = pence_an_hour * minutes // 60
    return floor(pence * (1 + Fraction(options.agency_markup))) if tier == AGENCY else pence


def pay(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> int:
    """What the session costs with her, in pence."""
    reached = tier(problem, clinician, problem.practice_for(vacancy))
    return pay_at(problem.options, rate(problem, clinician, vacancy), vacancy.minutes, reached)


def session_worth(options: Options, clinician: Clinician, k: int) -> int:
    """Level 4: what her k-th session of a week (k from 0) is worth; never grows with k, 0 from her wish on.

    floor(steps x max(0, wished - k) / wished), 0 where wished is 0. With `Options.fairness_history`, as long
    as k < wished, history_wished is added to wished and history_offered to k: somebody passed over for weeks
    comes before somebody who had her wish, and without a history nothing changes.
    """
    wished = clinician.wished_sessions_week
    if k >= wished:
        return 0
    if options.fairness_history:
        wished += clinician.history_wished
        k += clinician.history_offered
    return options.fairness_steps * max(0, wished - k) // wished


def fairness(options: Options, clinician: Clinician, sessions_in_week: int) -> int:
    """Level 4 of one clinician's week."""
    return sum(session_worth(options, clinician, k) for k in range(sessions_in_week))


def pair_levels(problem: Problem, clinician: Clinician, vacancy: Vacancy) -> Levels:
    """What one pair adds to levels 1, 2, 3 and 5; level 4 depends on her whole week and is 0 here."""
    practice = problem.practice_for(vacancy)
    return Levels(
        l1=vacancy.urgency,
        l2=-tier(problem, clinician, practice),
        l3=preference(problem, clinician, practice),
        l5=-(pay(problem, clinician, vacancy) // 100),
    )


def levels(problem: Problem, pairs: Iterable[tuple[str, str]]) -> Levels:
    """The five levels of a set of (vacancy id, clinician id), fixed ones included."""
    total = Levels()
    weeks: Counter[tuple[str, object]] = Counter()
    for vacancy_id, clinician_id in pairs:
        vacancy = problem.vacancy_of[vacancy_id]
        total = added(total, pair_levels(problem, problem.clinician_of[clinician_id], vacancy))
        weeks[clinician_id, vacancy.monday] += 1
    worth = sum(
        fairness(problem.options, problem.clinician_of[who], count) for (who, _), count in weeks.items()
    )
    return total._replace(l4=worth)


def blend(options: Options, levels: Levels) -> int:
    """The objective: every level by its weight. The blend itself is the definition of better."""
    weights = options.weights
    return (
        weights.filling * levels.l1
        + weights.tier * levels.l2
        + weights.preference * levels.l3
        + weights.fairness * levels.l4
        + weights.cost * levels.l5
    )


def added(a: Levels, b: Levels) -> Levels:
    """Level by level, the sum."""
    return Levels(*(x + y for x, y in zip(a, b, strict=True)))


def taken_away(a: Levels, b: Levels) -> Levels:
    """Level by level, the difference a - b."""
    return Levels(*(x - y for x, y in zip(a, b, strict=True)))
