"""Sessions of a pool as one clinician's terms see them: those that fit, ranked, and those that one term of
hers keeps out. Judged in bulk by the plan's own rules.

A session just outside is found by asking the rules again with one term left open: what fits then, and not
before, is kept out by that term alone. Nothing of it is told to anybody but her.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from desirepath.clinicians.models import Clinician
from desirepath.pools.models import Pool
from desirepath.vacancies.light import LightVacancy
from desirepath.vacancies.problem import build
from desirepath.vacancies.shortfall import shortfall

if TYPE_CHECKING:
    from desirepath import matching

# terms of hers that may keep a session out when they are weighed with her other sessions; that she is busy or
# can't be there in time is a fact, not a term
TOGETHER_TERMS = ("rest", "sessions a day", "sessions a week", "minutes a week", "days in a row")
A_WEEK_OF_MINUTES = 7 * 24 * 60
# what is farther, or pays less, is not just outside: kilometres, and pounds an hour
JUST_KM, JUST_RATE = 20.0, Decimal(20)


@dataclass(frozen=True, slots=True)
class Found:
    """One session for her: ``fee`` in pounds, ``rate`` in pounds an hour, ``km`` in a straight line.

    ``term`` names the one rule of hers that keeps it out; empty where it fits.
    """

    session: LightVacancy
    tier: int
    preference: int
    km: float
    rate: Decimal
    fee: Decimal
    preferred: bool
    worked: bool
    term: str = ""

    @property
    def rank(self) -> tuple[int, int, float, Decimal]:
        """The plan's levels for her: tier, preference, then the nearer, then the better paid."""
        return self.tier, -self.preference, self.km, -self.fee


@dataclass(slots=True)
class Finding:
    """What the rules say of many sessions: each list in rank order; ``amount_of`` one just outside, in words
    for her ("4 km too far").
    """

    fits: list[Found] = field(default_factory=list)
    outside: list[Found] = field(default_factory=list)
    amount_of: Callable[[Found], str] = lambda found: ""


def find(*, pool: Pool, clinician: Clinician, sessions: Sequence[LightVacancy]) -> Finding:
    """Judge ``sessions`` of one ``pool`` for her; empty where she has published no terms."""
    from desirepath.matching import rules

    problem = build(pool=pool, vacancies=sessions, clinicians=[clinician])
    her = problem.clinician_of.get(str(clinician.pk))
    if her is None or not sessions:
        return Finding()
    by_id = {str(row.pk): row for row in sessions}
    hers = [problem.vacancy_of[vacancy] for vacancy, _ in problem.fixed]
    finding = Finding()
    for term, pair in _pairs(problem, her):
        together = rules.broken_together_rules(problem, her, hers, pair.session)
        if not together:
            kept_out = term
        elif not term and len(together) == 1 and together[0] in TOGETHER_TERMS:
            kept_out = together[0]
        else:
            continue
        found = _found(problem, her, by_id[pair.session.id], pair, kept_out)
        if kept_out == "rate" and found.rate - found.session.rate_cap > JUST_RATE:
            continue
        (finding.outside if kept_out else finding.fits).append(found)
    finding.fits.sort(key=lambda each: each.rank)
    finding.outside.sort(key=lambda each: each.rank)
    finding.amount_of = lambda found: shortfall(
        found.term, problem, her, hers, problem.vacancy_of[str(found.session.pk)]
    )
    return finding


@dataclass(frozen=True, slots=True)
class _Pair:
    session: matching.Vacancy
    km: float
    tier: int
    rate: int


def _pairs(problem: matching.Problem, her: matching.Clinician) -> Iterator[tuple[str, _Pair]]:
    """Every session that breaks at most one rule of the pair, with the name of that rule ("" for none)."""
    from desirepath.matching import feasible_pairs

    variants = _with_one_term_open(problem, her)
    asked = replace(problem, clinicians=tuple(variants.values()), fixed=(), pinned=(), forbidden=frozenset())
    terms = list(variants)
    forbidden = {vacancy for vacancy, who in problem.forbidden if who == her.id}
    pairs = feasible_pairs(asked)
    columns = [getattr(pairs, name).tolist() for name in ("clinician", "vacancy", "km", "tier", "rate")]
    rows = sorted(zip(*columns, strict=True))
    fits = {vacancy for clinician, vacancy, *_ in rows if clinician == 0}
    for clinician, vacancy, km, tier, rate in rows:
        session = problem.vacancies[vacancy]
        if session.role != her.role or session.id in forbidden or (clinician and vacancy in fits):
            continue
        yield terms[clinician], _Pair(session, km, tier, rate)


def _with_one_term_open(problem: matching.Problem, her: matching.Clinician) -> dict[str, matching.Clinician]:
    """She as she is, under "", and she with one of her terms left open, under that rule's name."""
    from desirepath.matching import Window

    first = min(each.start for each in problem.vacancies) - timedelta(days=1)
    last = max(each.end for each in problem.vacancies) + timedelta(days=1)
    return {
        "": her,
        "distance": replace(her, id="distance", max_km=her.max_km + JUST_KM),
        "rate": replace(
            her,
            id="rate",
            base_rate=0,
            evening_pct=0,
            saturday_pct=0,
            day_pct=(0,) * 7,
            bank_holiday_pct=0,
            far_pence_per_km=0,
        ),
        "availability": replace(her, id="availability", windows=(Window(first, last),)),
        "weekly time": replace(her, id="weekly time", max_minutes_week=A_WEEK_OF_MINUTES),
    }


def _found(
    problem: matching.Problem, her: matching.Clinician, row: LightVacancy, pair: _Pair, term: str
) -> Found:
    from desirepath.matching import objective, rules

    practice = problem.practice_of[pair.session.practice]
    # with the rate left open, the pair was found at another than hers
    rate = rules.rate(problem, her, pair.session) if term == "rate" else pair.rate
    pence = objective.pay_at(problem.options, rate, pair.session.minutes, pair.tier)
    return Found(
        session=row,
        tier=pair.tier,
        preference=objective.preference(problem, her, practice, pair.km),
        km=round(pair.km, 1),
        rate=Decimal(rate) / 100,
        fee=Decimal(pence) / 100,
        preferred=problem.feels(her, practice.id, "preferred"),
        worked=problem.feels(her, practice.id, "worked"),
        term=term,
    )
