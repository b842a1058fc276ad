"""Which of a clinician's edges exclude each other: overlap, travel on one day, rest between days."""

import numpy as np
from numpy.typing import NDArray

from desirepath.matching.columns import Ints
from desirepath.matching.compiled.jit import bare, compiled
from desirepath.matching.market import Market, Places, Words
from desirepath.matching.rules import EARTH_RADIUS_KM

BIT = np.uint64(1)
FREE, CLASH, BORDER = 0, 1, 2


@compiled
def clash_bits(market: Market, places: Places, border_km: float) -> tuple[Words, Ints]:
    """The bits of `Market.clash`, and pairs of edges (rows of two) too near the limit of travel to decide."""
    clash = np.zeros(market.clash_first[-1], np.uint64)
    borders = [(0, 0)]
    for c in range(len(market.edge_first) - 1):
        first, last = market.edge_first[c], market.edge_first[c + 1]
        for one in range(first, last):
            for other in range(one + 1, last):
                found = together(market, places, c, market.vacancy[one], market.vacancy[other], border_km)
                if found == CLASH:
                    set_clash(market, clash, one, other)
                elif found == BORDER:
                    borders.append((one, other))
    rows = np.empty((len(borders) - 1, 2), np.int64)
    for i in range(1, len(borders)):
        rows[i - 1] = borders[i]
    return clash, rows


@bare
def together(market: Market, places: Places, c: int, a: int, b: int, border_km: float) -> int:
    """Whether vacancy b, which starts no earlier than a, goes with a; travel is judged on the straight line
    through the earth, exact but for rounding."""
    gap = market.start[b] - market.end[a]
    if gap < 0:
        return CLASH
    if market.day[a] != market.day[b]:
        return CLASH if gap < places.rest[c] else FREE
    here, there = places.practice[a], places.practice[b]
    if here == there:
        return FREE
    if places.minutes_a_km == 0.0:
        return CLASH if gap < places.buffer else FREE
    reach = (gap - places.buffer) / places.minutes_a_km
    if reach < -border_km:
        return CLASH
    if reach > np.pi * EARTH_RADIUS_KM:
        return FREE
    chord = np.sqrt(
        (places.x[here] - places.x[there]) ** 2
        + (places.y[here] - places.y[there]) ** 2
        + (places.z[here] - places.z[there]) ** 2
    )
    away = 2 * EARTH_RADIUS_KM * np.arcsin(min(1.0, chord / 2))
    if abs(away - reach) <= border_km:
        return BORDER
    return CLASH if away > reach else FREE


@bare
def set_clash(market: Market, clash: Words, one: int, other: int) -> None:
    """Mark two edges of one clinician as excluding each other."""
    c = market.clinician[one]
    first, words = market.edge_first[c], market.words[c]
    i, j = one - first, other - first
    clash[market.clash_first[c] + i * words + (j >> 6)] |= BIT << np.uint64(j & 63)
    clash[market.clash_first[c] + j * words + (i >> 6)] |= BIT << np.uint64(i & 63)


@bare
def exclude(market: Market, one: int, other: int) -> bool:
    """Whether two edges of one clinician exclude each other."""
    c = market.clinician[one]
    first = market.edge_first[c]
    j = other - first
    row = market.clash_first[c] + (one - first) * market.words[c]
    return (market.clash[row + (j >> 6)] >> np.uint64(j & 63)) & BIT != 0


@compiled
def clash_matrix(market: Market, edges: Ints) -> NDArray[np.bool_]:
    """For edges of one clinician, flags of which exclude which."""
    matrix = np.zeros((len(edges), len(edges)), np.bool_)
    for i in range(len(edges)):
        for j in range(i + 1, len(edges)):
            if exclude(market, edges[i], edges[j]):
                matrix[i, j] = matrix[j, i] = True
    return matrix


@compiled
def cut_clash(market: Market, edges: Ints, small: Market) -> Words:
    """The bits of some of a market's edges in their own smaller market, in which they are numbered in
    order.
    """
    clash = np.zeros(small.clash_first[-1], np.uint64)
    for c in range(len(small.edge_first) - 1):
        for one in range(small.edge_first[c], small.edge_first[c + 1]):
            for other in range(one + 1, small.edge_first[c + 1]):
                if exclude(market, edges[one], edges[other]):
                    set_clash(small, clash, one, other)
    return clash
