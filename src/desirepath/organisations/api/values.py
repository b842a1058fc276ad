"""Values that every part of the API writes alike."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, Field, PlainSerializer

from desirepath.audit.clock import LONDON

# what comes in must say its time zone; what goes out says England's offset at that moment
Moment = Annotated[
    AwareDatetime, Field(description="ISO 8601 with its offset, such as 2026-12-08T08:30:00+00:00")
]
# always with its pence, so that two answers about one thing are alike
Money = Annotated[
    Decimal, PlainSerializer(lambda pounds: f"{pounds:.2f}", return_type=str), Field(examples=["375.00"])
]


def moment(value: datetime) -> datetime:
    """A kept moment as England's clocks show it, with its offset, to the second."""
    return value.astimezone(LONDON).replace(microsecond=0)
