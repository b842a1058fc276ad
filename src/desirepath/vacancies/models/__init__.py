"""The tables of the room."""

from desirepath.vacancies.models.block import TOGETHER, Block
from desirepath.vacancies.models.plan import (
    LEASE,
    MADE,
    UNDER_WAY,
    PlanRun,
    PlanRunQuerySet,
    Proposal,
    Replanned,
    Shortness,
    Unfilled,
)
from desirepath.vacancies.models.preferred import PreferredClinician
from desirepath.vacancies.models.told import CountsTold
from desirepath.vacancies.models.vacancy import PairChoice, Vacancy, VacancyQuerySet

__all__ = [
    "LEASE",
    "MADE",
    "TOGETHER",
    "UNDER_WAY",
    "Block",
    "CountsTold",
    "PairChoice",
    "PlanRun",
    "PlanRunQuerySet",
    "PreferredClinician",
    "Proposal",
    "Replanned",
    "Shortness",
    "Unfilled",
    "Vacancy",
    "VacancyQuerySet",
]
