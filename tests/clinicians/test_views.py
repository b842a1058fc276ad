"""Her terms, her free time, her practices; the members of a pool."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.clinicians import actions
from desirepath.clinicians.models import Clinician, PracticePreference
from desirepath.organisations.models import Organisation
from desirepath.pools.actions import found_chambers
from desirepath.pools.models import Pool
from tests import cast
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db
MOST_QUERIES = 25
TERMS = reverse("clinicians:terms")
FREE = reverse("clinicians:free")
PRACTICES = reverse("clinicians:practices")
MEMBERS = reverse("clinicians:members")


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery", postcode="QS1 1AA")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def hers(client: Client, ann: Clinician, sign_in: Any) -> Client:
    """Ann's browser."""
    return sign_in(client, ann.person)


def test_the_month_shows_free_and_taken(
    hers: Client, surgery: Organisation, ann: Clinician, clock_at: Any
) -> None:
    """Free parts, bookings and holidays show; an odd month falls back to this one."""
    clock_at("2026-12-01 09:00")
    cast.booking(cast.vacancy(surgery, start=cast.at(7)), ann)
    text = hers.get(FREE).text
    assert "Booked 8:30am to 12:40pm, Quayside Surgery" in text
    assert "Christmas Day" in text
    assert "Morning" in text
    assert "January 2027" in hers.get(FREE, {"month": "2027-01"}).text
    for odd in ("2026-13", "0001-01", "9999-12", "soon"):
        assert "December 2026" in hers.get(FREE, {"month": odd}).text


def test_a_week_is_saved_whole(hers: Client, ann: Clinician) -> None:
    """Parts that touch are one stretch, other times stand beside them, a day without either is not free."""
    sent = {
        "0-parts": ["morning", "afternoon"],
        "1-start-0": "9:30am",
        "1-end-0": "3pm",
        "2-parts": "evening",
    }
    for _ in range(2):
        assert hers.post(FREE, sent).url == FREE
    rows = [(row.weekday, row.start, row.end) for row in ann.weekly_pattern.all()]
    assert rows == [
        (0, time(8), time(18, 30)),
        (1, time(9, 30), time(15)),
        (2, time(18, 30), time(22)),
    ]


def test_a_wrong_week_keeps_what_was_typed(hers: Client, ann: Clinician) -> None:
    """Half a time, or one that ends first, is named; the week stays as it was."""
    sent = {"0-start-0": "9:30am", "1-start-0": "3pm", "1-end-0": "9am", "2-parts": "evening"}
    answer = hers.post(FREE, sent)
    assert answer.status_code == 422
    assert "Enter both a start and an end, or neither" in answer.text
    assert "The end must be after the start" in answer.text
    assert 'value="9:30am"' in answer.text
    assert ann.weekly_pattern.count() == 7


def test_an_empty_week_is_an_answer(hers: Client, ann: Clinician) -> None:
    """Nothing ticked means never free."""
    hers.post(FREE, {})
    assert not ann.weekly_pattern.exists()


def test_one_day(hers: Client, ann: Clinician, clock_at: Any) -> None:
    """A day off, then other times, then as in any week again; each replaces the last."""
    clock_at("2026-12-01 09:00")
    address = reverse("clinicians:free-day", args=["2026-12-08"])
    assert "On Tuesdays you are free 7am to 10pm" in hers.get(address).text

    def rows() -> list[Any]:
        return [(row.start, row.end) for row in ann.exceptions.filter(day=date(2026, 12, 8))]

    assert hers.post(address, {"when": "not free"}).url == f"{FREE}?month=2026-12"
    assert rows() == [(None, None)]
    assert "Not free" in hers.get(FREE).text
    hers.post(address, {"when": "these", "parts": "morning", "start-0": "2pm", "end-0": "4pm"})
    assert rows() == [(time(8), time(13)), (time(14), time(16))]
    assert "checked" in hers.get(address).text
    hers.post(address, {"when": "usual"})
    assert rows() == []


def test_a_wrong_day(hers: Client, ann: Clinician, clock_at: Any) -> None:
    """Days that are over, dates that are none, and other times left empty."""
    clock_at("2026-12-01 09:00")
    address = reverse("clinicians:free-day", args=["2026-12-08"])
    assert "Choose a part of the day" in hers.post(address, {"when": "these"}).text
    assert "Choose when you are free" in hers.post(address, {}).text
    over = reverse("clinicians:free-day", args=["2026-11-30"])
    assert hers.post(over, {"when": "not free"}).status_code == 422
    for odd in ("20261208", "2026-W50-2", "2026-02-30", "9999-12-31", "x"):
        assert hers.get(reverse("clinicians:free-day", args=[odd])).status_code == 404
    assert not ann.exceptions.exists()


