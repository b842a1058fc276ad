"""Where every vacancy stands: a fixed number of queries, however many are shown; those in need first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from desirepath.audit import clock
from desirepath.cascade.models import Cascade, CascadePolicy, Offer
from desirepath.cascade.rules import last_tier
from desirepath.cascade.words import Told, told
from desirepath.vacancies.models import TOGETHER, Vacancy

OPEN = ("released", "offered", "unfilled")
# what may be asked to be shown, and the rows that are
SHOWN: dict[str, Q] = {
    "": Q(state__in=OPEN),
    "nobody": Q(state__in=("released", "unfilled")),
    "asked": Q(state="offered"),
    "waiting": Q(state__in=OPEN, cascade__state="waiting"),
    "stopped": Q(state__in=OPEN) & (Q(cascade__state__in=("stopped", "ended")) | Q(cascade=None)),
    "agency": Q(state__in=(*OPEN, "agency"), cascade__state__in=("agency wanted", "agency approved"))
    | Q(state="agency"),
    "covered": Q(state="filled"),
}
# the nearer to the top, the more it needs somebody
NEED = Case(
    When(block__state__in=TOGETHER, then=Value(5)),
    When(cascade__state__in=("agency wanted", "agency approved"), then=Value(0)),
    When(Q(cascade=None) | Q(cascade__state__in=("stopped", "ended")), then=Value(1)),
    When(cascade__state="waiting", then=Value(4)),
    When(state="offered", then=Value(3)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One vacancy: how it stands, and what may be done about its cascade."""

    vacancy: Vacancy
    cascade: Cascade | None
    told: Told
    may_start: bool
    may_stop: bool
    may_skip: bool
    may_ask_agency: bool


def to_show(vacancies: QuerySet[Vacancy], shown: str = "") -> QuerySet[Vacancy]:
    """Those to come that were asked to be shown, the neediest first."""
    rows = vacancies.filter(SHOWN.get(shown, SHOWN[""]), start__gt=clock.now())
    return (
        rows.annotate(need=NEED)
        # fetched for one page, not joined to everything that has to be put in order first
        .prefetch_related("practice", "cascade", "block", "offers")
        .order_by("need", "-urgency", "start", "pk")
    )


def cascade_of(vacancy: Vacancy) -> Cascade | None:
    """Its cascade, where it has one."""
    return getattr(vacancy, "cascade", None)


def lines(vacancies: Iterable[Vacancy], known: Mapping[int, CascadePolicy] | None = None) -> list[Line]:
    """How each stands; two queries for each pool among them whose policy is not ``known``."""
    policies = dict(known or {})
    found = []
    for vacancy in vacancies:
        if vacancy.pool_id not in policies:
            policies[vacancy.pool_id] = CascadePolicy.of(vacancy.pool)
        found.append(line(vacancy, policies[vacancy.pool_id]))
    return found


def line(vacancy: Vacancy, policy: CascadePolicy) -> Line:
    now, cascade, last = clock.now(), cascade_of(vacancy), last_tier(policy.rules)
    offers: list[Offer] = sorted(vacancy.offers.all(), key=lambda offer: offer.pk)
    state = cascade.state if cascade else ""
    is_open = vacancy.state in OPEN and vacancy.start > now and not vacancy.in_block
    return Line(
        vacancy=vacancy,
        cascade=cascade,
        told=told(vacancy, cascade, offers, policy.rules, now),
        may_start=is_open and state in ("", "ended", "stopped", "waiting"),
        may_stop=is_open and state in ("waiting", "running", "agency wanted", "agency approved"),
        may_skip=is_open and state in ("waiting", "running") and cascade.tier < last,  # type: ignore[union-attr]
        may_ask_agency=is_open and state in ("running", "stopped") and cascade.tier >= last,  # type: ignore[union-attr]
    )
