"""Between a search, which runs in a thread of its own, and the rows that tell of it, which another writes.

The thread of the search never touches the database: it leaves its newest report here, and asks here whether
to stop. Whoever waits for it writes the report down about once a second.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from desirepath import matching

T = TypeVar("T")
# seconds between two reports that are written down
EVERY = 1.0


class Relay:
    """The newest report of a search, and the wish that it end."""

    def __init__(self, on_progress: Callable[[matching.Progress], None] | None = None) -> None:
        self.latest: matching.Progress | None = None
        self._on_progress = on_progress
        self._stop = Event()

    def hear(self, step: matching.Progress) -> None:
        """For ``on_progress`` of ``matching.solve``, from whatever thread."""
        if step.objective is None and self.latest is not None:
            # explaining and checking change neither: they stay known
            step = step._replace(objective=self.latest.objective, bound=self.latest.bound)
        self.latest = step
        if self._on_progress:
            self._on_progress(step)

    def when(self, _: matching.Progress) -> bool:
        """For ``when`` of ``matching.Stop``."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Let the search end with the best plan it has."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def wait_for(self, search: Callable[[], T], tick: Callable[[], None], every: float = EVERY) -> T:
        """What ``search`` returns or raises; ``tick`` is called in this thread meanwhile.

        Ctrl-C lets the search end with the best it has, a second one raises. Whatever ``tick`` raises leaves
        the search to end by itself.
        """
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(search())
            except BaseException as fault:
                done.set_exception(fault)

        Thread(target=run, name="search", daemon=True).start()
        while True:
            try:
                wait([done], timeout=every)
                if done.done():
                    return done.result()
                tick()
            except KeyboardInterrupt:
                if self.stopping:
                    raise
                self.stop()


def figures(step: matching.Progress | None, problem: matching.Problem) -> dict[str, Any]:
    """A report as a row keeps it: phase, share of it done, gap, and about how much of what is open is filled,
    urgent sessions counting more. ``gap`` and ``filled`` are fractions, left out before there are any.
    """
    from desirepath.matching.plan import relative_gap

    if step is None:
        return {}
    told: dict[str, Any] = {"phase": step.phase, "share": round(step.share, 3)}
    if step.objective is None or step.bound is None:
        return told
    told["gap"] = relative_gap(step.objective, step.bound)
    held = {vacancy for vacancy, _ in problem.fixed}
    kept = sum(problem.vacancy_of[vacancy].urgency for vacancy in held)
    wanted = sum(vacancy.urgency for vacancy in problem.vacancies) - kept
    if wanted:
        # the lower levels are worth a few parts in a hundred of a point of filling: this is near enough
        found = step.objective / max(1, problem.options.weights.filling) - kept
        told["filled"] = round(min(1.0, max(0.0, found / wanted)), 3)
    return told
