"""A plan of a pool's week, kept with its figures."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from desirepath.audit import clock
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools import actions as pools
from desirepath.pools.models import PcnNeighbour, Pool
from desirepath.vacancies import planning
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.presenters.unfilled import latest_unfilled
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pcn() -> Organisation:
    return cast.organisation(Kind.PCN, name="Harbour PCN")


@pytest.fixture
def surgery(pcn: Organisation) -> Organisation:
    return cast.practice("Quayside Surgery", pcn=pcn)


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


def run(pool: Pool, session: Vacancy) -> planning.PlanRun:
    return planned(pool, session.day)


def planned(pool: Pool, first_day: date) -> planning.PlanRun:
    """Asked for, claimed and made."""
    made = planning.ask_for_plan(pool=pool, first_day=first_day)
    made.take()
    assert planning.make_plan(made)
    return made


def test_bank_first(pool: Pool, pcn: Organisation, surgery: Organisation) -> None:
    """Own PCN bank before a neighbour before the rest of the pool, even where she is dearer."""
    beside = cast.organisation(Kind.PCN, name="Marsh PCN")
    PcnNeighbour.objects.create(pcn=beside, neighbour=pcn)
    session = cast.vacancy(surgery)
    rest = cast.clinician(pool=pool, rate=60)
    assert (run(pool, session).proposals.get().clinician, run(pool, session).proposals.get().tier) == (
        rest,
        2,
    )
    neighbour = cast.clinician(pool=pool, rate=80, pcn=beside)
    assert (run(pool, session).proposals.get().clinician, run(pool, session).proposals.get().tier) == (
        neighbour,
        1,
    )
    own = cast.clinician(pool=pool, rate=100, pcn=pcn)
    assert (run(pool, session).proposals.get().clinician, run(pool, session).proposals.get().tier) == (own, 0)


def test_pounds_against_agency(pool: Pool, surgery: Organisation) -> None:
    """The saving is the agency's rate for those hours less the fees, by hand: 4 hours at £160 and £90."""
    session = cast.vacancy(surgery, minutes=240)
    cast.clinician(pool=pool, rate=90)
    pools.set_agency_rate(
        by=None, pool=pool, role="gp", pounds_an_hour=Decimal(160), since=cast.LONG_AGO, source="test"
    )
    summary = run(pool, session).summary
    assert (summary["fees"], summary["agency"], summary["saved"]) == ("360", "640.00", "280.00")
    assert (summary["needed"], summary["filled"], summary["tiers"], summary["gap"]) == (
        1,
        1,
        [0, 0, 1, 0],
        0.0,
    )


def test_unfilled_says_why_and_what_would_fill_it(pool: Pool, surgery: Organisation) -> None:
    """Nobody within the rate: the run says so, and at which step of £5 three or more could come."""
    session = cast.vacancy(surgery, rate_cap=Decimal(70))
    for rate in (82, 86, 91, 94, 120):
        cast.clinician(pool=pool, rate=rate)
    left = run(pool, session).unfilled.get()
    assert (left.vacancy, left.reason) == (session, "rate")
    assert left.changes == [{"kind": "rate", "amount": "95", "brings": 4}]


def test_two_are_too_few_to_tell_their_rate(pool: Pool, surgery: Organisation) -> None:
    """A step that brings one or two is not kept: it would tell what they ask for."""
    session = cast.vacancy(surgery, rate_cap=Decimal(70))
    for rate in (82, 86):
        cast.clinician(pool=pool, rate=rate)
    left = run(pool, session).unfilled.get()
    assert (left.reason, left.changes) == ("rate", [])


def test_one_answer_a_vacancy_and_day(pool: Pool, surgery: Organisation, clock_at: Any) -> None:
    """A second plan of the same day, with another rate asked, tells nothing new; the next day's does."""
    clock_at("2026-12-07 10:00")
    session = cast.vacancy(surgery, rate_cap=Decimal(70))
    for rate in (82, 86, 91):
        cast.clinician(pool=pool, rate=rate)
    run(pool, session)
    told = latest_unfilled([session])[session.pk].changes
    assert told == ("Pay up to £95 an hour, £25 more than now: 3 clinicians could then come",)
    for rate in (71, 72, 73):
        cast.clinician(pool=pool, rate=rate)
    clock_at("2026-12-07 15:00")
    run(pool, session)
    assert latest_unfilled([session])[session.pk].changes == told
    clock_at("2026-12-08 10:00")
    run(pool, session)
    assert "Pay up to £75 an hour" in latest_unfilled([session])[session.pk].changes[0]


def test_nothing_to_plan_is_a_plan(pool: Pool) -> None:
    """A week without vacancies plans to nothing, without a solver."""
    made = planned(pool, cast.at(7).date())
    assert (made.summary["needed"], made.summary["filled"]) == (0, 0)


def test_another_pool_is_not_planned(pool: Pool, surgery: Organisation) -> None:
    """Vacancies and clinicians of another pool stay out."""
    there = cast.practice("Hilltop Surgery")
    other = cast.pool("Other pool", there)
    cast.clinician(pool=other)
    session = cast.vacancy(surgery)
    cast.vacancy(there)
    made = run(pool, session)
    assert made.unfilled.get().vacancy == session
    assert not made.proposals.exists()


def test_time_committed_in_another_pool_counts(pool: Pool, surgery: Organisation) -> None:
    """A booking elsewhere makes her busy here, and uses up her sessions of the week."""
    there = cast.practice("Hilltop Surgery")
    other = cast.pool("Other pool", there)
    ann = cast.clinician(pool=pool, terms={"max_sessions_week": 1})
    from desirepath.clinicians.actions import join_pool

    join_pool(by=None, clinician=ann, pool=other)
    away = cast.vacancy(there)
    session = cast.vacancy(surgery, start=cast.at(7, 14))
    assert run(pool, session).proposals.get().clinician == ann
    cast.booking(away, ann)
    assert not run(pool, session).proposals.exists()


def test_the_plan_takes_a_bounded_number_of_queries(
    pool: Pool, surgery: Organisation, django_assert_max_num_queries: object
) -> None:
    """Twice the people and sessions do not take more queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        session = cast.vacancy(surgery)
        cast.clinician(pool=pool)
        with CaptureQueriesContext(connection) as queries:
            run(pool, session)
        return len(queries)

    first = count()
    for _ in range(3):
        count()
    assert count() <= first


def test_what_has_begun_is_not_planned(pool: Pool, surgery: Organisation) -> None:
    """A session that started this morning stays out of a plan that is made at noon."""
    session = cast.vacancy(surgery)
    cast.clinician(pool=pool)
    with clock.at(session.start):
        assert run(pool, session).summary["needed"] == 0
