"""Her week, and a booking for both sides: accept, confirm, cancel, record."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.bookings.actions import record_booking
from desirepath.bookings.models import Booking
from desirepath.clinicians.actions import register_clinician, set_practice_preference
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.sending import send_due
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db
MOST_QUERIES = 45
WEEK = reverse("bookings:your-week")
RECORD = reverse("bookings:record")


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice(
        "Quayside Surgery", address="1 Quay Street", postcode="QS1 1AA", phone="01632 960 001"
    )


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def hers(ann: Clinician, sign_in: Any) -> Client:
    """Ann's browser."""
    return sign_in(Client(), ann.person)


@pytest.fixture
def booker(surgery: Organisation, sign_in: Any) -> Client:
    """The browser of the surgery's booker."""
    return sign_in(Client(), cast.booker("Alice Archer", surgery))


def at(name: str, row: Any) -> str:
    return reverse(f"bookings:{name}", args=[row.public_id])


def by_phone(surgery: Organisation, ann: Clinician, **details: Any) -> Booking:
    session = cast.vacancy(surgery, **details)
    return record_booking(by=cast.person(), vacancy=session, clinician=ann, rate=Decimal(95))


# Your week


def test_the_week_answers_what_needs_her(
    hers: Client, surgery: Organisation, pool: Pool, ann: Clinician, clock_at: Any
) -> None:
    """Next session with its place, three offers in full and the rest as a count, one tap to confirm."""
    clock_at("2026-12-07 09:00")
    cast.wants(pool.organisation)
    cast.verified(ann, pool, expires_on=cast.at(50).date())
    next_one = cast.booking(cast.vacancy(surgery, start=cast.at(1)), ann)
    to_confirm = by_phone(surgery, ann, start=cast.at(2))
    offers = [cast.offer(cast.vacancy(surgery, start=cast.at(10 + day)), ann) for day in range(4)]
    text = hers.get(WEEK).text
    for words in ("1 Quay Street", "01632 960 001", at("booking", next_one), at("confirm", to_confirm)):
        assert words in text
    assert "2 of 4 sessions" in text
    assert "1 more offer" in text
    assert sum(reverse("cascade:offer", args=[offer.public_id]) in text for offer in offers) == 3
    assert "Runs out in 50 days" in text


