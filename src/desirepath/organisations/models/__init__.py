"""The tables of the room."""

from desirepath.organisations.models.access import AccessToken, IdempotentAnswer
from desirepath.organisations.models.induction import InductionPack
from desirepath.organisations.models.organisation import (
    ImportRun,
    Kind,
    ListSize,
    Organisation,
    OrganisationQuerySet,
    Parent,
    ParentQuerySet,
    RoleAssignment,
    RoleQuerySet,
    Sighting,
)

__all__ = [
    "AccessToken",
    "IdempotentAnswer",
    "ImportRun",
    "InductionPack",
    "Kind",
    "ListSize",
    "Organisation",
    "OrganisationQuerySet",
    "Parent",
    "ParentQuerySet",
    "RoleAssignment",
    "RoleQuerySet",
    "Sighting",
]
