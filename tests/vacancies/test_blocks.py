"""Sharing a block among the fewest people, held to brute force on small ones."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from desirepath.vacancies.blocks import MOST_PEOPLE, Candidate, cost_of, ranked, shared


def candidates(*rows):
    """Each row: session > cost."""
    return [Candidate(number, cost) for number, cost in enumerate(rows)]


def worth(parts, people):
    """What is looked for, in order: most sessions, fewest people, least cost."""
    cost = sum(people[who].cost[session] for session, who in parts.items())
    return (-len(parts), len(set(parts.values())), cost)


def brute_force(people, sessions, least):
    """Every way to give each session to one who can work it, or to nobody."""
    best = (0, 0, 0)
    choices = [[None, *(p.id for p in people if s in p.cost)] for s in range(sessions)]
    for given_to in product(*choices):
        parts = {s: who for s, who in enumerate(given_to) if who is not None}
        held = [list(parts.values()).count(who) for who in set(parts.values())]
        if len(held) <= MOST_PEOPLE and all(count >= least for count in held):
            best = min(best, worth(parts, people))
    return best


@st.composite
def blocks(draw):
    sessions = draw(st.integers(1, 6))
    each = st.dictionaries(st.integers(0, sessions - 1), st.integers(1, 20), max_size=sessions)
    rows = draw(st.lists(each, min_size=1, max_size=4))
    return sessions, candidates(*rows), draw(st.integers(1, 3))


@given(blocks())
def test_as_good_as_trying_everything(block):
    """The sharing keeps to the rules and nothing is better."""
    sessions, people, least = block
    parts = shared(people, sessions, least)
    assert all(session in people[who].cost for session, who in parts.items())
    held = [list(parts.values()).count(who) for who in set(parts.values())]
    assert all(count >= least for count in held)
    assert worth(parts, people) == brute_force(people, sessions, least)


def test_one_person_before_two_cheaper_ones():
    """Whoever can take all of it comes before a cheaper pair."""
    parts = shared(candidates({0: 9, 1: 9}, {0: 1}, {1: 1}), 2)
    assert parts == {0: 0, 1: 0}


def test_a_part_has_its_least():
    """The dearer one takes a second session so that her part is large enough."""
    parts = shared(candidates({0: 1, 1: 1, 2: 1}, {2: 5, 3: 5}), 4, 2)
    assert parts == {0: 0, 1: 0, 2: 1, 3: 1}


def test_nobody_can():
    """An empty block of candidates shares nothing."""
    assert shared(candidates({}), 3) == {}
    assert shared(candidates({0: 1}), 3, 2) == {}


def test_the_rank():
    """The most sessions first, then the least cost."""
    found = ranked(candidates({0: 5}, {0: 9, 1: 9}, {}, {0: 3}))
    assert [each.id for each in found] == [1, 3, 0]


def test_what_weighs_more():
    """Tier before the practice's list, the list before money."""
    near = cost_of(tier=0, place=None, pence=900_000)
    liked = cost_of(tier=1, place=1, pence=900_000)
    cheap = cost_of(tier=1, place=2, pence=1)
    assert near < liked < cheap
