"""Rates as history, and what her draft would have changed last month."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit import clock
from desirepath.bookings import actions, rates_history
from desirepath.bookings.last_month import last_month
from desirepath.bookings.models import Booking
from desirepath.bookings.rates_history import FEWEST, Quartiles, quartiles
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from tests import cast

rates = st.decimals(40, 200, places=2)


@given(st.lists(st.tuples(st.integers(1, FEWEST - 1), rates)))
def test_fewer_than_ten_people_say_nothing(rows: list[tuple[int, Decimal]]) -> None:
    """However many sessions they worked."""
    assert quartiles(rows) is None


@given(st.lists(rates, min_size=FEWEST, max_size=30), st.integers(0, 29), rates)
def test_one_persons_rate_can_not_be_told(each: list[Decimal], who: int, other: Decimal) -> None:
    """Whatever one person's rate is made, every figure stays within what the others alone allow: between the
    figures with her at the bottom and those with her at the top.
    """
    who %= len(each)

    def cuts(rate: Decimal) -> tuple[int, int, int]:
        found = quartiles([*enumerate(each[:who]), (who, rate), *enumerate(each[who + 1 :], who + 1)])
        assert found
        return found.lower, found.middle, found.upper

    low, high = cuts(Decimal(0)), cuts(Decimal(10_000))
    others = sorted(rate for place, rate in enumerate(each) if place != who)
    for rate in (each[who], other):
        for least, cut, most in zip(low, cuts(rate), high, strict=True):
            assert least <= cut <= most
            assert rates_history._whole(others[0]) <= cut <= rates_history._whole(others[-1])


def test_each_counts_once_by_her_median() -> None:
    """Whoever works most does not dominate; figures are whole pounds."""
    rows = [(who, Decimal(80 + who)) for who in range(11)]
    busy = [(10, Decimal("90.40"))] * 200
    assert quartiles([*rows, *busy]) == Quartiles(11, 83, 85, 88)


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


def worked(place: Organisation, her: Clinician, days_ago: int) -> Booking:
    """A session she worked, so many days ago."""
    start = cast.at(-days_ago)
    with clock.at(start - timedelta(days=7)):
        made = cast.booking(cast.vacancy(place, start=start, minutes=240), her)
    with clock.at(made.end + timedelta(hours=1)):
        actions.complete_due()
    made.refresh_from_db()
    return made


@pytest.mark.django_db
def test_history_of_a_pool(surgery: Organisation, pool: Pool, clock_at: Any) -> None:
    """Worked sessions of the role, of the year before this week; nothing for nine, quartiles for ten."""
    clock_at("2026-12-02 09:00")
    hers = [cast.clinician(pool=pool, rate=80 + n) for n in range(FEWEST)]
    for n, her in enumerate(hers[:-1]):
        worked(surgery, her, days_ago=10 + n)
    assert rates_history.agreed_rates(pool, "gp") is None
    worked(surgery, hers[-1], days_ago=1)
    assert rates_history.agreed_rates(pool, "gp") is None, "this week waits for Monday"
    worked(surgery, hers[-1], days_ago=30)
    found = rates_history.agreed_rates(pool, "gp")
    assert found == Quartiles(10, 82, 85, 87)
    assert rates_history.for_those_who_ask(pool) == [
        "GP, in the last year: half of 10 clinicians were paid between £82 and £87 an hour, "
        "the middle one £85."
    ]
    assert rates_history.agreed_rates(pool, "nurse") is None


@pytest.mark.django_db
def test_her_page_of_agreed_rates(
    client: Client, surgery: Organisation, pool: Pool, sign_in: Callable[..., Any], clock_at: Any
) -> None:
    """Says that nothing can be shown; shows the three figures once there are ten."""
    clock_at("2026-12-02 09:00")
    hers = [cast.clinician(pool=pool, rate=80 + n) for n in range(FEWEST)]
    address = reverse("bookings:rates-history")
    sign_in(client, hers[0].person)
    assert "fewer than 10 clinicians" in client.get(address).text
    for n, her in enumerate(hers):
        worked(surgery, her, days_ago=10 + n)
    text = client.get(address).text
    assert "Of 10 clinicians" in text and "£82" in text and "£87" in text


@pytest.mark.django_db
def test_last_month_under_a_draft(surgery: Organisation, pool: Pool, clock_at: Any) -> None:
    """A higher rate changes the fees; one above what a practice paid, or a lower limit, leaves sessions
    outside, each with its own reason; an offer that she left open is judged too.
    """
    clock_at("2026-12-02 09:00")
    ann = cast.clinician("Ann Locum", pool=pool)
    first, second = worked(surgery, ann, 9), worked(surgery, ann, 8)
    open_one = cast.offer(cast.vacancy(surgery, start=cast.at(5), minutes=240), ann)
    draft = clinicians.save_draft(by=ann.person, clinician=ann, values={"base_rate": Decimal(100)})
    found = last_month(ann, draft)
    assert [line.vacancy for line in found.lines] == [first.vacancy, second.vacancy, open_one.vacancy]
    assert [(line.was, line.fee, line.outside) for line in found.lines] == [(360, 400, "")] * 3
    assert (found.was, found.would_be, found.outside) == (720, 800, [])

    draft = clinicians.save_draft(by=ann.person, clinician=ann, values={"max_consecutive_days": 1})
    outside = [line.outside for line in last_month(ann, draft).lines]
    assert outside == ["it is more days in a row than you work"] * 2 + [""]

    draft = clinicians.save_draft(
        by=ann.person, clinician=ann, values={"max_consecutive_days": 5, "base_rate": Decimal(111)}
    )
    found = last_month(ann, draft)
    assert {line.outside for line in found.lines} == {"your rate is above the most the practice pays"}
    assert found.would_be == 0


@pytest.mark.django_db
def test_her_page_of_last_month(
    client: Client, surgery: Organisation, pool: Pool, sign_in: Callable[..., Any], clock_at: Any
) -> None:
    """Says what there is nothing of; then both fees; in a fixed number of queries."""
    clock_at("2026-12-02 09:00")
    ann = cast.clinician("Ann Locum", pool=pool)
    address = reverse("bookings:last-month")
    sign_in(client, ann.person)
    assert "nothing to compare" in client.get(address).text
    worked(surgery, ann, 9)
    clinicians.save_draft(by=ann.person, clinician=ann, values={"base_rate": Decimal(100)})
    text = client.get(address).text
    assert "£360.00, then £400.00" in text and "0 of 1 session" in text


@pytest.mark.django_db
def test_last_month_takes_few_queries(
    surgery: Organisation, pool: Pool, clock_at: Any, django_assert_max_num_queries: Any
) -> None:
    """However many sessions there are."""
    clock_at("2026-12-02 09:00")
    ann = cast.clinician("Ann Locum", pool=pool)
    for days in range(4, 18, 2):
        worked(surgery, ann, days)
    draft = clinicians.save_draft(by=ann.person, clinician=ann, values={"base_rate": Decimal(100)})
    with django_assert_max_num_queries(25):
        assert len(last_month(ann, draft).lines) == 7
