"""The search: exact on small problems, sound and bounded whenever it stops."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import (
    Plan,
    ProblemError,
    Stop,
    Window,
    check,
    closing,
    engine,
    feasible_pairs,
    search,
    solve,
)
from desirepath.matching.columns import Columns
from desirepath.matching.market import market_of
from tests.matching.worlds import at, best_value, clinician, practice, problem, random_problem, vacancy


@given(st.integers(0, 10**9))
def test_brute_force_agrees(seed):
    """On tiny problems the plan is worth exactly what trying everything finds, and is proven to the point."""
    question = random_problem(seed)
    plan = solve(question)
    assert plan.objective == best_value(question)
    assert plan.bound == plan.objective
    assert plan.gap == 0.0
    assert check(question, plan) == ()


@given(st.integers(0, 10**9))
def test_larger_problems_are_sound(seed):
    """Larger random problems give checked plans whose bounds hold."""
    question = random_problem(seed, people=10, sessions=25)
    plan = solve(question)
    assert check(question, plan) == ()
    assert plan.level_1_bound >= plan.levels.l1
    assert plan.gap == 0.0


def same(plan: Plan) -> tuple[object, ...]:
    """What must not differ between two runs."""
    return plan.assignments, plan.unfilled, plan.objective, plan.bound, plan.levels


def test_same_seed_same_plan():
    """The same seed and problem give the same plan."""
    question = random_problem(92, people=12, sessions=40)
    assert same(solve(question, seed=3)) == same(solve(question, seed=3))


def test_any_seed_same_value():
    """Another seed may choose differently, never worse."""
    question = random_problem(92, people=12, sessions=40)
    assert solve(question, seed=1).objective == solve(question, seed=2).objective


@pytest.mark.parametrize(
    "changes", [{"clinicians": ()}, {"vacancies": ()}, {"clinicians": (), "vacancies": ()}]
)
def test_empty_problem_needs_no_solver(changes, monkeypatch):
    """With nobody or nothing to plan the solver is not called."""
    monkeypatch.setattr(closing, "loaded", lambda *_: pytest.fail("the solver was called"))
    plan = solve(problem(**changes))
    assert (plan.assignments, plan.objective, plan.gap) == ((), 0, 0.0)


def test_fixed_booking_kept_whatever_the_rules():
    """A fixed booking stands though her pair breaks a rule, and counts in her limits."""
    ann = clinician(max_sessions_week=1, skills=frozenset())
    sessions = (vacancy("v1", skills=frozenset({"coils"})), vacancy("v2", "2026-12-09T08:30"))
    plan = solve(problem(clinicians=(ann,), vacancies=sessions, fixed=(("v1", "ann"),)))
    assert [(a.vacancy, a.fixed) for a in plan.assignments] == [("v1", True)]
    assert plan.unfilled[0].vacancy == "v2"


def test_fixed_bookings_that_clash_are_both_kept():
    """Two fixed bookings at one time are kept; neither is the plan's to undo."""
    plan = solve(problem(vacancies=(vacancy("v1"), vacancy("v2")), fixed=(("v1", "ann"), ("v2", "ann"))))
    assert len(plan.assignments) == 2


def test_fixed_counts_in_fairness():
    """Her second session is worth less where the first is fixed: the work goes to the other."""
    people = clinician(wished_sessions_week=2), clinician("bob", wished_sessions_week=2)
    sessions = vacancy("v1"), vacancy("v2", "2026-12-09T08:30")
    plan = solve(problem(clinicians=people, vacancies=sessions, fixed=(("v1", "ann"),)))
    assert plan.clinician_for("v2") == "bob"
    assert plan.levels.l4 == 120


