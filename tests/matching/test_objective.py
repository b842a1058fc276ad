"""What a pair and a week are worth: tier, preference, pay, fairness, levels, blend."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Levels, Options, Preference, Weights, objective
from tests.matching.worlds import clinician, practice, problem, vacancy


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, 0),
        ({"pcn": "U2"}, 2),
        ({"pcn": "U9"}, 2),
        ({"pcn": None}, 2),
        ({"pools": frozenset({"south"}), "agency": True}, 3),
        ({"agency": True}, 0),
    ],
)
def test_tier(terms, expected):
    """Own PCN, neighbour one way only, the pool, an agency: pool first, even in her own PCN."""
    assert objective.tier(problem(), clinician(**terms), practice()) == expected


def test_tier_of_a_neighbour():
    """A row (her PCN, the practice's PCN) makes a neighbour."""
    assert objective.tier(problem(), clinician(), practice("D2", pcn="U2")) == 1


def test_no_pcn_is_no_own_pcn():
    """A practice without a PCN is nobody's own PCN."""
    assert objective.tier(problem(), clinician(pcn=None), practice(pcn="")) == 2


@pytest.mark.parametrize(
    ("km", "points"), [(0, 3), (4.999, 3), (5, 2), (9.999, 2), (10, 1), (14.9, 1), (15, 0), (20, 0)]
)
def test_closeness(km, points):
    """Under a quarter, a half, three quarters of 20 km; a boundary itself is not under."""
    assert objective.closeness(km, 20) == points


def test_preference_adds_up():
    """Preferred 4, worked there 3, close 3."""
    liked = (Preference("ann", "D1", "preferred"), Preference("ann", "D1", "worked"))
    assert objective.preference(problem(preferences=liked), clinician(), practice()) == 10
    assert objective.preference(problem(preferences=liked[:1]), clinician(), practice()) == 7


def test_pay():
    """4 h 10 min at 85.55 pounds are 356.45 and five sixths: cut to the penny."""
    assert objective.pay(problem(), clinician(base_rate=8555), vacancy()) == 35645


def test_pay_through_an_agency():
    """Through an agency a fifth on top of the pay, cut to the penny; the markup is an option."""
    her = clinician(base_rate=8555, pools=frozenset(), agency=True)
    assert objective.pay(problem(), her, vacancy()) == 42774
    dearer = problem(options=Options(agency_markup=Decimal("0.175")))
    assert objective.pay(dearer, her, vacancy()) == 41882


@pytest.mark.parametrize(
    ("wished", "worth"), [(4, [60, 45, 30, 15, 0, 0]), (7, [60, 51, 42, 34, 25, 17]), (0, [0] * 6)]
)
def test_session_worth(wished, worth):
    """Her k-th session is worth less and less, down to nothing at what she wished for."""
    her = clinician(wished_sessions_week=wished)
    assert [objective.session_worth(Options(), her, k) for k in range(6)] == worth
    assert objective.fairness(Options(), her, 3) == sum(worth[:3])


@pytest.mark.parametrize(
    ("wished", "offered", "worth"),
    [
        (0, 0, [60, 45, 30, 15, 0]),
        (12, 0, [60, 56, 52, 48, 0]),
        (12, 12, [15, 11, 7, 3, 0]),
        (12, 30, [0] * 5),
    ],
)
def test_session_worth_with_history(wished, offered, worth):
    """With the option, what she lacked before raises each session, and what she had lowers it."""
    her = clinician(wished_sessions_week=4, history_wished=wished, history_offered=offered)
    told = Options(fairness_history=True)
    assert [objective.session_worth(told, her, k) for k in range(5)] == worth
    assert [objective.session_worth(Options(), her, k) for k in range(5)] == [60, 45, 30, 15, 0]
    assert objective.session_worth(told, replace(her, wished_sessions_week=0), 0) == 0


@given(st.integers(0, 9), st.integers(0, 80), st.integers(0, 80), st.booleans())
def test_session_worth_never_grows(wished, before, offered, history):
    """Whatever her history, a session is worth 0 to 60, never more than the one before, nothing past her
    wish; and never more for having been offered more.
    """
    her = clinician(wished_sessions_week=wished, history_wished=before, history_offered=offered)
    told = Options(fairness_history=history)
    worth = [objective.session_worth(told, her, k) for k in range(12)]
    assert worth == sorted(worth, reverse=True)
    assert all(0 <= each <= 60 for each in worth)
    assert not any(worth[wished:])
    later = replace(her, history_offered=offered + 1)
    assert all(objective.session_worth(told, later, k) <= worth[k] for k in range(12))


def test_levels_count_weeks_apart():
    """Two sessions in one week give 60 + 45 of level 4, in two weeks 60 + 60."""
    sessions = vacancy("v1", urgency=5), vacancy("v2", "2026-12-08T08:30"), vacancy("v3", "2026-12-14T08:30")
    question = problem(vacancies=sessions)
    assert objective.levels(question, [("v1", "ann"), ("v2", "ann")]) == Levels(6, 0, 6, 105, -666)
    assert objective.levels(question, [("v1", "ann"), ("v3", "ann")]).l4 == 120


def test_blend():
    """The written weights; a problem may bring its own."""
    levels = Levels(1, -2, 3, 4, -5)
    assert objective.blend(Options(), levels) == 500_000_000 - 10_000_000 + 720_000 + 8_000 - 5
    assert objective.blend(Options(weights=Weights(1, 1, 1, 1, 1)), levels) == 1
