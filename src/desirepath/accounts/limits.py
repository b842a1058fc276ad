"""How often a door may be tried: counted in the database, so that all web processes count together."""

from __future__ import annotations

import hmac
import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import F

from desirepath.accounts.models import Tries
from desirepath.audit import clock

MOST = 10
WITHIN = timedelta(minutes=15)


class TooManyTriesError(Exception):
    """Too many wrong tries at one door; it opens again by itself."""


def door(what: str) -> uuid.UUID:
    """The opaque id under which tries at ``what`` are counted."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), what.encode(), "sha256")
    return uuid.UUID(bytes=digest[:16], version=4)


def take(at: uuid.UUID) -> None:
    """Use up one of the tries at a door, before what is tried is looked at. Raises TooManyTriesError.

    Each step is one statement that counts only where there is room, so that tries at the same moment, in
    whatever process, can't be more than one by one.
    """
    now = clock.now()
    tries = Tries.objects.filter(door=at)
    room = tries.filter(since__gt=now - WITHIN, count__lt=MOST)
    shut = tries.filter(since__gt=now - WITHIN, count__gte=MOST)
    while not shut.exists():
        if room.update(count=F("count") + 1):
            return
        if tries.filter(since__lte=now - WITHIN).update(count=1, since=now):
            return
        _, first = Tries.objects.get_or_create(door=at, defaults={"count": 1, "since": now})
        if first:
            return
        # somebody else was the first, or has just opened the door and with it forgotten the count: once more
    raise TooManyTriesError


def taken(at: uuid.UUID) -> int:
    """How many tries are used up."""
    tries = Tries.objects.filter(door=at, since__gt=clock.now() - WITHIN)
    return tries.values_list("count", flat=True).first() or 0


def forget(at: uuid.UUID) -> None:
    """It opened: the next slip is the first again."""
    Tries.objects.filter(door=at).delete()