def test_pinned_pair_is_planned():
    """A pinned pair is in the plan though another would be better."""
    people = clinician(pcn=None), clinician("bob")
    plan = solve(problem(clinicians=people, pinned=(("v1", "ann"),)))
    assert plan.clinician_for("v1") == "ann"
    assert "Pinned by a manager" in plan.assignments[0].reasons


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"clinicians": (clinician(base_rate=20000),)}, "rate"),
        ({"vacancies": (vacancy(), vacancy("v2")), "fixed": (("v2", "ann"),)}, "overlap"),
    ],
)
def test_pinned_pair_that_breaks_a_rule_is_refused(changes, rule):
    """A pin that breaks a rule, alone or beside a booking, is refused by the rule's name."""
    with pytest.raises(ProblemError, match=f"rule on {rule}"):
        solve(problem(pinned=(("v1", "ann"),), **changes))


def test_forbidden_pair_is_not_planned():
    """A forbidden pair is planned around."""
    people = clinician(), clinician("bob", pcn=None)
    plan = solve(problem(clinicians=people, forbidden=frozenset({("v1", "ann")})))
    assert plan.clinician_for("v1") == "bob"


def test_no_time_still_gives_a_sound_plan():
    """With no time at all the plan is the greedy one, checked, with an honest bound."""
    question = random_problem(92, people=12, sessions=40)
    hurried, proven = solve(question, stop=Stop(seconds=0)), solve(question)
    assert check(question, hurried) == ()
    assert hurried.assignments
    assert hurried.objective <= proven.objective <= hurried.bound


def test_ctrl_c_keeps_the_best_plan(monkeypatch):
    """Ctrl-C while HiGHS runs: it is told to stop, and what it has is the plan."""
    question = random_problem(92, people=12, sessions=40)
    calls: list[int] = []
    original = engine.loaded

    def slow(*args):
        highs = original(*args)
        wait = highs.wait
        highs.wait = lambda seconds: _raise_once(calls, wait, seconds)
        return highs

    monkeypatch.setattr(engine, "loaded", slow)
    plan = solve(question)
    assert calls
    assert check(question, plan) == ()
    assert plan.objective <= solve(question).objective <= plan.bound


def _raise_once(calls, wait, seconds):
    if not calls:
        calls.append(1)
        raise KeyboardInterrupt
    return wait(seconds)


def test_ctrl_c_between_parts_keeps_the_best_plan():
    """Ctrl-C while the search is not in HiGHS ends in the best plan so far too."""
    question = random_problem(92, people=12, sessions=40)

    def stop(progress):
        if progress.phase == "search" and progress.objective is not None:
            raise KeyboardInterrupt

    plan = solve(question, on_progress=stop)
    assert check(question, plan) == ()
    assert plan.assignments
    assert plan.objective <= solve(question).objective <= plan.bound


def test_seed_out_of_range():
    """A seed that makes no sense is refused."""
    with pytest.raises(ProblemError, match="seed"):
        solve(problem(), seed=-1)


def test_progress_is_told():
    """Phases come in order, and the search tells value and bound."""
    told = []
    solve(random_problem(92, people=12, sessions=40), on_progress=told.append)
    phases = list(dict.fromkeys(each.phase for each in told))
    assert phases == ["pairs", "place", "search", "level 1", "explain", "check", "done"]
    assert all(e.objective <= e.bound for e in told if e.objective is not None)


def test_unsound_plan_is_never_returned(monkeypatch):
    """A solve whose result the check refuses raises, and says why."""
    monkeypatch.setattr(search, "check", lambda *_: ("ann works twice",))
    with pytest.raises(search.UnsoundPlanError, match="ann works twice"):
        solve(problem())


def test_all_at_one_place():
    """Practices and people all at one place: no distance, the buffer between practices still holds."""
    places = practice(), practice("D2")
    sessions = vacancy("v1"), vacancy("v2", "2026-12-07T12:40", practice="D2")
    plan = solve(problem(practices=places, neighbours=(), vacancies=sessions))
    assert len(plan.assignments) == 1
    sessions = vacancy("v1"), vacancy("v2", "2026-12-07T12:45", practice="D2")
    assert len(solve(problem(practices=places, neighbours=(), vacancies=sessions)).assignments) == 2


