"""The same weeks, people and answers under each policy, on several seeds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from desirepath.matching import ProblemError
from desirepath.simulation.ground import ground
from desirepath.simulation.market import Market, Policy
from desirepath.simulation.measures import Outcome, outcome
from desirepath.simulation.policies import Board, Broadcast, Cascade, Desirepath
from desirepath.simulation.world import Size, made_world

POLICIES: tuple[Callable[[], Policy], ...] = (Broadcast, Board, Cascade, Desirepath)
# what is being done, which share of all (0 to 1) is done
OnShare = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """Which weeks and seeds. Raises ProblemError for no weeks or no seeds."""

    weeks: int = 12
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    size: Size = Size()  # noqa: RUF009 - frozen

    def __post_init__(self) -> None:
        if self.weeks < 1:
            raise ProblemError("weeks must be 1 or more", "weeks")
        if not self.seeds:
            raise ProblemError("at least one seed is needed", "seeds")


def try_policies(
    trial: Trial,
    policies: tuple[Callable[[], Policy], ...] = POLICIES,
    on_share: OnShare = lambda what, share: None,
) -> list[Outcome]:
    """An outcome for each seed and policy, in that order; the same for the same trial."""
    found: list[Outcome] = []
    total = len(trial.seeds) * len(policies)
    for seed in trial.seeds:
        shared = ground(made_world(seed, trial.size), trial.weeks)
        for make in policies:
            policy = make()
            market = Market(shared, policy)
            tell = partial(told, on_share, f"Seed {seed}: {policy.name}", len(found), total)
            tell(0.0)
            market.run(tell)
            found.append(outcome(market, seed))
    return found


def told(on_share: OnShare, what: str, done: int, total: int, share: float) -> None:
    """Say how much of all runs is done, from how much of this one is."""
    on_share(what, (done + share) / total)
