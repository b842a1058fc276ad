"""When a search stops: at a gap, after seconds, or when somebody says so. Ctrl-C always stops it too."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from time import perf_counter

from desirepath.matching.plan import Progress
from desirepath.matching.problem import ProblemError

Asked = Callable[[Progress], bool]


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop at whichever comes first; whatever comes, the best plan found is returned with its bound.

    `gap` is a fraction, (bound - objective) / bound: 0 means proven optimal. `seconds` is wall time, None for
    no limit. `when` hears every progress report, perhaps from another thread, and stops the search by True.
    Raises ProblemError for values out of range.
    """

    gap: float = 0.0
    seconds: float | None = None
    when: Asked | None = None

    def __post_init__(self) -> None:
        if not is_number(self.gap) or not 0 <= self.gap < 1:
            raise ProblemError("gap must be a fraction from 0 to under 1", "gap")
        if self.seconds is not None and not (is_number(self.seconds) and 0 <= self.seconds < inf):
            raise ProblemError("seconds must be a number, 0 or more", "seconds")
        if self.when is not None and not callable(self.when):
            raise ProblemError("when must be a function of the progress", "when")


def is_number(value: object) -> bool:
    """Whether it is a plain number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(slots=True)
class Clock:
    """A `Stop` with the time at which the solve began."""

    stop: Stop
    began: float = field(default_factory=perf_counter)
    asked: bool = False

    def elapsed(self) -> float:
        """Seconds since the solve began."""
        return perf_counter() - self.began

    def left(self) -> float | None:
        """Seconds left, not under 0; None without a limit."""
        return None if self.stop.seconds is None else max(0.0, self.stop.seconds - self.elapsed())

    def hear(self, progress: Progress) -> None:
        """Ask `when`; once it said stop, that stands."""
        if not self.asked and self.stop.when is not None:
            self.asked = self.stop.when(progress)

    def over(self) -> bool:
        """Whether to stop now, whatever the gap."""
        return self.asked or self.left() == 0
