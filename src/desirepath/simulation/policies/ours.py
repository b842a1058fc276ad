"""Ours: the cascade by the very rules of a pool's policy, its order from a plan that is made again by day."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from desirepath.cascade import rules
from desirepath.cascade.rules import WHOLE_POOL, Out, Rules, Session, Standing
from desirepath.matching import Clinician, Problem, Vacancy, objective, solve
from desirepath.matching.times import monday_of, to_local
from desirepath.simulation.answers import AWAKE
from desirepath.simulation.market import HOUR, Market
from desirepath.simulation.people import at
from desirepath.simulation.policies.agency import AGENCY, members

WEEK = timedelta(weeks=1)
URGENT = 3
# pounds: costs nearer to each other than this are alike
COST_GRID = 10
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Cascade:
    """Where one session stands: the tier that is open, who is being asked, who was."""

    vacancy: Vacancy
    standing: Standing
    out: dict[str, Out] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    agency: bool = False
    due: datetime = NEVER

    @property
    def session(self) -> Session:
        """What the rules know of it."""
        return Session(self.vacancy.start, self.vacancy.urgency >= URGENT)


class Desirepath:
    """Every session has a cascade by `rules`, with the moments and numbers that a new pool has.

    Inside a tier people are asked in the pages' order: whom the latest plan proposes, what suits her and the
    practice, what her week still wishes for, the cost, and who was asked least recently. A plan of what is
    open and not being asked is made at `plan_hours` (England's), around bookings, with each person's history
    over `history_weeks`. Once the bank has had its turn an agency is asked: that its step is approved at once
    is an assumption.
    """

    name = "Desirepath"

    def __init__(
        self,
        policy: Rules = Rules(),  # noqa: B008 - frozen
        *,
        plan_hours: tuple[int, ...] = (8, 12, 16, 20),
        history_weeks: int = 8,
    ) -> None:
        self.rules, self.plan_hours, self.history_weeks = policy, plan_hours, history_weeks

    def begin(self, market: Market) -> None:
        """The hours at which plans are made."""
        self.cascades: dict[str, Cascade] = {}
        self.proposed: dict[str, str] = {}
        self.last_asked: dict[str, datetime] = {}
        self.asked_on: Counter[tuple[str, date]] = Counter()
        self.waiting: defaultdict[str, dict[str, Vacancy]] = defaultdict(dict)
        self.remembered = {each.id: each for each in self.with_history(market)}
        day = to_local(market.now).date()
        while at(day, 0) < market.end:
            for hour in self.plan_hours:
                if AWAKE[0] < hour < AWAKE[1] and at(day, hour * 60) >= market.now:
                    market.later(at(day, hour * 60), lambda: self.plan(market))
            day += timedelta(days=1)

    def posted(self, market: Market, vacancy: Vacancy) -> None:
        """Its cascade begins."""
        session = Session(vacancy.start, vacancy.urgency >= URGENT)
        standing = Standing(rules.first_tier(self.rules, session, market.now), market.now)
        self.cascades[vacancy.id] = Cascade(vacancy, standing)
        self.look(market, vacancy.id)

    def look(self, market: Market, name: str) -> None:
        """Open the tiers that are due, ask who is next, and come again when the rules say so."""
        if name not in market.open:
            self.over(name)
            return
        cascade = self.cascades[name]
        left = self.in_order(market, cascade)
        cascade.standing = rules.opened(self.rules, cascade.session, cascade.standing, market.now)
        while (
            cascade.standing.tier < rules.last_tier(self.rules)
            and not cascade.out
            and not self.within(cascade, left)
        ):
            cascade.standing = Standing(cascade.standing.tier + 1, market.now)
        self.ask_next(market, cascade, left)
        self.ask_agency(market, cascade, left)
        some_left = any(self.may_be_asked(market, who, cascade) for who in self.within(cascade, left))
        cascade.due = rules.due_at(
            self.rules,
            cascade.session,
            cascade.standing,
            cascade.out.values(),
            market.now,
            some_left=some_left,
        )
        market.later(cascade.due, partial(self.look_when_due, market, name))

    def look_when_due(self, market: Market, name: str) -> None:
        """The look that was agreed on, unless an answer brought it forward."""
        if self.cascades[name].due == market.now:
            self.look(market, name)

    def over(self, name: str) -> None:
        """Nobody has to answer for it any more."""
        for who in self.cascades[name].out:
            self.waiting[who].pop(name, None)
        self.cascades[name].out.clear()

    def in_order(self, market: Market, cascade: Cascade) -> list[tuple[int, str]]:
        """(tier, person) of the bank's members for whom it fits and who were not asked, the first first."""
        vacancy, tier = cascade.vacancy, market.ground.tier
        found = [
            (tier[vacancy.id, who], who)
            for who in members(market, vacancy)
            if who not in cascade.asked and market.free(who, vacancy)
        ]
        return sorted(found, key=lambda each: self.key(market, vacancy, *each))

    def key(self, market: Market, vacancy: Vacancy, tier: int, who: str) -> tuple[object, ...]:
        """The order of the pages' candidates."""
        problem, her = market.ground.problem, self.remembered[who]
        held = sum(each.monday == vacancy.monday for each in market.bookings[who])
        return (
            tier,
            self.proposed.get(vacancy.id) != who,
            -objective.preference(problem, her, problem.practice_for(vacancy)),
            -objective.session_worth(problem.options, her, held),
            objective.pay(problem, her, vacancy) // 100 // COST_GRID,
            self.last_asked.get(who, NEVER),
            who,
        )

    def within(self, cascade: Cascade, left: list[tuple[int, str]]) -> list[str]:
        """Those of the tiers that are open."""
        return [who for tier, who in left if tier <= min(cascade.standing.tier, WHOLE_POOL)]

    def may_be_asked(self, market: Market, who: str, cascade: Cascade) -> bool:
        """Not more often a day than the pool asks anybody, nor for two sessions at the same time."""
        if who in cascade.asked:
            return False
        if self.asked_on[who, to_local(market.now).date()] >= self.rules.most_offers_day:
            return False
        other = self.waiting[who].values()
        vacancy = cascade.vacancy
        return cascade.session.urgent or not any(
            each.start < vacancy.end and vacancy.start < each.end for each in other
        )

    def ask_next(self, market: Market, cascade: Cascade, left: list[tuple[int, str]]) -> None:
        """As many as there is room for."""
        room = rules.room(self.rules, cascade.session, cascade.out.values(), market.now)
        for who in self.within(cascade, left):
            if room > 0 and self.may_be_asked(market, who, cascade):
                self.offer(market, cascade, who)
                room -= 1

    def offer(self, market: Market, cascade: Cascade, who: str) -> None:
        """A live offer: where she says no, or it runs out, the cascade has another look at once."""
        name, now = cascade.vacancy.id, market.now
        until = min(now + self.rules.offer_hours * HOUR, rules.latest_answer(cascade.vacancy.start, now))
        cascade.asked.add(who)
        cascade.out[who] = Out(now, until)
        self.waiting[who][name] = cascade.vacancy
        self.last_asked[who] = now
        self.asked_on[who, to_local(now).date()] += 1

        def ended(taken: bool) -> None:
            self.waiting[who].pop(name, None)
            cascade.out.pop(who, None)
            self.look(market, name)

        market.ask(who, cascade.vacancy, until, ended)

    def ask_agency(self, market: Market, cascade: Cascade, left: list[tuple[int, str]]) -> None:
        """Once the bank has had its turn, and near the session, all who come through an agency."""
        nobody_left = not cascade.out and not self.within(cascade, left)
        if cascade.agency or not rules.may_want_agency(
            self.rules, cascade.session, cascade.standing, market.now, nobody_left=nobody_left
        ):
            return
        cascade.agency = True
        for who in market.ground.able[cascade.vacancy.id]:
            if market.ground.tier[cascade.vacancy.id, who] == AGENCY:
                market.ask(who, cascade.vacancy)

    def plan(self, market: Market) -> None:
        """Propose people for what is open and not being asked."""
        self.remembered = {each.id: each for each in self.with_history(market)}
        question = self.problem(market)
        if question is None:
            return
        self.proposed |= {
            each.vacancy: each.clinician for each in solve(question).assignments if not each.fixed
        }

    def problem(self, market: Market) -> Problem | None:
        """What is open and not being asked, who could still be, and as fixed pairs all that binds them. What
        nobody could work now need not be planned, and explained, again.
        """
        able = {
            name: [who for _, who in self.in_order(market, self.cascades[name])]
            for name in market.open
            if not self.cascades[name].out
        }
        wanted = [market.open[name] for name, people in able.items() if people]
        if not wanted:
            return None
        people = {who for each in wanted for who in able[each.id]}
        first, last = min(each.monday for each in wanted) - WEEK, max(each.monday for each in wanted) + WEEK
        kept = [
            (each, who) for who in people for each in market.bookings[who] if first <= each.monday <= last
        ]
        kept.sort(key=lambda pair: pair[0].id)
        return replace(
            market.ground.problem,
            clinicians=tuple(each for name, each in self.remembered.items() if name in people),
            preferences=tuple(p for p in market.ground.problem.preferences if p.clinician in people),
            vacancies=(*wanted, *(vacancy for vacancy, _ in kept)),
            fixed=tuple((vacancy.id, who) for vacancy, who in kept),
            forbidden=frozenset(
                (each.id, who) for each in wanted for who in self.cascades[each.id].asked & people
            ),
        )

    def with_history(self, market: Market) -> list[Clinician]:
        """Everybody with her history of the weeks before this one."""
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
        ]
