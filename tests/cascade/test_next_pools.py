"""Neighbouring pools as a tier: who is asked, when, on whose word, and what nobody else learns of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions as bookings
from desirepath.cascade import actions, next_pools, running
from desirepath.cascade.models import AgencyRequest, Cascade, CascadePolicy, Offer
from desirepath.cascade.rules import WHOLE_POOL
from desirepath.cascade.setting import set_policy
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.choosing import set_quiet_choices
from desirepath.clinicians.models import Membership
from desirepath.pools.actions import agree_neighbour, end_neighbour, propose_neighbour
from desirepath.pools.models import PoolNeighbour
from desirepath.vacancies.fit import fit
from desirepath.vacancies.neighbours import NEXT_POOLS, about
from desirepath.vacancies.presenters.session import timeline
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Place:
    """Wex and Marsh work together, and Wex asks Marsh's clinicians once its own have had their turn."""

    def __init__(self) -> None:
        self.practice = cast.practice("Quayside Surgery")
        self.wex, self.marsh = (
            cast.pool("Wex", self.practice),
            cast.pool("Marsh", cast.practice("Fen Surgery")),
        )
        made = propose_neighbour(by=cast.person(), pool=self.wex, neighbour=self.marsh)
        agree_neighbour(by=cast.person(), agreement=made)
        self.agreement = PoolNeighbour.objects.get()
        set_policy(by=None, pool=self.wex, values={"next_pools": True})

    def theirs(self, name: str, *, allows: bool = True, **details):
        her = cast.clinician(name, pool=self.marsh, **details)
        set_quiet_choices(by=her.person, clinician=her, values={"next_pools": allows})
        return her

    def vacancy(self, days: int = 21, **details):
        return cast.vacancy(self.practice, start=cast.at(days), **details)


@pytest.fixture
def place(clock_at) -> Place:
    clock_at("2026-12-07 10:00")
    return Place()


def work() -> None:
    actions.expire_due()
    next_pools.take_back_due()
    running.begin_due()
    running.advance_due()


def asked(vacancy) -> list[str]:
    return [str(offer.clinician) for offer in vacancy.offers.order_by("pk")]


def test_after_the_pool_s_own_those_who_allow_it_are_asked(place, clock_at):
    """First the pool's own; as nobody is left there, whoever of the neighbouring pool allows it; never an
    agency before.
    """
    own = cast.clinician("Own", pool=place.wex)
    place.theirs("Willing")
    place.theirs("Unwilling", allows=False)
    vacancy = place.vacancy(2)
    work()
    assert asked(vacancy) == ["Own"]
    actions.decline_offer(by=own.person, offer=vacancy.offers.get())
    clock_at("2026-12-07 16:00")
    work()
    assert asked(vacancy) == ["Own", "Willing"]
    assert vacancy.offers.get(clinician__person__name="Willing").tier == NEXT_POOLS
    assert not AgencyRequest.objects.exists()
    actions.decline_offer(by=vacancy.offers.last().clinician.person, offer=vacancy.offers.last())
    clock_at("2026-12-08 16:00")
    work()
    assert AgencyRequest.objects.filter(vacancy=vacancy).exists()


@pytest.mark.parametrize("without", ["policy", "agreement", "her word", "membership"])
def test_off_unless_all_say_so(place, without, clock_at):
    """The policy is off unless switched on; without agreement, consent or her own pool's standing, nobody is
    asked.
    """
    her = place.theirs("Willing")
    clock_at("2026-12-07 10:05")
    if without == "policy":
        set_policy(by=None, pool=place.wex, values={"next_pools": False})
    elif without == "agreement":
        end_neighbour(by=cast.person(), agreement=place.agreement, pool=place.marsh)
    elif without == "her word":
        set_quiet_choices(by=her.person, clinician=her, values={"next_pools": False})
    else:
        Membership.objects.get(clinician=her).move("suspended", by=None)
    vacancy = place.vacancy()
    work()
    assert asked(vacancy) == []
    last = WHOLE_POOL if without == "policy" else NEXT_POOLS
    assert Cascade.objects.get(vacancy=vacancy).tier == last


def test_whoever_this_pool_suspended_does_not_come_back_by_the_neighbour(place):
    """Any membership of the asking pool, in whatever state, rules out the longer way round."""
    her = place.theirs("Willing")
    clinicians.join_pool(by=None, clinician=her, pool=place.wex)
    Membership.objects.get(clinician=her, pool=place.wex).move("suspended", by=None)
    vacancy = place.vacancy()
    work()
    assert asked(vacancy) == []


def test_a_policy_that_says_nothing_asks_no_neighbour():
    """The usual rules, and every version kept before, have it off."""
    assert CascadePolicy().next_pools is False and CascadePolicy().rules.next_pools is False


