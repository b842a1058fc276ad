"""She leaves a pool: at once, once no session of hers there is still to come."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.bookings.models import Booking
from desirepath.clinicians.models import Engagement, Membership
from desirepath.memberships.actions.letting_go import end_what_she_allowed, let_go_of_what_is_open
from desirepath.memberships.models import Break
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import plural


def still_to_come(membership: Membership) -> QuerySet[Booking]:
    """Her sessions in the pool that are booked and not over: she works them, hands them back or cancels them
    before she leaves, so that nobody is let down silently.
    """
    rows = Booking.objects.for_pool(membership.pool).for_clinician(membership.clinician)
    rows = rows.filter(state__in=("provisional", "confirmed", "in progress"), end__gt=clock.now())
    return rows.select_related("practice").order_by("start", "pk")


@retried
@transaction.atomic
def leave_pool(*, by: Person, membership: Membership) -> None:
    """She is a member no longer, of its chambers neither; what is hers stays hers, and she may ask again.

    Raises Refused while sessions are to come, or where she is no member.
    """
    if by.pk != membership.clinician.person_id:
        raise PermissionError("only she leaves")
    membership.clinician.locked()
    membership.refresh_from_db()
    if not membership.may("left"):
        raise Refused("You are not a member of this pool.")
    if waiting := still_to_come(membership).count():
        raise Refused(f"You are still booked for {plural(waiting, 'session')} in this pool.")
    let_go_of_what_is_open(by=by, membership=membership, because="left the pool")
    end_what_she_allowed(by=by, membership=membership)
    membership.move("left", by=by, chambers=None, pcn=None)
    for time_off in Break.objects.open().filter(membership=membership):
        Break.objects.filter(pk=time_off.pk).update(ended_on=clock.today())
        Event.record("ended", time_off, by=by)
    hosted = Engagement.objects.filter(clinician=membership.clinician, host=membership.pool.organisation)
    for engagement in hosted.filter(state="active"):
        engagement.move("ended", by=by)
    address = link(reverse("clinicians:members"))
    for manager in membership.pool.managers():
        tell(
            to=manager,
            subject=f"{by.name} has left {membership.pool}",
            body=f"No session was left to work.\n\nSee the members: {address}\n",
            key=f"left {membership.public_id} {int(membership.state_since.timestamp())} {manager.pk}",
        )
