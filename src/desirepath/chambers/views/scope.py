"""Which chambers somebody sees, and what she is there: a member, the lead, a manager."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from desirepath.accounts.roles import Permission, Role
from desirepath.chambers.actions.charter import members_of
from desirepath.clinicians.models import Clinician, Membership
from desirepath.organisations.acting import Acting, ActingRequest
from desirepath.organisations.models import Kind
from desirepath.pools.models import Chambers

# states in which she still belongs to her chambers
BELONGING = ("active", "paused", "suspended")


def visible_to(acting: Acting) -> QuerySet[Chambers]:
    """A clinician's own, the one she leads, or those of the pool she manages."""
    rows = Chambers.objects.select_related("organisation", "pool__organisation", "manager").order_by(
        "organisation__name", "pk"
    )
    if acting.role == Role.CLINICIAN:
        hers = Membership.objects.filter(clinician__person=acting.person, state__in=BELONGING)
        return rows.filter(pk__in=hers.values("chambers"))
    if acting.place.kind == Kind.CHAMBERS:
        return rows.filter(organisation=acting.place)
    return rows.filter(pool__organisation=acting.place)


@dataclass
class Seen:
    """A chambers as whoever acts sees it."""

    chambers: Chambers
    acting: Acting

    @property
    def keeps(self) -> bool:
        """Whether she keeps its meetings: the lead, or a manager of the pool."""
        return self.acting.may(Permission.SEE_CHAMBERS)

    @property
    def manages(self) -> bool:
        return self.acting.may(Permission.LOOK_AFTER_MEMBERS)

    @property
    def leads(self) -> bool:
        return self.acting.may(Permission.LEAD_CHAMBERS)

    @cached_property
    def members(self) -> list[Clinician]:
        return members_of(self.chambers)

    @cached_property
    def me(self) -> Clinician | None:
        """Herself among its active members, where she acts as a clinician."""
        if self.acting.role != Role.CLINICIAN:
            return None
        return next((each for each in self.members if each.person_id == self.acting.person.pk), None)

    @property
    def proposes(self) -> bool:
        return self.leads or self.me is not None


def seen(request: ActingRequest, public_id: UUID) -> Seen:
    """The chambers, or 404."""
    return Seen(get_object_or_404(visible_to(request.acting), public_id=public_id), request.acting)
