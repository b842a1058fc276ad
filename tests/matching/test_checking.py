"""The independent check finds every kind of fault put into a sound plan."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Options, Preference, Unfilled, check, checking, objective, rules, solve
from desirepath.matching.problem import Problem
from tests.matching.markets import free
from tests.matching.shapes import SHAPES
from tests.matching.worlds import clinician, practice, problem, vacancy

SESSIONS = (vacancy("v1"), vacancy("v2", "2026-12-08T08:30"))


def planned() -> tuple[Problem, object]:
    """A sound plan: ann works v1 and v2."""
    question = problem(vacancies=SESSIONS)
    return question, solve(question)


def test_sound_plan_passes():
    """A plan of the solver is sound."""
    question, plan = planned()
    assert check(question, plan) == ()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"role": "nurse"}, "role"),
        ({"pools": frozenset()}, "pool"),
        ({"valid_until": date(2026, 12, 6)}, "last valid day"),
        ({"max_minutes_week": 249}, "longer than her week"),
        ({"windows": ()}, "availability"),
        ({"latitude": 53.6}, "km"),
        ({"base_rate": 10001}, "cap"),
        ({"min_rest_minutes": 1441}, "rest"),
        ({"max_sessions_day": 0}, "sessions on"),
        ({"max_sessions_week": 1}, "sessions in the week"),
        ({"max_minutes_week": 499}, "minutes in the week"),
        ({"max_consecutive_days": 1}, "days in a row"),
    ],
)
def test_broken_term_of_hers_found(changes, word):
    """Each term of hers, tightened after the plan was made, is a fault that names it."""
    question, plan = planned()
    stricter = replace(question, clinicians=(clinician(**changes),))
    assert any(word in fault for fault in check(stricter, plan))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"preferences": (Preference("ann", "D1", "blocked"),)}, "blocked"),
        ({"forbidden": frozenset({("v1", "ann")})}, "forbidden"),
        ({"vacancies": (vacancy("v1", skills=frozenset({"minor"})), SESSIONS[1])}, "skills"),
        ({"vacancies": (SESSIONS[0], vacancy("v2", "2026-12-07T12:00"))}, "overlap"),
        ({"vacancies": (SESSIONS[0], vacancy("v2", "2026-12-07T12:50", practice="D2"))}, "travel"),
        ({"vacancies": (*SESSIONS, vacancy("v3"))}, "missing"),
        ({"vacancies": SESSIONS[:1]}, "not in the problem"),
        ({"clinicians": (clinician("bob"),)}, "clinician ann is not in the problem"),
        ({"fixed": (("v1", "ann"),)}, "marked wrongly"),
    ],
)
def test_other_problem_found(changes, word):
    """A plan held against a problem with another rule or content is found out."""
    question, plan = planned()
    assert any(word in fault for fault in check(replace(question, **changes), plan))


def test_fixed_or_pinned_pair_missing():
    """A plan without a fixed or pinned pair is not sound."""
    question, plan = planned()
    people = (*question.clinicians, clinician("bob"))
    for kind in ("fixed", "pinned"):
        stricter = replace(question, clinicians=people, **{kind: (("v1", "bob"),)})
        assert any(fault.startswith(kind) for fault in check(stricter, plan))


@pytest.mark.parametrize("field", ["tier", "preference", "pay", "km"])
def test_wrong_figure_found(field):
    """A wrong figure of an assignment is found."""
    question, plan = planned()
    first = replace(plan.assignments[0], **{field: getattr(plan.assignments[0], field) + 1})
    assert check(question, replace(plan, assignments=(first, *plan.assignments[1:])))


PERCENT = st.decimals(-100, 1000, places=4)


@given(st.integers(0, 10**6), PERCENT, PERCENT, st.decimals(0, 10, places=4), st.integers(1, 900))
def test_money_to_the_penny(base, weekday, evening, markup, minutes):
    """Rates and pay in whole parts are those of the rules in fractions, through an agency too."""
    her = clinician(base_rate=base, day_pct=(weekday,) * 7, evening_pct=evening, agency=True)
    late = vacancy("v1", "2026-12-07T18:30", minutes)
    for pools in (frozenset({"north"}), frozenset()):
        someone = replace(her, pools=pools)
        question = problem(clinicians=(someone,), vacancies=(late,), options=Options(agency_markup=markup))
        own = checking.own_figures(question, someone, late)
        assert own.rate == rules.rate(question, someone, late)
        assert own.pay == objective.pay(question, someone, late)


def anything(seed):
    """A random problem, and pairs of a vacancy and a clinician that heed no rule."""
    rng = random.Random(seed)
    question = free(rng.choice(SHAPES)(seed))
    sessions = [each for each in question.vacancies if question.clinicians and rng.random() < 0.8]
    return question, [(each.id, rng.choice(question.clinicians).id) for each in sessions]


@given(st.integers(0, 10**9))
def test_figures_are_those_of_the_written_rules(seed):
    """Tier, preference, pay, distance and rate of any pair at all."""
    question, pairs = anything(seed)
    for what, who in pairs:
        vacancy, her = question.vacancy_of[what], question.clinician_of[who]
        place = question.practice_for(vacancy)
        own = checking.own_figures(question, her, vacancy)
        assert own.tier == objective.tier(question, her, place)
        assert own.preference == objective.preference(question, her, place)
        assert own.pay == objective.pay(question, her, vacancy)
        assert own.rate == rules.rate(question, her, vacancy)
        assert own.km == rules.distance_km(her, place)


@given(st.integers(0, 10**9))
def test_faults_are_those_of_the_written_rules(seed):
    """Whatever is given to whom: a pair is at fault where a rule of one pair says so, a clinician where a
    rule of all her sessions does.
    """
    question, pairs = anything(seed)
    for what, who in pairs:
        her, vacancy = question.clinician_of[who], question.vacancy_of[what]
        own = checking.own_figures(question, her, vacancy)
        faults = checking.pair_faults(question, her, vacancy, own)
        assert rules.feasible(question, her, vacancy) == (not faults)
    for her in question.clinicians:
        hers = sorted((question.vacancy_of[v] for v, c in pairs if c == her.id), key=lambda v: v.start)
        faults = checking.day_faults(question, her, hers, set()) + checking.limit_faults(her, hers, set())
        assert all(holds(question, her, hers) for holds in rules.TOGETHER_RULES.values()) == (not faults)


def test_week_over_both_limits():
    """A week with too many sessions and too many minutes is told for both."""
    question, plan = planned()
    stricter = replace(question, clinicians=(clinician(max_sessions_week=1, max_minutes_week=300),))
    assert [fault.split(" in the week")[0] for fault in check(stricter, plan)] == [
        "ann: 2 sessions",
        "ann: 500 minutes",
    ]


def test_history_counts_where_the_option_says_so():
    """A plan reckoned without her history does not stand where the option carries it."""
    her = clinician(history_wished=8, history_offered=8)
    carried = problem(vacancies=SESSIONS, clinicians=(her,), options=Options(fairness_history=True))
    assert any("levels" in f for f in check(carried, solve(replace(carried, options=Options()))))
    assert check(carried, solve(carried)) == ()
    assert solve(carried).levels.l4 == 20 + 15


@pytest.mark.parametrize(
    "changes", [{"objective": 1}, {"bound": 0}, {"level_1_bound": 0}, {"levels": (1, 2, 3, 4, 5)}]
)
def test_wrong_total_found(changes):
    """Levels, objective and bounds that don't belong to the assignments are found."""
    question, plan = planned()
    assert check(question, replace(plan, **changes))


