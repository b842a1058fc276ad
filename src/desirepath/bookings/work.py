"""What she can find to do: open sessions of her pools that fit her terms, by day, and how each stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby

from desirepath.audit import clock
from desirepath.bookings.models import Application
from desirepath.cascade.models import Offer
from desirepath.cascade.open_work import OPEN, open_to
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.month import PARTS
from desirepath.pools.models import Pool
from desirepath.vacancies.finding import Finding, Found, find
from desirepath.vacancies.light import LightVacancy, light
from desirepath.vacancies.models import Vacancy

USUAL_DAYS, MOST_DAYS = 14, 56
# where so many are open to judge in the usual days, half of them are looked at
CROWDED = 500
# sessions on one page
A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What she narrows the list to; all of it optional. ``farthest`` is km, ``least_fee`` pounds."""

    first: date
    last: date
    weekdays: frozenset[int] = frozenset()
    part: str = ""
    practice: int | None = None
    farthest: int | None = None
    least_fee: Decimal | None = None
    session_type: str = ""

    def has(self, session: LightVacancy) -> bool:
        """Whether a session's day, time, kind and place are wanted."""
        start = session.start.astimezone(clock.LONDON)
        return (
            (not self.weekdays or start.weekday() in self.weekdays)
            and (not self.part or part_of(start.time()) == self.part)
            and (not self.practice or session.practice_id == self.practice)
            and (not self.session_type or session.session_type == self.session_type)
        )

    def suits(self, found: Found) -> bool:
        """Whether what it is to her is wanted."""
        near = self.farthest is None or found.km <= self.farthest
        return near and (self.least_fee is None or found.fee >= self.least_fee)


def part_of(start: time) -> str:
    """The part of the day in which a session starts."""
    begun = [part.key for part in PARTS if part.start <= start]
    return begun[-1] if begun else PARTS[0].key


@dataclass(slots=True)
class Work:
    """What was found in the time she asked for; each list in rank order."""

    fits: list[Found] = field(default_factory=list)
    outside: list[Found] = field(default_factory=list)
    offers: dict[int, Offer] = field(default_factory=dict)
    applied: dict[int, Application] = field(default_factory=dict)
    by_pool: dict[int, Finding] = field(default_factory=dict)

    def amount(self, found: Found) -> str:
        """By how much it misses her one term: "4 km too far"."""
        return self.by_pool[found.session.pool_id].amount_of(found)

    @property
    def by_term(self) -> list[tuple[str, int]]:
        """How many each single term keeps out, the most first."""
        return Counter(each.term for each in self.outside).most_common()


def work_for(clinician: Clinician, wanted: Wanted, pools: Iterable[Pool]) -> Work:
    """Everything open to her in her ``pools``: a fixed number of queries for each pool."""
    work = Work()
    midnight = time.min
    start = max(local(wanted.first, midnight), clock.now())
    end = local(wanted.last + timedelta(days=1), midnight)
    for pool in pools:
        sessions = [each for each in light(open_to(clinician, pool, start, end)) if wanted.has(each)]
        finding = find(pool=pool, clinician=clinician, sessions=sessions)
        work.by_pool[pool.pk] = finding
        work.fits += filter(wanted.suits, finding.fits)
        work.outside += filter(wanted.suits, finding.outside)
    work.fits.sort(key=lambda each: each.rank)
    work.outside.sort(key=lambda each: each.rank)
    work.offers = offers_of(clinician, start, end)
    work.applied = {
        each.vacancy_id: each
        for each in Application.objects.pending().for_clinician(clinician).select_related("vacancy__practice")
    }
    return work


def usual_days(clinician: Clinician, pools: Sequence[Pool], first: date) -> int:
    """How many days to look at where she has not said: fewer in a pool where very much is open."""
    start, end = local(first, time.min), local(first + timedelta(days=USUAL_DAYS), time.min)
    rows = Vacancy.objects.filter(pool__in=pools, state__in=OPEN, role=clinician.role)
    return USUAL_DAYS // 2 if rows.between(start, end).count() > CROWDED else USUAL_DAYS


def offers_of(clinician: Clinician, start: datetime, end: datetime) -> dict[int, Offer]:
    """Her offers that she can answer now, by vacancy."""
    rows = Offer.objects.live().for_clinician(clinician).overlapping(start, end)
    return {offer.vacancy_id: offer for offer in rows.filter(expires_at__gt=clock.now())}


Page = list[tuple[date, list[Found]]]


def in_pages(found: Iterable[Found], size: int = A_PAGE) -> list[Page]:
    """By day, each in rank order, ``size`` sessions to a page: a crowded day goes on on the next."""
    ordered = sorted(found, key=lambda each: (each.session.day, each.rank))
    return [
        [(day, list(rows)) for day, rows in groupby(some, key=lambda each: each.session.day)]
        for some in (ordered[start : start + size] for start in range(0, len(ordered), size))
    ]


def page_at(pages: Sequence[Page], number: str, day: date | None) -> int:
    """The page of this number (from 1, as an address has it), else the first that reaches ``day``."""
    if number.isdecimal() and 0 < int(number[:6]) <= len(pages):
        return int(number[:6]) - 1
    reaching = (place for place, page in enumerate(pages) if day and page[-1][0] >= day)
    return next(reaching, 0)
