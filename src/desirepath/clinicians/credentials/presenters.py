"""What she holds and what waits for a verifier, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from desirepath.clinicians.credentials.clearance import FOR_EVER, NEVER, Line, months_after
from desirepath.clinicians.credentials.clearing import asked_of, truth_of
from desirepath.clinicians.credentials.shown import until_in_words
from desirepath.clinicians.credentials.usual import RECORDED, blocker_in_words, name_of
from desirepath.clinicians.models import Clinician, Credential, Membership
from desirepath.nhsuk import formats
from desirepath.pools.models import Pool

STATES = {
    "submitted": ("Waits to be looked at", "blue"),
    "verified": ("Verified", "green"),
    "expiring": ("Runs out soon", "yellow"),
    "rejected": ("Not accepted", "red"),
    "expired": ("Run out", "red"),
    "revoked": ("No longer counts", "red"),
}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item that a pool asks of her: what it says now, and whether something waits to be looked at."""

    item: str
    name: str
    blocks: bool
    state: str
    colour: str
    waits: bool


@dataclass(frozen=True, slots=True)
class PoolRow:
    """What one pool asks of her; ``until`` in words."""

    pool: UUID
    name: str
    shares: bool
    cleared: bool
    until: str
    stopped: str
    items: list[ItemRow]


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """One credential: its state in words, its days, who stands for it (never in which other pool)."""

    credential: UUID
    item: str
    name: str
    state: str
    colour: str
    days: str
    stands: str
    reason: str
    document: str
    may_revoke: bool = False


def pools_of(clinician: Clinician, today: date, only: Pool | None = None) -> list[PoolRow]:
    """Pool by pool; six queries however many there are."""
    rows = Membership.objects.filter(clinician=clinician).exclude(state__in=("left", "declined"))
    if only is not None:
        rows = rows.filter(pool=only)
    memberships = list(rows.select_related("pool__organisation").order_by("pool__organisation__name"))
    truth = truth_of([clinician], [row.pool_id for row in memberships])
    waiting = set(clinician.credentials.filter(state="submitted").values_list("item", flat=True))
    found = []
    for row in memberships:
        clear = truth.of(row, clinician)
        stopped = blocker_in_words(clear.stopped) if clear.stopped and clear.until < today else ""
        found.append(
            PoolRow(
                row.pool.public_id,
                row.pool.name,
                row.shares,
                today <= clear.until,
                until_in_words(clear.until),
                stopped,
                sorted(
                    (_item(line, today, waiting) for line in clear.lines),
                    key=lambda each: (each.colour == "green", not each.blocks),
                ),
            )
        )
    return found


def _item(line: Line, today: date, waiting: set[str]) -> ItemRow:
    if line.good_on(today):
        end = "" if line.until == FOR_EVER else f" until {formats.day_and_year(line.until)}"
        state = f"{'Recorded by the pool' if line.source == RECORDED else 'Verified'}{end}"
        soon = (line.until - today).days <= 60
        colour = "yellow" if soon else "green"
    elif line.until == NEVER:
        state, colour = "Not verified yet", "red" if line.blocks else "yellow"
    else:
        state, colour = f"Ran out {formats.day_and_year(line.until)}", "red" if line.blocks else "yellow"
    return ItemRow(line.item, name_of(line.item), line.blocks, state, colour, line.item in waiting)


def row_of(credential: Credential, pool: Pool | None = None) -> CredentialRow:
    """For herself (``pool`` None), or for a verifier of a pool, who is not told of any other."""
    state, colour = STATES[credential.state]
    document = getattr(credential, "document", None)
    here = pool is not None and credential.verified_in_id == pool.pk
    return CredentialRow(
        credential=credential.public_id,
        item=credential.item,
        name=name_of(credential.item),
        state=state,
        colour=colour,
        days=_days(credential),
        stands=_stands(credential, pool),
        reason=credential.reason,
        document=document.name if document else "",
        may_revoke=here and credential.state in ("verified", "expiring"),
    )


def _days(credential: Credential) -> str:
    told = []
    if credential.issued_on:
        told.append(f"issued {formats.day_and_year(credential.issued_on)}")
    if credential.expires_on:
        told.append(f"valid until {formats.day_and_year(credential.expires_on)}")
    return ", ".join(told)


def _stands(credential: Credential, pool: Pool | None) -> str:
    """By whom and against what: a name where it was this pool's, or where she reads it herself."""
    if credential.verified_at is None:
        return ""
    when, against = formats.day_and_year(credential.verified_at.date()), credential.against
    if pool is not None and credential.verified_in_id != pool.pk:
        return f"Verified {when} by a verifier of another pool, against: {against}"
    by = credential.verified_by.name if credential.verified_by else "the pool"
    return f"Verified {when} by {by}, against: {against}"


def suggested_end(credential: Credential, pool: Pool) -> date | None:
    """The last day that the pool's own rule gives to it, where she has entered when it was issued."""
    wanted = asked_of(credential.clinician, pool).get(credential.item)
    if wanted is None or wanted.months is None or credential.issued_on is None:
        return None
    return months_after(credential.issued_on, wanted.months)
