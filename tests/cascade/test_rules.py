"""The pure rules of the cascade: when tiers open, how many are asked, when the next look is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.cascade import rules
from desirepath.cascade.rules import NEXT_POOLS, OWN_PCN, WHOLE_POOL, Out, Rules, Session, Standing

HOUR = timedelta(hours=1)
# Monday 7 December 2026, 10am in London
NOW = datetime(2026, 12, 7, 10, tzinfo=UTC)

numbers = st.builds(
    Rules,
    own_pcn_hours=st.integers(0, 72),
    neighbour_hours=st.integers(0, 72),
    pool_hours=st.integers(0, 168),
    next_pools=st.booleans(),
    next_pools_hours=st.integers(0, 72),
    share_of_time_left=st.integers(2, 12),
    usual_offers=st.integers(1, 3),
    soon_offers=st.integers(1, 5),
    urgent_offers=st.integers(1, 8),
    urgent_hours=st.integers(0, 96),
    urgent_tier=st.integers(0, 3),
    overlap_hours=st.integers(1, 24),
    from_hour=st.integers(0, 11),
    until_hour=st.integers(12, 24),
)
sessions = st.builds(
    Session,
    start=st.integers(1, 60 * 24 * 40).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    urgent=st.booleans(),
)
later = st.integers(0, 60 * 24 * 40).map(lambda minutes: NOW + timedelta(minutes=minutes))


def begun(given_rules: Rules, session: Session) -> Standing:
    return Standing(rules.first_tier(given_rules, session, NOW), NOW)


def test_a_usual_session_three_weeks_ahead_opens_tier_by_tier():
    """A day for the own PCN, a day for the neighbours, two for the pool; then neighbouring pools, where they
    are asked.
    """
    session = Session(NOW + timedelta(weeks=3))
    for given_rules, more in ((Rules(), []), (Rules(next_pools=True), [(3, 96 * HOUR)])):
        opened = list(rules.openings(given_rules, session, begun(given_rules, session), session.start))
        assert [(each.tier, each.since - NOW) for each in opened] == [(1, 24 * HOUR), (2, 48 * HOUR), *more]


def test_tiers_shorten_as_the_session_nears():
    """No tier takes more than its part of the time left: a session in 60 hours gives its own PCN ten."""
    session = Session(NOW + 60 * HOUR)
    assert rules.window(Rules(), session, Standing(OWN_PCN, NOW)) == 10 * HOUR


def test_an_urgent_session_begins_with_the_whole_pool_and_several_people():
    """Said to be urgent, it opens three tiers and asks three at once, by night too."""
    session, night = Session(NOW + timedelta(days=9), urgent=True), NOW.replace(hour=3)
    assert begun(Rules(), session).tier == WHOLE_POOL
    assert rules.room(Rules(), session, [], night) == 3
    assert rules.room(Rules(), session, [Out(night, night + HOUR)], night) == 2


def test_a_session_that_becomes_near_opens_to_the_pool():
    """Two days before it starts nobody waits for a tier any more."""
    session = Session(NOW + 60 * HOUR)
    slow = Rules(own_pcn_hours=200, share_of_time_left=2)
    opened = rules.opened(slow, session, begun(slow, session), NOW + 12 * HOUR)
    assert opened == Standing(WHOLE_POOL, NOW + 12 * HOUR)


def test_the_next_is_asked_beside_an_offer_that_stays_unanswered():
    """Within a week two are asked at once, the second six hours after the first."""
    session = Session(NOW + timedelta(days=5))
    out = [Out(NOW, NOW + 24 * HOUR)]
    assert rules.room(Rules(), session, out, NOW + 5 * HOUR) == 0
    assert rules.room(Rules(), session, out, NOW + 6 * HOUR) == 1
    far = Session(NOW + timedelta(days=20))
    assert rules.room(Rules(), far, out, NOW + 8 * HOUR) == 0


def test_nobody_is_asked_by_night_unless_it_is_urgent():
    """At 10pm the next moment to ask is 8am, London's time."""
    evening = datetime(2026, 12, 7, 22, tzinfo=UTC)
    session = Session(NOW + timedelta(days=20))
    assert rules.room(Rules(), session, [], evening) == 0
    assert rules.asks_at(Rules(), session, evening) == datetime(2026, 12, 8, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        # clocks go forward on 28 March 2027 at 1am, and back on 25 October 2026 at 2am
        (datetime(2027, 3, 27, 22, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        (datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
    ],
)
def test_the_morning_after_the_clocks_change(evening, morning):
    """8am is 8am on the wall: a short night before summer time, a long one after it."""
    session = Session(evening + timedelta(days=20))
    assert rules.asks_at(Rules(), session, evening) == morning


def test_hours_are_hours_whatever_the_clocks_do():
    """A tier of 24 hours over either night of the changes lasts 24 hours."""
    for since in (datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
        session = Session(since + timedelta(days=30))
        assert rules.over_at(Rules(), session, Standing(OWN_PCN, since)) - since == 24 * HOUR


def test_an_agency_only_after_every_tier():
    """Not before all tiers are open and their time is over or nobody is left; not weeks before."""
    session = Session(NOW + 70 * HOUR)
    for given_rules, tier in ((Rules(), WHOLE_POOL), (Rules(next_pools=True), NEXT_POOLS)):
        before, last = Standing(tier - 1, NOW), Standing(tier, NOW)
        assert not rules.may_want_agency(given_rules, session, before, NOW, nobody_left=True)
        assert rules.may_want_agency(given_rules, session, last, NOW, nobody_left=True)
    last = Standing(WHOLE_POOL, NOW)
    assert rules.may_want_agency(Rules(), session, last, NOW, nobody_left=True)
    assert not rules.may_want_agency(Rules(), session, last, NOW, nobody_left=False)
    assert rules.may_want_agency(Rules(), session, last, NOW + 24 * HOUR, nobody_left=False)
    far = Session(NOW + timedelta(days=20))
    assert not rules.may_want_agency(Rules(), far, last, NOW, nobody_left=True)


@given(numbers, sessions, later, later)
def test_looking_often_is_looking_once(given_rules, session, one, other):
    """A machine that was off stands where one that looked in between stands, since the same time."""
    first, second = sorted((one, other))
    standing = begun(given_rules, session)
    halfway = rules.opened(given_rules, session, standing, first)
    assert rules.opened(given_rules, session, halfway, second) == rules.opened(
        given_rules, session, standing, second
    )


@given(numbers, sessions, later)
def test_tiers_open_in_order_and_time(given_rules, session, now):
    """Never back, never beyond the last, never in the future."""
    before = begun(given_rules, session)
    for standing in rules.openings(given_rules, session, before, now):
        assert before.tier < standing.tier <= rules.last_tier(given_rules)
        assert before.since <= standing.since <= now
        before = standing


@given(numbers, sessions, later, st.lists(st.tuples(later, st.integers(1, 48)), max_size=8))
def test_never_more_at_once_than_the_policy_says(given_rules, session, now, sent):
    """Those asked and those to be asked are together no more than the policy's live offers."""
    out = [Out(at, at + hours * HOUR) for at, hours in sent if at <= now]
    live = [offer for offer in out if offer.until > now]
    room = rules.room(given_rules, session, out, now)
    assert room >= 0
    assert not room or room + len(live) <= rules.most_live(given_rules, session, now)


@given(numbers, sessions, later, st.lists(st.tuples(later, st.integers(1, 48)), max_size=4), st.booleans())
def test_the_next_look_is_ahead_and_misses_nothing(given_rules, session, now, sent, some_left):
    """After now and within a day; until then no tier opens, and no room comes."""
    out = [Out(at, at + hours * HOUR) for at, hours in sent if at <= now]
    standing = rules.opened(given_rules, session, begun(given_rules, session), now)
    due = rules.due_at(given_rules, session, standing, out, now, some_left=some_left)
    assert now < due <= now + 24 * HOUR
    just_before = due - timedelta(microseconds=1)
    assert rules.opened(given_rules, session, standing, just_before) == standing
    if now < session.start and not rules.room(given_rules, session, out, now):
        assert not rules.room(given_rules, session, out, just_before)


@given(numbers, sessions, later)
def test_an_urgent_word_never_slows_it(given_rules, session, now):
    """The same session called urgent is at every moment at least as far open."""
    calm, urgent = replace(session, urgent=False), replace(session, urgent=True)
    standing = begun(given_rules, calm)
    as_urgent = begun(given_rules, urgent)
    assert as_urgent.tier >= standing.tier
    assert (
        rules.opened(given_rules, urgent, standing, now).tier
        >= rules.opened(given_rules, calm, standing, now).tier
    )
