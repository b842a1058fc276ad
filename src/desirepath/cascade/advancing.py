"""Move on every cascade whose time has come: open tiers, ask who is next, and at last want an agency.

Each is one transaction that claims one row, so a worker may run twice, on several machines, and be killed
anywhere. A machine that was off reckons by ``rules`` where each stands by now, and begins with those of the
nearest tier who have not been asked: nobody is passed over because nobody was looking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.retrying import taking_turns
from desirepath.cascade import agency, rules
from desirepath.cascade.asking import ask
from desirepath.cascade.candidates import Candidate, candidates, why_not_now
from desirepath.cascade.escalation import tell_people
from desirepath.cascade.following import follow_plans
from desirepath.cascade.models import Cascade, CascadePolicy, CascadeStep
from desirepath.cascade.models.cascade import session_of
from desirepath.cascade.rules import Out, Rules, Standing
from desirepath.cascade.said_no import said_no
from desirepath.vacancies.fit import fit
from desirepath.vacancies.models import MADE, PlanRun, Proposal, Unfilled, Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS

Step = CascadeStep.Kind
# in one round: the rest waits for the next, seconds later
AT_ONCE = 200
STILL_OPEN = ("released", "offered", "unfilled")
ENDED_BY = {
    "filled": Cascade.Ending.FILLED,
    "completed": Cascade.Ending.FILLED,
    "withdrawn": Cascade.Ending.WITHDRAWN,
    "agency": Cascade.Ending.AGENCY,
}


def begins_at(vacancy: Vacancy, policy: CascadePolicy, now: datetime) -> datetime:
    """``now``, or after the hours the manager has to plan first: since it was open, or was last planned."""
    session = session_of(vacancy)
    if not policy.head_start_hours or rules.is_urgent(policy.rules, session, now):
        return now
    holding = [rows.filter(vacancy=vacancy).values("run") for rows in (Proposal.objects, Unfilled.objects)]
    holds_it = Q(pk__in=holding[0]) | Q(pk__in=holding[1])
    planned = PlanRun.objects.filter(holds_it, state__in=MADE).order_by("-pk").first()
    since = max(vacancy.state_since, planned.made_at) if planned else vacancy.state_since
    begins = since + timedelta(hours=policy.head_start_hours)
    return max(now, min(begins, rules.urgent_from(policy.rules, session)))


def advance_due() -> int:
    """Move on every cascade that is due, and end those whose session is settled; how many were moved."""
    settled = Cascade.objects.active().filter(vacancy__state__in=ENDED_BY).values_list("pk", flat=True)
    due = list(
        Cascade.objects.due()
        .exclude(vacancy__state__in=ENDED_BY)
        .select_related("vacancy__pool__organisation", "vacancy__practice")[:AT_ONCE]
    )
    found = _candidates(due)
    moved = 0
    for pk, some in [
        *((pk, []) for pk in settled[:AT_ONCE]),
        *((c.pk, found.get(c.vacancy_id, [])) for c in due),
    ]:
        with taking_turns(f"cascade {pk}"), transaction.atomic():
            moved += _advance(pk, some)
    return moved


def _candidates(due: Iterable[Cascade]) -> dict[int, list[Candidate]]:
    """Who may be asked, pool by pool: found before any row is locked, and judged again when asked."""
    by_pool: dict[int, list[Vacancy]] = defaultdict(list)
    now = clock.now()
    for cascade in due:
        if cascade.vacancy.start > now:
            by_pool[cascade.vacancy.pool_id].append(cascade.vacancy)
    found: dict[int, list[Candidate]] = {}
    for vacancies in by_pool.values():
        with taking_turns(vacancies[0].pool):
            follow_plans(vacancies)
            found |= candidates(pool=vacancies[0].pool, vacancies=vacancies, next_pools=True)
    return found


def _claimed(pk: int) -> Cascade | None:
    """The row, locked; None where another worker has it or has moved it on."""
    rows = Cascade.objects.active().select_for_update(skip_locked=True, of=("self",))
    cascade = rows.select_related("vacancy__pool__organisation", "vacancy__practice").filter(pk=pk).first()
    if cascade is None or ((cascade.due_at or clock.now()) > clock.now() and _ending(cascade) is None):
        return None
    return cascade


def _ending(cascade: Cascade) -> Cascade.Ending | None:
    """Why it is over, where it is."""
    vacancy = cascade.vacancy
    if vacancy.state in ENDED_BY:
        return ENDED_BY[vacancy.state]
    return Cascade.Ending.UNFILLED if vacancy.start <= clock.now() else None


def _advance(pk: int, some: Sequence[Candidate]) -> bool:
    cascade = _claimed(pk)
    if cascade is None:
        return False
    if (why := _ending(cascade)) is not None:
        _end(cascade, why)
        return True
    turn = _Turn(cascade, some)
    turn.begin()
    if cascade.state == "waiting":
        return True
    turn.open_tiers()
    turn.ask_next()
    turn.want_agency()
    turn.escalate()
    turn.keep()
    return True


def _end(cascade: Cascade, why: Cascade.Ending) -> None:
    cascade.move("ended", by=None, details={"why": why.value}, due_at=None, ended_because=why)
    cascade.note(Step.ENDED, reason=why.label)
    agency.no_longer_wanted(cascade.vacancy)


@dataclass
class _Turn:
    """One look at one cascade that is ours to move on."""

    cascade: Cascade
    some: Sequence[Candidate]

    def __post_init__(self) -> None:
        self.now = clock.now()
        self.vacancy = self.cascade.vacancy
        self.policy = CascadePolicy.of(self.vacancy.pool)
        self.rules: Rules = self.policy.rules
        self.session = self.cascade.session
        offers = list(self.vacancy.offers.values_list("clinician_id", "state", "created_at", "expires_at"))
        self.out = [Out(sent, until) for _, state, sent, until in offers if state in ("sent", "viewed")]
        # and whoever has said no since they were found
        self.answered = {who for _, who in said_no([self.vacancy.pk])}
        self.answered |= {who for who, state, *_ in offers if state != "withdrawn"}
        self.asked = 0
        self.put_off: set[int] = set()

    def begin(self) -> None:
        """One that waited for the manager begins, unless she has planned since."""
        if self.cascade.state != "waiting":
            return
        at = begins_at(self.vacancy, self.policy, self.now)
        if at > self.now:
            Cascade.objects.filter(pk=self.cascade.pk).update(due_at=at, tier_since=at)
            return
        tier = rules.first_tier(self.rules, self.session, self.now)
        self.cascade.move("running", by=None, tier=tier)
        self.cascade.note(Step.BEGAN)

    def open_tiers(self) -> None:
        """Every tier that has opened since the last look; and the next at once where one has nobody left."""
        for standing in rules.openings(self.rules, self.session, self.cascade.standing, self.now):
            self._open(standing)
        while self.cascade.tier < rules.last_tier(self.rules) and not self._within() and not self._live():
            self._open(Standing(self.cascade.tier + 1, self.now), "nobody is left to ask there")

    def _open(self, standing: Standing, reason: str = "") -> None:
        self.cascade.tier, self.cascade.tier_since = standing.tier, standing.since
        self.cascade.steps.create(
            kind=Step.TIER, tier=standing.tier, at=max(standing.since, self._last_told()), reason=reason
        )
        Event.record("tier opened", self.cascade, by=None, tier=standing.tier)

    def _last_told(self) -> datetime:
        """Its story is told in order, though a machine that was off catches up later."""
        return self.cascade.steps.order_by("-at").values_list("at", flat=True).first() or self.now

    def _within(self) -> list[Candidate]:
        """Those not asked yet in the tiers that are open, the first to be asked at the front."""
        left = self._left(standby=False)
        return [each for each in left if each.tier <= self.cascade.tier]

    def _left(self, *, standby: bool) -> list[Candidate]:
        left = [each for each in self.some if each.clinician.pk not in self.answered]
        return [each for each in left if each.standby is standby]

    def _live(self) -> list[Out]:
        return [offer for offer in self.out if offer.until > self.now]

    def ask_next(self) -> None:
        """As many as there is room for; those on standby only where the practice is stuck."""
        room = rules.room(self.rules, self.session, self.out, self.now)
        for candidate in [each for each in self._within() if not each.later]:
            if self.asked < room:
                self._ask(candidate)
        near = rules.is_urgent(self.rules, self.session, self.now)
        if near and not self._live():
            for candidate in [each for each in self._left(standby=True) if not each.later]:
                if self.asked < room and candidate.tier <= self.cascade.tier:
                    self._ask(candidate)

    def _ask(self, candidate: Candidate) -> None:
        # hers is locked, so that no other cascade asks her at the same moment and too often
        clinician = candidate.clinician.locked()
        if why_not_now(clinician, self.vacancy, self.policy, stuck=candidate.standby):
            self.put_off.add(clinician.pk)
            return
        result = fit(clinician, self.vacancy, next_pools=candidate.tier == NEXT_POOLS)
        self.answered.add(clinician.pk)
        if not result.fits:
            return
        offer = ask(
            vacancy=self.vacancy,
            clinician=clinician,
            by=None,
            reasons=candidate.reasons,
            result=result,
            policy=self.policy,
        )
        self.out.append(Out(offer.created_at, offer.expires_at))
        self.asked += 1

    def want_agency(self) -> None:
        """Once the bank has had its turn, the practice's approver is told."""
        nobody_left = not self._within() and not self._live()
        if self.cascade.state == "running" and rules.may_want_agency(
            self.rules, self.session, self.cascade.standing, self.now, nobody_left=nobody_left
        ):
            agency.want(self.cascade)

    def escalate(self) -> None:
        """Named people hear of a session that is near and not covered, once."""
        if self.cascade.escalated_at or self.now < rules.escalates_at(self.rules, self.session):
            return
        self.cascade.escalated_at = self.now
        tell_people(self.cascade, self.policy)
        self.cascade.note(Step.ESCALATED)

    def keep(self) -> None:
        some_left = any(not each.later and each.clinician.pk not in self.put_off for each in self._within())
        due_at = rules.due_at(
            self.rules, self.session, self.cascade.standing, self.out, self.now, some_left=some_left
        )
        Cascade.objects.filter(pk=self.cascade.pk).update(
            tier=self.cascade.tier,
            tier_since=self.cascade.tier_since,
            escalated_at=self.cascade.escalated_at,
            due_at=due_at,
        )
