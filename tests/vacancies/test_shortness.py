"""How short each session of a plan is: what one more clinician for it would bring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Plan, Problem, Window, solve
from desirepath.vacancies import shortness as module
from desirepath.vacancies.shortness import shortness
from tests.matching import worlds

FILLING = 500_000_000


def priced(problem: Problem, **prices: int) -> Plan:
    """The best plan, with prices as said: 0 where none is."""
    plan = solve(problem)
    return replace(plan, prices={each.id: prices.get(each.id, 0) for each in problem.vacancies})


def sessions(*names: str, **changes: Any) -> tuple[Any, ...]:
    return tuple(worlds.vacancy(name, **changes) for name in names)


def test_just_enough_is_not_short() -> None:
    """One session, one GP: whatever the price, one more would change nothing."""
    problem = worlds.problem()
    assert shortness(problem, priced(problem)) == {"v1": 0.0}
    assert shortness(problem, priced(problem, v1=FILLING)) == {"v1": 0.0}


def test_what_nobody_covers_is_short() -> None:
    """Two sessions at once, one GP: one more at either would cover one more."""
    problem = worlds.problem(vacancies=sessions("v1", "v2"))
    assert shortness(problem, priced(problem)) == {"v1": 1.0, "v2": 1.0}


def test_the_price_is_the_most_it_may_be() -> None:
    """Where the proof says less, less is told."""
    problem = worlds.problem(vacancies=sessions("v1", "v2"))
    found = shortness(problem, priced(problem, v1=FILLING // 2, v2=FILLING // 2))
    assert found == {"v1": 0.5, "v2": 0.5}


def test_two_who_could_swap_are_enough() -> None:
    """Two sessions, two GPs who could do either: no chain leads to a session that nobody takes."""
    problem = worlds.problem(
        vacancies=sessions("v1", "v2"), clinicians=(worlds.clinician("ann"), worlds.clinician("bea"))
    )
    assert shortness(problem, priced(problem)) == {"v1": 0.0, "v2": 0.0}


def test_a_chain_leads_on() -> None:
    """Ann does the urgent session: somebody else for it would free her for the coil clinic."""
    coils, plain = worlds.vacancy("coils", skills=frozenset({"coils"})), worlds.vacancy("plain", urgency=2)
    problem = worlds.problem(vacancies=(coils, plain))
    plan = priced(problem)
    assert plan.clinician_for("plain") == "ann"
    assert shortness(problem, plan) == {"coils": 1.0, "plain": 1.0}


def test_what_is_forbidden_or_kept_leads_nowhere() -> None:
    """A pair ruled out is no chain; a session with a live offer is not told of."""
    problem = worlds.problem(vacancies=sessions("v1", "v2"), forbidden=frozenset({("v2", "ann")}))
    assert shortness(problem, priced(problem)) == {"v1": 0.0, "v2": 1.0}
    asked = worlds.problem(vacancies=sessions("v1", "v2"), fixed=(("v1", "ann"),))
    assert set(shortness(asked, priced(asked))) == {"v2"}


def test_without_prices_nothing_is_told() -> None:
    """A plan without a proof by prices."""
    problem = worlds.problem()
    assert shortness(problem, replace(solve(problem), prices={})) == {}


def test_a_huge_plan_is_told_by_its_prices_alone(monkeypatch: Any) -> None:
    """Beyond so many pairs the most it may be is told."""
    monkeypatch.setattr(module, "MOST_PAIRS", 0)
    problem = worlds.problem()
    assert shortness(problem, priced(problem)) == {"v1": 1.0}


@given(st.integers(0, 10_000))
def test_open_sessions_are_told_in_full_and_nothing_above_its_urgency(seed: int) -> None:
    """For all worlds, at price 0; where all are covered, nothing is short."""
    problem = worlds.random_problem(seed)
    plan = priced(problem)
    taken = {each.vacancy for each in plan.assignments}
    found = shortness(problem, plan)
    for vacancy in problem.vacancies:
        if vacancy.id in found:
            assert 0 <= found[vacancy.id] <= max(each.urgency for each in problem.vacancies)
            assert vacancy.id in taken or found[vacancy.id] == vacancy.urgency
    if not set(found) - taken:
        assert not any(found.values()), "all are covered, so one more changes nothing"


def test_it_foretells_what_planning_with_one_more_finds() -> None:
    """Planning again with somebody more for one session covers what was foretold, nearly always."""
    right = asked = 0
    for seed in range(40):
        problem = worlds.random_problem(seed, people=5, sessions=8)
        plan = solve(problem)
        if problem.options.weights.filling < FILLING:
            continue
        for vacancy, foretold in list(shortness(problem, plan).items())[:3]:
            gain = solve(with_one_more(problem, vacancy)).levels.l1 - plan.levels.l1
            asked, right = asked + 1, right + (abs(gain - foretold) < 0.1)
    assert asked > 50
    assert right >= 0.95 * asked, f"{right} of {asked}"


def with_one_more(problem: Problem, vacancy: str) -> Problem:
    """The problem with a clinician at the door, free for that session and nothing else."""
    session = problem.vacancy_of[vacancy]
    place = problem.practice_for(session)
    extra = worlds.clinician(
        "extra",
        role=session.role,
        skills=session.skills,
        latitude=place.latitude,
        longitude=place.longitude,
        pcn=place.pcn,
        pools=frozenset({place.pool}),
        base_rate=min(1000, session.rate_cap),
        max_sessions_week=1,
        max_minutes_week=60_000,
        windows=(Window(session.start, session.end),),
    )
    others = {(each.id, "extra") for each in problem.vacancies if each.id != vacancy}
    return replace(problem, clinicians=(*problem.clinicians, extra), forbidden=problem.forbidden | others)
