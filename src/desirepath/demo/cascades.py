"""The last day before the demonstration opens: the pool begins to ask by itself.

The sessions of the coming week wait for the manager, who has just planned it; of the weeks after it some have
been asked for since yesterday, and stand at different tiers.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.cascade.actions import decline_offer, expire_due, see_offer
from desirepath.cascade.models import Offer
from desirepath.cascade.running import advance_due, begin_due, start
from desirepath.cascade.setting import set_policy
from desirepath.demo.cast import Cast
from desirepath.demo.perform import OnStep, silent
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.planning import span

# hours before it opens at which the worker looked
ROUNDS = (28, 24, 20, 6, 3, 1)
# how many sessions of the weeks after the coming one are asked for, and what becomes of a hundred offers
BEGUN = 14
DECLINED = 0.45
HOURS = {"own_pcn_hours": 12, "neighbour_hours": 12, "offer_hours": 24, "head_start_hours": 24}


def begin(cast: Cast, on_step: OnStep = silent) -> None:
    """Set the pool's policy, begin some cascades and let them run until now."""
    opens = cast.script.now
    chance = Random(f"{cast.script.seed} cascades")  # noqa: S311 - a story, not a secret
    manager = cast.person(Role.POOL_MANAGER)
    for number, hours in enumerate(ROUNDS):
        with clock.at(opens - timedelta(hours=hours)):
            if number == 0:
                set_policy(
                    by=manager, pool=cast.pool, values={"automatic": True, **HOURS}, escalate_to=[manager]
                )
            for vacancy in _to_begin(cast) if number in (0, 1) else ():
                start(vacancy=vacancy, by=manager)
            expire_due()
            advance_due()
            _some_decline(cast, chance)
        on_step("Asking by itself", number + 1, len(ROUNDS) + 1)
    with clock.at(opens):
        expire_due()
        begin_due()
        advance_due()
    on_step("Asking by itself", len(ROUNDS) + 1, len(ROUNDS) + 1)


def _to_begin(cast: Cast) -> list[Vacancy]:
    """Some of what was posted by now for the weeks after the coming one, spread over them."""
    _, after = span(cast.script.coming, 1)
    rows = Vacancy.objects.for_pool(cast.pool).open().filter(start__gte=after, created_at__lte=clock.now())
    rows = rows.filter(cascade=None).select_related("pool__organisation", "practice").order_by("start", "pk")
    found = list(rows)
    return found[:: max(1, len(found) // (BEGUN // 2))][: BEGUN // 2]


def _some_decline(cast: Cast, chance: Random) -> None:
    hers = cast.person(Role.CLINICIAN)
    for offer in Offer.objects.live().filter(release=None).select_related("clinician__person").order_by("pk"):
        if offer.clinician.person == hers or chance.random() > DECLINED:
            continue
        see_offer(offer, by=offer.clinician.person)
        decline_offer(by=offer.clinician.person, offer=offer)
