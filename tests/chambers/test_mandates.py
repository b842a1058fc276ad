"""Mandates: without one a manager can do nothing for a member; with one, that and no more, and it is said."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.bookings import mandated
from desirepath.bookings.actions import accept_offer
from desirepath.bookings.handing import hand_back
from desirepath.bookings.models import Booking, HandBack
from desirepath.cascade.actions import decline_offer
from desirepath.chambers.actions.mandates import end_mandate, give_mandate
from desirepath.chambers.models import Mandate, MandateUse
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


def give(where: SimpleNamespace, act: str, kind: str = "standing", **details: Any) -> Mandate:
    """Ann's, to her pool's manager."""
    wanted = {
        "by": where.ann.person,
        "clinician": where.ann,
        "pool": where.pool,
        "holder": where.manager,
        "until": clock.today() + timedelta(days=30),
        **details,
    }
    return give_mandate(act=act, kind=kind, **wanted)


def offered(where: SimpleNamespace) -> Any:
    return cast.offer(cast.vacancy(where.practice), where.ann)


def accept(where: SimpleNamespace, mandate: Mandate, offer: Any) -> str:
    return mandated.answer_offer(by=where.manager, mandate=mandate, offer=offer, yes=True)


def test_without_a_mandate_a_manager_is_a_stranger(harbour):
    """He can neither answer an offer of hers nor hand a session of hers back."""
    offer = offered(harbour)
    for act in (accept_offer, decline_offer):
        with pytest.raises(PermissionError):
            act(by=harbour.manager, offer=offer)
    booked = accept_offer(by=harbour.ann.person, offer=offer)
    with pytest.raises(PermissionError):
        hand_back(by=harbour.manager, booking=booked, otherwise="keep")


def test_an_offer_is_accepted_for_her_and_it_says_so(harbour):
    """The log has both, she is told by name, her booking and her page show it."""
    mandate, offer = give(harbour, "offers"), offered(harbour)
    before = Event.objects.latest("pk").pk
    accept(harbour, mandate, offer)
    booked = Booking.objects.get(clinician=harbour.ann)
    assert booked.state == "confirmed"
    done = Event.objects.filter(pk__gt=before)
    assert {"mandate used", "sent > accepted", "booked"} <= {event.verb for event in done}
    assert {(event.actor, event.on_behalf_of) for event in done} == {
        (harbour.manager.public_id, harbour.ann.person.public_id)
    }
    told = Message.objects.get(to=harbour.ann.person, channel="in-app", subject__startswith="Done for you by")
    assert "Harbour Manager did this on your behalf, by your standing mandate" in told.body
    client = Client()
    client.force_login(harbour.ann.person)
    for address in (reverse("bookings:booking", args=[booked.public_id]), "/my/mandates/"):
        shown = client.get(address).content.decode()
        assert "Accepted the offer of" in shown and "by your standing mandate" in shown


def test_her_terms_bind_the_manager_too(harbour):
    """What she could not be booked for, no mandate books; and a refusal uses nothing up."""
    mandate, offer = give(harbour, "offers", "single"), offered(harbour)
    cast.booking(cast.vacancy(harbour.practice), harbour.ann)
    with pytest.raises(Refused):
        accept(harbour, mandate, offer)
    mandate.refresh_from_db()
    assert (mandate.state, MandateUse.objects.count()) == ("given", 0)
    assert not Event.objects.filter(verb="mandate used").exists()


def test_a_single_mandate_is_used_once(harbour):
    """The second offer is refused; a standing one answers both."""
    first, second = (
        offered(harbour),
        cast.offer(cast.vacancy(harbour.practice, start=cast.at(9)), harbour.ann),
    )
    single = give(harbour, "offers", "single")
    mandated.answer_offer(by=harbour.manager, mandate=single, offer=first, yes=False)
    with pytest.raises(Refused, match="not yours to use"):
        accept(harbour, single, second)
    accept(harbour, give(harbour, "offers"), second)
    single.refresh_from_db()
    first.refresh_from_db()
    assert (single.state, first.state) == ("used", "declined")


@pytest.mark.parametrize("act", ["hand back", "free"])
def test_a_mandate_is_for_one_kind_of_thing(harbour, act):
    """One to hand back, or to say when she is free, answers no offer."""
    with pytest.raises(PermissionError):
        accept(harbour, give(harbour, act), offered(harbour))
    assert not Booking.objects.exists()


def test_colleagues_are_asked_for_her(harbour):
    """She falls ill: they are asked in her place, and whatever comes, she risks no fee."""
    booked = cast.booking(cast.vacancy(harbour.practice), harbour.ann)
    mandated.ask_colleagues(by=harbour.manager, mandate=give(harbour, "hand back"), booking=booked)
    handed = HandBack.objects.get()
    assert (handed.otherwise, handed.asks.count()) == ("keep", 2)


def test_a_day_is_said_for_her(harbour):
    """Not free on a day: the day stands in her calendar, and the log says for whom."""
    on = clock.today() + timedelta(days=3)
    mandated.say_when_free(by=harbour.manager, mandate=give(harbour, "free"), day=on, free=[])
    row = harbour.ann.exceptions.get(day=on)
    assert (row.start, row.end) == (None, None)
    assert MandateUse.objects.get().done.startswith("Said that you are not free on")
    with pytest.raises(PermissionError):
        mandated.say_when_free(by=harbour.manager, mandate=give(harbour, "offers"), day=on, free=[])


@pytest.mark.parametrize("why", ["ended", "over", "paused", "no manager any more"])
def test_a_mandate_that_no_longer_holds(harbour, why):
    """Ended by her, past its last day, she on a break, he no manager: nothing is done by it."""
    mandate, offer = give(harbour, "offers"), offered(harbour)
    now = clock.now()
    if why == "ended":
        end_mandate(by=harbour.ann.person, mandate=mandate)
    elif why == "over":
        mandate = give(harbour, "offers", until=clock.today())
        now += timedelta(days=1)
    elif why == "paused":
        harbour.ann.memberships.get().move("paused", by=harbour.ann.person)
    else:
        harbour.manager.roles.update(ends_on=clock.today())
    with clock.at(now), pytest.raises(Refused):
        accept(harbour, mandate, offer)
    assert not Booking.objects.exists()


def test_another_manager_has_no_use_of_it(harbour, elsewhere):
    """It is given to a person, not to whoever manages; and is for one pool."""
    mandate, offer = give(harbour, "offers"), offered(harbour)
    with pytest.raises(PermissionError):
        mandated.answer_offer(by=elsewhere.manager, mandate=mandate, offer=offer, yes=True)
    theirs = cast.offer(cast.vacancy(elsewhere.practice), elsewhere.zoe)
    with pytest.raises(PermissionError):
        accept(harbour, mandate, theirs)


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"until": date(2020, 1, 1)}, "today or later"),
        ({"until": date(2099, 1, 1)}, "at most a year"),
        ({"holder": "elsewhere"}, "manager of the pool"),
        ({"holder": "lead"}, "manager of the pool"),
        ({"pool": "elsewhere"}, "not an active member"),
    ],
)
def test_what_cannot_be_given(harbour, elsewhere, details, why):
    """Past or endless days, to somebody who does not manage her pool, for a pool that is not hers."""
    named = {
        "holder": {"elsewhere": elsewhere.manager, "lead": harbour.lead},
        "pool": {"elsewhere": elsewhere.pool},
    }
    given = {key: named.get(key, {}).get(value, value) for key, value in details.items()}
    with pytest.raises(Refused, match=why):
        give(harbour, "offers", **given)


def test_only_she_gives_and_ends_one(harbour):
    """No manager gives himself one; nobody but she ends it."""
    with pytest.raises(PermissionError):
        give(harbour, "offers", by=harbour.manager)
    with pytest.raises(PermissionError):
        end_mandate(by=harbour.manager, mandate=give(harbour, "offers"))


def test_on_the_pages(harbour):
    """She gives one, he uses it, she ends it; then the page of it says that it is ended."""
    hers, his = Client(), Client()
    hers.force_login(harbour.ann.person)
    his.force_login(harbour.manager)
    day = clock.today() + timedelta(days=30)
    until = {"until-day": day.day, "until-month": day.month, "until-year": day.year}
    sent = {"holder": str(harbour.manager.public_id), "act": "offers", "kind": "standing", **until}
    assert "may do this for you now" in hers.post("/my/mandates/", sent, follow=True).content.decode()
    mandate, offer = Mandate.objects.get(), offered(harbour)
    address = reverse("bookings:for-her", args=[mandate.public_id])
    assert address in his.get("/members/mandates/").content.decode()
    assert "Accept for Ann Locum" in his.get(address).content.decode()
    told = his.post(address, {"about": str(offer.public_id), "accept": "1"}, follow=True).content.decode()
    assert "Ann Locum is told" in told and Booking.objects.get().state == "confirmed"
    assert (
        "no longer open"
        in his.post(address, {"about": "nonsense", "accept": "1"}, follow=True).content.decode()
    )
    hers.post(reverse("chambers:end-mandate", args=[mandate.public_id]))
    assert "Ann Locum has ended it" in his.get(address).content.decode()


def test_a_day_on_the_page(harbour):
    """The form asks for the parts it needs, and saves what it is given."""
    mandate = give(harbour, "free")
    his, address = Client(), reverse("bookings:for-her", args=[mandate.public_id])
    his.force_login(harbour.manager)
    day = clock.today() + timedelta(days=30)
    sent = {"day-day": day.day, "day-month": day.month, "day-year": day.year, "when": "these"}
    assert his.post(address, sent).status_code == 422
    assert not harbour.ann.exceptions.exists()
    his.post(address, {**sent, "parts": ["morning"]})
    assert harbour.ann.exceptions.get().day == day


def test_a_session_is_handed_back_on_the_page(harbour):
    """By a mandate for it, one of her sessions to come."""
    booked = cast.booking(cast.vacancy(harbour.practice), harbour.ann)
    his, address = Client(), reverse("bookings:for-her", args=[give(harbour, "hand back").public_id])
    his.force_login(harbour.manager)
    assert "Ask the colleagues" in his.get(address).content.decode()
    his.post(address, {"about": str(booked.public_id)})
    assert HandBack.objects.get().booking == booked
