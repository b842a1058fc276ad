"""An offer in the words of the clinician it was made to: why her, and what her own terms make of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from desirepath.audit import clock
from desirepath.cascade.models import Offer
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician, CommittedTime, Terms
from desirepath.clinicians.month import PARTS, bank_holidays
from desirepath.matching.words import listed
from desirepath.nhsuk import formats
from desirepath.vacancies.fit import Fit
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.problem import build

AGENCY = 3
SATURDAY = 5
TIERS = (
    "are in the bank of the practice's own PCN",
    "are in the bank of a neighbouring PCN",
    "are a member of the practice's pool",
    "allow neighbouring pools to ask you, and yours works with the practice's",
)
FACTS = {"preferred": "prefer this practice", "worked": "have worked here before"}


def still_open(offers: Iterable[Offer]) -> list[Offer]:
    """Those she can answer now; the sweep that expires the others may not have run yet."""
    return [offer for offer in offers if is_open(offer)]


def is_open(offer: Offer) -> bool:
    return offer.live and answer_by(offer) > clock.now()


def answer_by(offer: Offer) -> datetime:
    return min(offer.expires_at, offer.vacancy.start)


def waiting_for(clinician: Clinician) -> list[Offer]:
    """Her open offers, the one that closes first at the front."""
    rows = Offer.objects.live().for_clinician(clinician).filter(block_offer=None)
    rows = rows.select_related("vacancy__practice", "vacancy__pool")
    return sorted(still_open(rows), key=lambda offer: (answer_by(offer), offer.pk))


@dataclass(frozen=True, slots=True)
class Offered:
    """One offer for a list: ``fee`` is what she would be paid as her terms stand now."""

    offer: Offer
    fee: Decimal
    answer_by: datetime


def with_fees(clinician: Clinician, offers: Iterable[Offer]) -> list[Offered]:
    """Offers with today's fees; those sent under older terms are worked out again."""
    rows = list(offers)
    current = clinician.current_terms
    stale = [offer for offer in rows if current and offer.terms_id != current.pk]
    fees = {offer.pk: offer.fee for offer in rows} | _fees_now(clinician, stale)
    return [Offered(offer, fees[offer.pk], answer_by(offer)) for offer in rows]


def _fees_now(clinician: Clinician, offers: Iterable[Offer]) -> dict[int, Decimal]:
    from desirepath.matching import objective

    by_pool: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers:
        by_pool[offer.vacancy.pool_id].append(offer)
    fees: dict[int, Decimal] = {}
    for group in by_pool.values():
        sessions = [offer.vacancy for offer in group]
        problem = build(pool=sessions[0].pool, vacancies=sessions, clinicians=[clinician], next_pools=True)
        her = problem.clinician_of[str(clinician.pk)]
        for offer in group:
            pence = objective.pay(problem, her, problem.vacancy_of[str(offer.vacancy_id)])
            fees[offer.pk] = Decimal(pence) / 100
    return fees


def why_you(offer: Offer, terms: Terms, km: float, sessions_that_week: int) -> list[str]:
    """Three sentences: what binds her to the practice, how near it is, and what her week still wishes for."""
    facts = [words for code, words in FACTS.items() if code in offer.reasons]
    bound = f"You {listed([TIERS[offer.tier], *facts])}."
    if "pinned" in offer.reasons:
        bound = f"The pool manager chose you for it. {bound}"
    near = f"It is {km:.1f} km from you in a straight line; you travel up to {terms.max_km} km."
    return [bound, near, _wished(terms.wished_sessions_week, sessions_that_week)]


def _wished(wished: int, booked: int) -> str:
    if booked < wished:
        return f"You wish for {formats.plural(wished, 'session')} that week and have {booked} booked."
    return f"You have {booked} of the {formats.plural(wished, 'session')} you wish for that week."


def sessions_that_week(clinician: Clinician, vacancy: Vacancy) -> int:
    """Sessions of hers, booked or held in whatever pool, in the local week of a vacancy."""
    midnight = PARTS[0].start.min
    monday = vacancy.day - timedelta(days=vacancy.day.weekday())
    start, end = local(monday, midnight), local(monday + timedelta(days=7), midnight)
    return CommittedTime.objects.of([clinician]).filter(start__gte=start, start__lt=end).count()


def how_paid(terms: Terms, vacancy: Vacancy, result: Fit) -> list[tuple[str, str]]:
    """How her own terms make the fee: (what, how much), from her base rate on (PLANNER, rate and pay)."""
    lines = [("Your rate", f"{formats.pounds(terms.base_rate, exact=False)} an hour")]
    percent = 0
    for name, more in _percentages(terms, vacancy):
        percent += more
        lines.append((name, f"{more}% more"))
    hourly = (terms.base_rate * (100 + percent) / 100).quantize(Decimal("0.01"), ROUND_FLOOR)
    if far := result.rate - hourly:
        lines.append((f"Beyond {terms.far_km} km", f"{formats.pounds(far)} more an hour"))
    paid = f"{formats.pounds(result.rate, exact=False)} an hour"
    lines.append(("Your rate for this session", f"{paid} for {formats.hours(vacancy.minutes)}"))
    if result.tier == AGENCY:
        lines.append(
            ("What the practice pays", f"{formats.pounds(result.fee)}, the agency's charge included")
        )
    return lines


def _percentages(terms: Terms, vacancy: Vacancy) -> list[tuple[str, int]]:
    from desirepath.matching import Options

    day, weekday = vacancy.day, vacancy.day.weekday()
    evening = formats.local(vacancy.start).time() >= Options().evening_from
    rows = [
        (f"{day:%A}s", terms.day_pct[weekday], True),
        ("Evenings, from 6pm", terms.evening_pct, evening),
        ("Saturdays", terms.saturday_pct, weekday == SATURDAY),
        ("Bank holidays", terms.bank_holiday_pct, day in bank_holidays(day.year)),
    ]
    return [(name, more) for name, more, holds in rows if holds and more]


GONE = {
    "withdrawn": "This offer has been taken back",
    "expired": "The time to answer this offer has passed",
    "declined": "You declined this offer",
    "accepted": "You accepted this offer",
}


def gone_in_words(offer: Offer) -> str:
    """Why an offer is no longer open, kindly."""
    if offer.state == "withdrawn" and offer.withdrawn_because:
        return f"{GONE['withdrawn']}: {offer.withdrawn_because}."
    return f"{GONE.get(offer.state, GONE['expired'])}."
