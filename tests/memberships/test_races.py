"""The last place, the deciding vote, a single mandate, one link: real connections race, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import mandated
from desirepath.bookings.models import Booking
from desirepath.chambers.actions.charter import propose_charter, vote
from desirepath.chambers.actions.mandates import give_mandate
from desirepath.chambers.actions.members import add_member
from desirepath.chambers.models import Charter, MandateUse
from desirepath.clinicians.models import Membership
from desirepath.memberships.actions.joining import confirm_request
from desirepath.memberships.models import JoinRequest
from tests import cast
from tests.bookings.test_races import race
from tests.memberships.test_joining import ask

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_place_is_taken_once(coast):
    """Three are added to a chambers with one place left: one has it, two are refused."""
    coast.chambers.most_members = 1
    coast.chambers.save()
    rows = [cast.clinician(pool=coast.pool).memberships.get() for _ in range(3)]
    results = race(
        *(lambda r=row: add_member(by=coast.manager, chambers=coast.chambers, membership=r) for row in rows)
    )
    assert sum(isinstance(result, Refused) for result in results) == 2
    assert Membership.objects.filter(chambers=coast.chambers).count() == 1


def test_a_charter_is_adopted_once(coast):
    """All five vote yes at the same moment: one version in force, adopted once, no vote lost before that."""
    members = [cast.clinician(pool=coast.pool) for _ in range(5)]
    Membership.objects.update(chambers=coast.chambers)
    made = propose_charter(by=members[0].person, chambers=coast.chambers, text="Rules.", why="None yet.")
    results = race(*(lambda m=member: vote(by=m.person, charter=made, choice="yes") for member in members))
    assert Charter.of(coast.chambers) == made
    assert made.votes.count() == sum(isinstance(result, Charter) for result in results) >= 3


def test_a_single_mandate_answers_one_offer(coast):
    """Used for two offers at once: one is booked, the other is not."""
    ann = cast.clinician(pool=coast.pool)
    offers = [cast.offer(cast.vacancy(coast.practice, start=cast.at(days)), ann) for days in (7, 9)]
    mandate = give_mandate(
        by=ann.person,
        clinician=ann,
        pool=coast.pool,
        holder=coast.manager,
        act="offers",
        kind="single",
        until=clock.today() + timedelta(days=9),
    )
    assert coast.manager.roles.get().role == Role.POOL_MANAGER
    results = race(
        *(
            lambda o=offer: mandated.answer_offer(by=coast.manager, mandate=mandate, offer=o, yes=True)
            for offer in offers
        )
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert Booking.objects.count() == MandateUse.objects.count() == 1


def test_a_link_pressed_twice_joins_once(coast):
    """Three presses at once: one membership, and the others are told that the link is over."""
    made = ask(coast)
    assert made
    race(*(lambda: confirm_request(token=made.token) for _ in range(3)))
    assert Membership.objects.count() == JoinRequest.objects.filter(state="made").count() == 1
