"""The clock of the experiment: sessions are posted, people are asked and answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from desirepath.matching import Vacancy, rules
from desirepath.simulation.answers import after_waking_hours, chance_of_yes
from desirepath.simulation.ground import Ground

HOUR = timedelta(hours=1)
# nobody is found in the last hour
CLOSING = HOUR
# bookings further apart than this have no rule in common
FAR_APART = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Filled:
    """A session somebody took: when it was posted and filled (UTC)."""

    vacancy: str
    clinician: str
    posted: datetime
    booked: datetime

    @property
    def hours(self) -> float:
        """Hours from posting to booking."""
        return (self.booked - self.posted) / HOUR


class Policy(Protocol):
    """A way of finding cover: what it does before anything is posted, and when a session is."""

    name: str

    def begin(self, market: "Market") -> None:
        """The time before the first session is posted."""

    def posted(self, market: "Market", vacancy: Vacancy) -> None:
        """A practice has just asked for cover."""


class Market:
    """One run of one policy. A session goes to at most one person, and nobody is booked against the rules."""

    def __init__(self, ground: Ground, policy: Policy) -> None:
        self.ground, self.policy = ground, policy
        self.posted_at = {each.vacancy.id: each.posted for each in ground.postings}
        self.now = ground.postings[0].posted
        self.end = max(each.vacancy.start for each in ground.postings)
        self.open: dict[str, Vacancy] = {}
        self.bookings: dict[str, list[Vacancy]] = {person.terms.id: [] for person in ground.world.people}
        self.filled: dict[str, Filled] = {}
        self.messages = 0
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def run(self, on_day: Callable[[float], None] = lambda share: None) -> None:
        """Live through it all; `on_day` hears once a day which share of the time (0 to 1) has passed."""
        began = self.now
        for posting in self.ground.postings:
            self.later(posting.posted, lambda vacancy=posting.vacancy: self.post(vacancy))  # type: ignore[misc]
        self.policy.begin(self)
        while self._queue:
            moment, _, action = heappop(self._queue)
            if moment.date() != self.now.date():
                on_day(min(1.0, (moment - began) / (self.end - began)))
            self.now = moment
            action()

    def later(self, moment: datetime, action: Callable[[], None]) -> None:
        """Have something done at a moment, at once where that has passed."""
        heappush(self._queue, (max(moment, self.now), next(self._order), action))

    def post(self, vacancy: Vacancy) -> None:
        """A session opens, and closes an hour before it starts."""
        self.open[vacancy.id] = vacancy
        self.later(vacancy.start - CLOSING, lambda: self.close(vacancy))
        self.policy.posted(self, vacancy)

    def close(self, vacancy: Vacancy) -> None:
        """Nobody can take it any more."""
        self.open.pop(vacancy.id, None)

    def notify(self, people: int) -> None:
        """Count messages that reach people who could not work the session anyway."""
        self.messages += people

    def ask(
        self,
        clinician: str,
        vacancy: Vacancy,
        until: datetime | None = None,
        then: Callable[[bool], None] | None = None,
    ) -> None:
        """Ask somebody who is able: she answers in her own time, once, or never.

        `then` hears whether she took it; at `until` (UTC) it hears False where she has not answered.
        """
        self.messages += 1
        draw, person = self.ground.draw[vacancy.id, clinician], self.ground.person(clinician)
        waiting = [True]

        def close(answer: bool) -> None:
            if waiting.pop() and then is not None:
                then(answer)

        def answer() -> None:
            if not waiting or vacancy.id not in self.open:
                return
            takes = self.willing(clinician, vacancy) and self.free(clinician, vacancy)
            if takes:
                self.book(clinician, vacancy)
            close(takes)

        if not draw.silent:
            self.later(after_waking_hours(self.now, person.slowness * draw.patience), answer)
        if until is not None:
            self.later(until, lambda: close(False) if waiting else None)

    def notice(self, vacancy: Vacancy) -> float:
        """Hours until it starts."""
        return (vacancy.start - self.now) / HOUR

    def liking(self, clinician: str, vacancy: Vacancy) -> float:
        """The chance (0 to 1) that she would take it now."""
        held = sum(each.monday == vacancy.monday for each in self.bookings[clinician])
        facts, person = self.ground.facts[vacancy.id, clinician], self.ground.person(clinician)
        return chance_of_yes(person, facts, self.notice(vacancy), held)

    def willing(self, clinician: str, vacancy: Vacancy) -> bool:
        """Whether she says yes now; under every policy the same, for the same notice and week."""
        draw = self.ground.draw[vacancy.id, clinician]
        return not draw.silent and draw.bar < self.liking(clinician, vacancy)

    def free(self, clinician: str, vacancy: Vacancy) -> bool:
        """Whether it breaks no rule beside what she has taken."""
        return self.goes(clinician, self.bookings[clinician], vacancy)

    def goes(self, clinician: str, held: list[Vacancy], vacancy: Vacancy) -> bool:
        """Whether it breaks no rule beside those sessions."""
        problem = self.ground.problem
        near = [each for each in held if abs(each.start - vacancy.start) < FAR_APART]
        return rules.goes_with(problem, problem.clinician_of[clinician], near, vacancy)

    def book(self, clinician: str, vacancy: Vacancy) -> None:
        """She takes it."""
        del self.open[vacancy.id]
        self.bookings[clinician].append(vacancy)
        self.filled[vacancy.id] = Filled(vacancy.id, clinician, self.posted_at[vacancy.id], self.now)
