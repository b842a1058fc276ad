"""Whether one clinician may work one vacancy, by the very rules of the plan, and what she would be paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from desirepath.clinicians.credentials.usual import blocker_in_words
from desirepath.clinicians.models import Clinician, CommittedTime, Terms
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS
from desirepath.vacancies.problem import broken_rules, build

if TYPE_CHECKING:
    from desirepath import matching

# each rule in the clinician's own words: she may know her own terms, nobody else may read them out of these
IN_HER_WORDS = {
    "role": "it asks for another role",
    "skills": "it needs a skill that is not in your profile",
    "pool": "it is in a pool you are not an active member of",
    "validity": "your checks are not valid on that day",
    "weekly time": "it is longer than the hours you work in a week",
    "availability": "it is outside the times when you are free",
    "distance": "it is farther than you travel",
    "blocked": "you have blocked this practice",
    "rate": "your rate is above the most the practice pays",
    "forbidden": "the pool manager has ruled it out",
    "overlap": "you are busy then",
    "travel": "there is not enough time to travel between it and your other session that day",
    "rest": "it leaves less rest than you ask for",
    "sessions a day": "it is more sessions in a day than you work",
    "sessions a week": "it is more sessions in a week than you work",
    "minutes a week": "it is more hours in a week than you work",
    "days in a row": "it is more days in a row than you work",
}
# what a practice or a manager may be told: her terms stay hers, and "busy" is all another pool's booking
# shows
IN_OTHERS_WORDS = {
    "role": "the session asks for another role",
    "skills": "the session needs a skill that is not in their profile",
    "pool": "they are not an active member of this pool",
    "validity": "their checks are not valid on that day",
    "forbidden": "a manager has ruled this pair out",
    "overlap": "they are busy then",
    "availability": "they are not free then",
}
# the rules that her own rates and limits make
OF_HER_TERMS = frozenset(
    {
        "distance",
        "rate",
        "rest",
        "weekly time",
        "sessions a day",
        "sessions a week",
        "minutes a week",
        "days in a row",
    }
)
# not a rule of the plan, which knows it as a pair that is ruled out
PRACTICE_CHECKS = "practice checks"
NOT_SHOWN = "the practice asks for something that has not been shown"
OUTSIDE_HER_TERMS = "it is outside the terms they have set"


@dataclass(frozen=True, slots=True)
class Fit:
    """The outcome for one pair. ``rate`` is pounds an hour, ``fee`` pounds for the session, ``km`` a straight
    line; ``next_pool``: she is a member of a neighbouring pool, not of this one; ``lacks`` names what her
    checks lack, where they do.
    """

    broken: tuple[str, ...]
    tier: int
    preference: int
    km: float
    rate: Decimal
    fee: Decimal
    terms: Terms | None
    next_pool: bool = False
    lacks: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.broken

    @property
    def asked_at(self) -> int:
        """The tier of the cascade at which she is asked: the plan's, or that of neighbouring pools."""
        return NEXT_POOLS if self.next_pool else self.tier

    @property
    def why_not(self) -> str:
        """Why it does not fit, for the clinician herself."""
        return "; ".join(IN_HER_WORDS.get(name, NOT_SHOWN) + self._named(name) for name in self.broken)

    def _named(self, name: str) -> str:
        """What her checks lack, behind the words for the rule."""
        named = self.lacks if name in ("validity", PRACTICE_CHECKS) else ()
        return f" ({', '.join(named)})" if named else ""

    @property
    def why_not_for_others(self) -> str:
        """Why it does not fit, for a practice or a manager: no rate, limit or place of hers."""
        words = {**IN_OTHERS_WORDS, PRACTICE_CHECKS: NOT_SHOWN}
        told = [words.get(name, OUTSIDE_HER_TERMS) + self._named(name) for name in self.broken]
        return "; ".join(dict.fromkeys(told))


def fit(
    clinician: Clinician,
    vacancy: Vacancy,
    *,
    without: Iterable[CommittedTime] = (),
    next_pools: bool = False,
) -> Fit:
    """Judge the pair as things stand now, under her published terms, beside all the time she has
    committed. ``next_pools``: she may be of a neighbouring pool, if she allows it.
    """
    pairs = [(clinician, vacancy)]
    return fits(pool=vacancy.pool, pairs=pairs, without=without, next_pools=next_pools)[0]


