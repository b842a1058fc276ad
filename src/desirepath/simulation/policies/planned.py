"""Ours: the plan says who is asked, one person for a session; after each no the plan is made again."""

from dataclasses import replace
from datetime import datetime, timedelta

from desirepath.matching import Clinician, Problem, Vacancy, solve
from desirepath.matching.problem import Pair
from desirepath.matching.times import monday_of, to_local
from desirepath.simulation.answers import AWAKE
from desirepath.simulation.market import HOUR, Market
from desirepath.simulation.people import at

WEEK = timedelta(weeks=1)
# an offer ends this long before the session, so that somebody else can still be found
LAST_ANSWER = timedelta(hours=2)


class Planned:
    """Plans in batches around bookings and live offers, with each person's history over the last weeks.

    As the pool's pages do it: one person is asked for a session at a time; after a no, or an offer that has
    run out, the next plan proposes somebody else. `offer_hours`: how long an offer stays open at most (a
    pool's setting is 24 unless changed); `every_hours`: how often a plan is made between 8am and 8pm;
    `history_weeks`: how far fairness looks back.
    """

    name = "Desirepath"

    def __init__(self, *, offer_hours: float = 24, every_hours: int = 4, history_weeks: int = 8) -> None:
        self.offer_hours, self.every_hours, self.history_weeks = offer_hours, every_hours, history_weeks

    def begin(self, market: Market) -> None:
        """The hours at which plans are made."""
        self.offers: dict[str, str] = {}
        self.refused: set[Pair] = set()
        self.changed = False
        day = to_local(market.now).date()
        while at(day, 0) < market.end:
            for hour in range(AWAKE[0] + 1, AWAKE[1] - 1, self.every_hours):
                if at(day, hour * 60) >= market.now:
                    market.later(at(day, hour * 60), lambda: self.plan(market))
            day += timedelta(days=1)

    def posted(self, market: Market, vacancy: Vacancy) -> None:
        """The next plan sees it."""
        self.changed = True

    def plan(self, market: Market) -> None:
        """Plan what is open around what stands, and offer what the plan proposes."""
        if not self.changed:
            return
        self.changed = False
        question = self.problem(market)
        if question is None:
            return
        for each in solve(question).assignments:
            if not each.fixed:
                self.offer(market, each.clinician, market.open[each.vacancy])

    def offer(self, market: Market, who: str, vacancy: Vacancy) -> None:
        """A live offer; where she says no or it runs out, the next plan looks for somebody else."""
        self.offers[vacancy.id] = who

        def ended(taken: bool) -> None:
            self.offers.pop(vacancy.id)
            if not taken:
                self.set_aside(vacancy, who)

        market.ask(who, vacancy, self.answer_by(market.now, vacancy), ended)

    def set_aside(self, vacancy: Vacancy, who: str) -> None:
        """She is not asked for this session again."""
        self.refused.add((vacancy.id, who))
        self.changed = True

    def answer_by(self, now: datetime, vacancy: Vacancy) -> datetime:
        """Until when an offer sent now stays open (UTC); half the time left where the session is near."""
        latest = max(vacancy.start - LAST_ANSWER, now + (vacancy.start - now) / 2)
        return min(now + self.offer_hours * HOUR, latest)

    def problem(self, market: Market) -> Problem | None:
        """What is open and not being asked, who could still be, and as fixed pairs all that binds them."""
        held = {who: list(sessions) for who, sessions in market.bookings.items()}
        for name, who in self.offers.items():
            if name in market.open:
                held[who].append(market.open[name])
        candidates = {
            name: self.candidates(market, vacancy, held)
            for name, vacancy in market.open.items()
            if name not in self.offers
        }
        wanted = [market.open[name] for name, people in candidates.items() if people]
        if not wanted:
            return None
        people = {who for each in wanted for who in candidates[each.id]}
        first, last = min(each.monday for each in wanted) - WEEK, max(each.monday for each in wanted) + WEEK
        kept = [(each, who) for who in people for each in held[who] if first <= each.monday <= last]
        kept.sort(key=lambda pair: pair[0].id)
        return replace(
            market.ground.problem,
            clinicians=tuple(self.clinicians(market, people)),
            preferences=tuple(p for p in market.ground.problem.preferences if p.clinician in people),
            vacancies=(*wanted, *(vacancy for vacancy, _ in kept)),
            fixed=tuple((vacancy.id, who) for vacancy, who in kept),
            forbidden=frozenset(
                (each.id, who) for each in wanted for who in people if (each.id, who) in self.refused
            ),
        )

    def candidates(self, market: Market, vacancy: Vacancy, held: dict[str, list[Vacancy]]) -> list[str]:
        """Those able and not asked before for whom it fits beside what they hold. What nobody could work now
        need not be planned, and explained, again."""
        return [
            who
            for who in market.ground.able[vacancy.id]
            if (vacancy.id, who) not in self.refused and market.goes(who, held[who], vacancy)
        ]

    def clinicians(self, market: Market, people: set[str]) -> list[Clinician]:
        """Those people with their history of the weeks before this one."""
        this = monday_of(to_local(market.now).date())
        since = max(this - self.history_weeks * WEEK, market.ground.world.monday(0))
        weeks = max(0, (this - since).days // 7)
        return [
            replace(
                clinician,
                history_wished=clinician.wished_sessions_week * weeks,
                history_offered=sum(since <= v.monday < this for v in market.bookings[clinician.id]),
            )
            for clinician in market.ground.problem.clinicians
            if clinician.id in people
        ]


class Overlapping(Planned):
    """An idea for the pages: where she has not answered in a while, her offer stays open and the next person
    is asked as well. The first yes has the session.
    """

    name = "Desirepath, offers overlapping"

    def __init__(self, *, offer_hours: float = 6, share_of_notice: float = 0.1, every_hours: int = 4) -> None:
        super().__init__(offer_hours=offer_hours, every_hours=every_hours)
        self.share_of_notice = share_of_notice

    def offer(self, market: Market, who: str, vacancy: Vacancy) -> None:
        """An offer that stays open until the session closes, and stands alone only for some hours."""
        self.offers[vacancy.id] = who

        def over() -> None:
            if self.offers.get(vacancy.id) == who:
                del self.offers[vacancy.id]
                self.set_aside(vacancy, who)

        def answered(taken: bool) -> None:
            if taken:
                self.offers.pop(vacancy.id, None)
            else:
                over()

        market.ask(who, vacancy, then=answered)
        alone = min(self.offer_hours * HOUR, (vacancy.start - market.now) * self.share_of_notice)
        market.later(market.now + alone, over)
