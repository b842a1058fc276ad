"""Two blocks of the sample booker's practice: one waits for a clinician's answer, one is agreed.

By the actions of their pages. Where nobody could take all of one, it waits for the manager.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from desirepath.accounts.roles import Role
from desirepath.bookings.blocks import accept_block
from desirepath.bookings.models import Booking
from desirepath.cascade.blocks import could_be_asked, offer_block
from desirepath.cascade.models import BlockOffer
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.month import bank_holidays
from desirepath.demo.cast import Cast
from desirepath.demo.demand import first_practice
from desirepath.demo.workers import TRADE
from desirepath.vacancies.block_candidates import CouldTake
from desirepath.vacancies.models import Block, Vacancy
from desirepath.vacancies.posting import post_series, series

# the checks of the sample clinician are valid so long
WEEKS = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """The same weekday (Monday is 0) again and again, after the coming week."""

    title: str
    weekday: int
    times: tuple[time, time]

    def days(self, coming: date) -> list[date]:
        """Its days, without bank holidays; ``coming`` is the coming week's Monday."""
        every = [coming + timedelta(weeks=week, days=self.weekday) for week in range(1, WEEKS + 1)]
        return [day for day in every if day not in bank_holidays(day.year)]


TO_ANSWER = Wish("Parental leave, every Tuesday morning", 1, (time(8, 30), time(12, 40)))
TO_AGREE = Wish("Parental leave, every Thursday afternoon", 3, (time(14), time(18, 10)))


def begin(cast: Cast) -> None:
    """At the moment at which the demonstration opens."""
    hers = cast.clinicians[cast.script.address(Role.CLINICIAN)]
    offered(cast, posted(cast, TO_ANSWER), hers)
    agreed(cast, posted(cast, TO_AGREE), hers)


def posted(cast: Cast, wish: Wish) -> Block:
    """The practice asks for all of it, from one person."""
    practice = cast.practice(first_practice(cast.script.area).code)
    details = {
        "role": "gp",
        "rate_cap": Decimal(TRADE["gp"].most[1]),
        "reason": Vacancy.Reason.PARENTAL,
    }
    sessions = post_series(
        by=cast.person(Role.PRACTICE_BOOKER),
        practice=practice,
        details=details,
        sessions=series(practice, "gp", wish.days(cast.script.coming), wish.times),
        block={"title": wish.title, "how": Block.How.WHOLE, "least": 1},
    )
    block = sessions[0].block
    assert block is not None  # they were posted as one
    return block


def offered(cast: Cast, block: Block, hers: Clinician) -> BlockOffer | None:
    """It waits for the sample clinician's answer, or for another's where she could not take it."""
    could = sorted(_takers(block), key=lambda each: each.clinician != hers)
    return _offer(cast, block, could[0]) if could else None


def agreed(cast: Cast, block: Block, hers: Clinician) -> list[Booking]:
    """Somebody else has taken all of it."""
    her = next((each for each in _takers(block) if each.clinician != hers), None)
    return accept_block(by=her.clinician.person, offer=_offer(cast, block, her)) if her else []


def _takers(block: Block) -> list[CouldTake]:
    """Those who could take all of it, the best first."""
    sessions, could, _ = could_be_asked(block)
    return [each for each in could if len(each.sessions) == len(sessions)]


def _offer(cast: Cast, block: Block, her: CouldTake) -> BlockOffer:
    return offer_block(
        by=cast.person(Role.POOL_MANAGER), block=block, clinician=her.clinician, sessions=her.sessions
    )
