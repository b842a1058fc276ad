"""Values that every part of the API writes alike."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from desirepath.audit.clock import LONDON

# what comes in must say its time zone; what goes out says England's offset at that moment
Moment = Annotated[
    AwareDatetime, Field(description="ISO 8601 with its offset, such as 2026-12-08T08:30:00+00:00")
]


def moment(value: datetime) -> datetime:
    """A kept moment as England's clocks show it, with its offset."""
    return value.astimezone(LONDON)
