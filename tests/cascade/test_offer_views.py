"""The clinician's offers: the list, one offer, no."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.bookings.actions import accept_offer
from desirepath.cascade import offered
from desirepath.cascade.actions import decline_offer
from desirepath.clinicians.actions import publish_terms, set_practice_preference
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.fit import fit
from tests import cast

pytestmark = pytest.mark.django_db
MOST_QUERIES = 45


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery", address="1 Quay Street", postcode="QS1 1AA")


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


def page_of(offer: Any) -> str:
    return reverse("cascade:offer", args=[offer.public_id])


def test_the_list_shows_what_waits(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """Practice, fee and a link to answer; nothing waits for somebody without offers."""
    assert "No offer waits" in hers.get(reverse("cascade:offers")).text
    offer = cast.offer(cast.vacancy(surgery, minutes=240), ann)
    text = hers.get(reverse("cascade:offers")).text
    assert "Quayside Surgery" in text
    assert "£360.00" in text
    assert page_of(offer) in text


def test_the_list_does_not_change(hers: Client) -> None:
    """Lists and offers are read, never posted to."""
    assert hers.post(reverse("cascade:offers")).status_code == 405


def test_an_offer_tells_it_all(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """What, money, why her, her terms and until when; opening it marks it seen."""
    set_practice_preference(by=ann.person, clinician=ann, practice=surgery, kind="preferred")
    offer = cast.offer(cast.vacancy(surgery, minutes=240, duties="Phone list and two visits"), ann)
    type(offer).objects.filter(pk=offer.pk).update(reasons=["preferred"])
    text = hers.get(page_of(offer)).text
    for words in (
        "1 Quay Street",
        "Phone list and two visits",
        "£360.00",
        "Why you",
        "£90 an hour for 4 hours",
    ):
        assert words in text
    assert "You are a member of the practice&#39;s pool and prefer this practice." in text
    assert "You wish for 4 sessions that week and have 0 booked." in text
    offer.refresh_from_db()
    assert offer.state == "viewed"


def test_the_fee_follows_her_terms(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """New terms change what an open offer pays, in the list as on its page, and as accepting it would."""
    offer = cast.offer(cast.vacancy(surgery, minutes=240), ann)
    publish_terms(by=ann.person, clinician=ann, values={"base_rate": Decimal(100)})
    assert "£400.00" in hers.get(reverse("cascade:offers")).text
    assert "£400.00" in hers.get(page_of(offer)).text
    assert accept_offer(by=ann.person, offer=offer).fee == Decimal(400)


def test_her_terms_add_up_to_the_fee(surgery: Organisation, pool: Pool) -> None:
    """The lines go from her base rate over evening and distance to the rate that the plan pays."""
    far = cast.clinician(
        "Far Locum",
        pool=pool,
        latitude=52.27,
        terms={"evening_pct": 20, "far_km": 20, "far_pence_per_km": 50, "max_km": 60},
    )
    session = cast.vacancy(surgery, start=cast.at(7, 18), minutes=120, rate_cap=Decimal(200))
    result = fit(far, session)
    lines = dict(offered.how_paid(result.terms, session, result))
    assert lines["Evenings, from 6pm"] == "20% more"
    assert lines["Beyond 20 km"] == "£5.00 more an hour"
    assert lines["Your rate for this session"] == "£113 an hour for 2 hours"
    assert result.fee == Decimal(226)


def test_an_offer_that_no_longer_fits_says_why(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """Where her terms rule the session out by now she can't accept it, and reads the reason."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    set_practice_preference(by=ann.person, clinician=ann, practice=surgery, kind="blocked")
    text = hers.get(page_of(offer)).text
    assert "You have blocked this practice." in text
    assert reverse("bookings:accept", args=[offer.public_id]) not in text
    assert reverse("cascade:decline", args=[offer.public_id]) in text


