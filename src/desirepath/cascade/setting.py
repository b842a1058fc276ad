"""A pool's manager sets how her pool asks: each change is a version of its own, from then on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.cascade.models import Cascade, CascadePolicy
from desirepath.pools.models import Pool


def wrong_with(values: Mapping[str, Any]) -> dict[str, str]:
    """What can't be, by the rule's name, in words."""
    wrong = {}
    if values["until_hour"] <= values["from_hour"]:
        wrong["until_hour"] = "People must be asked until later in the day than from when"
    if not values["usual_offers"] <= values["soon_offers"] <= values["urgent_offers"]:
        wrong["soon_offers"] = "The nearer a session is, the more people may be asked at once, never fewer"
    if values["urgent_hours"] > 24 * values["soon_days"]:
        wrong["urgent_hours"] = "A session is urgent after it is near, not before"
    return wrong


@transaction.atomic
def set_policy(
    *, by: Person | None, pool: Pool, values: Mapping[str, Any], escalate_to: Collection[Person] = ()
) -> CascadePolicy:
    """A new version of the pool's policy from now on; rules not named stay as they are.

    Cascades under way follow it from their next look, which comes at once. Raises Refused for rules that
    contradict each other.
    """
    pool = Pool.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pool.pk)
    before = CascadePolicy.of(pool)
    rules = {**before.values, **values}
    if wrong := wrong_with(rules):
        raise Refused(f"{next(iter(wrong.values()))}.")
    since = clock.now()
    if before.pk and before.since >= since:
        since = before.since + timedelta(microseconds=1)
    policy = CascadePolicy.objects.create(pool=pool, since=since, by=by, **rules)
    policy.escalate_to.set(escalate_to)
    changed = sorted(name for name, value in policy.values.items() if before.values[name] != value)
    Event.record("policy set", policy, by=by, changed=changed)
    Cascade.objects.for_pool(pool).active().update(due_at=since)
    return policy