def test_a_thousand_identical_vacancies():
    """A thousand vacancies at one time: each clinician takes one, the rest is explained."""
    people = tuple(clinician(f"c{i}") for i in range(5))
    plan = solve(problem(clinicians=people, vacancies=tuple(vacancy(f"v{i}") for i in range(1_000))))
    assert len(plan.assignments) == 5
    assert len(plan.unfilled) == 995


def test_one_clinician_with_very_many_sessions():
    """Eight hundred feasible sessions of one clinician are planned to her limits."""
    starts = [f"2026-12-{7 + i % 14:02}T{7 + i % 11:02}:{i % 60:02}" for i in range(800)]
    sessions = tuple(vacancy(f"v{i}", start, urgency=1 + i % 3) for i, start in enumerate(starts))
    plan = solve(problem(clinicians=(clinician(max_minutes_week=2250),), vacancies=sessions))
    assert plan.levels.l1 == 2 * 9 * 3
    assert plan.gap == 0


def test_session_over_midnight_belongs_to_its_first_day():
    """A session over Sunday midnight counts in the week in which it starts."""
    windows = (Window(at("2026-12-07T00:00"), at("2026-12-21T00:00")),)
    ann = clinician(max_sessions_week=1, min_rest_minutes=0, windows=windows)
    night, monday = vacancy("v1", "2026-12-13T22:00"), vacancy("v2", "2026-12-14T08:30")
    assert len(solve(problem(clinicians=(ann,), vacancies=(night, monday))).assignments) == 2


@pytest.mark.parametrize(("sunday", "rest"), [("2026-03-29", 600), ("2026-10-25", 720)])
def test_rest_on_the_night_the_clocks_change(sunday, rest):
    """Rest is elapsed time: 9pm to 8am is 10 hours in spring and 12 in autumn."""
    saturday = f"{sunday[:8]}{int(sunday[8:]) - 1}"
    windows = (Window(at(f"{saturday}T00:00"), at(f"{sunday}T23:00")),)
    sessions = vacancy("v1", f"{saturday}T19:00", 120), vacancy("v2", f"{sunday}T08:00")
    for needed, filled in ((rest, 2), (rest + 1, 1)):
        ann = clinician(windows=windows, min_rest_minutes=needed)
        assert len(solve(problem(clinicians=(ann,), vacancies=sessions)).assignments) == filled


def test_zero_wished_sessions():
    """She who wishes for no number still works; level 4 gives nothing for it."""
    plan = solve(problem(clinicians=(clinician(wished_sessions_week=0),)))
    assert (len(plan.assignments), plan.levels.l4) == (1, 0)


def test_gap_stops_early_with_a_true_bound():
    """With a wide gap allowed the plan is within it."""
    question = random_problem(92, people=12, sessions=40)
    plan = solve(question, stop=Stop(gap=0.2))
    assert plan.gap <= 0.2
    assert plan.bound >= solve(question).objective


def test_edges_beside_kept_sessions():
    """Pairs of a kept vacancy, and those that clash with a kept one, are not open."""
    question = problem(vacancies=(vacancy("v1"), vacancy("v2"), vacancy("v3", "2026-12-09T08:30")))
    kept = replace(question, fixed=(("v1", "ann"),))
    assert [len(edges_of(each)) for each in (question, kept)] == [3, 1]


def edges_of(question):
    """The vacancies of the market's edges."""
    columns = Columns.of(question)
    return market_of(question, columns, feasible_pairs(question, columns))[0].vacancy


@pytest.mark.parametrize(("limit", "filled"), [(1, 1), (2, 2), (3, 3), (4, 4)])
def test_no_more_sessions_a_day_than_she_works(limit, filled):
    """Of four short sessions of a day she takes as many as she works a day."""
    sessions = tuple(vacancy(f"v{i}", f"2026-12-07T{8 + 2 * i:02}:00", 60) for i in range(4))
    plan = solve(problem(clinicians=(clinician(max_sessions_day=limit),), vacancies=sessions))
    assert len(plan.assignments) == filled
