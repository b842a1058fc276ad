"""In reserve for a covered session: asked first when it opens again, stood down when that is over."""

from datetime import timedelta

import pytest
from django.urls import reverse

from desirepath.audit.refusal import Refused
from desirepath.bookings.cancelling import cancel_booking, fee_now
from desirepath.bookings.models import Booking
from desirepath.cascade import reserves
from desirepath.cascade.actions import decline_offer
from desirepath.cascade.models import CascadePolicy, NotForMe, Offer, Reserve
from desirepath.cascade.not_for_me import not_for_me
from desirepath.clinicians.models import Clinician
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(quayside) -> Booking:
    """Ann is booked at Quayside."""
    pool = cast.pool("", quayside)
    return cast.booking(cast.vacancy(quayside), cast.clinician("Ann Locum", pool=pool))


@pytest.fixture
def bea(booked) -> Clinician:
    """A GP of the same pool, who would come too."""
    return cast.clinician("Bea Locum", pool=booked.pool)


def cancel(booking: Booking) -> None:
    cancel_booking(
        by=booking.clinician.person,
        booking=booking,
        as_practice=False,
        seen=fee_now(booking, "clinician").pounds,
    )


def test_she_is_asked_first_when_the_one_booked_falls_out(booked, bea, django_capture_on_commit_callbacks):
    """As soon as the cancellation is kept, she has an offer; the worker finds nobody left to ask."""
    reserve = reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    assert reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy) == reserve
    with django_capture_on_commit_callbacks(execute=True):
        cancel(booked)
    reserve.refresh_from_db()
    offer = Offer.objects.live().get()
    assert (offer.clinician, reserve.state) == (bea, "asked")
    assert reserves.ask_due() == 0 and reserves.stand_down_due() == 0
    offer.move("declined", by=bea.person)
    assert reserves.stand_down_due() == 1


def test_the_worker_asks_where_asking_was_cut_short(booked, bea):
    """The cancellation was kept and the machine died: the worker asks her all the same, once."""
    reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    cancel(booked)
    assert not Offer.objects.live().exists()
    assert reserves.ask_due() == 1 and reserves.ask_due() == 0
    assert Offer.objects.live().get().clinician == bea


def test_who_can_no_longer_come_is_stood_down_in_silence(booked, bea):
    """She is booked elsewhere meanwhile: no offer, no letter, and nobody waits for her."""
    reserve = reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    cast.booking(cast.vacancy(booked.practice), bea)
    told = Message.objects.filter(to=bea.person).count()
    cancel(booked)
    assert reserves.ask_due() == 0
    reserve.refresh_from_db()
    assert reserve.state == "stood down" and Message.objects.filter(to=bea.person).count() == told


@pytest.mark.parametrize("over", ["begun", "withdrawn"])
def test_she_is_stood_down_when_it_is_over(booked, bea, clock_at, over):
    """When the session starts, and when it is no longer needed."""
    reserve = reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    assert reserves.stand_down_due() == 0
    if over == "begun":
        clock_at(booked.start)
    else:
        type(booked.vacancy).objects.filter(pk=booked.vacancy_id).update(state="withdrawn", cover=None)
    assert reserves.stand_down_due() == 1
    reserve.refresh_from_db()
    assert reserve.state == "stood down"


def test_who_may_stand_by(booked, bea):
    """Not whoever is booked herself, not outside her terms, not more than the pool's policy keeps, and only
    she herself says so.
    """
    ann, session = booked.clinician, booked.vacancy
    with pytest.raises(Refused, match="booked for this session yourself"):
        reserves.stand_by(by=ann.person, clinician=ann, vacancy=session)
    dear = cast.clinician("Dee Locum", pool=booked.pool, rate=200)
    with pytest.raises(Refused, match="your rate is above"):
        reserves.stand_by(by=dear.person, clinician=dear, vacancy=session)
    with pytest.raises(PermissionError):
        reserves.stand_by(by=ann.person, clinician=bea, vacancy=session)
    CascadePolicy.objects.create(pool=booked.pool, reserve_length=1)
    reserves.stand_by(by=bea.person, clinician=bea, vacancy=session)
    cara = cast.clinician("Cara Locum", pool=booked.pool)
    with pytest.raises(Refused, match="Enough clinicians"):
        reserves.stand_by(by=cara.person, clinician=cara, vacancy=session)
    open_one = cast.vacancy(booked.practice, start=cast.at(9))
    with pytest.raises(Refused, match="Nobody has to stand by"):
        reserves.stand_by(by=bea.person, clinician=bea, vacancy=open_one)


def test_from_a_lost_race_she_stands_by_and_stops(client, sign_in, quayside):
    """The page of an offer that somebody else took lets her stand by; her week shows it, and lets her stop.
    The practice's page tells nothing of it.
    """
    pool = cast.pool("", quayside)
    ann, bea = cast.clinician("Ann Locum", pool=pool), cast.clinician("Bea Locum", pool=pool)
    session = cast.vacancy(quayside)
    offer = cast.offer(session, bea)
    session.refresh_from_db()
    session.move("released", by=None)
    cast.booking(session, ann)
    sign_in(client, bea.person)
    page = client.get(reverse("cascade:offer", args=[offer.public_id])).content.decode()
    assert "Stand by for it" in page
    week = client.post(reverse("cascade:stand-by", args=[session.public_id]), follow=True).content.decode()
    assert "You stand by" in week and "Quayside Surgery" in week
    full = client.get(reverse("bookings:session", args=[session.public_id])).content.decode()
    assert "You are in reserve" in full and "Stand by no longer" in full
    booker = cast.booker("Alice Archer", quayside)
    seen = type(client)()
    sign_in(seen, booker)
    practice = seen.get(reverse("vacancies:vacancy", args=[session.public_id])).content.decode()
    assert "Ann Locum" in practice and "Bea" not in practice and "reserve" not in practice
    client.post(reverse("cascade:stand-down", args=[session.public_id]))
    assert Reserve.objects.get().state == "stood down"
    full = client.get(reverse("bookings:session", args=[session.public_id])).content.decode()
    assert reverse("cascade:stand-by", args=[session.public_id]) in full


def test_her_no_since_she_stood_by_counts(booked, bea, clock_at):
    """It opened again, the manager asked her before the reserve did, and she said no: she is stood down."""
    now = clock_at("2026-12-01 12:00")
    reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    clock_at(now + timedelta(hours=1))
    cancel(booked)
    booked.vacancy.refresh_from_db()
    decline_offer(by=bea.person, offer=cast.offer(booked.vacancy, bea))
    assert reserves.ask_due() == 0
    assert not Offer.objects.live().exists()
    assert Reserve.objects.get().state == "stood down"


def test_not_for_her_after_all(booked, bea, django_capture_on_commit_callbacks):
    """Whoever hides a session stands by for it no longer; standing by takes the hiding back."""
    reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    not_for_me(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    assert Reserve.objects.get().state == "stood down"
    reserves.stand_by(by=bea.person, clinician=bea, vacancy=booked.vacancy)
    assert not NotForMe.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        cancel(booked)
    assert Offer.objects.live().get().clinician == bea
