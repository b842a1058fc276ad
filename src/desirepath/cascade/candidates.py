"""Who may be asked for vacancies of a pool, in which order: inside everybody's terms, and quiet by choice.

By tier, then whom a manager keeps for it, whom the practice would like first, whom the latest plan proposes
(as re-planned since), how well she and the practice suit each other, what her week still wishes for, the cost
on a grid, and who was asked least recently.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Max

from desirepath.audit import clock
from desirepath.cascade.asking import latest_answer
from desirepath.cascade.following import proposed_now
from desirepath.cascade.models import ANSWERED, CascadePolicy, NotForMe, Offer
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.models.profile import ClinicianQuerySet
from desirepath.clinicians.quiet import MUTED, choices_of, may_be_asked, with_choices
from desirepath.pools.models import Pool
from desirepath.vacancies.models import PreferredClinician, Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS
from desirepath.vacancies.problem import build

if TYPE_CHECKING:
    from desirepath import matching

# pounds: costs nearer to each other than this are alike
COST_GRID = 10
LAST = 1_000_000
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One clinician for one vacancy. ``later``: she may be asked for it, but not at this moment; ``standby``:
    only when the session is near and nobody else can be asked, as she chose.
    """

    clinician: Clinician
    tier: int
    reasons: tuple[str, ...]
    later: bool
    standby: bool = False


def candidates(
    *, pool: Pool, vacancies: Sequence[Vacancy], next_pools: bool = False
) -> dict[int, list[Candidate]]:
    """By row number of the vacancy, everybody who may be asked for it, the first to be asked at the front.

    With ``next_pools``, and where the policy has it so, also those of neighbouring pools who allow it. A
    fixed number of queries, however many vacancies and members there are.
    """
    if not vacancies:
        return {}
    found: dict[int, list[tuple[tuple[object, ...], Candidate]]] = defaultdict(list)
    for pk, key, candidate in _Field(pool, list(vacancies), next_pools).pairs():
        found[pk].append((key, candidate))
    return {pk: [each for _, each in sorted(some, key=lambda row: row[0])] for pk, some in found.items()}


def why_not_now(clinician: Clinician, vacancy: Vacancy, policy: CascadePolicy, *, stuck: bool = False) -> str:
    """The same of one pair at this moment, for whoever holds her row: "" where she may be asked."""
    asked = Offer.objects.filter(clinician=clinician, created_at__gte=local(clock.today(), time())).count()
    waits = Offer.objects.live().filter(clinician=clinician).values_list("vacancy__start", "vacancy__end")
    return _why_not(clinician, vacancy, asked, waits, policy, stuck)


def _why_not(
    clinician: Clinician,
    vacancy: Vacancy,
    asked: int,
    waits: Iterable[tuple[datetime, datetime]],
    policy: CascadePolicy,
    stuck: bool,
) -> str:
    """``asked`` offers since midnight, ``waits`` the spans of sessions that she has still to answer for."""
    until = latest_answer(vacancy)
    if why := may_be_asked(clinician, vacancy.practice, clock.now(), asked, until=until, stuck=stuck):
        return why
    if asked >= policy.most_offers_day:
        return "asked as often today as the pool asks anybody"
    if vacancy.urgency < Vacancy.Urgency.URGENT and any(
        start < vacancy.end and vacancy.start < end for start, end in waits
    ):
        return "has still to answer for another session then"
    return ""


