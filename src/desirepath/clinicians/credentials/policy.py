"""What a pool or a practice asks for, and changing it; everybody it concerns is judged again at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.clinicians.credentials.clearing import work_out
from desirepath.clinicians.credentials.usual import RECORDED, name_of, usual
from desirepath.clinicians.models import Clinician, Policy, Requirement
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools.models import ClinicianRole, Pool

MOST = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of what is asked for, as pages show it."""

    role: str
    item: str
    name: str
    blocks: bool
    verified_by: str
    months: int | None
    since: date | None
    source: str


def policy_of(place: Organisation) -> Policy | None:
    """What a pool or a practice has set itself."""
    if place.kind == Kind.POOL:
        return Policy.objects.filter(pool__organisation=place).first()
    return Policy.objects.filter(practice=place).first()


def wanted_at(place: Organisation) -> list[Wanted]:
    """What is asked for there, by role: for a pool without a list of its own, the usual set."""
    policy = policy_of(place)
    rows: list[tuple[str, str, str, str, int | None, date | None, str]]
    if policy is None:
        if place.kind != Kind.POOL:
            return []
        rows = [(u.role, u.item, u.level, u.verified_by, u.months, None, u.source) for u in usual()]
    else:
        rows = [
            (r.role, r.item, r.level, r.verified_by, r.months, r.since, r.source)
            for r in policy.requirements.all()
        ]
    order = list(ClinicianRole.values)
    found = [
        Wanted(role, item, name_of(item), level == "block", who, months, since, source)
        for role, item, level, who, months, since, source in rows
    ]
    return sorted(found, key=lambda each: (order.index(each.role), not each.blocks))


def _locked_policy(by: Person | None, place: Organisation) -> Policy:
    """The list of a place, to be changed; a pool's begins as a copy of the usual set."""
    Organisation.objects.select_for_update().get(pk=place.pk)
    policy = policy_of(place)
    if policy is not None:
        return policy
    if place.kind != Kind.POOL:
        policy = Policy.objects.create(practice=place)
    else:
        policy = Policy.objects.create(pool=Pool.objects.get(organisation=place))
        Requirement.objects.bulk_create(
            Requirement(
                policy=policy,
                role=u.role,
                item=u.item,
                level=u.level,
                verified_by=u.verified_by,
                months=u.months,
                since=date(2000, 1, 1),
                source=u.source,
            )
            for u in usual()
        )
    Event.record("list of checks begun", policy, by=by)
    return policy


@retried
@transaction.atomic
def ask_for(
    *,
    by: Person | None,
    place: Organisation,
    role: str,
    item: str,
    level: str,
    since: date,
    verified_by: str = Requirement.Authority.VERIFIER,
    months: int | None = None,
) -> None:
    """A place asks for an item of a role from sessions on ``since`` on, or asks otherwise than before."""
    if item == RECORDED:
        raise Refused("That is not something to ask for.")
    policy = _locked_policy(by, place)
    if policy.requirements.count() >= MOST:
        raise Refused(f"A list has at most {MOST} lines.")
    values = {"level": level, "since": since, "verified_by": verified_by, "months": months}
    Requirement.objects.update_or_create(policy=policy, role=role, item=item, defaults=values)
    Event.record("asked for", policy, by=by, role=role, item=item, level=level, since=str(since))
    _judge_again(policy)


@retried
@transaction.atomic
def ask_no_more(*, by: Person | None, place: Organisation, role: str, item: str) -> None:
    """A place asks for it no longer."""
    policy = _locked_policy(by, place)
    gone, _ = policy.requirements.filter(role=role, item=item).delete()
    if gone:
        Event.record("no longer asked for", policy, by=by, role=role, item=item)
        _judge_again(policy)


@retried
@transaction.atomic
def ask_for_nothing(*, by: Person | None, pool: Pool) -> None:
    """A pool keeps its checks elsewhere altogether: whoever is its member is cleared here."""
    policy = _locked_policy(by, pool.organisation)
    policy.requirements.all().delete()
    Event.record("nothing asked for", policy, by=by)
    _judge_again(policy)


def _judge_again(policy: Policy) -> None:
    """A practice's own list is looked at when somebody is asked; a pool's is kept with its members."""
    if policy.pool_id:
        members = Clinician.objects.filter(memberships__pool=policy.pool_id)
        work_out(list(members.select_related("person")))
