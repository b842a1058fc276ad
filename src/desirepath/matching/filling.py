"""A bound on level 1 alone: how much urgency any plan at all could fill."""

import numpy as np

from desirepath.matching.columns import Columns
from desirepath.matching.problem import Problem
from desirepath.matching.standing import Standing

# Points for one unit of urgency: prices need parts of a unit.
UNIT = 2**20
# Prices this near to a whole number of units are one: what is between comes from the lower levels.
NEAR = 0.1


def level_1_bound(problem: Problem, columns: Columns, standing: Standing) -> int:
    """The certificate of level 1, in units of urgency, kept sessions included.

    The prices of the blend say where filling is short; brought to units and freed from the lower levels they
    are prices for filling alone. Whatever they are, the sum of prices and best weeks bounds level 1.
    """
    from desirepath.matching.compiled.weeks import best_weeks

    kept = sum(problem.vacancy_of[v].urgency for v, _ in problem.fixed + problem.pinned)
    market = standing.market
    urgency = columns.vacancies.urgency
    level_1 = int(urgency[market.vacancy[standing.choice.filled()]].sum())
    weight = problem.options.weights.filling
    bare = market._replace(
        worth=urgency[market.vacancy] * UNIT,
        fair_first=np.zeros_like(market.fair_first),
        fair=np.empty(0, np.int64),
    )
    # a vacancy is never worth more than its urgency
    units = np.minimum(standing.choice.price / weight if weight else 0.0, urgency)
    whole = np.rint(units)
    price = (np.where(np.abs(units - whole) < NEAR, whole, units) * UNIT).astype(np.int64)
    best = best_weeks(bare, price, np.arange(market.clinicians))
    bound = (int(price.sum()) + int(best.sum())) // UNIT
    return kept + max(level_1, min(bound, int(urgency[np.unique(market.vacancy)].sum())))