def fits(
    *,
    pool: Pool,
    pairs: Sequence[tuple[Clinician, Vacancy]],
    without: Iterable[CommittedTime] = (),
    next_pools: bool = False,
) -> list[Fit]:
    """Judge many pairs of one pool at once, in their order, each by itself."""
    rows = {clinician.pk: clinician for clinician, _ in pairs}
    clinicians = list(rows.values())
    problem = build(
        pool=pool,
        vacancies=list({vacancy.pk: vacancy for _, vacancy in pairs}.values()),
        clinicians=clinicians,
        without=without,
        next_pools=next_pools,
    )
    terms: dict[int, Terms] = {c.pk: c.terms_now[0] for c in clinicians if c.terms_now}  # type: ignore[attr-defined]
    outside = {c.pk for c in clinicians if not c.membership_here}  # type: ignore[attr-defined]
    return [
        replace(
            _with_checks(
                _judge(problem, clinician, vacancy, terms.get(clinician.pk)), rows[clinician.pk], vacancy
            ),
            next_pool=next_pools and clinician.pk in outside,
        )
        for clinician, vacancy in pairs
    ]


def _with_checks(result: Fit, clinician: Clinician, vacancy: Vacancy) -> Fit:
    """The outcome with the names of what her checks lack for this pool, or for this very practice."""
    lacks: list[str] = []
    broken = result.broken
    if "validity" in broken and clinician.membership_here:  # type: ignore[attr-defined]
        lacks += clinician.membership_here[0].checks.get("blockers", [])  # type: ignore[attr-defined]
    there = clinician.clear_at.get(vacancy.practice_id) if clinician.terms_now else None  # type: ignore[attr-defined]
    if there and vacancy.day > there.until:
        lacks += there.in_the_way(vacancy.day)
        broken = tuple(PRACTICE_CHECKS if name == "forbidden" else name for name in broken)
    return replace(result, broken=broken, lacks=tuple(blocker_in_words(name) for name in lacks))


def under_terms(
    *, pool: Pool, clinician: Clinician, terms: Terms, sessions: Mapping[Vacancy, CommittedTime | None]
) -> list[Fit]:
    """Judge sessions of one pool as if ``terms`` were in force, in their order.

    ``sessions`` name the time of hers that a session took, where she was booked for it: each is judged beside
    the others she was booked for, never beside itself.
    """
    # a row of its own: nothing of these terms stays with hers
    her = Clinician.objects.get(pk=clinician.pk)
    booked = {vacancy.pk: time for vacancy, time in sessions.items() if time is not None}
    problem = build(
        pool=pool, vacancies=list(sessions), clinicians=[her], without=booked.values(), terms={her.pk: terms}
    )
    pairs = [(str(vacancy), str(her.pk)) for vacancy in booked]
    return [
        _judge(problem, her, vacancy, terms, [pair for pair in pairs if pair[0] != str(vacancy.pk)])
        for vacancy in sessions
    ]


def _judge(
    problem: matching.Problem,
    clinician: Clinician,
    vacancy: Vacancy,
    terms: Terms | None,
    beside: Iterable[tuple[str, str]] = (),
) -> Fit:
    from desirepath.matching import objective, rules

    if terms is None:
        return Fit(("pool",), 2, 0, 0.0, Decimal(0), Decimal(0), None)
    person, session = problem.clinician_of[str(clinician.pk)], problem.vacancy_of[str(vacancy.pk)]
    practice = problem.practice_for(session)
    return Fit(
        broken=tuple(broken_rules(problem, (session.id, person.id), beside)),
        tier=objective.tier(problem, person, practice),
        preference=objective.preference(problem, person, practice),
        km=round(rules.distance_km(person, practice), 1),
        rate=Decimal(rules.rate(problem, person, session)) / 100,
        fee=Decimal(objective.pay(problem, person, session)) / 100,
        terms=terms,
    )
