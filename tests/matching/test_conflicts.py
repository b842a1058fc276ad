"""Conflicts and cliques are those of the written rules."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import rules
from desirepath.matching.conflicts import (
    MOST_MEMBERS_PER_SESSION,
    Room,
    all_maximal_cliques,
    bits,
    conflict_masks,
    covering_cliques,
    maximal_cliques,
)
from tests.matching.worlds import clinician, problem, random_problem, vacancy


@given(st.integers(0, 10**9))
def test_two_sessions_conflict_where_a_rule_says_so(seed):
    """For two sessions alone, a bit is set exactly where some rule together is broken."""
    question = random_problem(seed, people=3, sessions=9)
    for her in question.clinicians:
        able = [v for v in question.vacancies if rules.feasible(question, her, v)]
        able = [v for v in able if rules.goes_with(question, her, (), v)]
        masks = conflict_masks(question, Room(her, ()), able)
        for i, j in combinations(range(len(able)), 2):
            fine = rules.goes_with(question, her, (able[i],), able[j])
            assert (masks[i] >> j & 1) == (not fine)


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


def test_kept_sessions_leave_less_room():
    """With one session of the day kept and two a day at most, the others of that day exclude each other."""
    sessions = [vacancy(f"v{i}", f"2026-12-07T{hour:02}:00", 60) for i, hour in enumerate((8, 12, 16))]
    question = problem(vacancies=tuple(sessions))
    assert conflict_masks(question, Room(clinician(), ()), sessions[1:]) == [0, 0]
    assert conflict_masks(question, Room(clinician(), (sessions[0],)), sessions[1:]) == [2, 1]
