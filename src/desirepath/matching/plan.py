"""The plan: the answer to a problem, and how far it is proven."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Levels(NamedTuple):
    """The five levels, each to be maximised (l2 and l5 are never above 0), most important first."""

    l1: int = 0
    l2: int = 0
    l3: int = 0
    l4: int = 0
    l5: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """One session given to one clinician (ids). `pay` is pence, `km` one way, `fixed` already booked."""

    vacancy: str
    clinician: str
    tier: int
    preference: int
    pay: int
    km: float
    reasons: tuple[str, ...]
    fixed: bool = False


class Change(NamedTuple):
    """One change that would bring somebody: `text` in words with the exact figures, and the same as data.

    `kind` is rate (`amount`: pence an hour), skill (its code), time (the move in words), pools, limit, or
    distance (metres beyond what she travels); `brings` is how many could then come, where that is counted.
    """

    kind: str
    amount: str
    brings: int
    text: str


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A session nobody is proposed for: why, how many could work it by the rules of one pair, and the
    smallest single changes that would bring one. `cause` names the reason: the rule of one pair at which the
    last candidate dropped out, else "limits", "elsewhere", "stopped" or "worth"."""

    vacancy: str
    reason: str
    candidates: int
    changes: tuple[Change, ...] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The best plan found. `objective` and `bound` are points of the blend.

    `gap` is (bound - objective) / bound; `seconds` is wall time by phase; `edges` the feasible pairs standing
    beside what is fixed and pinned. `prices` says for each open vacancy, in points and never below 0, what
    one more such vacancy would add at the margin: much where clinicians are to spare, nothing where none is
    left. `certificate` is the sum of the prices and of the best weeks each clinician could have at them,
    recomputed in whole numbers: no plan is worth more, whoever made it. `bound` is never above it.
    """

    assignments: tuple[Assignment, ...]
    unfilled: tuple[Unfilled, ...]
    levels: Levels
    objective: int
    bound: int
    gap: float
    level_1_bound: int
    level_1_gap: float
    seconds: Mapping[str, float]
    edges: int
    peak_memory_mb: float
    seed: int
    versions: Mapping[str, str]
    prices: Mapping[str, int] = field(default_factory=dict)
    certificate: int | None = None

    def clinician_for(self, vacancy: str) -> str | None:
        """The id of the clinician proposed or booked for a vacancy, or None."""
        return next((each.clinician for each in self.assignments if each.vacancy == vacancy), None)


class Progress(NamedTuple):
    """What a solve reports as it goes: phase, share done (0 to 1), seconds since the start, and the blend's
    value and bound so far (None before there is one)."""

    phase: str
    share: float
    seconds: float
    objective: int | None = None
    bound: int | None = None


OnProgress = Callable[[Progress], None]


def relative_gap(objective: int, bound: int) -> float:
    """(bound - objective) / bound, 0 for a closed gap, 1 where the bound is not above 0 and not reached."""
    if bound <= objective:
        return 0.0
    return (bound - objective) / bound if bound > 0 else 1.0