def test_prefer_block_and_neither(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """One tap each; twice is once."""
    for kind in ("preferred", "preferred", "blocked"):
        assert hers.post(PRACTICES, {"practice": surgery.public_id, "kind": kind}).url == PRACTICES
    assert [row.kind for row in ann.practice_preferences.all()] == ["blocked"]
    assert "You block it" in hers.get(PRACTICES).text
    hers.post(PRACTICES, {"practice": surgery.public_id, "kind": ""})
    assert not ann.practice_preferences.exists()


def test_only_practices_of_her_pools(hers: Client, surgery: Organisation) -> None:
    """A practice of another pool is neither shown nor chosen; nonsense is not found."""
    hilltop = cast.practice("Hilltop Practice")
    cast.clinician("Olga Outside", pool=cast.pool("Other pool", hilltop))
    text = hers.get(PRACTICES).text
    assert "Quayside Surgery" in text
    assert "Hilltop" not in text
    for sent in (
        {"practice": hilltop.public_id, "kind": "preferred"},
        {"practice": "nonsense", "kind": "preferred"},
        {"practice": surgery.public_id, "kind": "loved"},
        {},
    ):
        assert hers.post(PRACTICES, sent).status_code == 404
    assert not PracticePreference.objects.exists()


def test_finding_a_practice(hers: Client, surgery: Organisation) -> None:
    """By part of the name or postcode; the search is kept when she chooses."""
    assert "Quayside Surgery" in hers.get(PRACTICES, {"q": "qs1"}).text
    assert "No practice of your pools matches" in hers.get(PRACTICES, {"q": "zzz"}).text
    sent = {"practice": surgery.public_id, "kind": "preferred", "q": "quay", "page": ""}
    assert hers.post(PRACTICES, sent).url == f"{PRACTICES}?q=quay"


def test_members_for_the_manager(client: Client, pool: Pool, ann: Clinician, sign_in: Any) -> None:
    """Name, role, state and checks, with a warning 60 days ahead; never rates or places."""
    cast.wants(pool.organisation)
    cast.verified(ann, pool, expires_on=cast.at(12).date())
    cast.clinician("Bea Blocked", pool=pool)
    elsewhere = cast.pool("Other pool", cast.practice("Hilltop Practice"))
    cast.clinician("Olga Outside", pool=elsewhere)
    manager = cast.person("Max Manager")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    text = sign_in(client, manager).get(MEMBERS).text
    assert "Ann Locum" in text
    assert "Runs out in 12 days" in text
    assert "1 member</strong> can't be offered work" in text
    blocked = client.get(MEMBERS, {"blocked": "1"}).text
    assert "Bea Blocked" in blocked and "DBS certificate" in blocked and "Ann Locum" not in blocked
    assert "Olga" not in without_tokens(text)
    assert "£" not in text
    assert " km" not in text
    assert "No member is named" in client.get(MEMBERS, {"q": "zzz"}).text
    assert client.post(MEMBERS).status_code == 405


def test_members_of_the_chambers_alone(client: Client, pool: Pool, ann: Clinician, sign_in: Any) -> None:
    """The lead of a chambers sees its members, not the rest of the pool."""
    chambers = found_chambers(by=None, pool=pool, name="Harbour Chambers")
    bea = cast.clinician("Bea Locum")
    actions.join_pool(by=None, clinician=bea, pool=pool, chambers=chambers)
    lead = cast.person("Lena Lead")
    cast.role(lead, Role.CHAMBERS_LEAD, chambers.organisation)
    text = sign_in(client, lead).get(MEMBERS).text
    assert "Bea Locum" in text
    assert "Ann Locum" not in text


@pytest.mark.parametrize("address", [TERMS, FREE, PRACTICES, reverse("clinicians:terms-history")])
def test_only_a_clinician_has_them(address: str, client: Client, surgery: Organisation, sign_in: Any) -> None:
    """A booker is told kindly that it is not hers."""
    sign_in(client, cast.booker("Alice", surgery))
    assert client.get(address).status_code == 403
    assert client.get(MEMBERS).status_code == 403


def test_few_questions(
    hers: Client, pool: Pool, ann: Clinician, client: Client, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    """Each page asks the database a bounded number of times, however much there is."""
    for number in range(25):
        pool_practice = cast.practice(f"Practice {number}")
        cast.pools.add_practice(by=None, pool=pool, practice=pool_practice, since=cast.LONG_AGO)
        cast.clinician(f"Locum {number}", pool=pool)
        actions.set_day(
            by=ann.person, clinician=ann, day=cast.at(number).date() + timedelta(days=1), windows=[]
        )
    for address in (TERMS, FREE, PRACTICES):
        with django_assert_max_num_queries(MOST_QUERIES):
            hers.get(address)
    manager = cast.person("Max Manager")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    sign_in(client, manager)
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(MEMBERS)
