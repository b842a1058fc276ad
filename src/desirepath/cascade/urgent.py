"""The sickness at half past seven: who could come to a session that is near, and all of them asked in order.

Five are asked at a time, for 15 to 30 minutes each; as soon as one of them says no, or lets the time pass,
the next is asked. Those on standby come last. It goes on by itself until somebody comes or it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.cascade.asking import ask
from desirepath.cascade.candidates import Candidate, candidates
from desirepath.cascade.models import Offer, UrgentCall
from desirepath.cascade.said_no import has_said_no
from desirepath.clinicians.quiet import choices_of
from desirepath.vacancies.models import Vacancy

if TYPE_CHECKING:
    from desirepath.clinicians.models import Clinician

OPEN = ("released", "offered", "unfilled")
NEAR = timedelta(hours=24)
AT_ONCE = 5
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(minutes=30)
# from the message to the door of her home
TO_GET_READY = timedelta(minutes=20)
TIERS = ("Your PCN's bank", "A neighbouring PCN's bank", "The pool")


@dataclass(frozen=True, slots=True)
class CouldCome:
    """Somebody who could come: her name, short reasons, and her number where she allows it ("" elsewhere)."""

    name: str
    tags: tuple[str, ...]
    phone: str


def is_near(vacancy: Vacancy) -> bool:
    """Whether it may be asked for in this way: open, and critical or starting within 24 hours."""
    now = clock.now()
    if vacancy.state not in OPEN or vacancy.start <= now:
        return False
    return vacancy.urgency == Vacancy.Urgency.CRITICAL or vacancy.start - now <= NEAR


def answer_until(start: datetime, now: datetime) -> datetime:
    """Until when an urgent offer made ``now`` stays open: a third of the time left, 15 to 30 minutes.

    Never beyond the start of the session. Pure.
    """
    return min(now + min(max((start - now) / 3, SHORTEST), LONGEST), start)


def who_could_come(vacancy: Vacancy) -> list[CouldCome]:
    """Who could come, the first to be asked at the front: no rate, no place, and nobody who could not.

    Whoever is on standby is not among them: no practice sees that.
    """
    return [_shown(each, vacancy) for each in _in_order(vacancy) if not each.standby]


def _in_order(vacancy: Vacancy) -> list[Candidate]:
    """Whom the cascade may ask now: inside everybody's terms and quiet choices, standby last."""
    found = candidates(pool=vacancy.pool, vacancies=[vacancy]).get(vacancy.pk, [])
    within = [each for each in found if not each.later]
    now = clock.now()
    return sorted(within, key=lambda each: (each.standby, not _in_time(each.clinician, vacancy, now)))


def _in_time(clinician: Clinician, vacancy: Vacancy, now: datetime) -> bool:
    """Whether she could be there at the start if she left her home soon, by the roads that plans count on."""
    from desirepath.matching import Options, Practice
    from desirepath.matching.rules import distance_km

    options, surgery = Options(), vacancy.practice
    home, there = (
        Practice(
            id=name, pcn="", pool="here", latitude=place.latitude or 0.0, longitude=place.longitude or 0.0
        )
        for name, place in (("home", clinician), ("there", surgery))
    )
    hours = distance_km(home, there) * options.road_factor / options.speed_kmh
    return now + TO_GET_READY + timedelta(hours=hours) <= vacancy.start


def _shown(candidate: Candidate, vacancy: Vacancy) -> CouldCome:
    her = candidate.clinician
    tags = [TIERS[candidate.tier]]
    if "worked" in candidate.reasons:
        tags.append("Has worked here")
    if not _in_time(her, vacancy, clock.now()):
        tags.append("May come a little late")
    return CouldCome(her.person.name, tuple(tags), her.person.phone if choices_of(her).phone_allowed else "")


def ask_all(*, by: Person, vacancy: Vacancy) -> int:
    """Ask everybody who could come, in order, until somebody does; how many are asked now.

    Tapped twice, it is one call. Raises Refused where the session is covered, has begun, or is not near.
    """
    if not is_near(vacancy):
        raise Refused("This session is covered, over, or not near: nobody is asked in this way.")
    with transaction.atomic():
        call, new = UrgentCall.objects.get_or_create(vacancy=vacancy, defaults={"by": by})
        if new:
            Event.record("everybody asked", call, by=by)
    return _go_on(call)


def advance_due() -> int:
    """Go on with every call whose session is still open; how many were asked."""
    calls = UrgentCall.objects.filter(vacancy__state__in=OPEN, vacancy__start__gt=clock.now())
    asked = 0
    for call in calls.select_related("by", "vacancy__pool", "vacancy__practice"):
        with taking_turns(f"urgent call {call.public_id}"):
            asked += _go_on(call)
    return asked


def _go_on(call: UrgentCall) -> int:
    """Ask the next ones, as many as there is room for."""
    if _room(call) <= 0:
        return 0
    asked = 0
    order: Sequence[Candidate] = _in_order(call.vacancy)
    for candidate in order:
        if candidate.standby and (asked or _room(call) < AT_ONCE):
            break
        with suppress(Refused, InvalidMove, IntegrityError):
            if not _ask_next(call, candidate):
                break
            asked += 1
    return asked


def _room(call: UrgentCall) -> int:
    return AT_ONCE - Offer.objects.open().filter(vacancy=call.vacancy_id).count()


@retried
@transaction.atomic
def _ask_next(call: UrgentCall, candidate: Candidate) -> bool:
    """Ask her, unless there is no room any more; whoever goes on with the same call waits here."""
    UrgentCall.objects.select_for_update().get(pk=call.pk)
    if _room(call) <= 0:
        return False
    vacancy = Vacancy.objects.select_related("pool", "practice").get(pk=call.vacancy_id)
    if vacancy.state not in OPEN:
        return False
    if has_said_no(candidate.clinician, vacancy):
        # since they were found
        raise Refused("This clinician has said no to this session.")
    ask(
        vacancy=vacancy,
        clinician=candidate.clinician,
        by=call.by,
        reasons=candidate.reasons,
        until=answer_until(vacancy.start, clock.now()),
        urgent=True,
    )
    return True