def test_the_week_has_one_main_action(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """To confirm comes before to answer; only the first of either is the main button."""
    for day in (10, 11):
        cast.offer(cast.vacancy(surgery, start=cast.at(day)), ann)
    assert hers.get(WEEK).text.count('class="nhsuk-button nhsuk-u-margin') == 1
    for day in (2, 3):
        by_phone(surgery, ann, start=cast.at(day))
    text = hers.get(WEEK).text
    assert text.count('class="nhsuk-button"') == 1
    assert text.count('class="nhsuk-button nhsuk-u-margin') == 0


def test_the_week_of_somebody_new(client: Client, pool: Pool, sign_in: Any) -> None:
    """Without terms the week says to publish them; without times, to say when."""
    bare = cast.clinician("Bare Locum", pool=pool, free=None)
    text = sign_in(client, bare.person).get(WEEK).text
    assert "You have not said when you are free" in text
    assert "You have no session booked" in text
    assert client.post(WEEK).status_code == 405
    new = cast.person("New Locum")
    register_clinician(by=None, person=new, role="gp", registration="7654321", latitude=52.0, longitude=1.0)
    text = sign_in(client, new).get(WEEK).text
    assert "You have not published your terms" in text
    assert "You are not an active member of a pool just now" in text


# Accept


def test_accepting_books_once(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """Two taps on Accept are one booking, and both lead to it."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    addresses = {hers.post(at("accept", offer)).url for _ in range(2)}
    made = Booking.objects.get()
    assert addresses == {at("booking", made)}
    assert hers.get(at("accept", offer)).status_code == 405


def test_a_lost_race_is_told_kindly(hers: Client, surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """Somebody else was first: she is told so, and sees what else is open to her."""
    session = cast.vacancy(surgery)
    offer = cast.offer(session, ann)
    session.refresh_from_db()
    session.move("released", by=None)
    cast.booking(session, cast.clinician("Bea Locum", pool=pool))
    other = cast.offer(cast.vacancy(surgery, start=cast.at(9)), ann)
    answer = hers.post(at("accept", offer), follow=True)
    assert "This session has been taken." in answer.text
    assert reverse("cascade:offer", args=[other.public_id]) in answer.text
    assert not Booking.objects.for_clinician(ann).exists()


def test_accepting_what_her_terms_rule_out(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """A practice blocked since then: the refusal names it, and nothing is booked."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    set_practice_preference(by=ann.person, clinician=ann, practice=surgery, kind="blocked")
    assert "you have blocked this practice" in hers.post(at("accept", offer), follow=True).text
    assert not Booking.objects.exists()


def test_nobody_accepts_for_her(
    surgery: Organisation, pool: Pool, ann: Clinician, booker: Client, sign_in: Any
) -> None:
    """Another clinician finds no such offer; the practice may not answer for her."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    bea = sign_in(Client(), cast.clinician("Bea Locum", pool=pool).person)
    assert bea.post(at("accept", offer)).status_code == 404
    assert booker.post(at("accept", offer)).status_code == 403
    assert not Booking.objects.exists()


# The booking, for both sides


def test_her_side(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """Where, when, what, the fee, and the version of her terms it was made under."""
    made = cast.booking(cast.vacancy(surgery, minutes=240, duties="Phone list"), ann)
    text = hers.get(at("booking", made)).text
    for words in ("1 Quay Street", "01632 960 001", "Phone list", "£360.00, at £90 an hour", "Version 1"):
        assert words in text
    assert hers.post(at("booking", made)).status_code == 405


def test_the_practices_side(booker: Client, surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """Who, role, named checks, fee - and nothing of her terms, her place or her contact."""
    cast.wants(pool.organisation)
    cast.verified(ann, pool, expires_on=cast.at(100).date())
    made = cast.booking(cast.vacancy(surgery, minutes=240), ann)
    text = booker.get(at("booking", made)).text
    for words in ("Ann Locum", "GP", "Cleared for this session", "DBS certificate: until", "£360.00"):
        assert words in text
    for hidden in ("£90", "an hour", "Version", "km", ann.person.email, ann.registration):
        assert hidden not in without_tokens(text)


def test_checks_that_run_out_before_the_session(
    booker: Client, surgery: Organisation, pool: Pool, ann: Clinician
) -> None:
    """The blocker is named, and what to do."""
    made = cast.booking(cast.vacancy(surgery), ann)
    cast.wants(pool.organisation)
    cast.verified(ann, pool, expires_on=cast.at(2).date())
    text = booker.get(at("booking", made)).text
    assert "DBS certificate: runs out" in text
    assert "Cleared for this session" not in text
    assert "Speak to your pool manager now" in text


def test_who_else_may_see_it(surgery: Organisation, pool: Pool, ann: Clinician, sign_in: Any) -> None:
    """The pool's manager may; another pool's manager, practice and clinician find nothing."""
    made = cast.booking(cast.vacancy(surgery), ann)
    hilltop = cast.practice("Hilltop Practice")
    other = cast.pool("Other pool", hilltop)

    def manager_of(of: Pool) -> Client:
        person = cast.person()
        cast.role(person, Role.POOL_MANAGER, of.organisation)
        return sign_in(Client(), person)

    assert "Ann Locum" in manager_of(pool).get(at("booking", made)).text
    outsiders = [
        manager_of(other),
        sign_in(Client(), cast.booker("Charlie", hilltop)),
        sign_in(Client(), cast.clinician("Bea Locum", pool=pool).person),
    ]
    for outsider in outsiders:
        assert outsider.get(at("booking", made)).status_code == 404
    assert manager_of(pool).get(at("cancel", made)).status_code == 403


# Confirm, or not


def test_confirming_in_one_tap(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """The page has the one button; twice is once; her time is booked, no longer held."""
    made = by_phone(surgery, ann)
    assert at("confirm", made) in hers.get(at("booking", made)).text
    for _ in range(2):
        assert "Confirmed" in hers.post(at("confirm", made), follow=True).text
    made.refresh_from_db()
    assert made.state == "confirmed"
    assert CommittedTime.objects.get().kind == "booking"
    assert at("confirm", made) not in hers.get(at("booking", made)).text


def test_she_did_not_agree(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """Her no cancels it and frees her time; said again, or of a confirmed one, it changes nothing."""
    made = by_phone(surgery, ann)
    for _ in range(2):
        hers.post(at("not-agreed", made))
    made.refresh_from_db()
    assert made.state == "cancelled by clinician"
    assert not CommittedTime.objects.exists()
    assert "no longer waiting" in hers.post(at("confirm", made), follow=True).text
    confirmed = cast.booking(cast.vacancy(surgery, start=cast.at(9)), ann)
    assert "You can cancel it instead" in hers.post(at("not-agreed", confirmed), follow=True).text
    confirmed.refresh_from_db()
    assert confirmed.state == "confirmed"


def test_only_she_confirms(
    booker: Client, surgery: Organisation, pool: Pool, ann: Clinician, sign_in: Any
) -> None:
    """Neither the practice nor another clinician confirms for her, and a link alone does nothing."""
    made = by_phone(surgery, ann)
    bea = sign_in(Client(), cast.clinician("Bea Locum", pool=pool).person)
    for name in ("confirm", "not-agreed"):
        assert booker.post(at(name, made)).status_code == 403
        assert bea.post(at(name, made)).status_code == 404
        assert sign_in(Client(), ann.person).get(at(name, made)).status_code == 405
    made.refresh_from_db()
    assert made.state == "provisional"


# Cancel


@pytest.mark.parametrize("by_practice", [False, True])
def test_cancelling_says_what_follows(
    by_practice: bool, hers: Client, booker: Client, surgery: Organisation, ann: Clinician
) -> None:
    """First a page, then it is done, once; the other side is told; the session is open or withdrawn."""
    made = cast.booking(cast.vacancy(surgery), ann)
    who = booker if by_practice else hers
    assert "What follows" in who.get(at("cancel", made)).text
    made.refresh_from_db()
    assert made.stands
    for _ in range(2):
        assert who.post(at("cancel", made)).url == at("booking", made)
    made.refresh_from_db()
    assert made.state == ("cancelled by practice" if by_practice else "cancelled by clinician")
    assert Vacancy.objects.get().state == ("withdrawn" if by_practice else "released")
    assert "It was cancelled" in who.get(at("booking", made)).text


def test_too_late_to_cancel(hers: Client, surgery: Organisation, ann: Clinician, clock_at: Any) -> None:
    """Once the session has started neither side cancels it here."""
    clock_at("2026-12-07 09:00")
    made = cast.booking(cast.vacancy(surgery, start=cast.at(1)), ann)
    clock_at("2026-12-08 09:00")
    assert "the session has started" in hers.post(at("cancel", made), follow=True).text
    made.refresh_from_db()
    assert made.stands


def test_the_approver_looks_only(surgery: Organisation, ann: Clinician, sign_in: Any) -> None:
    """Who approves for the practice sees the booking, and is not offered to cancel it."""
    made = cast.booking(cast.vacancy(surgery), ann)
    person = cast.person()
    cast.role(person, Role.PRACTICE_APPROVER, surgery)
    approver = sign_in(Client(), person)
    assert at("cancel", made) not in approver.get(at("booking", made)).text
    assert approver.post(at("cancel", made)).status_code == 403


# Record


def agreed(ann: Clinician, **changes: Any) -> dict[str, Any]:
    """What the practice types."""
    day = cast.at(7).date()
    when = {"date-day": day.day, "date-month": day.month, "date-year": day.year}
    return {"who": ann.person.name, **when, "start": "8:30am", "end": "12:40pm", "rate": "95", **changes}


def test_recording_makes_session_and_booking(
    booker: Client,
    hers: Client,
    surgery: Organisation,
    ann: Clinician,
) -> None:
    """Both at once, at the agreed rate; she gets an e-mail that leads to the page with one button."""
    answer = booker.post(RECORD, agreed(ann))
    send_due()
    made = Booking.objects.get()
    assert answer.url == at("booking", made)
    assert (made.state, made.rate, made.vacancy.rate_cap) == ("provisional", Decimal(95), Decimal(95))
    assert made.end - made.start == timedelta(minutes=250)
    (letter,) = [letter for letter in mail.outbox if letter.to == [ann.person.email]]
    assert at("booking", made) in letter.body
    assert at("confirm", made) in hers.get(at("booking", made)).text


def test_recording_twice_is_refused(booker: Client, ann: Clinician) -> None:
    """The second time she is busy: no second session is left behind, and what was typed is kept."""
    booker.post(RECORD, agreed(ann))
    answer = booker.post(RECORD, agreed(ann))
    assert answer.status_code == 422
    assert 'value="8:30am"' in answer.text
    assert 'value="95"' in answer.text
    assert (Vacancy.objects.count(), Booking.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"end": "8am"}, "The end must be after the start"),
        ({"date-year": 2020}, "must start in the future"),
        ({"rate": "20"}, "can&#39;t be booked"),
        ({"rate": "lots"}, "must be an amount of money"),
        ({"who": "Ann", "clinician": "nobody"}, "Choose who comes from the list"),
        ({"who": "Ann"}, "Choose who comes"),
        ({"who": ""}, "Enter who comes"),
        ({"who": "Zoe"}, "Nobody of your pool has this name"),
        ({"end": "8:40am"}, "30 minutes"),
    ],
)
def test_a_wrong_record(changes: Any, told: str, booker: Client, ann: Clinician) -> None:
    """Each mistake is told in the booker's words, and nothing at all is made."""
    answer = booker.post(RECORD, agreed(ann, **changes))
    assert answer.status_code == 422
    assert told in answer.text
    assert not Vacancy.objects.exists()


def test_only_members_of_the_pool(booker: Client, hers: Client, ann: Clinician) -> None:
    """Somebody of another pool can't be chosen; a clinician may not record."""
    other = cast.clinician("Olga Outside", pool=cast.pool("Other pool", cast.practice("Hilltop Practice")))
    answer = booker.post(RECORD, agreed(other, who="Ann", clinician=other.public_id))
    assert answer.status_code == 422
    assert "Ann Locum, GP" in answer.text
    assert "Olga" not in without_tokens(answer.text)
    assert booker.post(RECORD, agreed(other)).status_code == 422
    assert hers.get(RECORD).status_code == 403


def test_recording_without_a_pool(sign_in: Any) -> None:
    """A practice in no pool is told whom to ask."""
    alone = sign_in(Client(), cast.booker("Charlie", cast.practice("Hilltop Practice")))
    assert "does not belong to a pool yet" in alone.get(RECORD).text
    assert alone.post(RECORD, {}).status_code == 422


def test_few_questions(
    hers: Client, booker: Client, surgery: Organisation, ann: Clinician, django_assert_max_num_queries: Any
) -> None:
    """Each page asks the database a bounded number of times, however much there is."""
    made = [cast.booking(cast.vacancy(surgery, start=cast.at(7 + 2 * day)), ann) for day in range(3)]
    for day in range(6):
        cast.offer(cast.vacancy(surgery, start=cast.at(20 + day)), ann)
    for client, address in ((hers, WEEK), (hers, at("booking", made[0])), (booker, at("booking", made[0]))):
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(address)
    with django_assert_max_num_queries(MOST_QUERIES):
        booker.post(RECORD, agreed(ann, who="Ann"))
