"""The one place where what she holds becomes "cleared until" of each membership of hers.

Documents, verifications and the register are the truth; the columns ``cleared_until`` and ``checks`` of a
membership are kept beside it, so that a plan of thousands reads them with the membership. Whoever changes
something of the truth calls ``work_out`` in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from desirepath.audit import clock
from desirepath.clinicians.credentials.clearance import (
    FOR_EVER,
    Asked,
    Clearance,
    Entry,
    Held,
    clearance,
)
from desirepath.clinicians.credentials.usual import RECORDED, usual
from desirepath.clinicians.models import (
    CheckTimer,
    Clinician,
    Credential,
    Membership,
    Policy,
    RegisterStatus,
    Requirement,
)
from desirepath.clinicians.models.credentials import VALID, day_after
from desirepath.pools.models import ClinicianRole, Pool

# days before the last day on which she is told; the day after it is 0 (DOMAIN, Credentials)
NOTICES = (60, 30, 7, 0)
# memberships that are looked at together
AT_ONCE = 1_000
# the rooms above hear of everybody who is cleared for longer or less long than before
Hear = Callable[[Clinician], None]
_hearing: list[Hear] = []


def when_changed(hear: Hear) -> Hear:
    """``hear`` is told of whoever may work until another day than before, in the transaction that did it."""
    if hear not in _hearing:
        _hearing.append(hear)
    return hear


def tell_changed(clinician: Clinician) -> None:
    """Let the rooms above look at what she is offered and booked for."""
    for hear in _hearing:
        hear(clinician)


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that bears on some clinicians, fetched once."""

    policies: dict[int, list[Requirement]]
    credentials: dict[int, list[Credential]]
    entries: dict[str, list[Entry]]

    def asked_by_pool(self, pool: int, role: str) -> list[Asked]:
        """What a pool asks of a role: its own policy, else the usual set."""
        if pool in self.policies:
            return [asked(row) for row in self.policies[pool] if row.role == role]
        return [Asked(u.item, u.level, u.verified_by, u.months) for u in usual() if u.role == role]

    def held_by(self, clinician: int, pool: int, *, shares: bool) -> list[Held]:
        """What counts in a pool: all that is verified where she shares it, and what that pool recorded."""
        return [
            held(row)
            for row in self.credentials[clinician]
            if (row.verified_in_id == pool if row.item == RECORDED else shares)
        ]

    def entries_of(self, clinician: Clinician) -> list[Entry]:
        return self.entries[clinician.registration] if clinician.role == ClinicianRole.GP else []

    def of(self, membership: Membership, clinician: Clinician) -> Clearance:
        """How far she is cleared in one pool, from today on."""
        pool = membership.pool_id
        return clearance(
            self.asked_by_pool(pool, clinician.role),
            self.held_by(clinician.pk, pool, shares=membership.shares),
            self.entries_of(clinician),
            clock.today(),
        )


def asked(row: Requirement) -> Asked:
    return Asked(row.item, row.level, row.verified_by, row.months, row.since)


def held(row: Credential) -> Held:
    until = row.expires_on or FOR_EVER
    return Held(row.item, until, row.issued_on, row.authority, whole=row.item == RECORDED)


def truth_of(clinicians: Collection[Clinician], pools: Iterable[int]) -> Truth:
    """Four queries, however many they are."""
    policies: dict[int, list[Requirement]] = {}
    for policy in Policy.objects.filter(pool__in=set(pools)).prefetch_related("requirements"):
        policies[policy.pool_id] = list(policy.requirements.all())  # type: ignore[index]
    credentials: dict[int, list[Credential]] = defaultdict(list)
    for row in Credential.objects.filter(clinician__in=clinicians, state__in=(*VALID, "expired")):
        credentials[row.clinician_id].append(row)
    return Truth(policies, credentials, entries_of(clinicians))


def entries_of(clinicians: Collection[Clinician]) -> dict[str, list[Entry]]:
    """What the Performers List says of the GPs among them, by GMC number."""
    numbers = {c.registration for c in clinicians if c.role == ClinicianRole.GP}
    found: dict[str, list[Entry]] = defaultdict(list)
    if numbers:
        for row in RegisterStatus.objects.filter(gmc_number__in=numbers):
            found[row.gmc_number].append(Entry(row.status, row.starts_on, row.ends_on or FOR_EVER))
    return found


