"""A country's plan made better where it matters: around the places at which value and bound part.

Every regret (a session left open at a price, a clinician whose best week is better than hers) has a
neighbourhood: the vacancies nearest along swaps. It is settled exactly, the greatest regret first, in growing
neighbourhoods, until the gap asked for is reached or nothing more is found.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from desirepath.matching.columns import Flags, Ints
from desirepath.matching.engine import Limits
from desirepath.matching.local import settle
from desirepath.matching.standing import Standing

if TYPE_CHECKING:
    from desirepath.matching.compiled.chains import Ways

# Vacancies of a neighbourhood; a regret that stays is tried again in the next.
SIZES = (60, 120, 240)
# What is left to gain at one place, as a share of all that is left, for it to be worth a visit.
WORTH_A_VISIT = 5e-4


class Regret(NamedTuple):
    """How much value and bound part at one place: a vacancy nobody holds, or a clinician."""

    points: int
    vacancy: int
    clinician: int


def improve(
    standing: Standing,
    within: Flags,
    sizes: tuple[int, ...],
    enough: Callable[[], bool],
    tell: Callable[[], None],
    seed: int,
) -> None:
    """Settle neighbourhoods of each size around the regrets of some clinicians (flags) and of open vacancies,
    until `enough`; `tell` hears of each step."""
    from desirepath.matching.compiled.chains import new_ways

    ways = new_ways(standing.market.vacancies)
    for size in sizes:
        for regret in regrets(standing, within):
            if enough():
                return
            seeds = seeds_of(standing, regret)
            if len(seeds):
                settle(standing, neighbourhood(standing, ways, seeds, size), Limits(None, 0.0, seed))
                tell()


def regrets(standing: Standing, within: Flags) -> Iterator[Regret]:
    """The places at which value and bound part now, the greatest first; those mended meanwhile are left
    out.
    """
    open_, short = standing.regrets()
    short = np.where(within, short, 0)
    least = max(1, int((standing.bound() - standing.value) * WORTH_A_VISIT))
    found = [Regret(int(open_[v]), int(v), -1) for v in np.flatnonzero(open_ >= least)]
    found += [Regret(int(short[c]), -1, int(c)) for c in np.flatnonzero(short >= least)]
    for regret in sorted(found, key=lambda each: (-each.points, each)):
        open_, short = standing.regrets()
        left = open_[regret.vacancy] if regret.vacancy >= 0 else short[regret.clinician]
        if left >= least:
            yield regret


def seeds_of(standing: Standing, regret: Regret) -> Ints:
    """The vacancies at the heart of a regret: the open one, or those she holds or would take at the
    prices.
    """
    if regret.vacancy >= 0:
        return np.array([regret.vacancy], np.int64)
    market, choice = standing.market, standing.choice
    edges = np.arange(market.edge_first[regret.clinician], market.edge_first[regret.clinician + 1])
    vacancies = market.vacancy[edges]
    gain = market.worth[edges] - choice.price[vacancies] + market.first_fair()[regret.clinician]
    return np.unique(vacancies[(gain > 0) | (choice.holder[vacancies] == edges)])


def neighbourhood(standing: Standing, ways: "Ways", seeds: Ints, size: int) -> Ints:
    """The vacancies nearest to the seeds along swaps, so many of them."""
    from desirepath.matching.compiled.chains import around

    found = np.empty(size, np.int64)
    return found[: around(standing.market, standing.choice, ways, seeds, size, found)]
