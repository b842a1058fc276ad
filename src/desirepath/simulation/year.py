"""A year planned week by week, with and without each person's history: is the work spread more evenly?"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from desirepath.matching import Options, ProblemError, Weights, solve
from desirepath.simulation.ground import week_problem
from desirepath.simulation.measures import gini, share_under_half
from desirepath.simulation.trial import OnShare, told
from desirepath.simulation.world import Size, World, made_world

HEAVIER = 10
HEAVY = Weights(fairness=HEAVIER * Weights().fairness)
VARIANTS = {
    "This week alone": Options(),
    "With history": Options(fairness_history=True),
    f"Fairness weighing {HEAVIER} times": Options(weights=HEAVY),
    f"Fairness weighing {HEAVIER} times, with history": Options(weights=HEAVY, fairness_history=True),
}


@dataclass(frozen=True, slots=True)
class Year:
    """What a year came to. `fill` is the share of sessions planned; `spread` the Gini of offered over wished;
    `under_half` the share of people offered under half of their wish. A session on average: `tier` (0 own PCN
    to 3 agency), `preference` in points, `cost` in pounds.
    """

    variant: str
    seed: int
    fill: float
    spread: float
    under_half: float
    tier: float
    preference: float
    cost: float


@dataclass(frozen=True, slots=True)
class YearTrial:
    """Which weeks, seeds, and how far history looks back. Raises ProblemError for numbers out of range."""

    weeks: int = 52
    seeds: tuple[int, ...] = (1, 2, 3)
    history_weeks: int = 8
    size: Size = Size()  # noqa: RUF009 - frozen

    def __post_init__(self) -> None:
        for name in ("weeks", "history_weeks"):
            if getattr(self, name) < 1:
                raise ProblemError(f"{name} must be 1 or more", name)
        if not self.seeds:
            raise ProblemError("at least one seed is needed", "seeds")


def try_years(trial: YearTrial, on_share: OnShare = lambda what, share: None) -> list[Year]:
    """For each seed a year of each variant, in that order; the same for the same trial."""
    found: list[Year] = []
    total = len(VARIANTS) * len(trial.seeds)
    for seed in trial.seeds:
        world = made_world(seed, trial.size)
        for name in VARIANTS:
            tell = partial(told, on_share, f"Seed {seed}: {name}", len(found), total)
            found.append(simulate_year(world, trial, name, tell))
    return found


def simulate_year(
    world: World, trial: YearTrial, variant: str, on_week: Callable[[float], None] = lambda share: None
) -> Year:
    """Plan week after week; everybody takes what she is offered."""
    offered: list[Counter[str]] = []
    needed = tier = preference = pence = 0
    for week in range(trial.weeks):
        on_week(week / trial.weeks)
        problem, postings = week_problem(world, week, 1, VARIANTS[variant])
        recent = offered[-trial.history_weeks :]
        clinicians = tuple(
            replace(
                clinician,
                history_wished=clinician.wished_sessions_week * len(recent),
                history_offered=sum(each[clinician.id] for each in recent),
            )
            for clinician in problem.clinicians
        )
        plan = solve(replace(problem, clinicians=clinicians))
        offered.append(Counter(each.clinician for each in plan.assignments))
        needed += len(postings)
        tier += sum(each.tier for each in plan.assignments)
        preference += sum(each.preference for each in plan.assignments)
        pence += sum(each.pay for each in plan.assignments)
    total = sum(offered, Counter[str]())
    ratios = [
        total[person.terms.id] / (person.terms.wished_sessions_week * trial.weeks)
        for person in world.people
        if person.terms.wished_sessions_week and not person.terms.agency
    ]
    filled = total.total()
    return Year(
        variant=variant,
        seed=world.seed,
        fill=filled / needed,
        spread=gini(ratios),
        under_half=share_under_half(ratios),
        tier=tier / max(1, filled),
        preference=preference / max(1, filled),
        cost=pence / 100 / max(1, filled),
    )
