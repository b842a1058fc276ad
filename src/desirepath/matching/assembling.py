"""From the edges that are held to a `Plan` people can read."""

import platform
import resource
import sys
from collections import Counter
from importlib import metadata
from typing import NamedTuple

import numpy as np

from desirepath.matching import explain
from desirepath.matching.columns import Columns, Ints, positions
from desirepath.matching.market import pay_of
from desirepath.matching.objective import blend, fairness, levels, pay, preference, tier
from desirepath.matching.pairs import Pairs
from desirepath.matching.plan import Assignment, Levels, Plan, relative_gap
from desirepath.matching.problem import Problem
from desirepath.matching.rules import distance_km, rate
from desirepath.matching.standing import Standing


def plan_of(
    problem: Problem, columns: Columns, pairs: Pairs, standing: Standing, *, bound: int, level_1_bound: int
) -> Plan:
    """The choice as a plan, in the order of the vacancies; unfilled sessions and figures of the run follow.

    `pairs` are in the order of the market's edges.
    """
    proposals = pairs.chosen(np.sort(standing.choice.filled()))
    pence = pay_of(problem, columns, proposals)
    total = levels_of(problem, columns, proposals, pence)
    objective = blend(problem.options, total)
    kept = problem.fixed + problem.pinned
    given = {vacancy for vacancy, _ in kept}
    prices = zip(problem.vacancies, standing.choice.price.tolist(), strict=True)
    return Plan(
        assignments=tuple(assignments(problem, columns, proposals, pence)),
        unfilled=(),
        levels=total,
        objective=objective,
        bound=max(bound, objective),
        gap=relative_gap(objective, bound),
        level_1_bound=max(level_1_bound, total.l1),
        level_1_gap=relative_gap(total.l1, level_1_bound),
        seconds={},
        edges=0,
        peak_memory_mb=0.0,
        seed=0,
        versions={},
        prices={vacancy.id: price for vacancy, price in prices if vacancy.id not in given},
        certificate=blend(problem.options, levels(problem, kept)) + standing.bound(),
    )


def levels_of(problem: Problem, columns: Columns, proposals: Pairs, pence: Ints) -> Levels:
    """The five levels of what is kept and proposed together."""
    kept = problem.fixed + problem.pinned
    weeks: Counter[tuple[int, int]] = Counter(
        zip(
            proposals.clinician.tolist(),
            columns.vacancies.monday[proposals.vacancy].tolist(),
            strict=True,
        )
    )
    position = positions(problem.clinicians)
    for vacancy, clinician in kept:
        weeks[position[clinician], problem.vacancy_of[vacancy].monday.toordinal()] += 1
    alone = levels(problem, kept)
    return Levels(
        l1=alone.l1 + int(columns.vacancies.urgency[proposals.vacancy].sum()),
        l2=alone.l2 - int(proposals.tier.sum()),
        l3=alone.l3 + int(proposals.preference.sum()),
        l4=sum(
            fairness(problem.options, problem.clinicians[who], count) for (who, _), count in weeks.items()
        ),
        l5=alone.l5 - int((pence // 100).sum()),
    )


def assignments(problem: Problem, columns: Columns, proposals: Pairs, pence: Ints) -> list[Assignment]:
    """What is kept and what is proposed, with reasons, in the order of the vacancies."""
    figures = (proposals.rate, proposals.tier, proposals.preference, pence, proposals.km)
    known = {
        int(vacancy): Figures(int(clinician), *numbers)
        for vacancy, clinician, *numbers in zip(
            proposals.vacancy, proposals.clinician, *(each.tolist() for each in figures), strict=True
        )
    }
    session, person = positions(problem.vacancies), positions(problem.clinicians)
    for kept, whose in problem.fixed + problem.pinned:
        known[session[kept]] = by_the_oracle(problem, kept, person[whose])
    fixed, nth, made = set(problem.fixed), Counter[tuple[int, int]](), []
    by_start = sorted(known, key=lambda v: (columns.vacancies.start[v], v))
    for v in by_start:
        vacancy, each = problem.vacancies[v], known[v]
        clinician = problem.clinicians[each.clinician]
        week = each.clinician, vacancy.monday.toordinal()
        nth[week] += 1
        told = explain.reasons(
            problem, clinician, vacancy, nth[week], km=each.km, rate=each.rate, reached=each.tier
        )
        is_fixed = (vacancy.id, clinician.id) in fixed
        made.append((v, each.assignment(vacancy.id, clinician.id, told, is_fixed)))
    return [assignment for _, assignment in sorted(made, key=lambda pair: pair[0])]


class Figures(NamedTuple):
    """The figures of one pair: clinician's position, pence an hour, tier, points of preference, pay in pence,
    kilometres."""

    clinician: int
    rate: int
    tier: int
    preference: int
    pay: int
    km: float

    def assignment(self, vacancy: str, clinician: str, reasons: tuple[str, ...], fixed: bool) -> Assignment:
        """The pair as an assignment."""
        return Assignment(vacancy, clinician, self.tier, self.preference, self.pay, self.km, reasons, fixed)


def by_the_oracle(problem: Problem, vacancy_id: str, position: int) -> Figures:
    """The figures of a kept pair, which need not be feasible."""
    vacancy, clinician = problem.vacancy_of[vacancy_id], problem.clinicians[position]
    practice = problem.practice_for(vacancy)
    return Figures(
        position,
        rate(problem, clinician, vacancy),
        tier(problem, clinician, practice),
        preference(problem, clinician, practice),
        pay(problem, clinician, vacancy),
        distance_km(clinician, practice),
    )


def peak_memory_mb() -> float:
    """The most memory this process has held so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def versions() -> dict[str, str]:
    """What the plan was made with."""
    return {
        "desirepath": metadata.version("desirepath"),
        "highs": metadata.version("highspy"),
        "numba": metadata.version("numba"),
        "numpy": metadata.version("numpy"),
        "python": platform.python_version(),
    }
