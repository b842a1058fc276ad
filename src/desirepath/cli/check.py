"""``desirepath check``: whether the database still says what it should, rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from desirepath import matching
    from desirepath.bookings.models import Booking

MOST_TOLD = 20
# a stored distance is rounded to 100 m: beyond this she has moved since
ROUNDING_KM = 0.051


def check() -> None:
    """Report every row that contradicts another; exit code 1 where there is any."""
    from rich.console import Console

    from desirepath.cli.start import django_ready
    from desirepath.cli.summary import progress

    django_ready()
    console = Console()
    found: dict[str, list[str]] = {}
    with progress(console) as on_step:
        for number, (rule, wrong) in enumerate(RULES.items(), 1):
            found[rule] = list(wrong())
            on_step("Checking", number, len(RULES))
    for rule, wrong_rows in found.items():
        console.print(f"{'wrong' if wrong_rows else 'right'}  {rule}", highlight=False)
        for told in wrong_rows[:MOST_TOLD]:
            console.print(f"       {told}", highlight=False, markup=False, soft_wrap=True)
        if len(wrong_rows) > MOST_TOLD:
            console.print(f"       and {len(wrong_rows) - MOST_TOLD:,} more")
    from desirepath.messages.models import Message

    given_up = Message.objects.filter(state="failed").count()
    console.print(f"{'note ' if given_up else 'right'}  messages that could not be sent: {given_up:,}")
    if any(found.values()):
        raise typer.Exit(1)


def time_without_booking() -> Iterator[str]:
    from desirepath.clinicians.models import CommittedTime

    # what is held by whoever has applied is neither booked nor forgotten
    for row in CommittedTime.objects.filter(booking=None, application=None):
        yield f"committed time {row.public_id}: no booking holds it"


def time_unlike_its_booking() -> Iterator[str]:
    from django.db.models import F, Q

    from desirepath.bookings.models import Booking

    same = {name: F(f"committed_time__{name}") for name in ("clinician", "practice", "pool", "start", "end")}
    for row in Booking.objects.exclude(committed_time=None).exclude(**same):
        yield f"booking {row.public_id}: its committed time is another person's, place or time"
    held = Q(state="provisional", committed_time__kind="booking") | Q(
        state__in=["confirmed", "in progress", "worked"], committed_time__kind="hold"
    )
    for row in Booking.objects.filter(held):
        yield f"booking {row.public_id}: {row.state}, but its time is {row.committed_time.kind}"  # type: ignore[union-attr]


def time_committed_twice() -> Iterator[str]:
    from django.db.models import Exists, OuterRef

    from desirepath.clinicians.models import CommittedTime

    other = CommittedTime.objects.filter(
        clinician=OuterRef("clinician"),
        start__lt=OuterRef("end"),
        end__gt=OuterRef("start"),
        pk__lt=OuterRef("pk"),
    )
    for row in CommittedTime.objects.filter(Exists(other)).select_related("clinician"):
        yield f"clinician {row.clinician.public_id}: committed twice at {row.start:%Y-%m-%d %H:%M} UTC"


def filled_without_booking() -> Iterator[str]:
    from django.db.models import F

    from desirepath.bookings.models import STANDING
    from desirepath.vacancies.models import Vacancy

    covered = Vacancy.objects.filter(state__in=("filled", "completed"))
    standing = covered.filter(bookings__state__in=STANDING, bookings__committed_time=F("cover"))
    for row in covered.exclude(pk__in=standing.values("pk")):
        yield f"vacancy {row.public_id}: {row.state}, but no booking covers it"


def booked_but_open() -> Iterator[str]:
    from desirepath.bookings.models import STANDING, Booking

    for row in Booking.objects.filter(state__in=STANDING).exclude(vacancy__state__in=("filled", "completed")):
        yield f"booking {row.public_id}: stands, but its vacancy is {row.vacancy.state}"
    for row in Booking.objects.filter(state="worked").exclude(vacancy__state="completed"):
        yield f"booking {row.public_id}: worked, but its vacancy is {row.vacancy.state}"


def asked_for_nothing() -> Iterator[str]:
    from desirepath.cascade.models import Offer

    for row in Offer.objects.live().exclude(vacancy__state="offered").select_related("vacancy"):
        yield f"offer {row.public_id}: open, but its vacancy is {row.vacancy.state}"
    from desirepath.vacancies.models import Vacancy

    live = Offer.objects.live().values("vacancy")
    for vacancy in Vacancy.objects.filter(state="offered").exclude(pk__in=live):
        yield f"vacancy {vacancy.public_id}: offered, but nobody is asked"


def accepted_without_booking() -> Iterator[str]:
    from desirepath.cascade.models import Offer

    for row in Offer.objects.filter(state="accepted", booking=None):
        yield f"offer {row.public_id}: accepted, but there is no booking"


def unlike_the_vacancy() -> Iterator[str]:
    from django.db.models import F

    from desirepath.bookings.models import STANDING, Booking

    same = {name: F(f"vacancy__{name}") for name in ("start", "end", "practice", "pool")}
    for row in Booking.objects.filter(state__in=STANDING).exclude(**same):
        yield f"booking {row.public_id}: at another time or place than its vacancy"


def outside_her_terms() -> Iterator[str]:
    """Each booking against the terms it was made under, beside those of hers that were made before it."""
    from desirepath.bookings.models import STANDING, Booking

    rows = Booking.objects.filter(state__in=STANDING).exclude(terms=None)
    rows = rows.select_related("clinician", "terms", "vacancy", "practice").prefetch_related(
        "clinician__skills", "vacancy__skills"
    )
    before: dict[int, list[Booking]] = {}
    for row in rows.order_by("clinician_id", "pk"):
        hers = before.setdefault(row.clinician_id, [])
        if broken := list(_broken(row, hers)):
            yield f"booking {row.public_id}: outside the terms it was made under ({', '.join(broken)})"
        hers.append(row)


def _broken(row: Booking, before: list[Booking]) -> Iterator[str]:
    from decimal import ROUND_FLOOR, Decimal

    from desirepath.matching import Problem, rules
    from desirepath.vacancies.problem import planned, planning_options

    assert row.terms is not None  # asked for by the caller
    near = [each for each in before if abs((each.start - row.start).days) <= 15]
    practices = {each.practice_id: _practice(each.practice) for each in (*near, row)}
    her, session = planned(row.clinician, row.terms, pool="pool"), _session(row)
    problem = Problem(
        practices=tuple(practices.values()),
        neighbours=frozenset(),
        clinicians=(her,),
        vacancies=(session, *(_session(each) for each in near)),
        options=planning_options({row.start.year}),
    )
    for name in ("role", "skills", "weekly time"):
        if not rules.PAIR_RULES[name](problem, her, session):
            yield name
    yield from rules.broken_together_rules(problem, her, problem.vacancies[1:], session)
    if row.km is not None and row.km > row.terms.max_km + ROUNDING_KM:
        yield "distance"
    fee = (row.rate * row.vacancy.minutes / 60).quantize(Decimal("0.01"), ROUND_FLOOR)
    if row.rate > row.vacancy.rate_cap or (row.vacancy.tier < 3 and fee != row.fee):
        yield "rate"
    km = rules.distance_km(her, practices[row.practice_id])
    if (
        row.km is not None
        and abs(km - row.km) <= ROUNDING_KM
        and row.rate * 100 < rules.rate(problem, her, session)
    ):
        yield "rate below hers"


def cleared_too_long() -> Iterator[str]:
    from desirepath.clinicians.credentials.clearing import kept_too_long

    for row, until in kept_too_long():
        yield f"membership {row.public_id}: cleared until {row.cleared_until}, by what is held until {until}"


def _practice(row: Any) -> matching.Practice:
    from desirepath.matching import Practice

    return Practice(str(row.pk), "", "pool", row.latitude or 0.0, row.longitude or 0.0)


def _session(row: Booking) -> matching.Vacancy:
    from desirepath.matching import Vacancy

    skills = frozenset(skill.code for skill in row.vacancy.skills.all())
    cap = int(row.vacancy.rate_cap * 100)
    return Vacancy(str(row.pk), str(row.practice_id), row.start, row.end, row.vacancy.role, skills, 1, cap)


def unlike_its_seals() -> Iterator[str]:
    from desirepath.audit.verifying import verify

    yield from verify().wrong


RULES: dict[str, Callable[[], Iterator[str]]] = {
    "committed time belongs to a booking": time_without_booking,
    "a booking's committed time is the booking's own": time_unlike_its_booking,
    "nobody's time is committed twice": time_committed_twice,
    "a filled session is covered by a booking": filled_without_booking,
    "a booking that stands fills its session": booked_but_open,
    "a booking is at the time and place of its session": unlike_the_vacancy,
    "somebody is asked exactly while a session is being offered": asked_for_nothing,
    "an accepted offer is a booking": accepted_without_booking,
    "every booking is within the terms it was made under": outside_her_terms,
    "the log of events is as it was written": unlike_its_seals,
    "nobody is cleared for longer than what is verified": cleared_too_long,
}
