"""A practice's induction pack: one version at a time, reviewed in time, and whose eyes it is for."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import accept_offer
from desirepath.messages.models import Message
from desirepath.organisations import induction
from desirepath.organisations.models import InductionPack
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-01 09:00")


@pytest.fixture
def booker(quayside):
    return cast.booker("Bo Booker", quayside)


def written(practice, by, **values):
    given = {"parking": "Behind the surgery", "review_on": clock.today() + timedelta(days=30), **values}
    return induction.write_draft(by=by, practice=practice, values=given)


def test_the_next_version_takes_the_place_of_the_last(quayside, booker):
    """A draft is seen by nobody; made current it is the one that is shown, with the next number."""
    first = written(quayside, booker)
    assert induction.shown_of(quayside) is None
    induction.make_current(by=booker, pack=first)
    second = written(quayside, booker, parking="In front")
    assert induction.shown_of(quayside) == first
    induction.make_current(by=booker, pack=second)
    assert induction.shown_of(quayside) == second
    first.refresh_from_db()
    assert (first.state, second.version) == ("superseded", 2)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"other": "See 943 476 5919 first"}, "NHS number"),
        ({"rooms": "x" * 4001}, "at most 4,000"),
    ],
)
def test_what_may_not_be_written(quayside, booker, values, why):
    """Refused by the action, whatever page or program asks."""
    with pytest.raises(Refused, match=why):
        written(quayside, booker, **values)
    assert not InductionPack.objects.exists()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"review_on": None}, "day of the next review"),
        ({"parking": ""}, "at least one part"),
    ],
)
def test_what_cannot_be_current(quayside, booker, values, why):
    """Without a day of review, or with nothing in it."""
    with pytest.raises(Refused, match=why):
        induction.make_current(by=booker, pack=written(quayside, booker, **values))


def test_two_current_ones_are_refused_by_the_database(quayside, booker):
    """Whatever forgets to ask meets the constraint."""
    induction.make_current(by=booker, pack=written(quayside, booker))
    with pytest.raises(IntegrityError), transaction.atomic():
        InductionPack.objects.create(
            practice=quayside, state="review due", version=9, review_on=clock.today()
        )


def test_its_review_falls_due(quayside, booker, clock_at):
    """On the day the booker is told, once; it is shown all the same; said to be right it is current."""
    pack = written(quayside, booker)
    induction.make_current(by=booker, pack=pack)
    assert induction.review_due() == 0
    clock_at("2026-12-31 09:00")
    assert (induction.review_due(), induction.review_due()) == (1, 0)
    subjects = Message.objects.filter(to=booker).values_list("subject", flat=True)
    assert set(subjects) == {"Please read your induction pack again"}
    pack = induction.shown_of(quayside)
    assert pack.state == "review due"
    induction.still_right(by=booker, pack=pack, review_on=clock.today() + timedelta(days=365))
    assert induction.shown_of(quayside).state == "current"


def test_written_and_made_current_on_the_page(client, sign_in, quayside, booker):
    """The draft is shown as whoever comes sees it before it is."""
    sign_in(client, booker)
    page = reverse("organisations:induction-pack")
    assert "Write your induction pack" in client.get(page).content.decode()
    answer = client.post(
        reverse("organisations:write-pack"), {"parking": "Behind", "review_on": "2026-11-01"}
    )
    given = {"parking": "Behind the surgery", "system": "emis", "review_on": "2027-06-01"}
    answer = client.post(reverse("organisations:write-pack"), given, follow=True)
    assert "Behind the surgery" in answer.content.decode()
    assert induction.shown_of(quayside) is None
    assert "Current: everybody" in client.post(page, {"publish": "1"}, follow=True).content.decode()
    assert induction.shown_of(quayside).system == "emis"


def test_in_short_when_asked_in_full_when_booked(client, sign_in, quayside, booker):
    """An offer tells parking and the system; the booking leads to all of it; called off, to none."""
    pool = cast.pool("Coast Pool", quayside)
    asha = cast.clinician("Asha Patel", pool=pool)
    pack = written(quayside, booker, system="systmone", emergency="Red box behind reception")
    induction.make_current(by=booker, pack=pack)
    offer = cast.offer(cast.vacancy(quayside), asha)
    sign_in(client, asha.person)
    page = client.get(reverse("cascade:offer", args=[offer.public_id])).content.decode()
    assert "Behind the surgery" in page
    assert "SystmOne" in page
    assert "Red box" not in page
    booking = accept_offer(by=asha.person, offer=offer)
    address = reverse("bookings:induction", args=[booking.public_id])
    assert address in client.get(reverse("bookings:booking", args=[booking.public_id])).content.decode()
    assert "Red box" in client.get(address).content.decode()
    type(booking).objects.filter(pk=booking.pk).update(
        state="cancelled by clinician",
        committed_time=None,
        cancelled_at=clock.now(),
        cancellation_percent=0,
        cancellation_fee=0,
    )
    assert "Red box" not in client.get(address).content.decode()
