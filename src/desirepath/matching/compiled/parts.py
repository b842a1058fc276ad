"""Which clinicians and vacancies hang together through edges."""

import numpy as np

from desirepath.matching.columns import Ints
from desirepath.matching.compiled.jit import compiled
from desirepath.matching.market import Market


@compiled
def root(parent: Ints, i: int) -> int:
    """The one that stands for all that hang together with i."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@compiled
def parts_of(market: Market) -> tuple[Ints, Ints]:
    """A number for each clinician and each vacancy, the same where a path of edges joins them."""
    clinicians = len(market.edge_first) - 1
    parent = np.arange(clinicians + len(market.by_vacancy_first) - 1)
    for e in range(len(market.vacancy)):
        a, b = root(parent, market.clinician[e]), root(parent, clinicians + market.vacancy[e])
        parent[max(a, b)] = min(a, b)
    for i in range(len(parent)):
        parent[i] = root(parent, i)
    return parent[:clinicians], parent[clinicians:]
