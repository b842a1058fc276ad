"""The best week a clinician could have at given prices: exact, in whole numbers, by dynamic programming.

Her worthwhile edges in order of start are stations; a label at a station is a way to end there: its points,
and what it has used of her limits. A label that is no better in anything than another is dropped. What
follows a session depends on that session alone among those before it: by the triangle of distances, a chain
in which each session goes with the one before breaks neither travel nor rest. Should rounding ever break
that, the value found is too high, never too low, so a bound made of it stays a bound.
"""

import numpy as np

from desirepath.matching.columns import Ints
from desirepath.matching.compiled.clashes import exclude
from desirepath.matching.compiled.jit import bare, compiled
from desirepath.matching.market import Market

POINTS, WEEK, DAY, RUN, MINUTES = range(5)
# Beyond these the simpler bound `at_most` stands in; both are above any week she could have.
MOST_LABELS = 20_000
MOST_STATIONS = 3_000
# Outweighs all else, and leaves room below 64 bits.
MUST = 2**60
NONE = -1


@bare
def fair_at(market: Market, c: int, k: int) -> int:
    """Points of level 4 for her k-th session of a week (from 0)."""
    at = market.fair_first[c] + k
    return market.fair[at] if at < market.fair_first[c + 1] else 0


@bare
def kept_of(market: Market, c: int, v: int) -> tuple[int, int, int]:
    """Her kept sessions of the vacancy's week and day, and their minutes in the week."""
    week = day = minutes = 0
    for q in range(market.kept_first[c], market.kept_first[c + 1]):
        if market.kept_week[q] == market.week[v]:
            week += 1
            minutes += market.kept_minutes[q]
            if market.kept_day[q] == market.day[v]:
                day += 1
    return week, day, minutes


@compiled
def best_weeks(market: Market, price: Ints, who: Ints) -> Ints:
    """For each clinician of `who` the most her sessions can be worth, over all her weeks, when each vacancy
    costs its price."""
    labels = np.empty((MOST_LABELS, 5), np.int64)
    first = np.empty(MOST_STATIONS + 1, np.int64)
    station = np.empty(MOST_STATIONS, np.int64)
    top = np.empty(MOST_STATIONS, np.int64)
    best = np.zeros(len(who), np.int64)
    for i in range(len(who)):
        c = who[i]
        begins, ends = market.edge_first[c], market.edge_first[c + 1]
        best[i] = best_week(market, price, c, begins, ends, NONE, station, first, top, labels)
    return best


@compiled
def best_within(market: Market, price: Ints, c: int, begins: int, ends: int) -> int:
    """The same of one clinician, when only her edges from `begins` to before `ends` count."""
    labels = np.empty((MOST_LABELS, 5), np.int64)
    first = np.empty(MOST_STATIONS + 1, np.int64)
    station = np.empty(MOST_STATIONS, np.int64)
    top = np.empty(MOST_STATIONS, np.int64)
    return best_week(market, price, c, begins, ends, NONE, station, first, top, labels)


@compiled
def best_weeks_with(market: Market, price: Ints, edges: Ints) -> Ints:
    """For each edge the same of its clinician, had she to take it; far below 0 where she can't."""
    labels = np.empty((MOST_LABELS, 5), np.int64)
    first = np.empty(MOST_STATIONS + 1, np.int64)
    station = np.empty(MOST_STATIONS, np.int64)
    top = np.empty(MOST_STATIONS, np.int64)
    best = np.zeros(len(edges), np.int64)
    for i in range(len(edges)):
        c = market.clinician[edges[i]]
        begins, ends = market.edge_first[c], market.edge_first[c + 1]
        best[i] = best_week(market, price, c, begins, ends, edges[i], station, first, top, labels) - MUST
    return best


@compiled
def best_week(
    market: Market,
    price: Ints,
    c: int,
    begins: int,
    ends: int,
    must: int,
    station: Ints,
    first: Ints,
    top: Ints,
    labels: Ints,
) -> int:
    """The most one clinician's sessions can be worth at the prices; the edge `must` counts MUST points
    more.
    """
    if min(market.week_limit[c], market.day_limit[c], market.run_limit[c]) <= 0:
        return 0
    count = 0
    for e in range(begins, ends):
        if e == must or market.worth[e] - price[market.vacancy[e]] + fair_at(market, c, 0) > 0:
            if count == MOST_STATIONS:
                return at_most(market, price, c) + (MUST if must != NONE else 0)
            station[count] = e
            count += 1
    best, used = 0, 0
    for i in range(count):
        first[i] = used
        more = MUST if station[i] == must else 0
        used = begin(market, price, c, station[i], more + earlier(market, station, top, i), labels, used)
        for j in range(i - 1, -1, -1):
            if forgotten(market, station[j], station[i]):
                break
            if exclude(market, station[i], station[j]):
                continue
            for label in range(first[j], first[j + 1]):
                used = follow(market, price, c, station[j], station[i], more, labels, label, first[i], used)
                if used >= MOST_LABELS - 1:
                    return at_most(market, price, c) + (MUST if must != NONE else 0)
        first[i + 1], top[i] = used, 0
        for label in range(first[i], used):
            top[i] = max(top[i], labels[label, POINTS])
        best = max(best, top[i])
    return best