def asked_of(clinician: Clinician, pool: Pool | None = None) -> dict[str, Asked]:
    """What one pool, or any pool or practice of hers, asks of her, by item."""
    if pool is None:
        pools = list(
            clinician.memberships.exclude(state__in=("left", "declined")).values_list("pool", flat=True)
        )
        # a practice's list is open to whoever may come to work there
        places = Q(policy__practice__pool_places__pool__in=pools)
    else:
        pools, places = [pool.pk], Q(pk=None)
    truth = truth_of((), pools)
    found = {each.item: each for pk in pools for each in truth.asked_by_pool(pk, clinician.role)}
    for row in Requirement.objects.filter(places, role=clinician.role).distinct():
        found.setdefault(row.item, asked(row))
    return found


def columns(found: Clearance, today: date) -> dict[str, Any]:
    """What a membership keeps of it: the last day, and by what it ends or ended."""
    after = max(today, day_after(found.until))
    checks = {
        "blockers": found.in_the_way(after) if found.until < FOR_EVER else [],
        "warnings": found.to_be_told(today),
        "conditions": found.conditions,
    }
    return {"cleared_until": found.until, "checks": checks}


def work_out(clinicians: Collection[Clinician]) -> None:
    """Keep, for every pool of theirs, until when they are cleared; set the timers; tell the rooms above."""
    today = clock.today()
    memberships = list(
        Membership.objects.filter(clinician__in=clinicians)
        .exclude(state__in=("left", "declined"))
        .select_related("clinician__person", "pool__organisation")
    )
    truth = truth_of(clinicians, [row.pool_id for row in memberships])
    timers: list[CheckTimer] = []
    changed: dict[int, Clinician] = {}
    for row in memberships:
        found = truth.of(row, row.clinician)
        timers += timers_of(row.clinician, found, today)
        kept = columns(found, today)
        if row.cleared_until != kept["cleared_until"]:
            changed[row.clinician_id] = row.clinician
        if (row.cleared_until, row.checks) != (kept["cleared_until"], kept["checks"]):
            Membership.objects.filter(pk=row.pk).update(**kept)
    keep_timers(timers)
    for clinician in changed.values():
        tell_changed(clinician)


def kept_too_long() -> Iterator[tuple[Membership, date]]:
    """Memberships that are kept as cleared for longer than what is held says, with what it says."""
    rows = Membership.objects.exclude(state__in=("left", "declined")).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True))
    for at in range(0, len(numbers), AT_ONCE):
        some = list(rows.filter(pk__in=numbers[at : at + AT_ONCE]).select_related("clinician"))
        truth = truth_of([row.clinician for row in some], [row.pool_id for row in some])
        for row in some:
            until = truth.of(row, row.clinician).until
            if row.cleared_until > until:
                yield row, until


def keep_timers(timers: Iterable[CheckTimer]) -> None:
    """Set them, each once."""
    CheckTimer.objects.bulk_create(timers, ignore_conflicts=True)


def timers_of(clinician: Clinician, found: Clearance, today: date) -> list[CheckTimer]:
    """The next notice of each item that ends, and the day on which a suspension is over."""
    ends = [
        (line.source, line.until) for line in found.lines if line.source and today <= line.until < FOR_EVER
    ]
    timers = [timer(clinician, item, until, today) for item, until in dict.fromkeys(ends)]
    if found.again and found.again > today:
        timers.append(CheckTimer(clinician=clinician, until=found.again, days=0, due_at=morning(found.again)))
    return timers


def timer(clinician: Clinician, item: str, until: date, today: date, *, below: int = 61) -> CheckTimer:
    """The next one: fewer than ``below`` days before the last day, and not before today."""
    left = (until - today).days
    days = next((n for n in NOTICES if n < below and n <= left), 0)
    due = morning(until - timedelta(days=days) if days else day_after(until))
    return CheckTimer(clinician=clinician, item=item, until=until, days=days, due_at=due)


def morning(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), clock.LONDON)


def at_practices(
    practices: Collection[int], clinicians: Collection[Clinician]
) -> dict[tuple[int, int], Clearance]:
    """How far each is cleared by what single practices ask beside their pool, by (practice, clinician);
    empty where none of them does. One query then, four otherwise.
    """
    rows = Requirement.objects.filter(policy__practice__in=practices).select_related("policy")
    by_practice: dict[int, list[Requirement]] = defaultdict(list)
    for row in rows:
        by_practice[row.policy.practice_id].append(row)  # type: ignore[index]
    if not by_practice:
        return {}
    truth, today = truth_of(clinicians, ()), clock.today()
    shares = set(
        Membership.objects.filter(clinician__in=clinicians, state="active", shares=True).values_list(
            "clinician_id", flat=True
        )
    )
    return {
        (practice, her.pk): clearance(
            [asked(row) for row in wanted if row.role == her.role],
            [held(row) for row in truth.credentials[her.pk] if row.item != RECORDED and her.pk in shares],
            (),
            today,
        )
        for practice, wanted in by_practice.items()
        for her in clinicians
    }
