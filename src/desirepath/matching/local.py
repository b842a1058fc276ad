"""A few vacancies settled exactly while all else stays: better prices by a linear program, a better choice by
a whole one.

Outside, the other sessions of the clinicians around are offered at their prices to the linear program, whose
duals become the prices of the vacancies; in the whole program what they hold outside stays theirs.
"""

import numpy as np

from desirepath.matching.columns import Ints
from desirepath.matching.engine import Limits, Part, Relaxed, choose, loaded, relax
from desirepath.matching.excerpt import Answer, Excerpt
from desirepath.matching.market import Market
from desirepath.matching.program import Program, build
from desirepath.matching.standing import Standing

# Of a vacancy's edges so many stand in the programs, those that are worth most.
EDGES_A_VACANCY = 10
# A whole program of a few dozen vacancies that takes longer is left with what it found, seconds.
PATIENCE = 3.0


def settle(question: Excerpt, seed: int) -> Answer:
    """Better prices and a better choice for the vacancies asked about, where there are."""
    standing = Standing.of(question.market, question.choice)
    market, asked = question.market, question.asked()
    edges = promising(standing, question)
    if not len(edges):
        return Answer(None, None)
    program = program_of(standing, question, edges)
    part = Part(tuple(range(len(program.worth))), len(edges), tuple(program.rows))
    highs = loaded(part, program.worth, Limits(None, 0.0, seed))
    prices = chosen = None
    found = relax(highs)
    if found is not None and standing.reprice(asked, prices_of(market, program, found, asked)):
        prices = question.choice.price[asked]
    inside = question.inside[market.vacancy[edges]]
    held = question.choice.holder[market.vacancy[edges]] == edges
    picked = choose(highs, inside, held, PATIENCE)
    if picked is not None:
        chosen = edges[picked & inside]
        chosen = question.edges[chosen].tolist() if standing.rechoose(asked, chosen.tolist()) else None
    return Answer(prices, chosen)


def promising(standing: Standing, question: Excerpt) -> Ints:
    """Of each vacancy asked about the edges that are worth most and the one that holds it; outside all edges
    of the clinicians these bring in.
    """
    market, choice = standing.market, standing.choice
    edges = standing.edges_of(question.asked())
    first = np.where(choice.holder[market.vacancy[edges]] == edges, 0, 1)
    order = np.lexsort((edges, -market.worth[edges], first, market.vacancy[edges]))
    ranked = market.vacancy[edges[order]]
    rank = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    chosen = edges[order[rank < EDGES_A_VACANCY]]
    brought = np.zeros(market.clinicians, np.bool_)
    brought[market.clinician[chosen]] = True
    outside = np.flatnonzero(~question.inside[market.vacancy] & brought[market.clinician])
    return np.sort(np.concatenate([chosen, outside]))


def program_of(standing: Standing, question: Excerpt, edges: Ints) -> Program:
    """The program of the edges: outside, one is worth what it gains beyond its vacancy's price."""
    vacancy = standing.market.vacancy[edges]
    outside = ~question.inside[vacancy]
    worth = standing.market.worth[edges] - np.where(outside, standing.choice.price[vacancy], 0)
    return build(standing.market, edges.tolist(), worth.tolist(), covered=question.asked().tolist())


def prices_of(market: Market, program: Program, found: Relaxed, vacancies: Ints) -> Ints:
    """What the linear program says a vacancy costs, in whole points: the row that fills it once, and the
    limit of 1 of its column where that binds instead.
    """
    price = dict.fromkeys(vacancies.tolist(), 0.0)
    at_one = found.columns[: len(program.edges)]
    for column in np.flatnonzero(at_one > 0).tolist():
        vacancy = int(market.vacancy[program.edges[column]])
        if vacancy in price:
            price[vacancy] = max(price[vacancy], float(at_one[column]))
    for vacancy, row in program.cover.items():
        price[vacancy] += max(0.0, float(found.rows[row]))
    return np.array([round(price[vacancy]) for vacancy in vacancies.tolist()], np.int64)