@bare
def forgotten(market: Market, before: int, e: int) -> bool:
    """Whether nothing counts after the edge of what she did up to another one but its points: they are in
    different weeks and not on days beside each other.
    """
    u, v = market.vacancy[before], market.vacancy[e]
    return market.week[u] != market.week[v] and market.day[u] + 1 < market.day[v]


@bare
def earlier(market: Market, station: Ints, top: Ints, i: int) -> int:
    """The most points of a plan that ends at a station before the i-th of which only the points count."""
    best = 0
    for j in range(i):
        if not forgotten(market, station[j], station[i]):
            break
        if top[j] > best and not exclude(market, station[i], station[j]):
            best = top[j]
    return best


@bare
def begin(market: Market, price: Ints, c: int, e: int, more: int, labels: Ints, used: int) -> int:
    """A label for a plan that begins with the edge; how many labels there are then."""
    v = market.vacancy[e]
    week, day, minutes = kept_of(market, c, v)
    worth = more + market.worth[e] - price[v] + fair_at(market, c, week)
    within = week < market.week_limit[c] and day < market.day_limit[c]
    if not within or minutes + market.minutes[v] > market.minutes_limit[c]:
        return used
    return add(labels, used, used, worth, week + 1, day + 1, 1, minutes + market.minutes[v])


@bare
def follow(
    market: Market,
    price: Ints,
    c: int,
    before: int,
    e: int,
    more: int,
    labels: Ints,
    label: int,
    first: int,
    used: int,
) -> int:
    """A label for the edge after `before`, where her limits allow it; how many labels there are then."""
    u, v = market.vacancy[before], market.vacancy[e]
    week, day, minutes = kept_of(market, c, v)
    run = 1
    if market.day[u] == market.day[v]:
        day, run = labels[label, DAY], labels[label, RUN]
    elif market.day[u] + 1 == market.day[v]:
        run = labels[label, RUN] + 1
    if market.week[u] == market.week[v]:
        week, minutes = labels[label, WEEK], labels[label, MINUTES]
    minutes += market.minutes[v]
    if week >= market.week_limit[c] or day >= market.day_limit[c] or run > market.run_limit[c]:
        return used
    if minutes > market.minutes_limit[c]:
        return used
    worth = labels[label, POINTS] + more + market.worth[e] - price[v] + fair_at(market, c, week)
    return add(labels, first, used, worth, week + 1, day + 1, run, minutes)


@bare
def add(labels: Ints, first: int, used: int, points: int, week: int, day: int, run: int, minutes: int) -> int:
    """Keep the label unless another of the station is at least as good in all; drop those it beats."""
    q = first
    while q < used:
        better = labels[q, POINTS] >= points and labels[q, WEEK] <= week and labels[q, DAY] <= day
        if better and labels[q, RUN] <= run and labels[q, MINUTES] <= minutes:
            return used
        worse = points >= labels[q, POINTS] and week <= labels[q, WEEK] and day <= labels[q, DAY]
        if worse and run <= labels[q, RUN] and minutes <= labels[q, MINUTES]:
            used -= 1
            for part in range(5):
                labels[q, part] = labels[used, part]
            continue
        q += 1
    labels[used, POINTS], labels[used, MINUTES] = points, minutes
    labels[used, WEEK], labels[used, DAY], labels[used, RUN] = week, day, run
    return used + 1


@bare
def at_most(market: Market, price: Ints, c: int) -> int:
    """A bound on her best weeks: each week as many sessions as she takes, each worth as much as the best."""
    total, count, most = 0, 0, 0
    last = market.edge_first[c + 1] - 1
    for e in range(market.edge_first[c], last + 1):
        gain = market.worth[e] - price[market.vacancy[e]] + fair_at(market, c, 0)
        if gain > 0:
            count += 1
            most = max(most, gain)
        week = market.week[market.vacancy[e]]
        if e == last or market.week[market.vacancy[e + 1]] != week:
            total += min(count, market.week_limit[c]) * most
            count, most = 0, 0
    return total
