"""The tables of the room."""

from desirepath.chambers.models.charter import (
    LAST_INVOICE_DAY,
    MOST_NOTICE,
    MOST_REFUSAL,
    Charter,
    Vote,
)
from desirepath.chambers.models.mandate import Mandate, MandateUse
from desirepath.chambers.models.meeting import Meeting, MeetingTask

__all__ = [
    "LAST_INVOICE_DAY",
    "MOST_NOTICE",
    "MOST_REFUSAL",
    "Charter",
    "Mandate",
    "MandateUse",
    "Meeting",
    "MeetingTask",
    "Vote",
]
