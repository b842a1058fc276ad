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
from desirepath.clinicians.models.terms import DAYS, LIMITS, RATES, Terms

__all__ = [
    "DAYS",
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
    "Skill",
    "Terms",
    "WeeklyPattern",
]
