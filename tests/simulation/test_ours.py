"""Our own way: the cascade's rules as the pages follow them, and the plan's order inside a tier."""

from collections import Counter

import pytest

from desirepath.cascade import rules
from desirepath.cascade.rules import WHOLE_POOL, Rules
from desirepath.matching.times import to_local
from desirepath.simulation.market import Market
from desirepath.simulation.policies import Desirepath
from desirepath.simulation.policies.agency import AGENCY


class Watched(Desirepath):
    """Ours, with every offer noted: (when, cascade, whom, who was out)."""

    def begin(self, market):
        """Nobody was asked yet."""
        super().begin(market)
        self.offers, self.plans = [], []

    def offer(self, market, cascade, who):
        """Note it before it is made."""
        before = dict(cascade.out)
        self.plans.append((self.in_order(market, cascade), self.proposed.get(cascade.vacancy.id)))
        super().offer(market, cascade, who)
        self.offers.append((market.now, cascade, who, before))


def lived(land, policy):
    """The market after it has run."""
    market = Market(land, policy)
    market.run()
    return market


@pytest.fixture(scope="module")
def watched(land):
    """The land lived through once."""
    return lived(land, Watched())


def test_no_more_are_asked_at_once_than_the_policy_lets(watched):
    """Beside the offers that are out there was room by the rules, and each can be answered in time."""
    ours = watched.policy
    assert ours.offers
    for now, cascade, who, before in ours.offers:
        live = [each for each in before.values() if each.until > now]
        assert len(live) < rules.most_live(ours.rules, cascade.session, now)
        assert who not in before


def test_nobody_is_asked_twice_for_a_session_nor_too_often_a_day(watched):
    """Each pair once; nobody more than three times a day."""
    offers = watched.policy.offers
    assert len({(cascade.vacancy.id, who) for _, cascade, who, *_ in offers}) == len(offers)
    days = Counter((who, to_local(now).date()) for now, _, who, *_ in offers)
    assert max(days.values()) <= Rules().most_offers_day


def test_by_night_only_what_is_urgent_is_asked(watched):
    """Nobody is woken for a session that can wait."""
    ours = watched.policy
    night = [
        (now, cascade)
        for now, cascade, *_ in ours.offers
        if not ours.rules.from_hour <= to_local(now).hour < ours.rules.until_hour
    ]
    for now, cascade in night:
        assert rules.is_urgent(ours.rules, cascade.session, now)


def test_the_tier_is_open_and_an_agency_comes_last(watched, land):
    """No offer goes beyond the tier that is open; through an agency only from three days before."""
    for _, cascade, who, *_ in watched.policy.offers:
        assert land.tier[cascade.vacancy.id, who] <= min(cascade.standing.tier, WHOLE_POOL)
    for each in watched.filled.values():
        if land.tier[each.vacancy, each.clinician] == AGENCY:
            left = land.problem.vacancy_of[each.vacancy].start - each.booked
            assert left.total_seconds() <= Rules().agency_hours * 3600


def test_whom_the_plan_proposes_is_asked_first(watched):
    """Where the plan proposes somebody of the nearest tier that has anybody, she is at the front."""
    nearest = [
        (order[0][1], proposed)
        for order, proposed in watched.policy.plans
        if proposed in [who for tier, who in order if tier == order[0][0]]
    ]
    assert nearest
    assert all(first == proposed for first, proposed in nearest)


def test_nothing_is_left_waiting(watched):
    """In the end no offer is out, and an offer is a message."""
    ours = watched.policy
    assert not any(cascade.out for cascade in ours.cascades.values())
    assert not any(ours.waiting.values())
    assert watched.messages >= len(ours.offers) > len(watched.filled)


def test_another_policy_of_the_pool_is_another_market(land, watched):
    """One at a time for ever asks fewer people: the policy's numbers are what is simulated."""
    one = Rules(usual_offers=1, soon_offers=1, urgent_offers=1, overlap_hours=1_000)
    assert lived(land, Desirepath(one)).messages < watched.messages
