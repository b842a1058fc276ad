"""The tables of the room."""

from desirepath.clinicians.models.availability import AvailabilityException, WeeklyPattern
from desirepath.clinicians.models.busy import BusySource, BusyTime, BusyUpload
from desirepath.clinicians.models.committed_time import CommittedTime
from desirepath.clinicians.models.credentials import (
    CheckTimer,
    Credential,
    Document,
    Policy,
    RegisterStatus,
    Requirement,
)
from desirepath.clinicians.models.passport import (
    BroughtPassport,
    IssuerKey,
    Passport,
    PassportCode,
    TrustedIssuer,
)
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
    "BroughtPassport",
    "BusySource",
    "BusyTime",
    "BusyUpload",
    "CheckTimer",
    "Clinician",
    "CommittedTime",
    "Credential",
    "Document",
    "Engagement",
    "IssuerKey",
    "Membership",
    "Passport",
    "PassportCode",
    "Policy",
    "PracticePreference",
    "QuietChoices",
    "RegisterStatus",
    "Requirement",
    "Side",
    "Skill",
    "StandingYes",
    "Terms",
    "TrustedIssuer",
    "WeeklyPattern",
]
