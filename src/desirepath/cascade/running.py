"""The cascade of a vacancy: begun by a person or by itself, stopped, its tiers skipped.

``advancing`` moves it on as time passes; ``agency`` is its last step.

Whatever touches a cascade locks its row before anything else; whoever books locks hers and the vacancy's, and
never this one, so the two cannot wait for each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.cascade import rules
from desirepath.cascade.advancing import STILL_OPEN, advance_due, begins_at
from desirepath.cascade.agency import approve_agency
from desirepath.cascade.models import Cascade, CascadePolicy, CascadeStep
from desirepath.cascade.models.cascade import session_of
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.models.block import TOGETHER

__all__ = ["advance_due", "approve_agency", "begin_due", "skip_tier", "start", "stop"]

Step = CascadeStep.Kind
# in one round: the rest waits for the next, seconds later
AT_ONCE = 500


@retried
@transaction.atomic
def start(*, vacancy: Vacancy, by: Person | None) -> Cascade:
    """Begin the cascade of ``vacancy`` now, or again.

    Raises Refused where the session is covered, no longer needed, or has begun.
    """
    if vacancy.state not in STILL_OPEN or vacancy.start <= clock.now():
        raise Refused("Nobody can be asked for this session any more.")
    if vacancy.in_block:
        raise Refused("This session belongs to a block, which is offered as one.")
    return _begin(vacancy, CascadePolicy.of(vacancy.pool), by=by, at=clock.now())


def _begin(
    vacancy: Vacancy,
    policy: CascadePolicy,
    *,
    by: Person | None,
    at: datetime,
) -> Cascade:
    """Begun at ``at``: until then it waits. One that was stopped goes on where it stood."""
    state = "waiting" if at > clock.now() else "running"
    tier = rules.first_tier(policy.rules, session_of(vacancy), at)
    columns: dict[str, Any] = {"tier": tier, "tier_since": at, "due_at": at}
    cascade = Cascade.objects.select_for_update(of=("self",)).filter(vacancy=vacancy).first()
    if cascade is None:
        cascade = Cascade.objects.create(vacancy=vacancy, state=state, **columns)
        Event.record("begun", cascade, by=by, tier=tier)
        cascade.note(Step.BEGAN if state == "running" else Step.WAITS, by=by)
        return cascade
    if by is None and cascade.state != "ended":
        return cascade
    resumed = cascade.state == "stopped"
    if resumed:
        columns["tier"] = max(cascade.tier, tier)
    columns |= {"stopped_because": "", "ended_because": "", "escalated_at": None}
    if cascade.state in (state, "agency wanted", "agency approved"):
        # it runs already, or another worker was first: only its next look comes at once
        Cascade.objects.filter(pk=cascade.pk).update(due_at=min(at, cascade.due_at or at))
        return cascade
    cascade.move(state, by=by, **columns)
    cascade.refresh_from_db()
    cascade.note(Step.RESUMED if resumed else Step.BEGAN if state == "running" else Step.WAITS, by=by)
    return cascade


def begin_due() -> int:
    """Begin the cascade of every open vacancy of the pools that ask by themselves; how many were begun.

    Safe to run twice and on several machines.
    """
    if not (pools := _automatic_pools()):
        return 0
    begun = 0
    without = Q(cascade=None) | Q(cascade__state="ended")
    rows = Vacancy.objects.filter(without, pool__in=pools, state__in=STILL_OPEN, start__gt=clock.now())
    rows = rows.exclude(block__state__in=TOGETHER)
    for vacancy in rows.select_related("pool__organisation", "practice").order_by("start", "pk")[:AT_ONCE]:
        with taking_turns(vacancy), transaction.atomic():
            policy = pools[vacancy.pool_id]
            _begin(vacancy, policy, by=None, at=begins_at(vacancy, policy, clock.now()))
            begun += 1
    return begun


def _automatic_pools() -> dict[int, CascadePolicy]:
    """The policy in force of every pool that asks by itself, by the pool's row number."""
    newest = {policy.pool_id: policy for policy in reversed(CascadePolicy.objects.begun())}
    for pool in Pool.objects.exclude(pk__in=newest):
        newest[pool.pk] = CascadePolicy.usual(pool)
    return {pk: policy for pk, policy in newest.items() if policy.automatic}


@retried
@transaction.atomic
def stop(*, vacancy: Vacancy, by: Person, reason: str = "") -> Cascade:
    """Nobody else is asked until it is started again; offers that are out stay out."""
    cascade = _held(vacancy)
    if not cascade.active:
        raise Refused("Nobody is being asked for this session by itself.")
    cascade.move("stopped", by=by, due_at=None, stopped_because=reason.strip()[:200])
    cascade.note(Step.STOPPED, by=by, reason=reason.strip())
    return cascade


@retried
@transaction.atomic
def skip_tier(*, vacancy: Vacancy, by: Person, reason: str) -> Cascade:
    """Open the next tier now, whatever time the present one has left. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("Say why, in a few words: it is kept with the session.")
    cascade = _held(vacancy)
    if cascade.state not in ("running", "waiting"):
        raise Refused("This session's cascade is not running. Start it first.")
    if cascade.tier >= rules.last_tier(CascadePolicy.of(cascade.vacancy.pool).rules):
        raise Refused("Every tier is open already.")
    now = clock.now()
    columns: dict[str, Any] = {"tier": cascade.tier + 1, "tier_since": now, "due_at": now}
    if cascade.state == "waiting":
        cascade.move("running", by=by, **columns)
    else:
        Cascade.objects.filter(pk=cascade.pk).update(**columns)
        Event.record("tier skipped", cascade, by=by, tier=cascade.tier)
    cascade.refresh_from_db()
    cascade.note(Step.SKIPPED, by=by, reason=reason.strip())
    return cascade


def _held(vacancy: Vacancy) -> Cascade:
    """The vacancy's cascade, locked. Raises Refused where it has none."""
    held = Cascade.objects.select_for_update(of=("self",)).filter(vacancy=vacancy)
    cascade = held.select_related("vacancy__pool__organisation", "vacancy__practice").first()
    if cascade is None:
        raise Refused("This session's cascade has not begun.")
    return cascade
