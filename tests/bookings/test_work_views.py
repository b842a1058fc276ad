"""Find work and one session of it, as she sees them; the practice's answer."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.bookings.models import Application, Booking
from desirepath.cascade.models import NotForMe
from desirepath.clinicians.actions import set_practice_preference
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from tests import cast

pytestmark = pytest.mark.django_db
FIND = reverse("bookings:find-work")


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def her(client: Client, ann: Clinician) -> Client:
    client.force_login(ann.person)
    return client


def at(name: str, row) -> str:
    return reverse(f"bookings:{name}", args=[row.public_id])


def page(client: Client, address: str = FIND, **params: str) -> str:
    answer = client.get(address, params)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_session_that_fits_is_shown_with_its_fee_and_why(her, surgery):
    """The fee is her own, the tags open into sentences, and she may apply or say no."""
    cast.vacancy(surgery, minutes=240)
    told = page(her)
    assert "£360.00" in told
    assert "You are a member of the practice" in told
    assert "Apply" in told and "Not for me" in told


def test_what_she_blocked_muted_or_hid(her, ann, surgery, pool):
    """Blocked is never shown; muted keeps only offers away; hidden can be undone."""
    session = cast.vacancy(surgery)
    set_practice_preference(by=ann.person, clinician=ann, practice=surgery, kind="muted")
    assert at("session", session) in page(her)
    set_practice_preference(by=ann.person, clinician=ann, practice=surgery, kind="blocked")
    assert at("session", session) not in page(her) + page(her, outside="yes")
    set_practice_preference(by=ann.person, clinician=ann, practice=surgery, kind=None)
    answer = her.post(at("not-for-me", session), {"query": "part=morning"}, follow=True)
    assert "Undo" in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith(f"{FIND}?part=morning&hidden=")
    assert at("apply", session) not in page(her)
    her.post(at("for-me", session))
    assert not NotForMe.objects.exists() and at("apply", session) in page(her)


def test_not_for_me_declines_an_offer_and_keeps_the_plan_away(her, ann, surgery):
    """One click is a no to whoever asks: the offer is declined, and no plan proposes her for it."""
    from desirepath.cascade.actions import plan_pool

    session = cast.vacancy(surgery)
    offer = cast.offer(session, ann)
    her.post(at("not-for-me", session))
    offer.refresh_from_db()
    assert offer.state == "declined"
    other = cast.vacancy(surgery, start=cast.at(8))
    her.post(at("not-for-me", other))
    run = plan_pool(pool=session.pool, first_day=min(session.day, other.day), weeks=1)
    assert not run.proposals.filter(clinician=ann).exists()


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"rate_cap": Decimal(85)}, "£5 an hour under your rate"),
        ({"rate_cap": Decimal(85), "evening": 1, "minutes": 200}, "an hour under your evening rate"),
        ({"far": 4}, "5 km too far"),
        ({"early": 1}, "starts 30 minutes before you are free"),
        ({"busy": 1}, "less rest than you ask for between days"),
    ],
)
def test_just_outside_in_words_with_the_amount(her, ann, surgery, pool, details, words):
    """Each has the one term that keeps it out; nothing of it before she asks but a count."""
    from desirepath.clinicians.actions import publish_terms

    start = cast.at(7)
    place = surgery
    if details.pop("evening", 0):
        publish_terms(by=ann.person, clinician=ann, values={"base_rate": Decimal(80), "evening_pct": 20})
        start = cast.at(7, 18)
    if details.pop("far", 0):
        place = cast.practice("Far Surgery", latitude=52.0 + 34.5 / 111.195)
        from desirepath.pools.actions import add_practice

        add_practice(by=None, pool=pool, practice=place, since=cast.LONG_AGO)
    if details.pop("early", 0):
        start = cast.at(7, 6, 30)
    if details.pop("busy", 0):
        cast.booking(cast.vacancy(surgery, start=cast.at(6, 17, 45)), ann)
        start = cast.at(7, 7)
    session = cast.vacancy(place, start=start, **details)
    closed = page(her)
    assert at("session", session) not in closed and words not in closed
    assert "Just outside your terms: 1 session misses exactly one of your terms" in closed
    told = page(her, outside="yes")
    assert words in told and at("session", session) in told and "Apply" not in told


def test_two_terms_are_one_too_many(her, surgery):
    """What breaks two terms is not shown at all."""
    session = cast.vacancy(surgery, start=cast.at(7, 6), rate_cap=Decimal(80))
    assert at("session", session) not in page(her) + page(her, outside="yes")


def test_filters(her, surgery):
    """Dates, weekday, part of day, practice, distance, fee and kind narrow the list; nonsense is told."""
    session = cast.vacancy(surgery, minutes=240, session_type="duty")
    here = at("session", session)
    weekday = str(session.day.weekday())
    for shown in (
        {"first": session.day.isoformat(), "last": session.day.isoformat()},
        {"weekday": weekday},
        {"part": "morning"},
        {"practice": str(surgery.public_id)},
        {"farthest": "1"},
        {"fee": "360"},
        {"session_type": "duty"},
    ):
        assert here in page(her, **shown), shown
    for hidden in (
        {"last": cast.at(6).date().isoformat()},
        {"weekday": str((session.day.weekday() + 1) % 7)},
        {"part": "evening"},
        {"fee": "361"},
        {"session_type": "remote"},
    ):
        assert here not in page(her, **hidden), hidden
    answer = her.get(FIND, {"farthest": "far", "day": "never", "last": "2030-01-01"})
    assert answer.status_code == 422 and "Enter a whole number" in answer.content.decode()


def test_twenty_to_a_page(her, surgery):
    """The next page goes on where the first ends; a day leads to the page that reaches it."""
    for day in range(2, 9):
        for _ in range(5):
            cast.vacancy(surgery, start=cast.at(day))
    first = page(her)
    assert first.count("/apply/") == 20 and "?page=2" in first
    assert page(her, page="2").count("/apply/") == 15
    assert page(her, day=cast.at(7).date().isoformat()).count("/apply/") == 15
    assert page(her, page="99").count("/apply/") == 20


def test_an_offer_is_accepted_from_the_list(her, ann, surgery):
    """Where she has a live offer she accepts at once."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    assert reverse("bookings:accept", args=[offer.public_id]) in page(her)


