"""A small world with somebody in every role, and somebody in the same role elsewhere.

What addresses need (a vacancy, an offer) is made when first asked for, so that a test pays only for what it
uses.
"""

from __future__ import annotations

from functools import cached_property

from desirepath.accounts.models import Person
from desirepath.accounts.roles import EVERYWHERE, Role
from desirepath.bookings.handing import hand_back
from desirepath.bookings.models import Application, Booking, Feed, HandBackAsk, Swap
from desirepath.bookings.swapping import propose_swap
from desirepath.cascade.blocks import offer_block
from desirepath.cascade.models import BlockOffer, Offer
from desirepath.chambers.actions.charter import propose_charter
from desirepath.chambers.actions.mandates import give_mandate
from desirepath.chambers.actions.meetings import add_task, hold_meeting, plan_meeting
from desirepath.chambers.models import Charter, Mandate, Meeting, MeetingTask
from desirepath.clinicians.actions import join_pool
from desirepath.clinicians.choosing import give_standing_yes
from desirepath.clinicians.models import BusySource, Clinician, Credential, Passport, StandingYes
from desirepath.clinicians.passports.issuing import make_link
from desirepath.memberships.actions.joining import ask_to_join
from desirepath.memberships.models import JoinRequest
from desirepath.messages.actions import tell
from desirepath.messages.models import Message
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools.actions import found_chambers
from desirepath.pools.models import Chambers, PoolNeighbour
from desirepath.privacy.models import Correction
from desirepath.vacancies.models import Block, PreferredClinician, Proposal, Vacancy
from tests import cast

AT_A_PRACTICE = (Role.PRACTICE_BOOKER, Role.PRACTICE_APPROVER)