def test_vacancy_twice_found():
    """A vacancy both filled and unfilled, or filled twice, is found."""
    question, plan = planned()
    assert any("twice" in f for f in check(question, replace(plan, unfilled=(Unfilled("v1", "", 0),))))
    assert any("twice" in f for f in check(question, replace(plan, assignments=plan.assignments * 2)))


def test_faults_of_fixed_bookings_alone_are_not_the_plans():
    """Two fixed bookings at one time are sound; a third session beside them is not, where it takes part."""
    sessions = vacancy("v1"), vacancy("v2"), vacancy("v3", "2026-12-09T08:30")
    question = problem(vacancies=sessions, fixed=(("v1", "ann"), ("v2", "ann")))
    plan = solve(question)
    assert len(plan.assignments) == 3
    clash = replace(question, vacancies=(*sessions[:2], vacancy("v3", "2026-12-07T09:00")))
    assert any("overlap" in fault for fault in check(clash, plan))


def test_check_shares_no_code_with_the_solver():
    """The check imports the values of problem and plan only."""
    own = {
        name
        for name, value in vars(checking).items()
        if getattr(value, "__module__", "").startswith("desire")
    }
    modules = {vars(checking)[name].__module__ for name in own}
    assert modules <= {
        "desirepath.matching.checking",
        "desirepath.matching.plan",
        "desirepath.matching.problem",
    }


def test_practices_of_one_place_are_still_two():
    """The travel buffer holds between two practices in one building."""
    question = problem(
        practices=(practice(), practice("D2")),
        neighbours=(),
        vacancies=(vacancy("v1"), vacancy("v2", "2026-12-07T12:45", practice="D2")),
    )
    plan = solve(question)
    closer = replace(question, vacancies=(vacancy("v1"), vacancy("v2", "2026-12-07T12:44", practice="D2")))
    assert check(question, plan) == ()
    assert any("travel" in fault for fault in check(closer, plan))
