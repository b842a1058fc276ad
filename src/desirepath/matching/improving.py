"""A country's plan made better where it matters: around the places at which value and bound part.

Every regret (a session left open at a price, a clinician whose best week is better than hers) has a
neighbourhood: the vacancies nearest along swaps. It is settled exactly, the greatest regret first, in growing
neighbourhoods, until the gap asked for is reached or nothing more is found.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from desirepath.matching.columns import Flags, Ints
from desirepath.matching.crew import Crew, Get
from desirepath.matching.excerpt import excerpt
from desirepath.matching.standing import Standing

if TYPE_CHECKING:
    from desirepath.matching.compiled.chains import Ways

# Vacancies of a neighbourhood; a regret that stays is tried again in the next.
SIZES = (60, 120, 240)
# How great a regret must be, as a share of the greatest, to be worth a visit: the great ones are tried in all
# sizes before the small ones in any.
WORTH_A_VISIT = (1e-1, 1e-2, 1e-3)


class Regret(NamedTuple):
    """How much value and bound part at one place: a vacancy nobody holds, or a clinician."""

    points: int
    vacancy: int
    clinician: int


class Improvement(NamedTuple):
    """One improving at work: until `enough`, `tell` hears of each step, regrets of each share are visited."""

    crew: Crew
    seed: int
    enough: Callable[[], bool]
    tell: Callable[[], None]
    shares: tuple[float, ...] = WORTH_A_VISIT


def improve(standing: Standing, within: Flags, how: Improvement) -> None:
    """Settle neighbourhoods around the regrets of some clinicians (flags), and of the vacancies they could
    take, until enough. Prices of any others stay as they are: what was proven of their part stands on them.
    """
    from desirepath.matching.compiled.chains import new_ways

    ways = new_ways(standing.market.vacancies)
    tried: set[tuple[int, int, int]] = set()
    for share in how.shares:
        for size in SIZES:
            if how.enough():
                return
            visit(standing, ways, within, (share, size), tried, how)


def visit(
    standing: Standing,
    ways: "Ways",
    within: Flags,
    round_: tuple[float, int],
    tried: set[tuple[int, int, int]],
    how: Improvement,
) -> None:
    """One round: neighbourhoods of one size around regrets of at least a share, each place once for good."""
    share, size = round_
    asked: deque[tuple[Ints, Get]] = deque()
    for regret in regrets(standing, within, share):
        if how.enough():
            break
        place = (regret.vacancy, regret.clinician, size)
        seeds = seeds_of(standing, regret)
        busy = any(np.isin(seeds, vacancies).any() for vacancies, _ in asked)
        if place not in tried and len(seeds) and not busy:
            tried.add(place)
            vacancies = neighbourhood(standing, ways, seeds, size)
            asked.append((vacancies, how.crew.ask(excerpt(standing, vacancies), how.seed)))
        if len(asked) == how.crew.width:
            take_over(standing, asked, how)
    while asked:
        take_over(standing, asked, how)


def take_over(standing: Standing, asked: deque[tuple[Ints, Get]], how: Improvement) -> None:
    """The oldest answer, as far as it is better than what there is by now."""
    vacancies, get = asked.popleft()
    prices, edges = get()
    vacancies = np.sort(vacancies)
    if prices is not None:
        standing.reprice(vacancies, prices)
    if edges is not None:
        standing.rechoose(vacancies, edges)
    how.tell()


def regrets(standing: Standing, within: Flags, share: float) -> Iterator[Regret]:
    """The places within at which value and bound part now, the greatest first; those mended meanwhile are
    left out.
    """
    market = standing.market
    could_be_taken = np.zeros(market.vacancies, np.bool_)
    could_be_taken[market.vacancy[within[market.clinician]]] = True
    open_, short = standing.regrets()
    open_, short = np.where(could_be_taken, open_, 0), np.where(within, short, 0)
    least = max(1, int(max(open_.max(initial=0), short.max(initial=0)) * share))
    found = [Regret(int(open_[v]), int(v), -1) for v in np.flatnonzero(open_ >= least)]
    found += [Regret(int(short[c]), -1, int(c)) for c in np.flatnonzero(short >= least)]
    for regret in sorted(found, key=lambda each: (-each.points, each)):
        if standing.regret_of(regret.vacancy, regret.clinician) >= least:
            yield regret


def seeds_of(standing: Standing, regret: Regret) -> Ints:
    """The vacancies at the heart of a regret: the open one, or of the week she regrets most those she holds
    or would take at the prices.
    """
    from desirepath.matching.compiled.weeks import best_within

    if regret.vacancy >= 0:
        return np.array([regret.vacancy], np.int64)
    market, choice = standing.market, standing.choice
    edges = np.arange(market.edge_first[regret.clinician], market.edge_first[regret.clinician + 1])
    vacancies = market.vacancy[edges]
    held = choice.holder[vacancies] == edges
    gain = market.worth[edges] - choice.price[vacancies]
    weeks, begins = np.unique(market.week[vacancies], return_index=True)
    ends = np.append(begins[1:], len(edges))
    short = [
        best_within(market, choice.price, regret.clinician, edges[0] + a, edges[0] + b)
        - gain[a:b][held[a:b]].sum()
        for a, b in zip(begins, ends, strict=True)
    ]
    worst = market.week[vacancies] == weeks[int(np.argmax(short))]
    would = gain + market.first_fair()[regret.clinician] > 0
    return np.unique(vacancies[worst & (would | held)])


def neighbourhood(standing: Standing, ways: "Ways", seeds: Ints, size: int) -> Ints:
    """The vacancies nearest to the seeds along swaps, so many of them."""
    from desirepath.matching.compiled.chains import around

    found = np.empty(size, np.int64)
    return found[: around(standing.market, standing.choice, ways, seeds, size, found)]
