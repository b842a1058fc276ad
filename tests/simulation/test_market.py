"""Under every policy: the same demand and people, and nobody booked twice or against a rule."""

from datetime import timedelta

import pytest

from desirepath.matching import rules
from desirepath.simulation import POLICIES, Trial, try_policies
from desirepath.simulation.market import Market
from desirepath.simulation.policies import Board, Broadcast, Cascade
from desirepath.simulation.policies.agency import AGENCY

NAMES = [make.name for make in POLICIES]


@pytest.mark.parametrize("name", NAMES)
def test_no_booking_breaks_a_rule(lived, land, name):
    """Each pair and each person's sessions together keep every rule, by the oracle."""
    problem = land.problem
    assert lived[name].filled
    for who, sessions in lived[name].bookings.items():
        her = problem.clinician_of[who]
        for each in sessions:
            assert rules.broken_pair_rules(problem, her, each) == []
            assert rules.broken_together_rules(problem, her, sessions, each) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_session_goes_to_at_most_one_person(lived, name):
    """Bookings and what was filled are the same sessions, each once."""
    booked = [(each.id, who) for who, hers in lived[name].bookings.items() for each in hers]
    assert len({session for session, _ in booked}) == len(booked)
    assert sorted(booked) == sorted((f.vacancy, f.clinician) for f in lived[name].filled.values())


@pytest.mark.parametrize("name", NAMES)
def test_sessions_are_filled_between_posting_and_closing(lived, land, name):
    """Nobody takes what was not posted yet, or has as good as begun; and in the end nothing is open."""
    for each in lived[name].filled.values():
        vacancy = land.problem.vacancy_of[each.vacancy]
        assert each.posted <= each.booked <= vacancy.start - timedelta(hours=1)
    assert not lived[name].open


def test_every_policy_meets_the_same_demand(lived, land):
    """The same sessions, posted at the same times, and the same draws."""
    for market in lived.values():
        assert market.ground is land
        assert market.posted_at == {each.vacancy.id: each.posted for each in land.postings}


@pytest.mark.parametrize("name", NAMES)
def test_whoever_took_a_session_was_willing(lived, land, name):
    """Her one draw for the session lies under the chance it had at its best; the silent take nothing."""
    for each in lived[name].filled.values():
        draw = land.draw[each.vacancy, each.clinician]
        assert not draw.silent
        fresh = Market(land, Broadcast())
        fresh.now = each.posted
        assert draw.bar < fresh.liking(each.clinician, land.problem.vacancy_of[each.vacancy])


def test_broadcast_reaches_the_whole_pool(land):
    """One message for each member with the role, able or not."""
    market = Market(land, Broadcast())
    posting = land.postings[0]
    pool = land.problem.practice_for(posting.vacancy).pool
    members = [c for c in land.problem.clinicians if pool in c.pools and c.role == posting.vacancy.role]
    market.post(posting.vacancy)
    assert market.messages == len(members)


def test_a_board_sends_nothing(lived):
    """Nobody is sent anything, and sessions are filled all the same."""
    assert lived[Board.name].messages == 0


@pytest.mark.parametrize("name", [Board.name, Broadcast.name])
def test_agencies_come_late(lived, land, name):
    """Under broadcast and board nobody comes through an agency earlier than two days before."""
    for each in lived[name].filled.values():
        if land.tier[each.vacancy, each.clinician] == AGENCY:
            assert land.problem.vacancy_of[each.vacancy].start - each.booked <= timedelta(hours=48)


def tiers_of(land, vacancy):
    """The tiers that somebody able belongs to."""
    return {land.tier[vacancy.id, who] for who in land.able[vacancy.id]}


def test_a_cascade_asks_the_nearest_tier_first(land):
    """At posting only the lowest tier that has anybody is asked."""
    posting = max(land.postings, key=lambda each: len(tiers_of(land, each.vacancy)))
    tiers = [land.tier[posting.vacancy.id, who] for who in land.able[posting.vacancy.id]]
    market = Market(land, Cascade())
    asked = []
    market.ask = lambda who, vacancy: asked.append(land.tier[vacancy.id, who])
    market.open[posting.vacancy.id] = posting.vacancy
    market.now = posting.posted
    market.policy.posted(market, posting.vacancy)
    while market._queue:
        market.now, _, action = market._queue.pop(0)
        action()
    assert asked == sorted(tiers)
    assert len(set(tiers)) > 1


def test_an_offer_ends_once(land):
    """An offer that runs out says no once, and her late yes does not count."""
    pair = next(pair for pair, draw in land.draw.items() if not draw.silent)
    market = Market(land, Broadcast())
    vacancy = land.problem.vacancy_of[pair[0]]
    market.now, heard = market.posted_at[vacancy.id], []
    market.open[vacancy.id] = vacancy
    market.ask(pair[1], vacancy, market.now + timedelta(microseconds=1), heard.append)
    for moment, _, action in sorted(market._queue, key=lambda each: each[:2]):
        market.now = moment
        action()
    assert heard == [False]
    assert vacancy.id in market.open


def test_same_seed_same_outcome(small):
    """A trial is the same twice, and another seed gives another."""
    trial = Trial(weeks=1, seeds=(5,), size=small)
    assert try_policies(trial) == try_policies(trial)
    assert try_policies(trial) != try_policies(Trial(weeks=1, seeds=(6,), size=small))