class _Field:
    """Everything that bears on who is asked for some vacancies of a pool, fetched once."""

    def __init__(self, pool: Pool, vacancies: list[Vacancy], next_pools: bool) -> None:
        self.pool, self.vacancies = pool, vacancies
        self.policy = CascadePolicy.of(pool)
        self.members = self._asked_of(Clinician.objects.for_pool(pool))
        self.guests: set[int] = set()
        if next_pools and self.policy.next_pools:
            guests = self._asked_of(Clinician.objects.next_to(pool))
            self.guests = {each.pk for each in guests}
            self.members += guests
        self.problem = build(
            pool=pool, vacancies=vacancies, clinicians=list(self.members), next_pools=bool(self.guests)
        )
        self.pinned = set(self.problem.pinned)

    @staticmethod
    def _asked_of(people: ClinicianQuerySet) -> list[Clinician]:
        published = people.filter(terms__state="published")
        return with_choices(published.select_related("person").order_by("pk"))

    @cached_property
    def answered(self) -> set[tuple[int, int]]:
        """(vacancy, clinician) of those asked before."""
        asked = Offer.objects.filter(vacancy__in=self.vacancies, state__in=ANSWERED)
        # and neither is whoever said no before she was asked
        unasked = NotForMe.objects.pairs([vacancy.pk for vacancy in self.vacancies])
        return {*asked.values_list("vacancy_id", "clinician_id"), *unasked}

    @cached_property
    def liked(self) -> dict[tuple[int, int], int]:
        """By (practice, clinician), the place on the practice's own list of whom it would like first."""
        practices = {vacancy.practice_id for vacancy in self.vacancies}
        rows = PreferredClinician.objects.filter(practice__in=practices, clinician__in=self.members)
        return {(p, c): place for p, c, place in rows.values_list("practice_id", "clinician_id", "position")}

    @cached_property
    def proposed(self) -> dict[int, int]:
        """By vacancy, whom the newest plan proposes, or its re-plan."""
        return proposed_now(self.vacancies)

    @cached_property
    def last_asked(self) -> dict[int, datetime]:
        rows = Offer.objects.filter(clinician__in=self.members).order_by().values("clinician_id")
        return dict(rows.annotate(last=Max("created_at")).values_list("clinician_id", "last"))

    @cached_property
    def asked_today(self) -> dict[int, int]:
        """Offers made to each since midnight in England, in whatever pool."""
        rows = Offer.objects.filter(
            clinician__in=self.members, created_at__gte=local(clock.today(), time())
        ).order_by()
        return dict(rows.values("clinician_id").annotate(n=Count("pk")).values_list("clinician_id", "n"))

    @cached_property
    def waiting_for(self) -> dict[int, list[tuple[datetime, datetime]]]:
        """By clinician, the spans of the sessions that she has still to answer."""
        found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        rows = Offer.objects.live().filter(clinician__in=self.members)
        for who, start, end in rows.values_list("clinician_id", "vacancy__start", "vacancy__end"):
            found[who].append((start, end))
        return found

    @cached_property
    def hers(self) -> dict[str, list[matching.Vacancy]]:
        """What each has committed already, as the planner knows it."""
        found: dict[str, list[matching.Vacancy]] = defaultdict(list)
        for session, who in self.problem.fixed:
            found[who].append(self.problem.vacancy_of[session])
        return found

    def pairs(self) -> list[tuple[int, tuple[object, ...], Candidate]]:
        """(vacancy, key to sort by, candidate) of each pair that breaks no rule and may be asked."""
        from desirepath.matching import feasible_pairs, rules

        rows = {str(vacancy.pk): vacancy for vacancy in self.vacancies}
        people = {str(clinician.pk): clinician for clinician in self.members}
        found = []
        pairs = feasible_pairs(self.problem)
        columns = (pairs.clinician, pairs.vacancy, pairs.tier, pairs.preference, pairs.rate)
        for who, what, tier, preference, rate in zip(*(each.tolist() for each in columns), strict=True):
            her, session = self.problem.clinicians[who], self.problem.vacancies[what]
            vacancy, clinician = rows.get(session.id), people[her.id]
            if vacancy is None or (vacancy.pk, clinician.pk) in self.answered:
                continue
            if not rules.goes_with(self.problem, her, self.hers[her.id], session):
                continue
            standby = choices_of(clinician).standby
            why_not = self._why_not_now(clinician, vacancy, stuck=standby)
            if why_not == MUTED:
                continue
            asked_at = NEXT_POOLS if clinician.pk in self.guests else tier
            key = self._key(her, session, clinician, vacancy, (asked_at, preference, rate))
            facts = self._facts(her, session)
            candidate = Candidate(clinician, asked_at, facts, bool(why_not), standby)
            found.append((vacancy.pk, key, candidate))
        return found

    def _why_not_now(self, clinician: Clinician, vacancy: Vacancy, *, stuck: bool) -> str:
        asked, waits = self.asked_today.get(clinician.pk, 0), self.waiting_for.get(clinician.pk, ())
        return _why_not(clinician, vacancy, asked, waits, self.policy, stuck)

    def _key(
        self,
        her: matching.Clinician,
        session: matching.Vacancy,
        clinician: Clinician,
        vacancy: Vacancy,
        pair: tuple[int, int, int],
    ) -> tuple[object, ...]:
        from desirepath.matching.objective import session_worth

        tier, preference, rate = pair
        that_week = sum(each.monday == session.monday for each in self.hers[her.id])
        pounds = rate * session.minutes // 6000
        return (
            tier,
            (session.id, her.id) not in self.pinned,
            self.liked.get((vacancy.practice_id, clinician.pk), LAST),
            self.proposed.get(vacancy.pk) != clinician.pk,
            -preference,
            -session_worth(self.problem.options, her, that_week),
            pounds // COST_GRID,
            self.last_asked.get(clinician.pk, NEVER),
            clinician.pk,
        )

    def _facts(self, her: matching.Clinician, session: matching.Vacancy) -> tuple[str, ...]:
        """Codes that an offer keeps, as a proposal does."""
        told = (
            ("pinned", (session.id, her.id) in self.pinned),
            ("worked", self.problem.feels(her, session.practice, "worked")),
            ("preferred", self.problem.feels(her, session.practice, "preferred")),
        )
        return tuple(name for name, true in told if true)
