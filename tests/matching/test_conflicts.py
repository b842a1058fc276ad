"""Conflicts and cliques are those of the written rules."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import rules
from desirepath.matching.conflicts import (
    MOST_MEMBERS_PER_SESSION,
    all_maximal_cliques,
    bits,
    clashes,
    covering_cliques,
    maximal_cliques,
)
from desirepath.matching.own_rows import Spans
from desirepath.matching.replanning.blocks import columns_of, room_of
from tests.matching.worlds import random_problem


@given(st.integers(0, 10**9))
def test_two_sessions_conflict_where_a_rule_says_so(seed):
    """Two sessions alone exclude each other exactly where some rule together is broken."""
    question = random_problem(seed, people=3, sessions=9)
    for her in question.clinicians:
        able = [v for v in question.vacancies if rules.feasible(question, her, v)]
        able = [v for v in able if rules.goes_with(question, her, (), v)]
        excluded = clashes(question, her, able) | room_of(her, ()).exclusions(Spans(*columns_of(able)))
        for i, j in combinations(range(len(able)), 2):
            fine = rules.goes_with(question, her, (able[i],), able[j])
            assert excluded[i, j] == excluded[j, i] == (not fine)


@given(st.integers(1, 9), st.randoms(use_true_random=False))
def test_maximal_cliques_of_small_graphs(size, rng):
    """All maximal cliques, each once, as trying every set finds them; and a cover covers every conflict."""
    masks = [0] * size
    for i, j in combinations(range(size), 2):
        if rng.random() < 0.6:
            masks[i] |= 1 << j
            masks[j] |= 1 << i

    def is_clique(mask):
        return all(mask & ~masks[v] == 1 << v for v in bits(mask))

    cliques = [mask for mask in range(1, 1 << size) if is_clique(mask)]
    maximal = {c for c in cliques if not any(c != d and c & d == c for d in cliques)}
    found = list(all_maximal_cliques(masks))
    assert sorted(found) == sorted(maximal)
    assert set(maximal_cliques(masks)) == {c for c in maximal if c & (c - 1)}
    cover = covering_cliques(masks)
    assert set(cover) <= maximal
    for i, j in combinations(range(size), 2):
        if masks[i] >> j & 1:
            assert any(c >> i & 1 and c >> j & 1 for c in cover)


def test_very_many_cliques_are_covered_by_few():
    """Where all cliques together would dwarf the program, a cover of every conflict stands for them."""
    size = 90
    masks = [(1 << size) - 1 ^ 1 << i ^ 1 << (i ^ 1) for i in range(size)]
    found = maximal_cliques(masks)
    assert sum(clique.bit_count() for clique in found) <= size * (MOST_MEMBERS_PER_SESSION + 5)
    for i, j in combinations(range(size), 2):
        assert (masks[i] >> j & 1) == any(c >> i & 1 and c >> j & 1 for c in found)
