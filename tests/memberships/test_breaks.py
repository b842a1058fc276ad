"""A break and the way back: nothing is asked meanwhile, what has run out is renewed first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.applying import apply_for
from desirepath.bookings.handing import hand_back
from desirepath.bookings.models import Booking
from desirepath.clinicians.actions import join_pool
from desirepath.memberships.actions import breaks
from desirepath.memberships.models import Break, KeepInTouch
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


def days(number):
    return clock.today() + timedelta(days=number)


def boxes(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def as_(person):
    client = Client()
    client.force_login(person)
    return client


def take(hers, back_on=None):
    return breaks.take_break(by=hers.clinician.person, membership=hers, back_on=back_on)


def test_what_is_open_ends_and_what_is_booked_stays(coast, ann, hers):
    """Her offer is withdrawn and open to others, her application taken back, her booking confirmed still."""
    booked = cast.booking(cast.vacancy(coast.practice, start=cast.at(5)), ann)
    offer = cast.offer(cast.vacancy(coast.practice, start=cast.at(6)), ann)
    application = apply_for(
        by=ann.person, clinician=ann, vacancy=cast.vacancy(coast.practice, start=cast.at(8))
    )
    take(hers, days(60))
    for row in (booked, offer, application, hers):
        row.refresh_from_db()
    assert (booked.state, offer.state, application.state, hers.state) == (
        "confirmed",
        "withdrawn",
        "withdrawn",
        "paused",
    )
    offer.vacancy.refresh_from_db()
    assert offer.vacancy.state == "released"
    assert Message.objects.filter(
        to=coast.manager, subject__startswith="Ann Locum is on a break until"
    ).exists()


def test_other_pools_go_on(coast, inland, ann, hers):
    """A break from one pool is none from another, and that one is not told."""
    join_pool(by=None, clinician=ann, pool=inland.pool)
    offer = cast.offer(cast.vacancy(inland.practice), ann)
    take(hers)
    offer.refresh_from_db()
    assert (offer.live, ann.memberships.get(pool=inland.pool).state) == (True, "active")
    assert not Message.objects.filter(to=inland.manager).exists()


def test_a_session_is_still_hers_to_hand_back(coast, ann, hers):
    """On a break, colleagues of her chambers are asked first all the same."""
    bea = cast.clinician("Bea Locum")
    join_pool(by=None, clinician=bea, pool=coast.pool, chambers=coast.chambers)
    ann.memberships.update(chambers=coast.chambers)
    booked = cast.booking(cast.vacancy(coast.practice), ann)
    hers.refresh_from_db()
    take(hers)
    made = hand_back(by=ann.person, booking=Booking.objects.get(pk=booked.pk), otherwise="keep")
    assert [ask.clinician for ask in made.asks.all()] == [bea]


def test_back_at_once_where_nothing_has_run_out(ann, hers):
    """She is active again by her own word; the break has its end."""
    take(hers, days(30))
    breaks.come_back(by=ann.person, membership=hers)
    hers.refresh_from_db()
    assert (hers.state, Break.objects.get().ended_on) == ("active", clock.today())
    with pytest.raises(Refused, match="not on a break"):
        breaks.come_back(by=ann.person, membership=hers)


def test_checks_that_ran_out_are_renewed_first(coast, ann, hers):
    """She is told what has, asks to come back, and the manager makes her active with a new day."""
    cast.wants(coast.pool.organisation)
    cast.cleared(ann, coast.pool, days(10))
    take(hers)
    with clock.at(clock.now() + timedelta(days=20)):
        hers.clinician.refresh_from_db()
        page = as_(ann.person).get(reverse("memberships:break", args=[hers.public_id])).content.decode()
        assert "Ran out" in page and "I would like to come back" in page
        with pytest.raises(Refused, match="To be renewed first: "):
            breaks.come_back(by=ann.person, membership=hers)
        with pytest.raises(Refused, match="has not asked to come back"):
            breaks.let_back(by=coast.manager, membership=hers, checked_until=days(300))
        for _ in range(2):
            breaks.ask_back(by=ann.person, membership=hers)
        told = Message.objects.filter(to=coast.manager, subject="Ann Locum would like to come back")
        assert told.filter(channel="in-app").count() == 1
        manager = as_(coast.manager)
        assert "Would like to come back" in manager.get("/members/joining/").content.decode()
        address = reverse("memberships:member", args=[hers.public_id])
        assert manager.post(address, {"do": "back"}).status_code == 422
        manager.post(address, {"do": "back", **boxes("checked_until", days(300))})
        hers.refresh_from_db()
        assert (hers.state, hers.cleared_until) == ("active", days(300))
        assert Message.objects.filter(to=ann.person, subject="Welcome back to Coast Pool").exists()


def test_keeping_in_touch(coast, inland, ann, hers):
    """Either enters a session and the other is told; nobody else does, none before the break or after it."""
    time_off = take(hers)
    breaks.keep_in_touch(by=ann.person, time_off=time_off, day=days(5), what="A course")
    breaks.keep_in_touch(by=coast.manager, time_off=time_off, day=days(3), what="A morning beside Bea")
    assert [each.what for each in KeepInTouch.objects.all()] == ["A morning beside Bea", "A course"]
    assert Message.objects.filter(to=coast.manager, subject__contains="keep-in-touch").exists()
    assert Message.objects.filter(to=ann.person, subject__startswith="A keep-in-touch session").exists()
    with pytest.raises(PermissionError):
        breaks.keep_in_touch(by=inland.manager, time_off=time_off, day=days(3), what="No")
    with pytest.raises(Refused, match="in the break"):
        breaks.keep_in_touch(by=ann.person, time_off=time_off, day=days(-1), what="No")
    breaks.come_back(by=ann.person, membership=hers)
    with pytest.raises(Refused, match="over"):
        breaks.keep_in_touch(by=ann.person, time_off=time_off, day=days(3), what="No")


def test_on_her_page(ann, hers, coast):
    """She begins, changes the day, keeps in touch and comes back, with forms alone."""
    client, address = as_(ann.person), reverse("memberships:break", args=[hers.public_id])
    cast.booking(cast.vacancy(coast.practice), ann)
    assert "You are booked for 1 session to come" in client.get(address).content.decode()
    assert client.post(address, boxes("back_on", days(-3))).status_code == 422
    client.post(address, boxes("back_on", days(30)))
    client.post(address, boxes("back_on", days(40)))
    assert Break.objects.get().back_on == days(40)
    client.post(address, {"what": "A course", **boxes("day", days(2))})
    page = client.get(address).content.decode()
    assert "A course" in page and "I am back" in page and "Your terms are of" in page
    assert "On a break" in client.get("/my/pools/").content.decode()
    assert "not an active member of a pool just now" in client.get("/week/").content.decode()
    told = client.post(reverse("memberships:back", args=[hers.public_id]), follow=True).content.decode()
    assert "Welcome back" in told


def test_only_she_decides(coast, ann, hers):
    """No manager sends her on a break or ends it unasked; nobody is on two at once."""
    with pytest.raises(PermissionError):
        breaks.take_break(by=coast.manager, membership=hers)
    take(hers)
    with pytest.raises(PermissionError):
        breaks.come_back(by=coast.manager, membership=hers)
    with pytest.raises(Refused, match="not an active member"):
        take(hers)
    with pytest.raises(IntegrityError), transaction.atomic():
        Break.objects.create(membership=hers)
