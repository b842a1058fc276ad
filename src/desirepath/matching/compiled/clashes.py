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
def clash_rows(market: Market, rest: Ints) -> Ints:
    """`Market.clash_first`: where the row of each edge begins, and at the end where the last ends. A row
    reaches to the last later edge that is not `rested` from it.
    """
    rows = np.zeros(len(market.vacancy) + 1, np.int64)
    for c in range(len(market.edge_first) - 1):
        last = market.edge_first[c + 1]
        other = market.edge_first[c]
        for one in range(market.edge_first[c], last):
            other = one + 1
            while other < last and not rested(market, rest[c], market.vacancy[one], market.vacancy[other]):
                other += 1
            rows[one + 1] = rows[one] + words_for(other - one - 1)
    return rows


@compiled
def clash_bits(market: Market, places: Places, border_km: float) -> tuple[Words, Ints]:
    """The bits of `Market.clash`, and pairs of edges (rows of two) too near the limit of travel to decide."""
    clash = np.zeros(market.clash_first[-1], np.uint64)
    borders = [(0, 0)]
    for c in range(len(market.edge_first) - 1):
        last = market.edge_first[c + 1]
        for one in range(market.edge_first[c], last):
            for other in range(one + 1, last):
                a, b = market.vacancy[one], market.vacancy[other]
                if rested(market, places.rest[c], a, b):
                    break
                found = together(market, places, c, a, b, border_km)
                if found == CLASH:
                    set_clash(market.clash_first, clash, one, other)
                elif found == BORDER:
                    borders.append((one, other))
    rows = np.empty((len(borders) - 1, 2), np.int64)
    for i in range(1, len(borders)):
        rows[i - 1] = borders[i]
    return clash, rows


@bare
def words_for(bits: int) -> int:
    """How many 64-bit words hold so many bits."""
    return (bits + 63) >> 6


@bare
def rested(market: Market, rest: int, a: int, b: int) -> bool:
    """Whether vacancy b, and so each that starts later, is on another day than a and her rest after it."""
    return market.day[a] != market.day[b] and market.start[b] - market.end[a] >= max(0, rest)


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
def set_clash(first: Ints, clash: Words, one: int, other: int) -> None:
    """Mark two edges of one clinician, `other` the later, as excluding each other; rows begin at `first`."""
    bit = other - one - 1
    clash[first[one] + (bit >> 6)] |= BIT << np.uint64(bit & 63)


@bare
def exclude(market: Market, one: int, other: int) -> bool:
    """Whether two different edges of one clinician exclude each other."""
    earlier = min(one, other)
    bit = max(one, other) - earlier - 1
    word = market.clash_first[earlier] + (bit >> 6)
    if word >= market.clash_first[earlier + 1]:
        return False
    return (market.clash[word] >> np.uint64(bit & 63)) & BIT != 0


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
def cut_clash(market: Market, edges: Ints, small: Market) -> tuple[Ints, Words]:
    """`clash_first` and `clash` of some of a market's edges in their own smaller market, in which they are
    numbered in order.
    """
    rows = np.zeros(len(edges) + 1, np.int64)
    for one in range(len(edges)):
        last = small.edge_first[small.clinician[one] + 1]
        reach = (market.clash_first[edges[one] + 1] - market.clash_first[edges[one]]) << 6
        other = one + 1
        while other < last and edges[other] - edges[one] <= reach:
            other += 1
        rows[one + 1] = rows[one] + words_for(other - one - 1)
    clash = np.zeros(rows[-1], np.uint64)
    for one in range(len(edges)):
        other = one + 1
        last = small.edge_first[small.clinician[one] + 1]
        while other < last and other - one <= (rows[one + 1] - rows[one]) << 6:
            if exclude(market, edges[one], edges[other]):
                set_clash(rows, clash, one, other)
            other += 1
    return rows, clash
