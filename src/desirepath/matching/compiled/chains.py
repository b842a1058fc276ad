"""Sessions placed one after another, each by the cheapest chain of swaps, with prices that prove it.

A vacancy without anybody asks at the price the market bears. The cheapest way to place it is searched
(Dijkstra): a clinician with room takes it, or one takes it in place of another of hers, which is placed in
turn, or the chain ends with a session left open. Prices fall along the chain by as much as the way was dearer
than they said. Where limits are nested (slots in days in weeks), and but for level 4, the result is the best
plan and the prices prove it: who has room takes a session without a swap, though for level 4 one could be a
little better (measured: twice the time, hardly a point). Beyond that what is missing shows as the distance
between her best week at the prices and the week she holds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desirepath.matching.columns import Ints
from desirepath.matching.compiled.clashes import exclude
from desirepath.matching.compiled.jit import bare, compiled
from desirepath.matching.compiled.weeks import NONE, fair_at, kept_of
from desirepath.matching.market import Choice, Market

FAR = np.int64(1) << np.int64(62)


class Ways(NamedTuple):
    """The search's table: for each vacancy how dear it is to free its place (FAR: not reached), whether that
    is final, the edge that takes the place and the vacancy it comes from; those reached; the heap; and `end`:
    how dear the best chain is, the vacancy it ends with, and the edge that takes that one (-1: left open).
    """

    dist: Ints
    done: NDArray[np.bool_]
    via: Ints
    before: Ints
    reached: Ints
    keys: Ints
    items: Ints
    size: Ints
    end: Ints


REACHED, HEAP = 0, 1
COST, LAST, EDGE = 0, 1, 2


@bare
def fits(market: Market, choice: Choice, e: int, without: int) -> bool:
    """Whether the edge goes with what its clinician holds and keeps, but for the held edge `without` (-1:
    all).
    """
    c, v = market.clinician[e], market.vacancy[e]
    week, day, minutes = kept_of(market, c, v)
    for q in range(choice.held_first[c], choice.held_first[c] + choice.held_count[c]):
        f = choice.held[q]
        if f == without:
            continue
        if exclude(market, e, f):
            return False
        u = market.vacancy[f]
        if market.week[u] == market.week[v]:
            week += 1
            minutes += market.minutes[u]
            if market.day[u] == market.day[v]:
                day += 1
    if week >= market.week_limit[c] or day >= market.day_limit[c]:
        return False
    if minutes + market.minutes[v] > market.minutes_limit[c]:
        return False
    return run_with(market, choice, c, market.day[v], without) <= market.run_limit[c]


@bare
def run_with(market: Market, choice: Choice, c: int, day: int, without: int) -> int:
    """How many days in a row she works around the day, the day itself counted in."""
    run = 1
    for step in (-1, 1):
        beside = day + step
        while works_on(market, choice, c, beside, without):
            run += 1
            beside += step
    return run


@bare
def works_on(market: Market, choice: Choice, c: int, day: int, without: int) -> bool:
    """Whether she holds, but for `without`, or keeps a session on the day."""
    for q in range(choice.held_first[c], choice.held_first[c] + choice.held_count[c]):
        if choice.held[q] != without and market.day[market.vacancy[choice.held[q]]] == day:
            return True
    for q in range(market.kept_first[c], market.kept_first[c + 1]):  # noqa: SIM110 - numba has no `any`
        if market.kept_day[q] == day:
            return True
    return False


@bare
def worth_added(market: Market, choice: Choice, e: int) -> int:
    """What the edge adds to the blend where its clinician takes it beside what she has."""
    c, v = market.clinician[e], market.vacancy[e]
    k = kept_of(market, c, v)[0]
    for q in range(choice.held_first[c], choice.held_first[c] + choice.held_count[c]):
        k += market.week[market.vacancy[choice.held[q]]] == market.week[v]
    return market.worth[e] + fair_at(market, c, k)


@bare
def take(market: Market, choice: Choice, e: int) -> None:
    """The edge's clinician takes its vacancy, whoever held it before gives it up."""
    c, v = market.clinician[e], market.vacancy[e]
    give_up(market, choice, v)
    choice.held[choice.held_first[c] + choice.held_count[c]] = e
    choice.held_count[c] += 1
    choice.holder[v] = e


@bare
def give_up(market: Market, choice: Choice, v: int) -> None:
    """Nobody holds the vacancy any more."""
    e = choice.holder[v]
    if e == NONE:
        return
    c = market.clinician[e]
    first, last = choice.held_first[c], choice.held_first[c] + choice.held_count[c] - 1
    for q in range(first, last):
        if choice.held[q] == e:
            choice.held[q] = choice.held[last]
    choice.held_count[c] -= 1
    choice.holder[v] = NONE


