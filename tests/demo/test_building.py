"""Building a demonstration: the same twice, of real practices, of all England; refused where it cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit.refusal import Refused
from desirepath.demo import actions, land, real, samples
from desirepath.demo.actions import build_icb, build_wexbridge, shared_out
from desirepath.demo.writing import Size
from desirepath.organisations.models import Kind, Organisation
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.demo.tables import digest, numbers_from_the_start

TODAY = date(2026, 11, 18)

pytestmark = pytest.mark.django_db


def test_the_same_seed_and_day_build_the_same_rows():
    """Two demonstrations of one seed are equal but for ids made by chance; another seed makes another."""
    digests = []
    for seed in (4, 4, 5):
        with transaction.atomic():
            numbers_from_the_start()
            build_wexbridge(seed=seed, today=TODAY, size=Size(10, 8, weeks_before=1, weeks_ahead=1))
            digests.append(digest())
            transaction.set_rollback(True)
    assert digests[0] == digests[1] != digests[2]


@pytest.fixture
def icb() -> Organisation:
    """A real ICB: two practices in a PCN, one in none, one without a place, one that has closed."""
    icb = cast.organisation(Kind.ICB, code="QZZ")
    sub_icb, pcn = cast.organisation(Kind.SUB_ICB), cast.organisation(Kind.PCN)
    cast.place_under(sub_icb, icb)
    for name, details in {
        "First": {"pcn": pcn},
        "Second": {"pcn": pcn},
        "No PCN": {},
        "No place": {"latitude": None, "longitude": None},
        "Closed": {"closed_on": date(2020, 5, 1)},
    }.items():
        cast.place_under(cast.practice(name, **details), sub_icb)
    return icb


def test_a_real_icb_is_tried_with_fictional_people(icb):
    """Its open practices that have a place are in a fictional pool with the ICB's code, and planned."""
    built = build_icb(code="qzz", seed=1, today=TODAY)
    pool = built.cast.pool
    assert (pool.code, pool.fictional, pool.host) == ("QZZ", True, icb)
    assert {practice.name for practice in pool.practices(TODAY)} == {"First", "Second", "No PCN"}
    assert not Organisation.objects.filter(kind=Kind.PRACTICE, fictional=True).exists()
    assert not Person.objects.filter(fictional=False).exists()
    assert built.run.summary["needed"] + len(built.to_confirm) == 5


@pytest.mark.parametrize("code", ["QXX", ""])
def test_an_icb_that_is_not_there_is_refused_with_what_to_do(code):
    """The refusal names the command that brings the organisations in."""
    with pytest.raises(Refused, match="desirepath import england"):
        build_icb(code=code, seed=1, today=TODAY)


def test_practices_of_another_pool_are_left_alone(icb):
    """A practice in a pool of its own is not put into the demonstration's; with none left it is refused."""
    cast.pool("Real pool", *Organisation.objects.practices())
    with pytest.raises(Refused, match="without a pool"):
        real.area_of_icb("QZZ", TODAY)


def test_england_is_built_in_bulk(icb, monkeypatch):
    """Every ICB gets its pool with its share; a second time is refused."""
    monkeypatch.setattr(actions, "ENGLAND_CLINICIANS", 9)
    monkeypatch.setattr(actions, "ENGLAND_SESSIONS", 7)
    pools = actions.build_england(seed=1, today=TODAY)
    assert [pool.code for pool in pools] == ["QZZ"]
    assert Vacancy.objects.filter(pool=pools[0]).count() == 7
    with pytest.raises(Refused):
        actions.build_england(seed=1, today=TODAY)


def test_england_needs_its_organisations():
    """Without them it says how they come in."""
    with pytest.raises(Refused, match="desirepath import england"):
        actions.build_england(seed=1, today=TODAY)


def test_the_shares_of_england_add_up():
    """17,000 clinicians and 25,000 sessions, whatever the ICBs' sizes."""
    area = land.wexbridge()
    areas = [replace(area, practices=area.practices[:n]) for n in (1, 7, 30, 30, 13)]
    sizes = [size for _, size in shared_out(areas)]
    assert sum(size.clinicians for size in sizes) == 17_000
    assert sum(size.sessions_a_week for size in sizes) == 25_000


def test_nobody_is_shown_where_there_is_no_demonstration():
    """An empty database has no sample people."""
    assert samples.groups() == []
