"""Who is coming: her checks, the conditions that apply, the engagement and the day, on both sides' page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.audit import clock
from desirepath.bookings.coming import checks_of
from desirepath.bookings.models import Booking
from desirepath.clinicians.models import Clinician, Terms
from desirepath.organisations.models import InductionPack, Organisation
from desirepath.vacancies.conditions import beyond_conditions
from desirepath.vacancies.models import Vacancy
from tests import cast

pytestmark = pytest.mark.django_db
TERMS: dict[str, Any] = {
    "practice_cancels": [[3, 50]],
    "most_patients": 15,
    "shortest_appointment": 15,
    "home_visits": 0,
    "payment_days": 14,
    "max_km": 23,
}


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def ann(surgery: Organisation) -> Clinician:
    return cast.clinician("Ann Locum", pool=cast.pool("", surgery), terms=TERMS)


@pytest.fixture
def session(surgery: Organisation) -> Vacancy:
    made = cast.vacancy(surgery)
    Vacancy.objects.filter(pk=made.pk).update(contacts=18, appointment_minutes=10, home_visits=1)
    made.refresh_from_db()
    return made


def page(person: Any, booking: Booking) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse("bookings:booking", args=[booking.public_id])).text


def test_both_sides_read_what_applies(surgery: Organisation, ann: Clinician, session: Vacancy) -> None:
    """Conditions, engagement and the day stand on both pages; the practice reads no rate, she reads hers."""
    pack = InductionPack.objects.create(
        practice=surgery,
        state="current",
        version=1,
        review_on=clock.today() + timedelta(days=90),
        ask_for="Pat at the desk",
        parking="Behind the chemist",
        logins="Pat has them",
    )
    booking = cast.booking(session, ann)
    alice = cast.booker("Alice Booker", surgery)
    theirs, hers = page(alice, booking), page(ann.person, booking)
    for text in (theirs, hers):
        for words in (
            "Less than 3 days before: 50% of the fee",
            "Within 14 days of the invoice",
            "Self-employed",
            pack.ask_for,
            pack.parking,
            pack.logins,
            "18 patient contacts are expected",
        ):
            assert words in text
    assert "an hour" not in theirs and "an hour" in hers


def test_checks_are_green_or_a_named_blocker(ann: Clinician, session: Vacancy) -> None:
    """The blocker comes first and says what it is."""
    booking = cast.booking(session, ann)
    assert [check.good for check in checks_of(booking)] == [True, True]
    cast.wants(booking.pool.organisation)
    cast.wants(booking.pool.organisation, "life-support", level="warn")
    blocker, warning, number = checks_of(booking)
    assert (blocker.words, blocker.good, blocker.warns) == ("DBS certificate: not verified", False, False)
    assert (warning.words, warning.good, warning.warns) == ("Basic life support: not verified", False, True)
    assert (number.words, number.good) == ("GMC number on record", True)


def test_more_than_her_conditions_is_told_and_does_not_stop_her(ann: Clinician, session: Vacancy) -> None:
    """A warning on her offer, in plain words; she may accept all the same."""
    offer = cast.offer(session, ann)
    client = Client()
    client.force_login(ann.person)
    text = client.get(reverse("cascade:offer", args=[offer.public_id])).text
    assert "More than your conditions say" in text and "your terms say at most 15 patients" in text
    client.post(reverse("bookings:accept", args=[offer.public_id]))
    assert Booking.objects.get().state == "confirmed"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"contacts": 15, "appointment_minutes": 15, "home_visits": 0}, []),
        ({"contacts": 16}, ["16 patient contacts are expected; your terms say at most 15 patients."]),
        ({"appointment_minutes": 10}, ["Appointments are 10 minutes long; your terms say at least 15."]),
        ({"home_visits": 1}, ["1 home visit is expected; your terms say none."]),
        ({}, []),
    ],
)
def test_each_condition(ann: Clinician, asked: dict[str, int], told: list[str]) -> None:
    """At the limit nothing is said; beyond it one sentence; nothing where either says nothing."""
    session = Vacancy(**asked)
    assert beyond_conditions(ann.current_terms, session, hers=True) == told
    assert beyond_conditions(Terms(), session, hers=True) == []
    assert beyond_conditions(None, session, hers=False) == []
