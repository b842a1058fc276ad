"""A break from a pool, keep-in-touch sessions, and the way back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.clinicians.models import Membership
from desirepath.memberships.actions.letting_go import let_go_of_what_is_open
from desirepath.memberships.missing import in_the_way, record_checks
from desirepath.memberships.models import Break, KeepInTouch
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import day_and_year

NO_BREAK = "You are not on a break from this pool."


def break_of(membership: Membership) -> Break | None:
    """The break she is on."""
    return membership.breaks.open().first()


@retried
@transaction.atomic
def take_break(*, by: Person, membership: Membership, back_on: date | None = None) -> Break:
    """Nobody asks her for anything in this pool until she is back; sessions she has booked stay hers.

    No reason is asked for. Raises Refused where she is no active member, or would be back before tomorrow.
    """
    _only_she(by, membership)
    if back_on is not None and back_on <= clock.today():
        raise Refused("The day on which you are back must be in the future.")
    membership.clinician.locked()
    membership.refresh_from_db()
    if membership.state != "active":
        raise Refused("You are not an active member of this pool.")
    let_go_of_what_is_open(by=by, membership=membership, because="on a break")
    membership.move("paused", by=by)
    made: Break = Break.objects.create(membership=membership, back_on=back_on)
    until = f" until {day_and_year(back_on)}" if back_on else ""
    _tell_managers(membership, f"{by.name} is on a break{until}", f"break {made.public_id}")
    return made


@transaction.atomic
def change_break(*, by: Person, time_off: Break, back_on: date | None) -> None:
    """When she thinks she will be back, or (None) that she does not know."""
    _only_she(by, time_off.membership)
    if back_on is not None and back_on <= clock.today():
        raise Refused("The day on which you are back must be in the future.")
    if not Break.objects.open().filter(pk=time_off.pk).update(back_on=back_on):
        raise Refused(NO_BREAK)
    Event.record("changed", time_off, by=by)


@retried
@transaction.atomic
def come_back(*, by: Person, membership: Membership) -> None:
    """She is active again at once, where nothing that the pool asks for has run out.

    Raises Refused, with what has, otherwise: she renews it, or asks the manager (``ask_back``).
    """
    _only_she(by, membership)
    _back(by, membership)


@transaction.atomic
def ask_back(*, by: Person, membership: Membership) -> None:
    """She would come back and something is missing: the managers are told, once, and see to it with her."""
    _only_she(by, membership)
    time_off = break_of(membership)
    if membership.state != "paused" or time_off is None:
        raise Refused(NO_BREAK)
    if Break.objects.filter(pk=time_off.pk, asked_back_at=None).update(asked_back_at=clock.now()):
        Event.record("asked back", time_off, by=by)
        _tell_managers(membership, f"{by.name} would like to come back", f"back {time_off.public_id}")


@retried
@transaction.atomic
def let_back(*, by: Person, membership: Membership, checked_until: date | None = None) -> None:
    """A manager ends her break once everything is in order, where she has asked for it; she is told."""
    if by not in membership.pool.managers():
        raise PermissionError("only a manager of the pool lets her back")
    time_off = break_of(membership)
    if time_off is None or time_off.asked_back_at is None:
        raise Refused("Nobody ends a break but the member, who has not asked to come back yet.")
    record_checks(by=by, membership=membership, until=checked_until)
    _back(by, membership)
    tell(
        to=membership.clinician.person,
        subject=f"Welcome back to {membership.pool}",
        body=(
            "Your break is over, and you can be offered work again. Look whether your terms and your free "
            f"time are still right: {link(reverse('clinicians:choices'))}\n"
        ),
        key=f"welcome back {time_off.public_id}",
    )


def _back(by: Person, membership: Membership) -> None:
    membership.clinician.locked()
    membership.refresh_from_db()
    time_off = break_of(membership)
    if membership.state != "paused" or time_off is None:
        raise Refused(NO_BREAK)
    if lacks := in_the_way(membership):
        raise Refused(f"To be renewed first: {', '.join(lacks)}.")
    membership.move("active", by=by)
    Break.objects.filter(pk=time_off.pk).update(ended_on=clock.today())
    Event.record("ended", time_off, by=by, days=(clock.today() - time_off.begun_on).days)


@transaction.atomic
def keep_in_touch(*, by: Person, time_off: Break, day: date, what: str) -> KeepInTouch:
    """A keep-in-touch session during her break, entered by her or by a manager; the other is told."""
    membership = time_off.membership
    hers = by.pk == membership.clinician.person_id
    if not hers and by not in membership.pool.managers():
        raise PermissionError("only she or a manager of the pool enters it")
    if not Break.objects.open().filter(pk=time_off.pk).exists():
        raise Refused("The break is over.")
    if day < time_off.begun_on:
        raise Refused("The day must lie in the break.")
    made: KeepInTouch = KeepInTouch.objects.create(
        time_off=time_off, day=day, what=what.strip(), entered_by=by
    )
    Event.record("kept in touch", time_off, by=by, day=str(day))
    if hers:
        _tell_managers(
            membership,
            f"{by.name}: a keep-in-touch session on {day_and_year(day)}",
            f"touch {made.public_id}",
        )
    else:
        tell(
            to=membership.clinician.person,
            subject=f"A keep-in-touch session on {day_and_year(day)}",
            body=(
                f"{by.name} has entered a keep-in-touch session for you. Come only if you like.\n\n"
                f"See it: {link(reverse('memberships:break', args=[membership.public_id]))}\n"
            ),
            key=f"touch {made.public_id}",
        )
    return made


def _only_she(by: Person, membership: Membership) -> None:
    if by.pk != membership.clinician.person_id:
        raise PermissionError("only she decides about her break")


def _tell_managers(membership: Membership, subject: str, key: str) -> None:
    address = link(reverse("memberships:member", args=[membership.public_id]))
    for manager in membership.pool.managers():
        tell(
            to=manager,
            subject=subject,
            body=f"{subject}.\n\nSee it: {address}\n",
            key=f"{key} {manager.public_id}",
        )
