"""Re-planning at the scale of one integrated care system: random changes, each against a full solve.

.venv/bin/python benchmarks/replanning.py [changes] [seed]
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from desirepath.matching import Clinician, Plan, Problem, Vacancy, Window, check, solve
from desirepath.matching.replanning import Replanner

KINDS = {
    "decline": 40,
    "new vacancy": 20,
    "withdrawn vacancy": 10,
    "less time": 8,
    "more time": 4,
    "booking": 5,
    "other rate": 5,
    "other distance": 4,
    "other limit": 4,
}


def replans(problem: Problem, plan: Plan, events: int = 200, seed: int = 1) -> dict[str, Any]:
    """Random changes one after another, each re-planned and then solved in full.

    Times are CPU milliseconds of a re-plan with all that belongs to it: finding what changed, its pairs, the
    program, the search, figures, reasons and the check. Where a re-plan isn't the best, the full solve's plan
    is gone on from.
    """
    rng = random.Random(seed)
    replanner = Replanner(problem, plan)
    spent, moved, optimal, proven, below = [], [], 0, 0, 0.0
    for number in range(events):
        after = changed(rng, replanner.problem, replanner.plan)
        before = replanner.plan
        began = process_time()
        new = replanner.replan(after)
        spent.append((process_time() - began) * 1000)
        assert check(after, new) == ()
        full = solve(after, seed=number)
        optimal += new.objective >= full.objective
        proven += new.gap <= 1e-7
        moved.append(changes(before, new, after))
        if new.objective < full.objective:
            below = max(below, (full.objective - new.objective) / full.objective)
            replanner = Replanner(after, full)
    p50, p95, p99, most = (float(each) for each in np.percentile(spent, [50, 95, 99, 100]))
    return {
        "changes": events,
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "slowest": most,
        "optimal": optimal / events,
        "furthest_below": below,
        "proven": proven / events,
        "moved_mean": sum(moved) / events,
        "moved_most": max(moved),
    }


def changes(before: Plan, after: Plan, problem: Problem) -> int:
    """How many sessions that were proposed and still stand have another clinician, or none."""
    now = {each.vacancy: each.clinician for each in after.assignments}
    stand = (each for each in before.assignments if each.vacancy in problem.vacancy_of)
    return sum(now.get(each.vacancy) != each.clinician for each in stand)


def changed(rng: random.Random, problem: Problem, plan: Plan) -> Problem:
    """The problem after one random change; all bookings are those of changes before."""
    booked = set(problem.fixed)
    pairs = [(a.vacancy, a.clinician) for a in plan.assignments if (a.vacancy, a.clinician) not in booked]
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    pair = rng.choice(pairs)
    if kind == "decline":
        return replace(problem, forbidden=problem.forbidden | {pair})
    if kind == "booking":
        return replace(problem, fixed=(*problem.fixed, pair))
    if kind == "new vacancy":
        return replace(problem, vacancies=(*problem.vacancies, new_vacancy(rng, problem)))
    if kind == "withdrawn vacancy":
        stay = tuple(each for each in problem.vacancies if each.id != pair[0])
        bans = frozenset(each for each in problem.forbidden if each[0] != pair[0])
        return replace(problem, vacancies=stay, forbidden=bans)
    her = problem.clinician_of[pair[1]]
    other = next(terms(rng, kind, her, problem, problem.vacancy_of[pair[0]]))
    people = tuple(other if each.id == her.id else each for each in problem.clinicians)
    return replace(problem, clinicians=people)


def new_vacancy(rng: random.Random, problem: Problem) -> Vacancy:
    """A vacancy at the time and for the role of another."""
    return replace(
        rng.choice(problem.vacancies),
        id=f"N{len(problem.vacancies)}-{rng.randrange(10**9)}",
        practice=rng.choice(problem.practices).id,
        urgency=rng.choice((1, 1, 2, 3, 5)),
        rate_cap=rng.randrange(8000, 12500, 250),
    )


def terms(
    rng: random.Random, kind: str, her: Clinician, problem: Problem, session: Vacancy
) -> Iterator[Clinician]:
    """A clinician with one thing other than before; `session` is one of hers."""
    if kind == "less time":
        stay = (w for w in her.windows if not (w.start <= session.start and session.end <= w.end))
        yield replace(her, windows=tuple(stay))
    if kind == "more time":
        like, hour = rng.choice(problem.vacancies), timedelta(hours=1)
        yield replace(her, windows=(*her.windows, Window(like.start - hour, like.end + hour)))
    if kind == "other rate":
        yield replace(her, base_rate=her.base_rate + rng.choice((-500, 300, 800, 1500)))
    if kind == "other distance":
        yield replace(her, max_km=her.max_km * rng.choice((0.5, 0.75, 1.5)))
    yield replace(her, max_sessions_week=max(0, her.max_sessions_week + rng.choice((-2, -1, 1))))


def main() -> None:
    """Print the figures."""
    from benchmarks.worlds import ics

    events, seed = ([int(each) for each in sys.argv[1:3]] + [200, 1][len(sys.argv) - 1 :])[:2]
    problem = ics(seed)
    for name, value in replans(problem, solve(problem), events, seed).items():
        print(f"{name.replace('_', ' ')}: {value:.4g}")


if __name__ == "__main__":
    main()
