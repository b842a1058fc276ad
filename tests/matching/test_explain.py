"""Why: plain English with the numbers, and every suggested change holds."""

from dataclasses import replace

import pytest

from desirepath.matching import ProblemError, Window, explain, rules, solve
from tests.matching.worlds import at, clinician, problem, random_problem, vacancy


def told(question, rule, who="ann", what="v1"):
    """What `explain.pair` says of one rule."""
    return next(each for each in explain.pair(question, who, what) if each.rule == rule)


def test_every_rule_is_told_and_agrees():
    """For any pair each rule is told once, passed or failed as the oracle says."""
    for seed in range(30):
        question = random_problem(seed, people=4, sessions=4)
        for her in question.clinicians:
            for session in question.vacancies:
                results = explain.pair(question, her.id, session.id)
                broken = [each.rule for each in results if not each.passed]
                assert [each.rule for each in results] == list(rules.PAIR_RULES)
                assert broken == rules.broken_pair_rules(question, her, session)
                assert all(each.message for each in results)


def test_distance_in_words():
    """The distance and her limit, in kilometres."""
    far = problem(vacancies=(vacancy(practice="D2"),), clinicians=(clinician(max_km=10),))
    result = told(far, "distance")
    assert not result.passed
    assert result.message == "11.1 km away; the most travelled is 10 km"
    assert result.figures["max_km"] == 10


def test_rate_in_words():
    """Her rate and the cap, in pounds."""
    message = told(problem(clinicians=(clinician(base_rate=10050),)), "rate").message
    assert message == "The rate asked is £100.50 an hour; the most the practice pays is £100.00 an hour"


def test_availability_in_words():
    """The part of the day in which she is available."""
    part = (Window(at("2026-12-07T08:00"), at("2026-12-07T12:00")),)
    message = told(problem(clinicians=(clinician(windows=part),)), "availability").message
    span = "Mon 7 Dec, 8am to midday"
    assert message == f"Is available {span} only; the session is Mon 7 Dec, 8:30am to 12:40pm"


@pytest.mark.parametrize("ids", [("bob", "v1"), ("ann", "v9")])
def test_unknown_ids_refused(ids):
    """Unknown people and vacancies are refused."""
    with pytest.raises(ProblemError, match="unknown"):
        explain.pair(problem(), *ids)


def test_proposal_against_the_next_three():
    """Why ann: bob is further down the tiers, cat is dearer, dan is booked, and eve is not among three."""
    people = (
        clinician(),
        clinician("bob", pcn=None),
        clinician("cat", base_rate=9000),
        clinician("dan", base_rate=7000),
        clinician("eve", pcn=None, base_rate=9900),
    )
    sessions = vacancy("v1"), vacancy("v2")
    question = problem(clinicians=people, vacancies=sessions, fixed=(("v2", "dan"),))
    why = explain.proposal(question, solve(question), "v1")
    assert why.clinician == "ann"
    assert "From the practice's own PCN" in why.reasons
    messages = {each.clinician: each.message for each in why.others}
    assert messages == {
        "dan": "Is already booked for v2, at the same time",
        "cat": "Free too, but £42.00 dearer",
        "bob": "Free too, but 2 tiers further from the own PCN",
    }


def test_proposal_needed_more_elsewhere():
    """Who would be better but is needed more elsewhere is said to be."""
    people = clinician(), clinician("bob", pcn=None, skills=frozenset())
    sessions = vacancy("v1"), vacancy("v2", skills=frozenset({"coils"}), urgency=5)
    question = problem(clinicians=people, vacancies=sessions)
    why = explain.proposal(question, solve(question), "v1")
    assert (why.clinician, why.others[0].message) == ("bob", "Is needed more for v2, at the same time")
    assert (why.others[0].in_the_way, why.others[0].booked) == ("v2", False)


