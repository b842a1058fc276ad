"""Members change their charter: one proposes, all may vote, more than half of them adopt it.

More than half of *all* members, not of those who voted: self-employed people are bound by nothing that only a
few of them wanted. Whoever has left has no say any more, whoever is on a break neither counts nor votes. The
vote ends as soon as nothing that is still to come can change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.chambers.models import Charter, Vote
from desirepath.clinicians.models import Clinician
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import moment
from desirepath.organisations.models import RoleAssignment
from desirepath.pools.models import Chambers

SETTINGS = ("invoice_day", "minimum_notice_hours", "first_refusal_hours")
LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 3, 14, 28
OVER = "This vote is over."


def members_of(chambers: Chambers) -> list[Clinician]:
    """Its active members, by name: those who vote."""
    rows = Clinician.objects.filter(memberships__chambers=chambers, memberships__state="active")
    return list(rows.select_related("person").order_by("person__name", "pk"))


def leads_of(chambers: Chambers) -> list[Person]:
    held = RoleAssignment.objects.current().filter(
        role=Role.CHAMBERS_LEAD, organisation=chambers.organisation
    )
    return [each.person for each in held.select_related("person").order_by("person__name", "pk")]


def needed(members: int) -> int:
    """How many must say yes: more than half of all."""
    return members // 2 + 1


@transaction.atomic
def propose_charter(
    *,
    by: Person,
    chambers: Chambers,
    text: str,
    why: str,
    days: int = USUAL_DAYS,
    settings: Mapping[str, Any] | None = None,
) -> Charter:
    """A member or the lead puts a version to the vote for so many days; nothing changes before it is adopted.

    Raises Refused where another vote is open, or there is nobody to vote.
    """
    members = members_of(chambers)
    if by not in [*(member.person for member in members), *leads_of(chambers)]:
        raise PermissionError("only a member or the lead may propose a charter")
    if not members:
        raise Refused("The chambers has no active member yet, so nobody could vote.")
    unknown = set(settings or ()) - set(SETTINGS)
    if unknown:
        raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
    made = Charter(
        chambers=chambers,
        text=text.strip(),
        why=why.strip(),
        proposed_by=by,
        closes_at=clock.now() + timedelta(days=days),
        **(settings or {}),
    )
    try:
        made.full_clean(exclude=["state"], validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Refused("The members are voting on a change already. Wait for its end.") from error
    Event.record("proposed", made, by=by, days=days)
    for member in members:
        if member.person != by:
            _tell(
                made,
                member.person,
                f"Your chambers votes on its charter until {moment(made.closes_at)}",
                "A change of your charter is proposed. Read it and vote. It is adopted once more than half "
                "of all members have said yes.",
                "proposed",
            )
    return made


@retried
@transaction.atomic
def vote(*, by: Person, charter: Charter, choice: str) -> Charter:
    """A member's vote, which she may change until the end; the version as it stands afterwards.

    Raises Refused where the vote is over.
    """
    clinician = Clinician.objects.filter(
        person=by, memberships__chambers=charter.chambers_id, memberships__state="active"
    ).first()
    if clinician is None:
        raise PermissionError("only an active member votes")
    charter = _locked(charter)
    if charter.state != "proposed" or charter.closes_at <= clock.now():
        raise Refused(OVER)
    cast, _ = Vote.objects.update_or_create(
        charter=charter, clinician=clinician, defaults={"choice": Vote.Choice(choice)}
    )
    # that she voted, and not how: the log is read by others
    Event.record("voted", cast, by=by)
    _count(charter, by=by)
    return charter


@transaction.atomic
def withdraw_charter(*, by: Person, charter: Charter) -> None:
    """Whoever proposed it, or the lead, takes it back. Raises Refused where the vote is over."""
    if by.pk != charter.proposed_by_id and by not in leads_of(charter.chambers):
        raise PermissionError("only whoever proposed it, or the lead, may take it back")
    charter = _locked(charter)
    if charter.state != "proposed":
        raise Refused(OVER)
    charter.move("withdrawn", by=by)
    _tell_all(charter, "The vote on your charter is called off", "It was taken back, and nothing changes.")


def close_due() -> int:
    """Votes whose time is over end; the number. Safe to run twice and on several machines."""
    closed = 0
    for row in Charter.objects.due():
        with taking_turns(f"charter {row.public_id}"):
            closed += _close(row)
    return closed


@retried
@transaction.atomic
def _close(charter: Charter) -> bool:
    charter = _locked(charter)
    if charter.state != "proposed":
        return False
    _count(charter, by=None, over=True)
    return True


def _locked(charter: Charter) -> Charter:
    """As it stands, with its chambers' row locked: votes are counted one after the other."""
    Chambers.objects.select_for_update(of=("self",)).get(pk=charter.chambers_id)
    return Charter.objects.select_related("chambers__organisation").get(pk=charter.pk)


def tally(charter: Charter) -> dict[str, int]:
    """Votes by choice, of those who are active members now."""
    votes = charter.votes.filter(
        clinician__memberships__chambers=charter.chambers_id, clinician__memberships__state="active"
    )
    counted = dict.fromkeys(Vote.Choice.values, 0)
    for choice in votes.values_list("choice", flat=True):
        counted[choice] += 1
    return counted


def _count(charter: Charter, *, by: Person | None, over: bool = False) -> None:
    """End the vote where its end is certain, or (``over``) as its time is."""
    counted, members = tally(charter), len(members_of(charter.chambers))
    voted = sum(counted.values())
    details = {**counted, "members": members}
    if counted["yes"] >= needed(members) and members:
        _adopt(charter, by=by, details=details)
    elif over or counted["yes"] + members - voted < needed(members):
        charter.move("not adopted", by=by, details=details)
        told = f"{counted['yes']} of {members} members said yes, and {needed(members)} were needed."
        _tell_all(charter, "Your charter stays as it is", told)


def _adopt(charter: Charter, *, by: Person | None, details: dict[str, Any]) -> None:
    before = Charter.of(charter.chambers)
    if before:
        before.move("superseded", by=by)
    version = before.version + 1 if before and before.version else 1
    charter.move("in force", by=by, details=details, version=version, adopted_at=clock.now())
    share = f"{details['yes']} of {details['members']} members said yes"
    told = f"Version {version} is in force from now on: {share}."
    _tell_all(charter, "Your chambers has adopted its charter", told)


def _tell_all(charter: Charter, subject: str, words: str) -> None:
    people = {member.person for member in members_of(charter.chambers)} | {*leads_of(charter.chambers)}
    for person in sorted(people, key=lambda each: each.pk):
        _tell(charter, person, subject, words, charter.state)


def _tell(charter: Charter, person: Person, subject: str, words: str, what: str) -> None:
    address = link(reverse("chambers:change", args=[charter.public_id]))
    tell(
        to=person,
        subject=subject,
        body=f"{words}\n\nSee it: {address}\n",
        key=f"charter {charter.public_id} {what} {person.public_id}",
    )
