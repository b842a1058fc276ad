"""Invite people to a role in a pool, again, or not after all; who may hold which role where."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from desirepath.accounts import factors
from desirepath.accounts.entering import end_every_session
from desirepath.accounts.models import Invitation, Person
from desirepath.accounts.roles import EVERYWHERE, Role
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.messages.letters import invite
from desirepath.nhsuk.formats import day_and_year
from desirepath.organisations.models import Kind, Organisation, RoleAssignment
from desirepath.pools.actions.founding import end_role, give_role
from desirepath.pools.models import Pool

HELD_AT: dict[Role, Kind] = {
    Role.PRACTICE_BOOKER: Kind.PRACTICE,
    Role.PRACTICE_APPROVER: Kind.PRACTICE,
    Role.PCN_MANAGER: Kind.PCN,
    Role.CHAMBERS_LEAD: Kind.CHAMBERS,
    Role.POOL_MANAGER: Kind.POOL,
    Role.CREDENTIAL_VERIFIER: Kind.POOL,
    Role.GOVERNANCE_LEAD: Kind.POOL,
    Role.WORKFORCE_ANALYST: Kind.POOL,
    Role.WELLBEING_GUARDIAN: Kind.POOL,
    Role.FINANCE_OFFICER: Kind.POOL,
}
FOR_THE_INSTALLATION = (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR)


def person_at(*, email: str, name: str, fictional: bool) -> Person:
    """Whoever has this address, or somebody new; in a fictional pool she is fictional, and gets no e-mail."""
    found = Person.objects.filter(email__iexact=email.strip()).first()
    return found or Person.objects.create_user(email, name=name, fictional=fictional)


@transaction.atomic
def invite_to_role(
    *,
    by: Person | None,
    pool: Pool,
    email: str,
    name: str,
    role: str,
    place: Organisation | None,
    starts_on: date | None = None,
    last_day: date | None = None,
) -> RoleAssignment:
    """Give ``role`` at ``place`` (of this pool) to whoever has ``email``, and send her an invitation.

    Nobody gives herself one: who asks, who approves and who gives the roles for it are different people.
    Invited again before she has begun, she gets a new link and still one role. Raises Refused where the role
    is not held at such a place or she holds it already, PermissionError for a place that is not of this pool.
    """
    _refuse_wrong_place(pool, Role(role), place)
    person = person_at(email=email, name=name, fictional=pool.fictional)
    if by is not None and person.pk == by.pk:
        raise Refused("You can't give yourself a role. Ask another manager, or the administrator.")
    held = RoleAssignment.objects.current().filter(person=person, role=role, organisation=place, ends_on=None)
    if held.exists() and not waiting(person):
        raise Refused(f"{person} is {described(Role(role), place)} already.")
    days = {"starts_on": starts_on, "last_day": last_day}
    assignment = give_role(by=by, person=person, role=role, organisation=place, **days)
    from_then = f" from {day_and_year(starts_on)}" if starts_on else ""
    invite(email=person.email, name=name, by=by, role=described(Role(role), place) + from_then)
    return assignment


def _refuse_wrong_place(pool: Pool, role: Role, place: Organisation | None) -> None:
    if role in FOR_THE_INSTALLATION:
        if place is not None:
            raise Refused(f"The role {role.label} is held at no organisation.")
        return
    kind = HELD_AT.get(role)
    if kind is None:
        raise Refused(f"The role {role.label} comes with being a clinician of the pool.")
    if place is None:
        raise Refused(f"Choose where: {described(role, None)} belongs to a {kind.label.lower()}.")
    if not pool.organisations().filter(pk=place.pk).exists():
        raise PermissionError("the place is not of this pool")
    if place.kind != kind:
        raise Refused(f"The role {role.label} is held at a {kind.label}, and {place} is not one.")


def described(role: Role, place: Organisation | None) -> str:
    """ "Practice booker at Elm Surgery", for letters and sentences."""
    return f"{role.label} at {place}" if place and role not in EVERYWHERE else role.label


def described_role(assignment: RoleAssignment) -> str:
    """The same, of a role that is held."""
    return described(Role(assignment.role), assignment.organisation)


@transaction.atomic
def resend_invitation(*, by: Person, assignment: RoleAssignment) -> Invitation:
    """A new link, by e-mail; the one sent before no longer works. Raises Refused once she has begun."""
    person = assignment.person
    if not waiting(person):
        raise Refused(f"{person} has accepted an invitation already.")
    _, invitation = invite(
        email=person.email,
        name=person.name,
        by=by,
        role=described(Role(assignment.role), assignment.organisation),
    )
    return invitation


@transaction.atomic
def withdraw_invitation(*, by: Person, pool: Pool, assignment: RoleAssignment) -> None:
    """She does not get the role after all; her link stops working unless another role waits for her.

    Raises Refused once she has begun.
    """
    person = assignment.person
    if not waiting(person):
        raise Refused(f"{person} has accepted already. End the role instead.")
    end_role(by=by, assignment=assignment)
    if person.roles.current().exists():
        return
    for invitation in person.invitations.filter(state="sent"):
        invitation.move("withdrawn", by=by)
    Event.record("invitation withdrawn", pool, by=by)


def waiting(person: Person) -> bool:
    """Whether an invitation waits for her: one is open, or ran out before she began."""
    states = set(person.invitations.values_list("state", flat=True))
    return "sent" in states or ("expired" in states and not person.has_usable_password())


@transaction.atomic
def forget_second_factor(*, by: Person, pool: Pool | None, of: Person) -> None:
    """She has lost her second factor: it no longer counts, and she is signed out everywhere.

    A manager may say so of somebody all of whose roles are in her ``pool``; an administrator (None) of
    anybody. Raises Refused for others, and for herself.
    """
    if of.pk == by.pk:
        raise Refused("Somebody else must say this of you. You change your own on Your account.")
    if pool is not None:
        held = RoleAssignment.objects.not_over().filter(person=of).exclude(role=Role.CLINICIAN)
        if held.exclude(organisation__in=pool.organisations().values("pk")).exists():
            raise Refused(f"{of} also has a role elsewhere. Ask the administrator of this installation.")
    factors.forget(of=of, by=by)
    end_every_session(of=of, by=by)
