"""What is measured of a run, and with what certainty over several seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, stdev

from desirepath.matching import objective
from desirepath.simulation.market import Market

# Student's t, 97.5%, by degrees of freedom 1 to 30 (any table of it); beyond, the normal distribution's
T_975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
NORMAL_975 = 1.960


@dataclass(frozen=True, slots=True)
class Outcome:
    """One policy in one world. Shares are 0 to 1, hours from posting to booking, cost in pounds a session."""

    policy: str
    seed: int
    sessions: int
    fill: float
    hours_median: float
    hours_p90: float
    messages: float
    spread: float
    under_half: float
    cost: float
    own_pcn: float
    neighbour: float
    pool: float
    agency: float


def outcome(market: Market, seed: int) -> Outcome:
    """What came of a finished run."""
    ground = market.ground
    problem, done = ground.problem, list(market.filled.values())
    hours = [each.hours for each in done]
    pay = [
        objective.pay(problem, problem.clinician_of[each.clinician], problem.vacancy_of[each.vacancy])
        for each in done
    ]
    tiers = [ground.tier[each.vacancy, each.clinician] for each in done]
    shares = [tiers.count(tier) / max(1, len(done)) for tier in range(4)]
    had = {
        person.terms.id: len(market.bookings[person.terms.id])
        / (person.terms.wished_sessions_week * ground.weeks)
        for person in ground.world.people
        if person.terms.wished_sessions_week and not person.terms.agency
    }
    return Outcome(
        policy=market.policy.name,
        seed=seed,
        sessions=len(ground.postings),
        fill=len(done) / len(ground.postings),
        hours_median=quantile(hours, 0.5),
        hours_p90=quantile(hours, 0.9),
        messages=market.messages / max(1, len(done)),
        spread=gini(list(had.values())),
        under_half=share_under_half(list(had.values())),
        cost=fmean(pay) / 100 if pay else 0.0,
        own_pcn=shares[0],
        neighbour=shares[1],
        pool=shares[2],
        agency=shares[3],
    )


def gini(values: Sequence[float]) -> float:
    """The Gini coefficient of values that are not negative: 0 all alike, near 1 one has it all.

    Raises ValueError for a negative value. Nothing at all, or nothing but zeros, is 0.
    """
    if any(value < 0 for value in values):
        raise ValueError("values must not be negative")
    total, count = sum(values), len(values)
    if not total:
        return 0.0
    ranked = sum(rank * value for rank, value in enumerate(sorted(values), start=1))
    return max(0.0, 2 * ranked / (count * total) - (count + 1) / count)


def share_under_half(ratios: Sequence[float]) -> float:
    """The share of people who had under half of what they wished for."""
    return sum(ratio < 0.5 for ratio in ratios) / max(1, len(ratios))


def quantile(values: Sequence[float], share: float) -> float:
    """The least value that at least so large a share of the values does not exceed; 0 of none."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds with its 95% interval (Student's t); low = mean = high where there is one seed."""

    mean: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval lies on one side of 0."""
        return self.low > 0 or self.high < 0


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of one value for each seed, with its interval. Raises ValueError for none."""
    if not values:
        raise ValueError("no values to estimate from")
    mean = fmean(values)
    if len(values) == 1:
        return Estimate(mean, mean, mean)
    freedom = len(values) - 1
    t = T_975[freedom - 1] if freedom <= len(T_975) else NORMAL_975
    half = t * stdev(values) / sqrt(len(values))
    return Estimate(mean, mean - half, mean + half)
