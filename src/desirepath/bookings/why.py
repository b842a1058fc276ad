"""Why a session was not offered to her: each rule with her own numbers, where she stands, what happened.

Nothing here names anybody else, or tells another's rate, place or limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import TYPE_CHECKING

from desirepath.audit import clock
from desirepath.bookings.models import Application, Booking
from desirepath.bookings.standing import Standing, standing_of
from desirepath.cascade.models import NotForMe, Offer
from desirepath.cascade.offered import gone_in_words, is_open
from desirepath.clinicians.credentials.clearance import NEVER
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician, CommittedTime, Skill, Terms
from desirepath.clinicians.quiet import ENOUGH, may_be_asked
from desirepath.matching.words import kilometres, limit_km, listed
from desirepath.nhsuk import formats
from desirepath.vacancies.fit import IN_HER_WORDS
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.problem import build
from desirepath.vacancies.shortfall import shortfall

if TYPE_CHECKING:
    from desirepath import matching

Told = Callable[["matching.Problem", "matching.Clinician", "matching.Vacancy"], str]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule, whether it lets her come, and a sentence with her numbers."""

    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Why:
    """All there is to tell her of one session. ``fee`` is pounds for it, ``rate`` pounds an hour."""

    rules: list[RuleLine]
    standing: Standing | None
    happened: list[str]
    rate: Decimal
    fee: Decimal
    km: float
    tier: int
    terms: Terms | None

    @property
    def fits(self) -> bool:
        return bool(self.rules) and all(line.passed for line in self.rules)

    @property
    def failed(self) -> list[RuleLine]:
        return [line for line in self.rules if not line.passed]

    @property
    def passed(self) -> list[RuleLine]:
        return [line for line in self.rules if line.passed]


@dataclass(frozen=True, slots=True)
class Hers:
    """What she has to do with a session."""

    offer: Offer | None
    application: Application | None
    booking: Booking | None
    hidden: bool


def hers(clinician: Clinician, vacancy: Vacancy) -> Hers:
    """Her newest offer, application and booking of it."""
    offers = Offer.objects.for_clinician(clinician).filter(vacancy=vacancy).order_by("-pk")
    applications = Application.objects.for_clinician(clinician).filter(vacancy=vacancy).order_by("-pk")
    bookings = Booking.objects.for_clinician(clinician).filter(vacancy=vacancy).order_by("-pk")
    return Hers(
        offer=offers.select_related("vacancy").first(),
        application=applications.select_related("vacancy").first(),
        booking=bookings.standing().first(),
        hidden=NotForMe.objects.for_clinician(clinician).filter(vacancy=vacancy).exists(),
    )


def why(clinician: Clinician, vacancy: Vacancy, own: Hers) -> Why:
    """As things stand now, by the plan's own rules."""
    from desirepath.matching import objective, rules

    problem = build(pool=vacancy.pool, vacancies=[vacancy], without=_for_this(clinician, vacancy))
    her = problem.clinician_of.get(str(clinician.pk))
    happened = list(_happened(clinician, vacancy, own))
    if her is None:
        return Why([], None, happened, Decimal(0), Decimal(0), 0.0, 2, None)
    session = problem.vacancy_of[str(vacancy.pk)]
    practice = problem.practice_for(session)
    tier = objective.tier(problem, her, practice)
    asked = list(_who_was_asked(vacancy, tier, own))
    return Why(
        rules=list(_rules(problem, her, session)),
        standing=standing_of(problem, her, session),
        happened=[*happened, *asked],
        rate=Decimal(rules.rate(problem, her, session)) / 100,
        fee=Decimal(objective.pay(problem, her, session)) / 100,
        km=round(rules.distance_km(her, practice), 1),
        tier=tier,
        terms=clinician.current_terms,
    )


def _for_this(clinician: Clinician, vacancy: Vacancy) -> list[CommittedTime]:
    """Time that she holds for this very session does not stand in its way."""
    rows = CommittedTime.objects.of([clinician])
    held = rows.filter(application__vacancy=vacancy) | rows.filter(vacancy=vacancy)
    return list(held.distinct())


def _rules(
    problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy
) -> Iterator[RuleLine]:
    from desirepath.matching import rules

    for name, holds in rules.PAIR_RULES.items():
        yield RuleLine(holds(problem, her, session), TOLD[name](problem, her, session))
    others = [problem.vacancy_of[vacancy] for vacancy, who in problem.fixed if who == her.id]
    broken = rules.broken_together_rules(problem, her, others, session)
    if not broken:
        yield RuleLine(True, "It goes with what else you have in those days")
    for name in broken:
        words = IN_HER_WORDS[name]
        if name not in ("overlap", "travel"):
            words = f"{words}: {shortfall(name, problem, her, others, session)}"
        yield RuleLine(False, words[0].upper() + words[1:])


