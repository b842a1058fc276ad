"""Who belongs to a chambers, how many may, and who of the pool looks after it."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.chambers.actions.charter import leads_of, members_of
from desirepath.clinicians.actions import take_place
from desirepath.clinicians.models import Membership
from desirepath.messages.actions import link, tell
from desirepath.pools.models import Chambers


@transaction.atomic
def add_member(*, by: Person, chambers: Chambers, membership: Membership) -> None:
    """An active member of the pool comes into the chambers, and is told. She may leave it at any time.

    Raises Refused where she is in another chambers, or every place is taken.
    """
    if by not in chambers.pool.managers():
        raise PermissionError("only a manager of the pool brings members into its chambers")
    membership = Membership.objects.select_related("clinician__person", "chambers").get(pk=membership.pk)
    if membership.pool_id != chambers.pool_id:
        raise PermissionError("the membership is of another pool")
    if membership.state != "active":
        raise Refused(f"{membership.clinician} is no active member of the pool.")
    if membership.chambers == chambers:
        return
    if membership.chambers is not None:
        raise Refused(
            f"{membership.clinician} belongs to {membership.chambers}. Only the member can leave it."
        )
    take_place(chambers, membership)
    joined = Event.record("chambers joined", membership, by=by, chambers=str(chambers.public_id))
    tell(
        to=membership.clinician.person,
        subject=f"You are now a member of {chambers}",
        body=(
            f"The manager of your pool has added you to {chambers}. Its members cover for each other and set "
            f"their own rules. You may leave it at any time.\n\nSee it: {_address(chambers)}\n"
        ),
        key=f"chambers {chambers.public_id} joined {joined.pk}",
    )


@transaction.atomic
def leave_chambers(*, by: Person, membership: Membership) -> None:
    """She leaves her chambers and stays in the pool; its leads are told. Raises Refused where she is in
    none.
    """
    if by.pk != membership.clinician.person_id:
        raise PermissionError("only she leaves her chambers")
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    chambers = membership.chambers
    if chambers is None:
        raise Refused("You belong to no chambers.")
    membership.chambers = None
    membership.save(update_fields=["chambers"])
    now = f"It has {len(members_of(chambers))} active members now."
    left = Event.record("chambers left", membership, by=by, chambers=str(chambers.public_id))
    for lead in leads_of(chambers):
        if lead != by:
            tell(
                to=lead,
                subject=f"{by.name} has left {chambers}",
                body=f"{now}\n\nSee it: {_address(chambers)}\n",
                key=f"chambers {chambers.public_id} left {left.pk} {lead.public_id}",
            )


@transaction.atomic
def set_chambers(
    *, by: Person, chambers: Chambers, most_members: int, least_meetings: int, manager: Person | None
) -> None:
    """Its size, its least meetings a year and the manager who looks after it.

    Raises Refused for fewer places than there are members, or for somebody who manages another pool.
    """
    managers = chambers.pool.managers()
    if by not in managers:
        raise PermissionError("only a manager of the pool sets this")
    chambers = Chambers.objects.select_for_update(of=("self",)).get(pk=chambers.pk)
    taken = chambers.members.exclude(state__in=("left", "declined")).count()
    if most_members < taken:
        raise Refused(f"It has {taken} members already: leave them a place each.")
    if manager is not None and manager not in managers:
        raise Refused(f"{manager} does not manage this pool.")
    chambers.most_members, chambers.least_meetings, chambers.manager = most_members, least_meetings, manager
    chambers.save(update_fields=["most_members", "least_meetings", "manager"])
    Event.record("set", chambers, by=by, most_members=most_members, least_meetings=least_meetings)


def _address(chambers: Chambers) -> str:
    return link(reverse("chambers:one", args=[chambers.public_id]))