def test_change_of_levels_is_that_of_the_whole_plan():
    """What an alternative would change equals the difference of two checked plans."""
    people = clinician(wished_sessions_week=2), clinician("bob", wished_sessions_week=3, base_rate=8500)
    question = problem(clinicians=people, vacancies=(vacancy("v1"), vacancy("v2", "2026-12-09T08:30")))
    plan = solve(question)
    why = explain.proposal(question, plan, "v2")
    other = solve(
        replace(
            question,
            pinned=tuple(
                (a.vacancy, why.others[0].clinician if a.vacancy == "v2" else a.clinician)
                for a in plan.assignments
            ),
        )
    )
    assert why.others[0].change == tuple(b - a for a, b in zip(plan.levels, other.levels, strict=True))


def test_no_proposal_to_explain():
    """An unfilled vacancy has no proposal, a filled one no reason for being unfilled."""
    question = problem(vacancies=(vacancy("v1"), vacancy("v2")))
    plan = solve(question)
    filled, empty = plan.assignments[0].vacancy, plan.unfilled[0].vacancy
    with pytest.raises(ProblemError):
        explain.proposal(question, plan, empty)
    with pytest.raises(ProblemError):
        explain.unfilled(question, plan, filled)


UNFILLED = [
    ({"role": "nurse"}, {}, "Nobody has the role gp", ()),
    ({"skills": frozenset()}, {"skills": frozenset({"coils"})}, "Nobody with the role gp holds coils",
     ("Don't ask for coils: 1 clinician could then come",)),
    ({"pools": frozenset()}, {},
     "Nobody with the role and skills is in the pool north or comes through an agency",
     ("Open it to other pools: 1 clinician could then come",)),
    ({"windows": ()}, {}, "Nobody in the pool with the role and skills is free then", ()),
    ({"windows": (Window(at("2026-12-07T08:45"), at("2026-12-07T18:00")),)}, {},
     "Nobody in the pool with the role and skills is free then",
     ("Start and end 15 minutes later: 1 clinician could then come",)),
    ({"windows": (Window(at("2026-12-07T08:30"), at("2026-12-07T12:00")),)}, {},
     "Nobody in the pool with the role and skills is free then",
     ("End 45 minutes earlier and start as now: 1 clinician could then come",)),
    ({"base_rate": 10350}, {},
     "Rates: the 1 clinician who could come charges more than the most the practice pays, £100.00 an hour",
     ("Pay up to £103.50 an hour, £3.50 more than now",)),
    ({"max_km": 10}, {"practice": "D2"}, "Distance: it is further than the 1 clinician free then travels",
     ("Somebody would come who travels 1.1 km further than now",)),
    ({"max_sessions_week": 0}, {},
     "Own limits: 1 clinician could work it, all booked then or as much as they work", ()),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "session", "reason", "changes"), UNFILLED)
def test_unfilled_reason_and_changes(terms, session, reason, changes):
    """Each reason in its words, with the smallest single change that brings somebody."""
    question = problem(clinicians=(clinician(**terms),), vacancies=(vacancy(**session),))
    (result,) = solve(question).unfilled
    assert (result.reason, tuple(each.text for each in result.changes)) == (reason, changes)
    assert result.cause


def test_unfilled_because_others_need_them_more():
    """One clinician, two sessions at one time: the less urgent one yields, and another time would do."""
    question = problem(vacancies=(vacancy("v1"), vacancy("v2", urgency=5, minutes=120, rate_cap=9000)))
    (result,) = solve(question).unfilled
    assert result.vacancy == "v1"
    assert result.reason == "Others need them more: 1 clinician could work it, all busy with other sessions"
    assert result.cause == "elsewhere"
    assert result.candidates == 1


def test_change_that_clashes_with_her_other_session_is_not_suggested():
    """A higher cap is no help where she is booked then."""
    sessions = vacancy("v1", rate_cap=7000), vacancy("v2")
    question = problem(vacancies=sessions, fixed=(("v2", "ann"),))
    assert solve(question).unfilled[0].changes == ()


def test_search_stopped_early_is_said():
    """Somebody who is free in a plan that was stopped is said to be free."""
    question = problem(vacancies=(vacancy("v1"), vacancy("v2", "2026-12-09T08:30")))
    plan = solve(question)
    partial = replace(plan, assignments=plan.assignments[:1], gap=0.5)
    reason = explain.unfilled(question, partial, plan.assignments[1].vacancy).reason
    assert reason == "The search was stopped early: 1 clinician could still work it"
