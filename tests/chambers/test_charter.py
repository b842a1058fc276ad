"""The charter: proposed, voted on, adopted by more than half of all members, and what its settings do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.bookings import handing
from desirepath.chambers.actions.charter import close_due, needed, vote, withdraw_charter
from desirepath.chambers.models import Charter, Vote
from desirepath.chambers.notice import short_notice
from desirepath.clinicians.models import Membership
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("members", "yes"), [(1, 1), (2, 2), (3, 2), (4, 3), (15, 8)])
def test_more_than_half_of_all_members(members, yes):
    """An even split adopts nothing."""
    assert needed(members) == yes
    assert yes * 2 > members >= (yes - 1) * 2


def test_members_adopt_it(harbour, propose):
    """Nothing is in force at the first yes of three; at the second it is, as version 1, and all are told."""
    made = propose(harbour, invoice_day=5)
    assert Charter.of(harbour.chambers) is None
    assert vote(by=harbour.ann.person, charter=made, choice="yes").state == "proposed"
    assert vote(by=harbour.bea.person, charter=made, choice="yes").state == "in force"
    now = Charter.of(harbour.chambers)
    assert now == made and (now.version, now.invoice_day) == (1, 5)
    told = Message.objects.filter(subject="Your chambers has adopted its charter", channel="in-app")
    assert {each.to for each in told} == {
        harbour.ann.person,
        harbour.bea.person,
        harbour.cat.person,
        harbour.lead,
    }


def test_the_next_version_takes_the_place_of_the_one_before(harbour, adopt):
    """Versions are counted, and the one before stays to be read."""
    first, second = adopt(harbour, invoice_day=5), adopt(harbour, invoice_day=7)
    first.refresh_from_db()
    assert (first.state, first.version, second.version) == ("superseded", 1, 2)
    assert Charter.of(harbour.chambers) == second


def test_a_vote_ends_when_yes_can_no_longer_win(harbour, propose):
    """Two of three who do not say yes settle it before the time is over; to abstain is no yes."""
    made = propose(harbour)
    vote(by=harbour.bea.person, charter=made, choice="no")
    assert vote(by=harbour.cat.person, charter=made, choice="abstain").state == "not adopted"
    with pytest.raises(Refused, match="over"):
        vote(by=harbour.ann.person, charter=made, choice="yes")
    assert Charter.of(harbour.chambers) is None


def test_a_vote_may_be_changed_and_counts_once(harbour, propose):
    """One who says yes twice is one; the last word counts."""
    made = propose(harbour)
    for choice in ("yes", "no", "yes"):
        assert vote(by=harbour.ann.person, charter=made, choice=choice).state == "proposed"
    assert Vote.objects.get().choice == "yes"


def test_who_may_not_vote(harbour, elsewhere, propose):
    """Not the lead who is no member, not the manager, not another chambers' member, not one on a break."""
    made = propose(harbour)
    harbour.cat.memberships.get().move("paused", by=harbour.cat.person)
    for person in (harbour.lead, harbour.manager, elsewhere.zoe.person, harbour.cat.person):
        with pytest.raises(PermissionError):
            vote(by=person, charter=made, choice="yes")
    assert not Vote.objects.exists()


def test_who_has_left_is_not_counted(harbour, propose):
    """Her yes is gone with her; of the two who stay both must say yes."""
    made = propose(harbour)
    vote(by=harbour.cat.person, charter=made, choice="yes")
    Membership.objects.get(clinician=harbour.cat).move("left", by=harbour.cat.person)
    assert vote(by=harbour.ann.person, charter=made, choice="yes").state == "proposed"
    assert vote(by=harbour.bea.person, charter=made, choice="yes").state == "in force"


def test_time_ends_a_vote(harbour, propose):
    """After its last day it is not adopted, and nobody can vote any more; the worker closes it once."""
    made = propose(harbour)
    vote(by=harbour.ann.person, charter=made, choice="yes")
    assert close_due() == 0
    with clock.at(made.closes_at + timedelta(seconds=1)):
        with pytest.raises(Refused):
            vote(by=harbour.bea.person, charter=made, choice="yes")
        assert [close_due(), close_due()] == [1, 0]
    made.refresh_from_db()
    assert made.state == "not adopted"


