"""Mandates: she gives and ends them, a manager uses them, and every use says so.

Whatever is done by a mandate is done by the manager's own hand on her behalf: the log has both, she is told,
and her page lists it. The actions themselves ask ``speaks_for``, so that without a mandate a manager is as
much a stranger to them as anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.context import on_behalf_of
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.chambers.models import Mandate, MandateUse
from desirepath.clinicians.models import Clinician
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import day_and_year
from desirepath.pools.models import Pool

LONGEST = timedelta(days=366)
NOT_YOURS = "This mandate is not yours to use any more. Ask the member for another."

R = TypeVar("R")
_in_use: ContextVar[Mandate | None] = ContextVar("mandate_in_use", default=None)


def speaks_for(by: Person, clinician: Clinician, act: str) -> bool:
    """Whether ``by`` is herself, or does one thing of this kind for her just now, by her mandate."""
    mandate = _in_use.get()
    return by.pk == clinician.person_id or (
        mandate is not None
        and mandate.holder_id == by.pk
        and mandate.clinician_id == clinician.pk
        and mandate.act == act
    )


@transaction.atomic
def give_mandate(
    *, by: Person, clinician: Clinician, pool: Pool, holder: Person, act: str, kind: str, until: date
) -> Mandate:
    """She lets a manager of her pool do something for her; he is told.

    Raises Refused for somebody who does not manage the pool, or a last day that is over or too far ahead.
    """
    if by.pk != clinician.person_id:
        raise PermissionError("only she may give a mandate")
    if not clinician.memberships.filter(pool=pool, state="active").exists():
        raise Refused("You are not an active member of this pool.")
    if holder.pk == by.pk or holder not in pool.managers():
        raise Refused("Choose a manager of the pool.")
    today = clock.today()
    if not today <= until <= today + LONGEST:
        raise Refused("The last day must be today or later, and at most a year ahead.")
    made: Mandate = Mandate.objects.create(
        clinician=clinician,
        pool=pool,
        holder=holder,
        act=Mandate.Act(act),
        kind=Mandate.Kind(kind),
        until=until,
    )
    Event.record("given", made, by=by, act=act, kind=kind, until=str(until))
    tell(
        to=holder,
        subject=f"{by.name} has given you a mandate",
        body=(
            f"Until {day_and_year(until)} you may act for {by.name} in one respect. Every use is logged and "
            f"told to the member.\n\nSee it: {link(reverse('bookings:for-her', args=[made.public_id]))}\n"
        ),
        key=f"mandate {made.public_id} given",
    )
    return made


@transaction.atomic
def end_mandate(*, by: Person, mandate: Mandate) -> None:
    """She takes it back, at once. Raises Refused where it is used up or ended already."""
    if by.pk != mandate.clinician.person_id:
        raise PermissionError("only she may end it")
    try:
        mandate.move("ended", by=by)
    except InvalidMove as error:
        raise Refused("This mandate has ended already.") from error


@retried
@transaction.atomic
def use_mandate(*, by: Person, mandate: Mandate, act: Callable[[], tuple[str, UUID | None, R]]) -> R:
    """Do one thing for her: ``act`` does it and gives what was done in words ("Accepted ..."), what it is
    about, and its result.

    Raises Refused where the mandate no longer holds, or the thing itself is refused; then nothing is used.
    """
    found = (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("clinician__person", "pool")
        .get(pk=mandate.pk)
    )
    if found.holder_id != by.pk:
        raise PermissionError("a mandate is used by nobody but whoever she gave it to")
    if found.state != "given" or found.until < clock.today() or by not in found.pool.managers():
        raise Refused(NOT_YOURS)
    if not found.clinician.memberships.filter(pool=found.pool, state="active").exists():
        raise Refused("This member is not active in your pool now.")
    token = _in_use.set(found)
    try:
        with on_behalf_of(found.clinician.person):
            done, about, result = act()
            use: MandateUse = MandateUse.objects.create(mandate=found, by=by, done=done[:200], about=about)
            Event.record("mandate used", found, by=by, about=str(about or ""))
            if found.kind == Mandate.Kind.SINGLE:
                found.move("used", by=by)
    finally:
        _in_use.reset(token)
    _tell_her(found, use)
    return result


def _tell_her(mandate: Mandate, use: MandateUse) -> None:
    word = "single" if mandate.kind == Mandate.Kind.SINGLE else "standing"
    tell(
        to=mandate.clinician.person,
        subject=f"Done for you by {use.by.name}: {use.done}",
        body=(
            f"{use.by.name} did this on your behalf, by your {word} mandate of "
            f"{day_and_year(mandate.created_at)}: {use.done}.\n\n"
            f"See what was done for you, or end the mandate: {link(reverse('chambers:mandates'))}\n"
        ),
        key=f"mandate use {use.public_id}",
    )
