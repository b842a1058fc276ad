"""The one place that knows what time it is.

Everything asks ``now()``, so that the demo can live through past weeks and a test can jump across a night.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

LONDON = ZoneInfo("Europe/London")
_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _pretended.get() or timezone.now()


def today() -> date:
    """The date in England."""
    return now().astimezone(LONDON).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything within believe that it is ``moment`` (aware)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
