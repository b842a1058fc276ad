"""A plan that is still being made, in people's words: how far it is, how good the best so far is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from desirepath.audit import clock
from desirepath.nhsuk.formats import hours, plural
from desirepath.vacancies.models import UNDER_WAY, PlanRun

PHASES = {
    "pairs": "Finding who can work what",
    "place": "Placing the most urgent sessions first",
    "search": "Searching for the best plan",
    "level 1": "Proving how much can be filled",
    "explain": "Finding out what would help where nobody was found",
    "check": "Checking the plan by every rule",
    "done": "Keeping the plan",
}
OTHERWISE = "Searching for the best plan"
# what is told while nobody has taken it up for longer than that
LONG = timedelta(seconds=20)
# seconds after which a page asks again: soon at first, seldom for what takes long
PATIENCE = ((10, 3), (60, 5))
LATER = 15
FAILED = {
    PlanRun.Failure.FAULT: "The planner found a fault in itself and stopped. Nothing was changed.",
    PlanRun.Failure.DIED: "The machine that plans stopped several times on the way. Nothing was changed.",
    PlanRun.Failure.LEFT: "It was broken off before a plan was found. Nothing was changed.",
}


@dataclass(frozen=True, slots=True)
class Making:
    """A plan under way. ``figures`` by name; ``again`` is in how many seconds to look again."""

    run: PlanRun
    phase: str
    figures: tuple[tuple[str, str], ...]
    so_far: str
    again: int
    stopping: bool

    @property
    def short(self) -> str:
        """ "searching for the best plan, 12 seconds so far"."""
        return f"{self.phase[:1].lower()}{self.phase[1:]}, {self.so_far} so far"


def making(run: PlanRun) -> Making:
    """How a plan under way stands now."""
    elapsed = max(0, int((clock.now() - _since(run)).total_seconds()))
    stopping = run.stop_asked_at is not None
    again = next((seconds for until, seconds in PATIENCE if elapsed < until), LATER)
    return Making(run, _phase(run, stopping), tuple(_figures(run)), _length(elapsed), again, stopping)


def _since(run: PlanRun) -> datetime:
    return run.began_at if run.state == "planning" and run.began_at else run.created_at


def phase_in_words(phase: str) -> str:
    """What the planner does in a phase of ``matching.Progress``."""
    return PHASES.get(phase, OTHERWISE)


def _phase(run: PlanRun, stopping: bool) -> str:
    if run.state == "asked":
        late = clock.now() - run.created_at > LONG
        return "Waiting: the machine that plans is busy or off" if late else "Waiting to begin"
    if stopping:
        return "Stopping with the best plan so far"
    told = run.progress.get("phase")
    return phase_in_words(told) if told else "Reading sessions, terms and free time"


def _figures(run: PlanRun) -> Iterator[tuple[str, str]]:
    if "filled" in run.progress:
        yield "Filled so far", f"about {Decimal(str(run.progress['filled'])):.0%}"
    if "gap" in run.progress:
        yield "How good so far", gap_in_words(float(run.progress["gap"]))


def gap_in_words(gap: float) -> str:
    """ "within 0.4% of the best possible", never told as nearer than it is."""
    if gap <= 0:
        return "the best possible"
    percent = Decimal(str(gap)) * 100
    places = Decimal("0.1") if percent >= Decimal("0.1") else Decimal("0.01")
    return f"within {percent.quantize(places, ROUND_CEILING)}% of the best possible"


def _length(seconds: int) -> str:
    """ "12 seconds", "3 minutes"."""
    return plural(seconds, "second") if seconds < 120 else hours(timedelta(seconds=seconds))


def why_failed(run: PlanRun) -> str:
    """Why no plan came of it, for whoever asked for it."""
    return FAILED.get(PlanRun.Failure(run.failure), "") if run.failure else ""


def standing(run: PlanRun) -> str:
    """How a plan stands that can't be read: "Being made: checking the plan, 3 seconds so far"."""
    if run.state in UNDER_WAY:
        return f"Being made: {making(run).short}"
    if run.state == "failed":
        return f"Not made. {why_failed(run)}"
    return "Called off before it began" if run.state == "called off" else ""
