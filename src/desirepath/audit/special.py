"""Special categories (UK GDPR, articles 9 and 10): kept apart, and whoever reads one is written down.

A room that shows such data to anybody but herself calls ``read_special`` in the view that opens it, before it
is shown. What counts is named here; a kind that is not is refused.
"""

from __future__ import annotations

from typing import Any

from desirepath.audit.models import Actor, Base, Event

# kind: where it lies, and why it is special
SPECIAL: dict[str, str] = {
    "ethnicity": "monitoring of equality; never shown to bookers or used to match (article 9)",
    "health": "fitness, immunisation, sickness, adjustments (article 9)",
    "wellbeing": "answers to the pulse (article 9)",
    "concern": "complaints and worries about a person (articles 9 and 10)",
    "criminal record": "DBS certificates and their contents (article 10)",
    "everything": "all that is held about a person, in one file",
}


def read_special(kind: str, subject: Base, *, by: Actor | None, **details: Any) -> Event:
    """Write down that ``by`` read what is held of ``kind`` about ``subject``. Raises KeyError for a kind that
    is not named.
    """
    if kind not in SPECIAL:
        raise KeyError(kind)
    return Event.record("read", subject, by=by, special=kind, **details)
