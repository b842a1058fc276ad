"""Rates as history only: quartiles of what was agreed, over enough people that nobody's rate shows.

Nobody sees another's rate (DOMAIN, finding 2: only historic, aggregated rates with at least k contributors).
Four things keep it so: at least ``FEWEST`` clinicians; each counts once, by her median, so that whoever works
most does not dominate; whole pounds; and the year ends with the last Monday, so that the figures before and
after a single session can't be compared within a week. A quartile lies between its neighbours: whatever one
clinician's rate were, the figures would stay between those of the others, so they tell no more of her than
on which side of a quartile she is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median, quantiles

from desirepath.audit import clock
from desirepath.bookings.models import Booking
from desirepath.clinicians.presenters import day_bounds
from desirepath.nhsuk.formats import pounds
from desirepath.pools.models import ClinicianRole, Pool

FEWEST = 10
SINCE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Whole pounds an hour, over ``people`` clinicians."""

    people: int
    lower: int
    middle: int
    upper: int


def quartiles(rates: Iterable[tuple[int, Decimal]]) -> Quartiles | None:
    """Of (clinician, pounds an hour) rows; None where they are of fewer than ``FEWEST`` people."""
    of_each: dict[int, list[Decimal]] = {}
    for clinician, rate in rates:
        of_each.setdefault(clinician, []).append(rate)
    if len(of_each) < FEWEST:
        return None
    typical = [median(hers) for hers in of_each.values()]
    lower, middle, upper = (_whole(cut) for cut in quantiles(typical, n=4, method="inclusive"))
    return Quartiles(len(of_each), lower, middle, upper)


def _whole(rate: Decimal) -> int:
    return int(rate.quantize(Decimal(1), ROUND_HALF_UP))


def agreed_rates(pool: Pool, role: str) -> Quartiles | None:
    """Of sessions worked in the pool by clinicians of ``role`` in the year before this week."""
    start, end = _year()
    rows = Booking.objects.for_pool(pool).between(start, end).filter(state="worked", clinician__role=role)
    return quartiles(rows.order_by().values_list("clinician_id", "rate"))


def _year() -> tuple[datetime, datetime]:
    today = clock.today()
    monday = day_bounds(today - timedelta(days=today.weekday()))[0]
    return monday - SINCE, monday


def in_words(found: Quartiles) -> str:
    """ "half of 23 clinicians were paid between £84 and £95 an hour, the middle one £90"."""
    lower, middle, upper = (pounds(cut, exact=False) for cut in (found.lower, found.middle, found.upper))
    return (
        f"half of {found.people:,} clinicians were paid between {lower} and {upper} an hour, "
        f"the middle one {middle}"
    )


def for_those_who_ask(pool: Pool) -> list[str]:
    """A sentence for each role of which enough is known."""
    told = ((role, agreed_rates(pool, role.value)) for role in ClinicianRole)
    return [f"{role.label}, in the last year: {in_words(found)}." for role, found in told if found]