def test_declining_needs_no_reason(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """One tap is a no; the session is open again; a second tap changes nothing."""
    session = cast.vacancy(surgery)
    offer = cast.offer(session, ann)
    for _ in range(2):
        answer = hers.post(reverse("cascade:decline", args=[offer.public_id]))
        assert answer.url == reverse("cascade:offers")
    offer.refresh_from_db()
    session.refresh_from_db()
    assert (offer.state, session.state) == ("declined", "released")


def test_a_reason_holds_no_patient(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """A reason with an NHS number is refused, keeps what was typed, and the offer stays open."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    address = reverse("cascade:decline", args=[offer.public_id])
    answer = hers.post(address, {"reason": "943 476 5919 is a friend"})
    assert answer.status_code == 422
    assert "943 476 5919 is a friend" in answer.text
    offer.refresh_from_db()
    assert offer.live
    assert hers.get(address).status_code == 405


def test_a_gone_offer_is_kind(hers: Client, surgery: Organisation, ann: Clinician, clock_at: Any) -> None:
    """An offer whose time has passed says so, even before the sweep, and shows what else is open to her."""
    clock_at("2026-12-01 09:00")
    late = cast.offer(cast.vacancy(surgery, start=cast.at(3)), ann)
    clock_at("2026-12-02 10:00")
    other = cast.offer(cast.vacancy(surgery, start=cast.at(9)), ann)
    text = hers.get(page_of(late)).text
    assert "The time to answer this offer has passed." in text
    assert page_of(other) in text
    late.refresh_from_db()
    assert late.state == "sent"
    assert page_of(late) not in text


def test_a_session_that_was_taken_names_others(
    hers: Client, surgery: Organisation, pool: Pool, ann: Clinician, django_assert_max_num_queries: Any
) -> None:
    """Three open sessions that fit her, each with its fee and her page of it; not what is offered to her, nor
    what her terms keep out. The same from the session's page, which is a link away, as Find work is.
    """
    lost = cast.offer(cast.vacancy(surgery), ann)
    bea = cast.clinician("Bea Locum", pool=pool)
    lost.vacancy.refresh_from_db()
    lost.vacancy.move("released", by=None)
    cast.booking(lost.vacancy, bea)
    fitting = [cast.vacancy(surgery, start=cast.at(8 + day), minutes=240) for day in range(4)]
    low = cast.vacancy(surgery, start=cast.at(8, 14), rate_cap=Decimal(50))
    offered_too = cast.offer(cast.vacancy(surgery, start=cast.at(12)), ann).vacancy
    seen_from = [page_of(lost), reverse("bookings:session", args=[lost.vacancy.public_id])]
    for address in seen_from:
        with django_assert_max_num_queries(60):
            text = hers.get(address).text
        others = text.partition("Open sessions that fit your terms")[2]
        shown = [reverse("bookings:session", args=[row.public_id]) in others for row in fitting]
        assert sum(shown) == 3 and others.count("£360.00") == 3
        for kept_out in (low, offered_too):
            assert reverse("bookings:session", args=[kept_out.public_id]) not in text
    first = hers.get(seen_from[0]).text
    assert seen_from[1] in first and reverse("bookings:find-work") in first
    answer = hers.post(reverse("bookings:apply", args=[lost.vacancy.public_id]), follow=True)
    assert "Open sessions that fit your terms" in answer.text


def test_a_lost_race_when_declining(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """Declining what she has accepted, or what was taken back, is told on its page, never as a fault."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    accept_offer(by=ann.person, offer=offer)
    answer = hers.post(reverse("cascade:decline", args=[offer.public_id]), follow=True)
    assert "You accepted this offer" in answer.text
    offer.refresh_from_db()
    assert offer.state == "accepted"


def test_nobody_elses_offer(
    client: Client, surgery: Organisation, pool: Pool, ann: Clinician, sign_in: Any
) -> None:
    """Another clinician's offer does not exist for her; a booker may not open it either."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    sign_in(client, cast.clinician("Bea Locum", pool=pool).person)
    assert client.get(page_of(offer)).status_code == 404
    assert client.post(reverse("cascade:decline", args=[offer.public_id])).status_code == 404
    sign_in(client, cast.booker("Alice", surgery))
    assert client.get(page_of(offer)).status_code == 403
    offer.refresh_from_db()
    assert offer.state == "sent"


def test_many_offers_few_questions(
    hers: Client, surgery: Organisation, ann: Clinician, django_assert_max_num_queries: Any
) -> None:
    """The list asks the database as often for eight offers as for one, also under new terms."""
    offers = [cast.offer(cast.vacancy(surgery, start=cast.at(7 + day)), ann) for day in range(8)]
    decline_offer(by=ann.person, offer=offers[0])
    publish_terms(by=ann.person, clinician=ann, values={"base_rate": Decimal(95)})
    with django_assert_max_num_queries(MOST_QUERIES):
        hers.get(reverse("cascade:offers"))
    with django_assert_max_num_queries(MOST_QUERIES):
        hers.get(page_of(offers[1]))
