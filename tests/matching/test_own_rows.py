"""The rows of a clinician allow exactly what the written rules allow, and level 4 is what they say it is."""

import random
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import rules
from desirepath.matching.conflicts import clashes
from desirepath.matching.own_rows import Spans, own_rows
from desirepath.matching.replanning.blocks import columns_of, room_of
from tests.matching.markets import kept_of
from tests.matching.shapes import crowded, several_weeks
from tests.matching.worlds import clinician, problem, random_problem, vacancy

FAIR = (7, 4, 0)


def few(seed):
    """Three people, seven sessions, boundaries everywhere."""
    return random_problem(seed, people=3, sessions=7)


def able_of(question, her, kept):
    """What she could take, each alone beside what she keeps, in order of time."""
    able = [v for v in question.vacancies if v not in kept and rules.feasible(question, her, v)]
    able = [v for v in able if rules.goes_with(question, her, kept, v)]
    return sorted(able, key=lambda v: (v.start, v.id))


def made_for(question, her, kept, able):
    """Her rows for those sessions."""
    spans, worth = Spans(*columns_of(able)), [100] * len(able)
    fair = lambda k: FAIR[k] if k < len(FAIR) else 0  # noqa: E731
    return own_rows(room_of(her, kept), spans, worth, clashes(question, her, able), fair)


def allowed(made, chosen):
    """Whether the rows allow some sessions, when "she works that day" is 1 wherever it has to be."""
    value = [float(i in chosen) for i in range(len(made.worth))]
    for columns, coefficients, upper in made.rows:
        # only the rows that say so have -1 at a column worth nothing
        if coefficients[-1] == -1 and columns[-1] >= len(made.spans.days) and upper == 0:
            value[columns[-1]] = max(value[columns[-1]], sum(value[c] for c in columns[:-1]))
    used = [sum(k * value[c] for c, k in zip(cs, ks, strict=True)) for cs, ks, _ in made.rows]
    return max(value) <= 1 and all(u <= row.upper for u, row in zip(used, made.rows, strict=True))


def subsets(size):
    """Every set of so many positions but the empty one."""
    return list(chain.from_iterable(combinations(range(size), n) for n in range(1, size + 1)))


def fine(question, her, kept, hers):
    """Whether each of the sessions goes with what she keeps and with the others."""
    return all(rules.goes_with(question, her, kept + [v for v in hers if v is not one], one) for one in hers)


@pytest.mark.parametrize("shape", [few, several_weeks, crowded])
@given(st.integers(0, 10**9))
def test_rows_allow_what_the_rules_allow(shape, seed):
    """Every set of her sessions: all rows hold of it where every rule of all her sessions does."""
    question, rng = shape(seed), random.Random(seed)
    for her in question.clinicians:
        kept = kept_of(question, her)
        able = able_of(question, her, kept)[:7]
        if not able:
            continue
        made = made_for(question, her, kept, able)
        sets = subsets(len(able))
        for chosen in rng.sample(sets, min(40, len(sets))):
            assert allowed(made, set(chosen)) == fine(question, her, kept, [able[i] for i in chosen])


@pytest.mark.parametrize(
    "limits", [{"max_sessions_day": 2}, {"max_minutes_week": 130}, {"max_sessions_week": 3}, {}]
)
def test_limits_of_more_than_one(limits):
    """Five short sessions on one day: of three and more the day, the minutes and the week are judges."""
    lengths = (20, 100, 20, 20, 55)
    sessions = [vacancy(f"v{i}", f"2026-12-07T{8 + 2 * i:02}:00", m) for i, m in enumerate(lengths)]
    her = clinician(**{"max_sessions_day": 9, "max_sessions_week": 9} | limits)
    question = problem(clinicians=(her,), vacancies=tuple(sessions))
    made = made_for(question, her, [], sessions)
    for chosen in subsets(len(sessions)):
        assert allowed(made, set(chosen)) == fine(question, her, [], [sessions[i] for i in chosen])


def test_level_4_beside_what_is_kept():
    """With one session of a week kept the steps begin at the second, and none is worth nothing."""
    sessions = [vacancy(f"v{i}", f"2026-12-{7 + i:02}T08:30") for i in range(4)]
    question = problem(vacancies=tuple(sessions))
    week = sessions[0].monday.toordinal()
    made = made_for(question, clinician(max_sessions_week=4), [], sessions)
    assert made.steps[week][:2] == [7, 4]
    assert made.worth[4:6] == [7, 4]
    made = made_for(question, clinician(max_sessions_week=4), sessions[:1], sessions[1:])
    assert made.steps[week][0] == 4
    assert made.worth[3:4] == [4]


def test_kept_sessions_leave_less_room():
    """With one session of the day kept and two a day at most, the others of that day exclude each other."""
    sessions = [vacancy(f"v{i}", f"2026-12-07T{hour:02}:00", 60) for i, hour in enumerate((8, 12, 16))]
    spans = Spans(*columns_of(sessions[1:]))
    assert not room_of(clinician(), ()).exclusions(spans).any()
    assert room_of(clinician(), sessions[:1]).exclusions(spans).tolist() == [[False, True], [True, False]]
