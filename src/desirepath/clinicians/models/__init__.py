"""The tables of the room."""

from desirepath.clinicians.models.availability import AvailabilityException, WeeklyPattern
from desirepath.clinicians.models.busy import BusySource, BusyTime
from desirepath.clinicians.models.committed_time import CommittedTime
from desirepath.clinicians.models.profile import (
    Clinician,
    Engagement,
    Membership,
    PracticePreference,
    Skill,
)
from desirepath.clinicians.models.quiet import EVERY_DAY, QuietChoices, StandingYes
from desirepath.clinicians.models.terms import DAYS, LIMITS, RATES, Terms

__all__ = [
    "DAYS",
    "EVERY_DAY",
    "LIMITS",
    "RATES",
    "AvailabilityException",
    "BusySource",
    "BusyTime",
    "Clinician",
    "CommittedTime",
    "Engagement",
    "Membership",
    "PracticePreference",
    "QuietChoices",
    "Skill",
    "StandingYes",
    "Terms",
    "WeeklyPattern",
]
