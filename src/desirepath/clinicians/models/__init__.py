"""The tables of the room."""

from desirepath.clinicians.models.availability import AvailabilityException, WeeklyPattern
from desirepath.clinicians.models.busy import BusySource, BusyTime, BusyUpload
from desirepath.clinicians.models.committed_time import CommittedTime
from desirepath.clinicians.models.profile import (
    Clinician,
    Engagement,
    Membership,
    PracticePreference,
    Skill,
)
from desirepath.clinicians.models.quiet import EVERY_DAY, QuietChoices, StandingYes
from desirepath.clinicians.models.terms import CONDITIONS, DAYS, LIMITS, RATES, Side, Terms

__all__ = [
    "CONDITIONS",
    "DAYS",
    "EVERY_DAY",
    "LIMITS",
    "RATES",
    "AvailabilityException",
    "BusySource",
    "BusyTime",
    "BusyUpload",
    "Clinician",
    "CommittedTime",
    "Engagement",
    "Membership",
    "PracticePreference",
    "QuietChoices",
    "Side",
    "Skill",
    "StandingYes",
    "Terms",
    "WeeklyPattern",
]
