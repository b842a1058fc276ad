"""Secret addresses at which a calendar may be read: make one, take it back, find what it opens."""

from __future__ import annotations

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.bookings.models import Feed
from desirepath.organisations.models import Organisation


@transaction.atomic
def open_feed(*, by: Person, practice: Organisation | None) -> Feed:
    """Her open address of a calendar: her own, or that of ``practice``; made where there is none."""
    feed, new = Feed.objects.get_or_create(person=by, practice=practice, revoked_at=None)
    if new:
        Event.record("opened", feed, by=by)
    return feed


@transaction.atomic
def revoke_feed(*, by: Person, feed: Feed) -> None:
    """The address stops to work, for good. Only its owner may; a second time changes nothing."""
    if feed.person_id != by.pk:
        raise PermissionError("only its owner may revoke it")
    if Feed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=clock.now()):
        Event.record("revoked", feed, by=by)


def feed_at(token: str) -> Feed | None:
    """The feed that a token opens; None where it is unknown, revoked, or its owner may no longer see it."""
    rows = Feed.objects.select_related("person__clinician", "practice")
    # no token holds a NUL, and PostgreSQL takes no text that does
    feed = rows.filter(token=token.replace("\x00", " "), revoked_at=None, person__is_active=True).first()
    if feed is None or feed.practice is None:
        return feed if feed and hasattr(feed.person, "clinician") else None
    held = feed.person.roles.current().filter(organisation=feed.practice)
    return feed if any(role.may(Permission.SEE_PRACTICE) for role in held) else None
