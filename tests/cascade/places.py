"""A pool of two PCNs whose sessions are asked for, and one round of the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from desirepath.cascade import actions, running
from desirepath.cascade.models import Cascade, CascadePolicy
from desirepath.organisations.models import Kind
from desirepath.pools.models import PcnNeighbour
from desirepath.vacancies.models import PlanRun, Vacancy
from tests import cast
from tests.reading import page, send

HOUR = timedelta(hours=1)


class Place:
    """A pool with two PCNs: one practice in the first, whose bank and neighbour have members."""

    def __init__(self) -> None:
        self.own, self.next = (cast.organisation(Kind.PCN) for _ in range(2))
        self.practice = cast.practice("Quayside Surgery", pcn=self.own)
        self.pool = cast.pool("Wex", self.practice)
        PcnNeighbour.objects.create(pcn=self.next, neighbour=self.own)

    def own_member(self, name: str, **details):
        return cast.clinician(name, pool=self.pool, pcn=self.own, **details)

    def neighbour(self, name: str, **details):
        return cast.clinician(name, pool=self.pool, pcn=self.next, **details)

    def member(self, name: str, **details):
        return cast.clinician(name, pool=self.pool, **details)

    def policy(self, **values) -> CascadePolicy:
        return CascadePolicy.objects.create(pool=self.pool, **values)

    def vacancy(self, days: int = 21, **details) -> Vacancy:
        return cast.vacancy(self.practice, start=cast.at(days), **details)


def work() -> None:
    """One round of the worker's, in its order."""
    actions.expire_due()
    running.begin_due()
    running.advance_due()


def asked(vacancy: Vacancy) -> list[str]:
    """Everybody asked for it, in order."""
    return [str(offer.clinician) for offer in vacancy.offers.order_by("pk")]


def row(vacancy: Vacancy) -> Cascade:
    return Cascade.objects.get(vacancy=vacancy)


def planned(client: Client, **data: Any) -> str:
    """She presses the button, a worker makes the plan, and she reads it."""
    send(client, "cascade:plan-week", **data)
    assert actions.make_asked() == 1
    return page(client, "cascade:plan", PlanRun.objects.latest().public_id)