def _role(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    from desirepath.pools.models import ClinicianRole

    asked = _small(ClinicianRole(session.role).label)
    if her.role == session.role:
        return f"It asks for a {asked}, as you are"
    return f"It asks for a {asked}; you are a {_small(ClinicianRole(her.role).label)}"


def _small(label: object) -> str:
    text = str(label)
    return text if text.isupper() else text.lower()


def _skills(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    if not session.skills:
        return "It asks for no special skill"
    names = dict(Skill.objects.filter(code__in=session.skills).values_list("code", "name"))
    missing = sorted(session.skills - her.skills)
    if missing:
        return f"It needs {listed(names[code] for code in missing)}, which is not in your profile"
    return f"You have {listed(names[code] for code in sorted(session.skills))}"


def _pool(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    if problem.practice_for(session).pool in her.pools:
        return "You are a member of the practice's pool"
    return "You are not an active member of the practice's pool"


def _validity(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    if her.valid_until is None:
        return "Your checks are valid, with no end date"
    if her.valid_until == NEVER:
        return "Your checks are not complete yet"
    return f"Your checks are valid until {formats.day_and_year(her.valid_until)}"


def _weekly_time(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    most = formats.hours(her.max_minutes_week)
    return f"It takes {formats.hours(session.minutes)}; you work at most {most} in a week"


def _availability(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    for window in her.windows:
        if window.start <= session.start and session.end <= window.end:
            return f"You are free {formats.span(window.start, window.end)}"
    missed = shortfall("availability", problem, her, [], session)
    return f"You are not free for all of it: it {missed}" if missed[0] in "se" else f"It is {missed}"


def _distance(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    from desirepath.matching import rules

    km = rules.distance_km(her, problem.practice_for(session))
    away = kilometres(km, her.max_km)
    return f"It is {away} from you in a straight line; you travel up to {limit_km(her.max_km)}"


def _blocked(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    blocked = problem.feels(her, session.practice, "blocked")
    return "You have blocked this practice" if blocked else "You have not blocked this practice"


def _rate(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    from desirepath.matching import rules

    hourly, most = (
        formats.pounds(Decimal(pence) / 100, exact=False)
        for pence in (rules.rate(problem, her, session), session.rate_cap)
    )
    return f"Your rate for it is {hourly} an hour; the practice pays up to {most}"


def _forbidden(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> str:
    if (session.id, her.id) in problem.forbidden:
        return (
            "The pool manager has ruled it out for you, or the practice asks for something you have not shown"
        )
    return "The pool manager has not ruled it out for you"


TOLD: dict[str, Told] = {
    "role": _role,
    "skills": _skills,
    "pool": _pool,
    "validity": _validity,
    "weekly time": _weekly_time,
    "availability": _availability,
    "distance": _distance,
    "blocked": _blocked,
    "rate": _rate,
    "forbidden": _forbidden,
}

FROM_WHERE = (
    "the bank of the practice's own PCN",
    "the banks of neighbouring PCNs",
    "the whole pool",
    "agencies",
)
ENDED = {
    "declined": "You applied, and the session went to somebody else or the practice decided otherwise.",
    "expired": "You applied, and the practice had not answered in time.",
    "withdrawn": "You applied, and withdrew the application.",
}


def _happened(clinician: Clinician, vacancy: Vacancy, own: Hers) -> Iterator[str]:
    """How it stands, and what of hers bears on it."""
    if own.booking:
        yield "You are booked for it."
    elif vacancy.cover_id:
        yield "Somebody is coming: the first who said yes is booked."
    elif vacancy.state == "withdrawn":
        yield "The practice no longer needs cover."
    elif vacancy.start <= clock.now():
        yield "The session has begun."
    if own.offer and is_open(own.offer):
        yield "It is offered to you."
    elif own.offer:
        yield gone_in_words(own.offer)
    if own.application and own.application.state in ENDED:
        yield ENDED[own.application.state]
    if own.hidden:
        yield "You said that it is not for you."
    if quiet := _quiet(clinician, vacancy):
        yield quiet


def _quiet(clinician: Clinician, vacancy: Vacancy) -> str:
    """What she chose about being asked, where that keeps offers away today."""
    midnight = local(clock.today(), time.min)
    asked = Offer.objects.for_clinician(clinician).filter(created_at__gte=midnight).count()
    reason = may_be_asked(clinician, vacancy.practice, clock.now(), asked, until=vacancy.start)
    if not reason:
        return ""
    told = f"{reason[0].upper()}{reason[1:]}"
    return f"{told} ({formats.plural(asked, 'offer')} today)." if reason == ENOUGH else f"{told}."


def _who_was_asked(vacancy: Vacancy, tier: int, own: Hers) -> Iterator[str]:
    """How far the asking has come, measured from where she stands."""
    if vacancy.cover_id or vacancy.state == "withdrawn" or own.offer:
        return
    if not vacancy.offers.exists():
        yield "Nobody has been asked yet."
    elif vacancy.tier < tier:
        yield f"So far only {FROM_WHERE[vacancy.tier]} has been asked; you come from {FROM_WHERE[tier]}."
    else:
        yield "Others have been asked before you: where you stand says why."
