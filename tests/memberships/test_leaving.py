"""Leaving a pool: nobody is let down, everything is hers to take along."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.cancelling import cancel_booking
from desirepath.chambers.actions.mandates import give_mandate
from desirepath.clinicians.actions import join_pool
from desirepath.clinicians.choosing import give_standing_yes
from desirepath.clinicians.models import StandingYes
from desirepath.memberships.actions import joining
from desirepath.memberships.actions.breaks import take_break
from desirepath.memberships.actions.leaving import leave_pool
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


def test_she_leaves(coast, ann, hers):
    """Membership, chambers, engagement, standing yes, mandate and her open offer end; the manager is told."""
    ann.memberships.update(chambers=coast.chambers)
    give_standing_yes(by=ann.person, clinician=ann, practice=coast.practice, most_sessions=2)
    mandate = give_mandate(
        by=ann.person,
        clinician=ann,
        pool=coast.pool,
        holder=coast.manager,
        act="free",
        kind="standing",
        until=clock.today(),
    )
    offer = cast.offer(cast.vacancy(coast.practice), ann)
    leave_pool(by=ann.person, membership=hers)
    for row in (hers, offer, mandate):
        row.refresh_from_db()
    assert (hers.state, hers.chambers, offer.state, mandate.state) == ("left", None, "withdrawn", "ended")
    assert not StandingYes.objects.on().exists()
    assert ann.engagements.get().state == "ended"
    assert Message.objects.filter(to=coast.manager, subject="Ann Locum has left Coast Pool").exists()


def test_not_while_a_session_is_to_come(coast, ann, hers):
    """The page names it; once it is cancelled she may go."""
    booked = cast.booking(cast.vacancy(coast.practice), ann)
    client, address = Client(), reverse("memberships:leave", args=[hers.public_id])
    client.force_login(ann.person)
    page = client.get(address).content.decode()
    assert (
        "still booked for 1 session" in page and reverse("bookings:booking", args=[booked.public_id]) in page
    )
    with pytest.raises(Refused, match="still booked"):
        leave_pool(by=ann.person, membership=hers)
    cancel_booking(by=ann.person, booking=booked, as_practice=False)
    told = client.post(address, follow=True).content.decode()
    assert "You have left Coast Pool" in told


def test_from_a_break_she_may_leave_too(ann, hers):
    """The break ends with it."""
    time_off = take_break(by=ann.person, membership=hers)
    leave_pool(by=ann.person, membership=hers)
    time_off.refresh_from_db()
    assert time_off.ended_on == clock.today()


def test_only_she_leaves_and_only_once(coast, ann, hers):
    """No manager does it for her; who has left may ask again."""
    with pytest.raises(PermissionError):
        leave_pool(by=coast.manager, membership=hers)
    leave_pool(by=ann.person, membership=hers)
    with pytest.raises(Refused, match="not a member"):
        leave_pool(by=ann.person, membership=hers)
    joining.apply_to(by=ann.person, clinician=ann, pool=coast.pool)
    hers.refresh_from_db()
    assert hers.state == "applied"


def test_another_pool_stays(coast, inland, ann, hers):
    """What is open in it too."""
    join_pool(by=None, clinician=ann, pool=inland.pool)
    offer = cast.offer(cast.vacancy(inland.practice), ann)
    leave_pool(by=ann.person, membership=hers)
    offer.refresh_from_db()
    assert (offer.live, ann.memberships.get(pool=inland.pool).state) == (True, "active")


def test_everything_of_hers_in_one_file(coast, ann, hers):
    """Downloaded after leaving too: what she worked, and that she left."""
    booked = cast.booking(cast.vacancy(coast.practice), ann)
    cancel_booking(by=ann.person, booking=booked, as_practice=False)
    leave_pool(by=ann.person, membership=hers)
    client = Client()
    client.force_login(ann.person)
    assert reverse("privacy:own-data") in client.get("/my/pools/").content.decode()
    answer = client.post(reverse("privacy:own-data-file"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        found = json.loads(archive.read("everything.json"))
    (session,) = found["Your bookings"]
    assert (session["practice"], session["state"]) == ("Coast Surgery", "cancelled by clinician")
    assert [row["state"] for row in found["Pools you belong to"]] == ["left"]


def test_her_pages_ask_little(coast, ann, hers, django_assert_max_num_queries):
    """Within a fixed number of queries, as the manager's do."""
    hers_, his = Client(), Client()
    hers_.force_login(ann.person)
    his.force_login(coast.manager)
    with clock.at(clock.now() + timedelta(seconds=1)):
        take_break(by=ann.person, membership=hers)
    pages = [(hers_, "/my/pools/"), (hers_, reverse("memberships:break", args=[hers.public_id]))]
    pages += [(his, "/members/joining/"), (his, reverse("memberships:member", args=[hers.public_id]))]
    for client, address in pages:
        with django_assert_max_num_queries(30):
            assert client.get(address).status_code == 200