@bare
def near(market: Market, e: int, f: int) -> bool:
    """Whether to give up f can make room for e, another edge of the same clinician: they share a week or a
    run of days, or exclude each other.
    """
    v, w = market.vacancy[e], market.vacancy[f]
    if market.week[v] == market.week[w]:
        return True
    limit = market.run_limit[market.clinician[e]]
    return abs(market.day[v] - market.day[w]) <= limit or exclude(market, e, f)


@bare
def asking_price(market: Market, choice: Choice, v: int) -> int:
    """The highest price at which somebody would still take the vacancy, alone or for another of hers; not
    below 0.
    """
    price = 0
    for q in range(market.by_vacancy_first[v], market.by_vacancy_first[v + 1]):
        e = market.by_vacancy[q]
        c = market.clinician[e]
        if fits(market, choice, e, NONE):
            price = max(price, worth_added(market, choice, e))
            continue
        for s in range(choice.held_first[c], choice.held_first[c] + choice.held_count[c]):
            f = choice.held[s]
            w = market.vacancy[f]
            worth = market.worth[e] - market.worth[f] + choice.price[w]
            if worth > price and near(market, e, f) and fits(market, choice, e, f):
                price = worth
    return price


@compiled
def new_ways(vacancies: int) -> Ways:
    """An empty table."""
    none = np.full(vacancies, NONE, np.int64)
    return Ways(
        np.full(vacancies, FAR, np.int64),
        np.zeros(vacancies, np.bool_),
        none,
        none.copy(),
        none.copy(),
        np.empty(8 * vacancies + 64, np.int64),
        np.empty(8 * vacancies + 64, np.int64),
        np.zeros(2, np.int64),
        np.zeros(3, np.int64),
    )


@bare
def push(ways: Ways, key: int, item: int) -> None:
    """Into the heap; a heap that is full forgets it, and the chain found may be dearer than need be."""
    i = ways.size[HEAP]
    if i == len(ways.keys):
        return
    ways.size[HEAP] += 1
    keys, items = ways.keys, ways.items
    while i > 0 and keys[(i - 1) >> 1] > key:
        keys[i], items[i] = keys[(i - 1) >> 1], items[(i - 1) >> 1]
        i = (i - 1) >> 1
    keys[i], items[i] = key, item


@bare
def pop(ways: Ways) -> tuple[int, int]:
    """The least of the heap, and its key."""
    keys, items = ways.keys, ways.items
    least, item = keys[0], items[0]
    ways.size[HEAP] -= 1
    last = ways.size[HEAP]
    key, moved, i = keys[last], items[last], 0
    while 2 * i + 1 < last:
        child = 2 * i + 1
        if child + 1 < last and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i], items[i] = keys[child], items[child]
        i = child
    keys[i], items[i] = key, moved
    return least, item


@bare
def reach(ways: Ways, way: int, w: int, e: int, a: int) -> None:
    """The place of w is freed at cost `way`, by edge e taking it for vacancy a."""
    if ways.dist[w] == FAR:
        ways.reached[ways.size[REACHED]] = w
        ways.size[REACHED] += 1
    ways.dist[w], ways.via[w], ways.before[w] = way, e, a
    push(ways, way, w)


@bare
def expand(market: Market, choice: Choice, ways: Ways, a: int, d: int) -> None:
    """All ways to place vacancy a, which has lost its place at cost d."""
    if d + choice.price[a] < ways.end[COST]:
        ways.end[COST], ways.end[LAST], ways.end[EDGE] = d + choice.price[a], a, NONE
    for q in range(market.by_vacancy_first[a], market.by_vacancy_first[a + 1]):
        e = market.by_vacancy[q]
        if choice.holder[a] == e:
            continue
        if fits(market, choice, e, NONE):
            way = d + max(0, choice.price[a] - worth_added(market, choice, e))
            if way < ways.end[COST]:
                ways.end[COST], ways.end[LAST], ways.end[EDGE] = way, a, e
        else:
            swap(market, choice, ways, e, a, d)


@bare
def swap(market: Market, choice: Choice, ways: Ways, e: int, a: int, d: int) -> None:
    """All ways for the edge's clinician to take vacancy a in place of one that she holds."""
    c, gain = market.clinician[e], market.worth[e] - choice.price[a]
    for s in range(choice.held_first[c], choice.held_first[c] + choice.held_count[c]):
        f = choice.held[s]
        w = market.vacancy[f]
        way = d + max(0, market.worth[f] - choice.price[w] - gain)
        if ways.done[w] or way >= ways.dist[w] or way >= ways.end[COST]:
            continue
        if near(market, e, f) and fits(market, choice, e, f):
            reach(ways, way, w, e, a)