def test_the_list_asks_a_fixed_number_of_questions(her, surgery, django_assert_max_num_queries):
    """However many sessions there are."""
    for day in range(2, 6):
        for _ in range(4):
            cast.vacancy(surgery, start=cast.at(day))
    page(her)
    with django_assert_max_num_queries(32):
        page(her)


def test_she_applies_and_the_practice_confirms(her, ann, surgery, client):
    """From the list to the booking; the practice sees name, fee, checks, and that she has worked there."""
    alice = cast.booker("Alice Booker", surgery)
    session = cast.vacancy(surgery, minutes=240)
    answer = her.post(at("apply", session), follow=True)
    assert "Your time is held" in answer.content.decode()
    assert "Waiting for the practice" in page(her)
    booker = Client()
    booker.force_login(alice)
    vacancy = reverse("vacancies:vacancy", args=[session.public_id])
    told = page(booker, vacancy)
    for words in ("1 clinician has applied", "Ann Locum", "£360.00", "Checks valid", "Confirm"):
        assert words in told
    row = Application.objects.get()
    answer = booker.post(at("confirm-application", row), follow=True)
    assert "Ann Locum is booked" in answer.content.decode()
    assert Booking.objects.get().clinician == ann
    assert "Ann Locum had applied, and the practice confirmed" in page(booker, vacancy)


def test_answers_that_come_too_late_are_told_kindly(her, ann, surgery):
    """Withdrawn while the practice's page was open; declined while hers was."""
    alice = cast.booker("Alice Booker", surgery)
    booker = Client()
    booker.force_login(alice)
    row = cast.application(cast.vacancy(surgery), ann)

    def said(who: Client, name: str, application: Application) -> str:
        return who.post(at(name, application), follow=True).content.decode()

    assert "Your time is free again" in said(her, "withdraw-application", row)
    assert "no longer waiting" in said(booker, "confirm-application", row)
    again = cast.application(row.vacancy, ann)
    assert "told kindly" in said(booker, "decline-application", again)
    assert "no longer waiting" in said(her, "withdraw-application", again)


def test_an_approver_sees_and_does_not_answer(ann, surgery, client):
    """Asking for cover is the booker's."""
    row = cast.application(cast.vacancy(surgery), ann)
    approver = cast.person("Bob Approver")
    cast.role(approver, Role.PRACTICE_APPROVER, surgery)
    client.force_login(approver)
    told = page(client, reverse("vacancies:vacancy", args=[row.vacancy.public_id]))
    assert "Ann Locum" in told and at("confirm-application", row) not in told


def test_without_terms_or_time(her, pool, surgery, client):
    """An empty page says what to do."""
    cast.vacancy(surgery)
    nobody = cast.clinician("Newcomer", pool=pool)
    nobody.terms.update(state="superseded")
    client.force_login(nobody.person)
    assert "Publish your terms" in page(client)
    idle = cast.clinician("Idle", pool=pool, free=(time(1), time(2)))
    client.force_login(idle.person)
    assert "say when you are free" in page(client)