def test_her_terms_choices_and_limits_bind_the_other_pool(place):
    """Too dear, too often asked by her own pool today, paused, muted by number: she is not asked."""
    dear = place.theirs("Dear", rate=150)
    busy = place.theirs("Asked enough")
    set_quiet_choices(by=busy.person, clinician=busy, values={"most_offers_day": 1})
    cast.offer(cast.vacancy(place.marsh.practices().get(), start=cast.at(9)), busy)
    booked = place.theirs("Booked")
    cast.booking(cast.vacancy(place.marsh.practices().get(), start=cast.at(21)), booked)
    paused = place.theirs("Paused")
    until = clock.today() + timedelta(days=9)
    set_quiet_choices(by=paused.person, clinician=paused, values={"paused_until": until})
    vacancy = place.vacancy()
    work()
    assert asked(vacancy) == [], [dear, busy, booked, paused]


def test_she_accepts_at_her_own_rate_and_only_then_is_known(place):
    """No charge is added; before her yes neither page nor interface names her, after it both do."""
    her = place.theirs("Willing", rate=90)
    vacancy = place.vacancy()
    work()
    told = [line.sentence for line in timeline(vacancy, names=True)]
    assert "Clinicians of neighbouring pools were asked, fewer than 3 so far" in told
    assert not [sentence for sentence in told if "Willing" in sentence]
    offer = vacancy.offers.get()
    booking = bookings.accept_offer(by=her.person, offer=offer)
    assert booking.fee == offer.fee == 90 * 250 / 60 and booking.rate == 90
    vacancy.refresh_from_db()
    assert [line.sentence for line in timeline(vacancy, names=True) if "Willing is booked" in line.sentence]


def test_no_page_of_the_pool_or_the_practice_names_whoever_was_asked(client, place, sign_in):
    """The cascade, the week, the session, the plan's page and the interface, for manager and booker."""
    manager, booker = cast.person("Manager"), cast.booker("Booker", place.practice)
    cast.role(manager, Role.POOL_MANAGER, place.wex.organisation)
    place.theirs("Zebedee Only-There")
    vacancy = place.vacancy(1, by=booker)
    work()
    assert asked(vacancy) == ["Zebedee Only-There"]
    run = cast.proposal(place.vacancy(2), cast.clinician("Own", pool=place.wex)).run
    for person, pages in (
        (manager, ["cascade:cascades", "vacancies:pool-week", "clinicians:members"]),
        (booker, ["cascade:cascades", "vacancies:practice-week"]),
    ):
        sign_in(client, person)
        addresses = [reverse(name) for name in pages] + [
            reverse("vacancies:vacancy", args=[vacancy.public_id])
        ]
        addresses += [reverse("cascade:plan", args=[run.public_id])] if person == manager else []
        addresses += [reverse("cascade:could-come", args=[vacancy.public_id])] if person == booker else []
        for address in addresses:
            page = client.get(address)
            assert page.status_code == 200 and "Zebedee" not in page.content.decode(), address
    assert Program(manager).get("/pool/offers")[1]["items"] == []


def test_the_end_of_an_agreement_takes_offers_back(place):
    """Once the worker has been round, her offer is over and she is told; bookings made stay."""
    kept, waiting = place.theirs("Kept"), place.theirs("Waiting")
    first = place.vacancy(20)
    work()
    booking = bookings.accept_offer(by=first.offers.get().clinician.person, offer=first.offers.get())
    second = place.vacancy(23)
    work()
    offer = second.offers.get()
    end_neighbour(by=cast.person(), agreement=place.agreement, pool=place.wex)
    with pytest.raises(Refused, match="not an active member"):
        bookings.accept_offer(by=offer.clinician.person, offer=offer)
    assert next_pools.take_back_due() == 1 and next_pools.take_back_due() == 0
    offer.refresh_from_db()
    second.refresh_from_db()
    booking.refresh_from_db()
    assert (offer.state, second.state, booking.state) == ("withdrawn", "released", "confirmed")
    assert offer.clinician in (kept, waiting)


def test_nobody_else_s_road_is_open_to_her(place):
    """Only an offer of this tier books her there: judged in any other way she is no member."""
    her = place.theirs("Willing")
    vacancy = place.vacancy()
    assert fit(her, vacancy).broken == ("pool",)
    with pytest.raises(Refused, match="can't be asked"), transaction.atomic():
        actions.ask(vacancy=vacancy, clinician=her, by=None)
    assert not Offer.objects.exists()


def test_she_reads_why_she_and_what_she_is_paid(client, place, sign_in):
    """Her page of the offer says by which of her choices it came, without any agency's charge."""
    her = place.theirs("Willing")
    vacancy = place.vacancy()
    work()
    sign_in(client, her.person)
    page = client.get(reverse("cascade:offer", args=[vacancy.offers.get().public_id])).content.decode()
    assert "allow neighbouring pools to ask you" in page and "agency" not in page


def test_how_many_were_asked_is_told_in_steps():
    """Nobody's clinicians are counted out one by one."""
    assert [about(number) for number in (1, 2, 3, 5, 6)] == [
        "fewer than 3",
        "fewer than 3",
        "at least 3",
        "at least 3",
        "at least 6",
    ]