class Side:
    """One pool with one PCN, one practice, one chambers and one clinician, and a person in every role."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pcn = cast.organisation(Kind.PCN, name=f"{name} PCN")
        self.practice = cast.practice(f"{name} Surgery", pcn=self.pcn)
        self.pool = cast.pool(f"{name} Pool", self.practice)
        self.chambers = found_chambers(by=None, pool=self.pool, name=f"{name} Chambers")
        self._people: dict[Role, Person] = {}

    @cached_property
    def clinician(self) -> Clinician:
        return cast.clinician(f"{self.name} clinician", pool=self.pool)

    def place(self, role: Role) -> Organisation | None:
        """Where somebody holds ``role`` on this side."""
        if role in EVERYWHERE:
            return None
        if role in AT_A_PRACTICE:
            return self.practice
        if role == Role.PCN_MANAGER:
            return self.pcn
        return self.chambers.organisation if role == Role.CHAMBERS_LEAD else self.pool.organisation

    def person(self, role: Role) -> Person:
        """Whoever holds ``role`` here, and no other."""
        if role == Role.CLINICIAN:
            return self.clinician.person
        if role not in self._people:
            self._people[role] = cast.person(f"{self.name} {role.value}")
            cast.role(self._people[role], role, self.place(role))
        return self._people[role]

    @cached_property
    def agreement(self) -> PoolNeighbour:
        """Proposed to this side's pool by a third."""
        return PoolNeighbour.objects.create(pool=cast.pool(f"{self.name} Third Pool"), neighbour=self.pool)

    @cached_property
    def chambers_joined(self) -> Chambers:
        """With the clinician among its members."""
        self.clinician.memberships.update(chambers=self.chambers)
        return self.chambers

    @cached_property
    def charter(self) -> Charter:
        """Proposed by the clinician, and voted on."""
        return propose_charter(
            by=self.clinician.person, chambers=self.chambers_joined, text="Rules.", why="None yet."
        )

    @cached_property
    def join_request(self) -> JoinRequest:
        """A stranger's, not confirmed yet, with its secret."""
        made = ask_to_join(
            pool=self.pool,
            email=f"{self.name.lower().replace(' ', '')}.stranger@example.org",
            name="Stranger",
            role="gp",
            registration=f"{6_000_000 + self.pool.pk}",
            latitude=52.0,
            longitude=1.0,
        )
        assert made
        return made

    @cached_property
    def mandate(self) -> Mandate:
        """The clinician's, to the pool's manager."""
        return give_mandate(
            by=self.clinician.person,
            clinician=self.clinician,
            pool=self.pool,
            holder=self.person(Role.POOL_MANAGER),
            act=Mandate.Act.FREE,
            kind=Mandate.Kind.STANDING,
            until=cast.at(30).date(),
        )

    @cached_property
    def meeting(self) -> Meeting:
        lead, today = self.person(Role.CHAMBERS_LEAD), cast.at(0).date()
        made = plan_meeting(by=lead, chambers=self.chambers_joined, day=today, agenda="Rota")
        hold_meeting(by=lead, meeting=made, notes="Agreed.", present=[self.clinician])
        return made

    @cached_property
    def task(self) -> MeetingTask:
        """The clinician's."""
        lead = self.person(Role.CHAMBERS_LEAD)
        return add_task(by=lead, meeting=self.meeting, what="Write", owner=self.clinician)

    @cached_property
    def vacancy(self) -> Vacancy:
        return cast.vacancy(self.practice, by=self.person(Role.PRACTICE_BOOKER))

    @cached_property
    def block(self) -> Block:
        made = Block.objects.create(pool=self.pool, practice=self.practice, title=f"{self.name} block")
        for days in (30, 37):
            cast.vacancy(self.practice, start=cast.at(days), block=made)
        return made

    @cached_property
    def block_offer(self) -> BlockOffer:
        return offer_block(
            by=self.person(Role.POOL_MANAGER),
            block=self.block,
            clinician=self.clinician,
            sessions=list(self.block.vacancies.all()),
        )

    @cached_property
    def preferred(self) -> PreferredClinician:
        return PreferredClinician.objects.create(practice=self.practice, clinician=self.clinician, position=1)

    @cached_property
    def proposal(self) -> Proposal:
        return cast.proposal(self.vacancy, self.clinician)

    @cached_property
    def offer(self) -> Offer:
        return cast.offer(self.vacancy, self.clinician)

    @cached_property
    def application(self) -> Application:
        # on a day of its own: it holds her time
        booker = self.person(Role.PRACTICE_BOOKER)
        return cast.application(cast.vacancy(self.practice, start=cast.at(20), by=booker), self.clinician)

    @cached_property
    def booking(self) -> Booking:
        return cast.booking(self.vacancy, self.clinician)

    @cached_property
    def standing_yes(self) -> StandingYes:
        return give_standing_yes(
            by=self.clinician.person, clinician=self.clinician, practice=self.practice, most_sessions=2
        )

    @cached_property
    def message(self) -> Message:
        tell(to=self.clinician.person, subject="Told", body="What.", key=f"told {self.name}")
        return Message.objects.for_user(self.clinician.person).get(subject="Told")

    @cached_property
    def correction(self) -> Correction:
        """The clinician says that something about her is wrong."""
        return Correction.objects.create(person=self.clinician.person, wrong="My name is spelt otherwise")

    @cached_property
    def feed(self) -> Feed:
        return Feed.objects.create(person=self.clinician.person)

    @cached_property
    def busy_source(self) -> BusySource:
        return BusySource.objects.create(
            clinician=self.clinician, name="Family", read_at=cast.at(0), until=cast.at(366).date()
        )

    @cached_property
    def credential(self) -> Credential:
        """Sent by the clinician, and waiting for a verifier."""
        cast.wants(self.pool.organisation, level="warn")
        return cast.sent(self.clinician)

    @cached_property
    def verified(self) -> Credential:
        """Verified in this side's pool."""
        cast.wants(self.pool.organisation, level="warn")
        return cast.verified(self.clinician, self.pool, by=self.person(Role.CREDENTIAL_VERIFIER))

    @cached_property
    def _link(self) -> tuple[Passport, str]:
        assert self.verified
        return make_link(by=self.clinician.person, clinician=self.clinician, days=7)

    @property
    def passport(self) -> Passport:
        """A link of hers."""
        return self._link[0]

    @property
    def passport_token(self) -> str:
        return self._link[1]

    @cached_property
    def colleague(self) -> Clinician:
        """Of the same chambers as the clinician."""
        made = cast.clinician(f"{self.name} colleague")
        join_pool(by=None, clinician=made, pool=self.pool, chambers=self.chambers)
        self.clinician.memberships.update(chambers=self.chambers)
        return made

    @cached_property
    def hand_back_ask(self) -> HandBackAsk:
        """The clinician is asked for a session of her colleague."""
        booking = cast.booking(cast.vacancy(self.practice, start=cast.at(9, 14)), self.colleague)
        hand_back(by=self.colleague.person, booking=booking, otherwise="keep")
        return HandBackAsk.objects.get(clinician=self.clinician)

    @cached_property
    def swap(self) -> Swap:
        """Proposed to the clinician."""
        booking = cast.booking(cast.vacancy(self.practice, start=cast.at(10)), self.colleague)
        day = cast.at(7).date()
        return propose_swap(by=self.colleague.person, booking=booking, colleague=self.clinician, day=day)

    @cached_property
    def swap_proposed(self) -> Swap:
        """Proposed by the clinician."""
        booking, day, colleague = self.booking, cast.at(8).date(), self.colleague
        return propose_swap(by=self.clinician.person, booking=booking, colleague=colleague, day=day)
