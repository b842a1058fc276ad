"""A few vacancies settled exactly while all else stays: better prices by a linear program, a better choice by
a whole one.

Around the vacancies stand all clinicians who could take one. Outside, their other sessions are offered at
their prices to the linear program, whose duals become the prices of the vacancies; in the whole program what
they hold outside stays theirs.
"""

from dataclasses import dataclass

import numpy as np

from desirepath.matching.columns import Flags, Ints
from desirepath.matching.engine import Limits, Part, Relaxed, choose, loaded, relax
from desirepath.matching.market import Market
from desirepath.matching.program import Program, build
from desirepath.matching.standing import Standing

# Of a vacancy's edges so many stand in the programs, those that lose least at the prices.
EDGES_A_VACANCY = 10
# A whole program of a few dozen vacancies that takes longer is left with what it found, seconds.
PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Region:
    """Columns of the programs: edges of the vacancies, and edges outside of the same clinicians."""

    vacancies: Ints
    edges: Ints
    inside: Flags
    held: Flags

    @classmethod
    def around(cls, standing: Standing, vacancies: Ints) -> "Region":
        """The vacancies with their most promising edges, and what else their clinicians hold or would
        take.
        """
        market, choice = standing.market, standing.choice
        chosen = promising(standing, vacancies)
        within = np.zeros(market.vacancies, np.bool_)
        within[vacancies] = True
        who = np.unique(market.clinician[chosen])
        hers = np.concatenate([np.arange(market.edge_first[c], market.edge_first[c + 1]) for c in who])
        outside = hers[~within[market.vacancy[hers]]]
        held = choice.holder[market.vacancy[outside]] == outside
        gain = market.worth[outside] - choice.price[market.vacancy[outside]]
        gain += market.first_fair()[market.clinician[outside]]
        edges = np.sort(np.concatenate([chosen, outside[held | (gain > 0)]]))
        inside = within[market.vacancy[edges]]
        return cls(vacancies, edges, inside, choice.holder[market.vacancy[edges]] == edges)


def promising(standing: Standing, vacancies: Ints) -> Ints:
    """Of each vacancy the edges that are worth most, and the one that holds it."""
    market, choice = standing.market, standing.choice
    edges = standing.edges_of(vacancies)
    first = np.where(choice.holder[market.vacancy[edges]] == edges, 0, 1)
    order = np.lexsort((edges, -market.worth[edges], first, market.vacancy[edges]))
    ranked = market.vacancy[edges[order]]
    rank = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return edges[order[rank < EDGES_A_VACANCY]]


def settle(standing: Standing, vacancies: Ints, limits: Limits) -> bool:
    """Better prices and a better choice for the vacancies, where there are; whether either was found."""
    region = Region.around(standing, vacancies)
    if not len(region.edges):
        return False
    program = program_of(standing, region)
    part = Part(tuple(range(len(program.worth))), len(program.edges), tuple(program.rows))
    highs = loaded(part, program.worth, limits)
    found = relax(highs)
    better = False
    if found is not None:
        prices = prices_of(standing.market, program, found, vacancies)
        better = standing.reprice(vacancies, prices)
    chosen = choose(highs, region.inside, region.held, min(PATIENCE, limits.seconds or PATIENCE))
    if chosen is not None:
        edges = region.edges[chosen & region.inside]
        better |= standing.rechoose(vacancies, edges.tolist())
    return better


def program_of(standing: Standing, region: Region) -> Program:
    """The program of the region: outside, an edge is worth what it gains beyond its vacancy's price."""
    market: Market = standing.market
    worth = market.worth[region.edges].copy()
    outside = ~region.inside
    worth[outside] -= standing.choice.price[market.vacancy[region.edges[outside]]]
    return build(market, region.edges.tolist(), worth.tolist(), covered=region.vacancies.tolist())


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
