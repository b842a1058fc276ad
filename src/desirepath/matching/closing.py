"""The proof for a part of the size of a care system: no better plan, by prices and a small whole program.

A linear program over the promising edges gives the prices; the exact best weeks at them the bound. Whatever
plan uses an edge is below that bound by at least what its clinician loses by taking it. So the whole program
needs only the *core*, edges that lose no more than the gap: what is best in the core and within the gap is
best of all.
"""

from collections.abc import Callable
from math import inf

import numpy as np

from desirepath.matching.columns import Ints
from desirepath.matching.engine import Limits, Part, loaded, maximise, relax, whole_bound
from desirepath.matching.local import prices_of
from desirepath.matching.parts import split
from desirepath.matching.program import build
from desirepath.matching.standing import Standing

# The share of edges, those that lose least, with which the whole program begins.
FIRST_CORE = 0.3
# The share of edges whose losses are known exactly.
EXACT = 0.5


def close(
    standing: Standing, vacancies: Ints, clinicians: Ints, limits: Limits, tell: Callable[[], None]
) -> int:
    """Settle a part that shares no edge with the rest (positions of its vacancies and clinicians).

    Returns a bound on what the part can be worth: its value where the search closed. `tell` hears of each
    step.
    """
    edges = np.sort(standing.edges_of(vacancies))
    reprice(standing, vacancies, edges, limits)
    tell()
    bound = standing.part_bound(vacancies, clinicians)
    certificate, inside, core = bound, inf, np.zeros(len(edges), np.bool_)
    loss = losses(standing, edges)
    for first in (True, False):
        value = standing.worth_of(clinicians)
        if bound <= value or limits.out_of_time():
            break
        widest = int(np.quantile(loss, FIRST_CORE)) if first else certificate - value
        wanted = loss <= widest
        wanted |= standing.choice.holder[standing.market.vacancy[edges]] == edges
        if (wanted & ~core).any():
            core = wanted
            inside = whole_program(standing, edges[core], vacancies, limits)
            tell()
        if inside < inf:
            bound = min(bound, max(int(inside), certificate - widest - 1))
    return max(bound, standing.worth_of(clinicians))


def losses(standing: Standing, edges: Ints) -> Ints:
    """For each edge at least how much below her best weeks its clinician is when she has to take it: exactly
    where it is little, and elsewhere what it is short of its price by itself, which costs nothing to know.
    """
    from desirepath.matching.compiled.weeks import best_weeks_with

    market, price = standing.market, standing.choice.price
    who = market.clinician[edges]
    loss = np.maximum(0, price[market.vacancy[edges]] - market.worth[edges] - market.first_fair()[who])
    near = loss <= (np.quantile(loss, EXACT) if len(loss) else 0)
    loss[near] = standing.best[who[near]] - best_weeks_with(market, price, edges[near])
    return np.asarray(loss, np.int64)


def reprice(standing: Standing, vacancies: Ints, edges: Ints, limits: Limits) -> None:
    """Prices from a linear program, wherever they prove a lower bound than those there are."""
    program = build(standing.market, edges.tolist())
    part = Part(tuple(range(len(program.worth))), len(program.edges), tuple(program.rows))
    found = relax(loaded(part, program.worth, limits))
    if found is not None:
        standing.reprice(vacancies, prices_of(standing.market, program, found, vacancies))


def whole_program(standing: Standing, edges: Ints, vacancies: Ints, limits: Limits) -> float:
    """The best choice over the edges, taken over where it is better; returns the bound of the search,
    infinite where it was stopped before it had one. Raises KeyboardInterrupt when Ctrl-C came.
    """
    program = build(standing.market, edges.tolist())
    holder = standing.choice.holder
    held = {c for c, e in enumerate(program.edges) if holder[standing.market.vacancy[e]] == e}
    chosen: list[int] = []
    bound, interrupted = 0.0, False
    for part in split(program):
        number = {c: j for j, c in enumerate(part.columns[: part.whole])}
        start = tuple(number[c] for c in part.columns[: part.whole] if c in held)
        solved = maximise(part, program.worth, limits, start)
        interrupted |= solved.interrupted
        picked = start if solved.chosen is None else solved.chosen
        chosen += [program.edges[part.columns[j]] for j in picked]
        bound += whole_bound(solved.bound)
    standing.rechoose(vacancies, chosen)
    if interrupted:
        raise KeyboardInterrupt
    return bound