def test_a_smaller_chambers_may_adopt_at_the_end(harbour, propose):
    """Two yeses of four suffice once the fourth and third are gone: counted again when the time is over."""
    made = propose(harbour)
    vote(by=harbour.ann.person, charter=made, choice="yes")
    for gone in (harbour.bea, harbour.cat):
        gone.memberships.get().move("left", by=gone.person)
    with clock.at(made.closes_at + timedelta(seconds=1)):
        close_due()
    made.refresh_from_db()
    assert made.state == "in force"


def test_one_vote_at_a_time(harbour, propose):
    """A second proposal is refused while the first is open, and taken once that is withdrawn."""
    made = propose(harbour)
    with pytest.raises(Refused, match="already"):
        propose(harbour)
    with pytest.raises(PermissionError):
        withdraw_charter(by=harbour.bea.person, charter=made)
    withdraw_charter(by=harbour.lead, charter=made)
    assert propose(harbour).state == "proposed"


def test_the_database_keeps_one_in_force(harbour, adopt):
    """Whatever the code does, a chambers never has two charters in force."""
    first, second = adopt(harbour), adopt(harbour)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charter.objects.filter(pk=first.pk).update(state="in force")
    assert Charter.of(harbour.chambers) == second


def test_the_log_says_that_she_voted_and_not_how(harbour, propose):
    """The event of a vote holds no choice."""
    vote(by=harbour.ann.person, charter=propose(harbour), choice="no")
    event = Event.objects.get(verb="voted")
    assert (event.actor, event.details) == (harbour.ann.person.public_id, {})


@pytest.mark.parametrize("hours", [3, 48])
def test_first_refusal_drives_the_hand_back(harbour, adopt, hours):
    """Colleagues are asked for as long as their charter says, not as the pool's policy does."""
    adopt(harbour, first_refusal_hours=hours)
    booked = cast.booking(cast.vacancy(harbour.practice), harbour.ann)
    made = handing.hand_back(by=harbour.ann.person, booking=booked, otherwise="keep")
    assert abs(made.asked_until - clock.now() - timedelta(hours=hours)) < timedelta(minutes=1)
    assert {ask.clinician for ask in made.asks.all()} == {harbour.bea, harbour.cat}


def test_without_first_refusal_nobody_is_asked(client, sign_in, harbour, adopt):
    """A charter that gives none opens it to everyone at once, and the page says why."""
    adopt(harbour, first_refusal_hours=0)
    booked = cast.booking(cast.vacancy(harbour.practice), harbour.ann)
    with pytest.raises(Refused):
        handing.hand_back(by=harbour.ann.person, booking=booked, otherwise="keep")
    page = sign_in(client, harbour.ann.person).get(reverse("bookings:hand-back", args=[booked.public_id]))
    assert "By the charter of Harbour Chambers" in page.content.decode()


def test_short_notice_warns_and_never_blocks(client, sign_in, harbour, adopt):
    """A session sooner than members expect is shown with a warning, and she may take it."""
    adopt(harbour, minimum_notice_hours=24 * 9)
    session = cast.vacancy(harbour.practice)
    offered = cast.offer(session, harbour.ann)
    page = (
        sign_in(client, harbour.ann.person)
        .get(reverse("cascade:offer", args=[offered.public_id]))
        .content.decode()
    )
    assert "expects at least 216 hours of notice" in page
    answer = client.post(reverse("bookings:accept", args=[offered.public_id]), follow=True)
    offered.refresh_from_db()
    assert (answer.status_code, offered.state) == (200, "accepted")
    assert short_notice(harbour.ann, harbour.pool, session.start + timedelta(days=3)) == ""
    assert short_notice(cast.clinician("Dee", pool=harbour.pool), harbour.pool, session.start) == ""