@bare
def find_chain(market: Market, choice: Choice, ways: Ways, v: int) -> None:
    """The cheapest chain that places v, into `ways.end`."""
    ways.end[COST], ways.end[LAST], ways.end[EDGE] = FAR, v, NONE
    reach(ways, 0, v, NONE, NONE)
    while ways.size[HEAP] > 0:
        d, a = pop(ways)
        if ways.done[a] or d > ways.dist[a]:
            continue
        if d >= ways.end[COST]:
            return
        ways.done[a] = True
        expand(market, choice, ways, a, d)


@bare
def lower_prices(choice: Choice, ways: Ways) -> None:
    """Each vacancy passed on the way gets cheaper by what the chain cost beyond it."""
    for i in range(ways.size[REACHED]):
        a = ways.reached[i]
        if ways.done[a] and ways.dist[a] < ways.end[COST]:
            choice.price[a] = max(0, choice.price[a] - (ways.end[COST] - ways.dist[a]))


@bare
def carry_out(market: Market, choice: Choice, ways: Ways, v: int) -> int:
    """Swap along the chain, from its end back to v: 1 where a step no longer fits, since two steps met at one
    clinician, and a session stays open; 0 where all went."""
    broken, at = 0, ways.end[LAST]
    give_up(market, choice, at)
    if ways.end[EDGE] != NONE:
        take(market, choice, ways.end[EDGE])
    while at != v:
        e, at = ways.via[at], ways.before[at]
        give_up(market, choice, at)
        if fits(market, choice, e, NONE):
            take(market, choice, e)
        else:
            broken = 1
    return broken


@bare
def clear(ways: Ways) -> None:
    """Empty the table again."""
    for i in range(ways.size[REACHED]):
        a = ways.reached[i]
        ways.dist[a], ways.done[a], ways.via[a], ways.before[a] = FAR, False, NONE, NONE
    ways.size[REACHED] = ways.size[HEAP] = 0


@bare
def place_all(market: Market, choice: Choice, ways: Ways, order: Ints) -> int:
    """Place each vacancy of `order` that nobody holds; says how many chains could not be carried out
    whole.
    """
    broken = 0
    for v in order:
        if choice.holder[v] != NONE:
            continue
        choice.price[v] = asking_price(market, choice, v)
        if choice.price[v] == 0:
            continue
        find_chain(market, choice, ways, v)
        lower_prices(choice, ways)
        broken += carry_out(market, choice, ways, v)
        clear(ways)
    return broken


@compiled
def held_worth(market: Market, choice: Choice) -> Ints:
    """For each clinician what she holds is worth to her at the prices, level 4 included."""
    worth = np.zeros(len(choice.held_count), np.int64)
    for c in range(len(worth)):
        first = choice.held_first[c]
        for q in range(first, first + choice.held_count[c]):
            e = choice.held[q]
            v = market.vacancy[e]
            k = kept_of(market, c, v)[0]
            for s in range(first, q):
                k += market.week[market.vacancy[choice.held[s]]] == market.week[v]
            worth[c] += market.worth[e] - choice.price[v] + fair_at(market, c, k)
    return worth


@bare
def around(market: Market, choice: Choice, ways: Ways, seeds: Ints, most: int, found: Ints) -> int:
    """The vacancies nearest to the seeds along swaps, by what each swap loses at the prices: into `found`, at
    most `most` and no more than fit; says how many. The table is left empty.
    """
    count = 0
    for v in seeds:
        if ways.dist[v] == FAR:
            reach(ways, 0, v, NONE, NONE)
    while ways.size[HEAP] > 0 and count < most:
        d, a = pop(ways)
        if ways.done[a] or d > ways.dist[a]:
            continue
        ways.done[a] = True
        found[count] = a
        count += 1
        for q in range(market.by_vacancy_first[a], market.by_vacancy_first[a + 1]):
            e = market.by_vacancy[q]
            c, gain = market.clinician[e], market.worth[e] - choice.price[a]
            for s in range(choice.held_first[c], choice.held_first[c] + choice.held_count[c]):
                f = choice.held[s]
                w = market.vacancy[f]
                way = d + max(0, market.worth[f] - choice.price[w] - gain)
                if ways.done[w] or way >= ways.dist[w]:
                    continue
                if market.week[w] == market.week[a] or exclude(market, e, f):
                    reach(ways, way, w, e, a)
    clear(ways)
    return count
