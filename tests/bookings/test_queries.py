"""How many statements the database hears, by action: bounds that hold however many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desirepath.bookings.actions import accept_offer
from desirepath.cascade.actions import decline_offer, plan_pool, release_proposals, undo_release
from desirepath.cascade.models import Offer
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import PlanRun
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery() -> Organisation:
    surgery = cast.practice(pcn=cast.organisation(Kind.PCN))
    cast.booker("Bob Booker", surgery)
    return surgery


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("", surgery)


@pytest.fixture
def run(pool: Pool, surgery: Organisation) -> PlanRun:
    """A plan that proposes eight people for eight sessions."""
    pcn = surgery.parent(Kind.PCN)
    for _ in range(8):
        cast.clinician(pool=pool, pcn=pcn)
    sessions = [cast.vacancy(surgery) for _ in range(8)]
    return plan_pool(pool=pool, first_day=sessions[0].day)


def statements(act: Callable[[], Any]) -> int:
    """How many it takes, savepoints included."""
    with CaptureQueriesContext(connection) as heard:
        act()
    return len(heard)


def test_a_vacancy_is_posted_in_few(pool: Pool, surgery: Organisation) -> None:
    """The pool, the row, its state and its two events, within a savepoint."""
    by = cast.person()
    assert statements(lambda: cast.vacancy(surgery, by=by)) <= 7


def test_a_plan_takes_the_same_for_any_number(run: PlanRun) -> None:
    """Planning eight sessions for eight people: what one session takes."""
    assert statements(lambda: plan_pool(pool=run.pool, first_day=run.first_day)) <= 36


def test_each_offer_released_takes_five(run: PlanRun) -> None:
    """The offer, its vacancy's state, two events and a message; all checks are made for all at once."""
    proposals = list(run.proposals.all())
    two = statements(lambda: release_proposals(by=None, run=run, proposals=proposals[:2]))
    six = statements(lambda: release_proposals(by=None, run=run, proposals=proposals[2:]))
    assert six - two <= 5 * 4 and two <= 32


def test_undoing_takes_six_an_offer(run: PlanRun) -> None:
    """Two states, two events, and whether somebody else is still asked."""
    released = release_proposals(by=None, run=run, proposals=run.proposals.all())
    assert statements(lambda: undo_release(by=cast.person(), release=released.release)) <= 6 * 8 + 8


def test_a_yes_and_a_no_take_few(run: PlanRun) -> None:
    """Accepting judges the pair again, commits, books and tells; however many others were asked besides."""
    released = release_proposals(by=None, run=run, proposals=run.proposals.all())
    yes, no = (
        Offer.objects.select_related("clinician__person", "vacancy").get(pk=offer.pk)
        for offer in released.offers[:2]
    )
    assert statements(lambda: accept_offer(by=yes.clinician.person, offer=yes)) <= 33
    assert statements(lambda: decline_offer(by=no.clinician.person, offer=no)) <= 8
