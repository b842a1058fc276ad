"""A pool's people and spreadsheets as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Prefetch

from desirepath.accounts.models import Invitation, Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.nhsuk.formats import day, day_and_year, plural
from desirepath.organisations.models import Kind, Organisation, RoleAssignment
from desirepath.pools.importing import Import, Line
from desirepath.pools.models import Pool

ORDER = (Kind.POOL, Kind.CHAMBERS, Kind.PCN, Kind.PRACTICE)
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role somebody holds; ``invited`` says how her invitation stands, "" once she has begun."""

    assignment: RoleAssignment
    person: Person
    role: str
    dates: str
    invited: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class PlaceRows:
    name: str
    kind: str
    rows: list[RoleRow]


def people_of(pool: Pool, *, with_installation: bool) -> list[PlaceRows]:
    """Everyone with a role in the pool or its practices, by place: the pool first, practices by name last."""
    held = RoleAssignment.objects.not_over().select_related("person", "organisation")
    invitations = Invitation.objects.filter(state__in=("sent", "expired")).order_by("-expires_at")
    held = held.prefetch_related(Prefetch("person__invitations", invitations, to_attr="not_accepted"))
    by_place: dict[int | None, list[RoleAssignment]] = {}
    for assignment in held.filter(organisation__in=pool.organisations().values("pk")).order_by(
        "person__name", "id"
    ):
        by_place.setdefault(assignment.organisation_id, []).append(assignment)
    givers = _givers([one for rows in by_place.values() for one in rows])
    found = [
        PlaceRows(place.name, place.get_kind_display(), [_row(a, givers) for a in by_place[place.pk]])
        for place in sorted(
            Organisation.objects.filter(pk__in=[key for key in by_place if key]), key=_in_order
        )
    ]
    if with_installation:
        everywhere = list(held.filter(organisation=None).exclude(role="clinician").order_by("person__name"))
        givers = _givers(everywhere)
        found.append(PlaceRows("This installation", "", [_row(a, givers) for a in everywhere]))
    return found


def _in_order(place: Organisation) -> tuple[int, str, str]:
    return ORDER.index(Kind(place.kind)), place.name, place.code


def _givers(assignments: list[RoleAssignment]) -> dict[UUID, str]:
    """Who gave each role, by the role's id; none where the installation itself did."""
    given = dict(
        Event.objects.filter(verb="role given", entity_id__in=[one.public_id for one in assignments])
        .exclude(actor=None)
        .order_by("id")
        .values_list("entity_id", "actor")
    )
    names = dict(Person.objects.filter(public_id__in=set(given.values())).values_list("public_id", "name"))
    return {role: names[giver] for role, giver in given.items() if role and giver in names}


def _row(assignment: RoleAssignment, givers: dict[UUID, str]) -> RoleRow:
    word = "since" if assignment.starts_on <= clock.today() else "from"
    dates = f"{word} {day_and_year(assignment.starts_on)}"
    if assignment.ends_on:
        dates += f", last day {day_and_year(assignment.ends_on - timedelta(days=1))}"
    if giver := givers.get(assignment.public_id):
        dates += f", given by {giver}"
    person = assignment.person
    waiting: list[Invitation] = person.not_accepted  # type: ignore[attr-defined]  # prefetched above
    if person.has_usable_password():
        waiting = [invitation for invitation in waiting if invitation.state == "sent"]
    newest = next(iter(waiting), None)
    overdue = newest is not None and (newest.state == "expired" or newest.expires_at <= clock.now())
    invited = ""
    if newest:
        invited = "Invitation has run out" if overdue else f"Invited until {day(newest.expires_at)}"
    return RoleRow(assignment, person, assignment.get_role_display(), dates, invited, overdue)


@dataclass(frozen=True, slots=True)
class Preview:
    """A file before it is taken; ``told`` are its errors with their places, at most 100 of them."""

    rows: int
    wrong: int
    told: list[str]
    more: int
    headings: list[str]

    @property
    def can_be_taken(self) -> bool:
        return not self.wrong

    @property
    def summary(self) -> str:
        if self.can_be_taken:
            return f"{plural(self.rows, 'row')} read, and each can be taken."
        read = plural(self.rows, "row")
        return f"{read} read, and something is wrong in {self.wrong:,} of them. Nothing has been taken."


def preview_of(what: Import, lines: list[Line]) -> Preview:
    told = [sentence for line in lines for sentence in line.told]
    return Preview(
        rows=len(lines),
        wrong=sum(not line.fits for line in lines),
        told=told[:MOST_TOLD],
        more=max(0, len(told) - MOST_TOLD),
        headings=[name.replace("_", " ").capitalize() for name in what.shown],
    )
