"""Why: plain English with the numbers, and every suggested change holds."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import ProblemError, Weights, Window, explain, rules, solve
from desirepath.matching.unfilled_changes import moves
from desirepath.matching.unfilled_crowd import Crowd
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
    with pytest.raises(ProblemError, match="unknown"):
        explain.unfilled(question, plan, "v9")


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
     "Own limits: 1 clinician could work it, all booked then or as much as they work",
     ("1 clinician would come who works another session a week",)),
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


FUNNEL = (
    "role", "skills", "pool", "validity", "availability",
    "weekly time", "blocked", "forbidden", "distance", "rate",
)  # fmt: skip


@given(seed=st.integers(0, 10**9))
def test_crowd_agrees_with_the_oracle(seed):
    """Who drops out where, and who breaks one rule only, is what the written rules say of each pair."""
    question = random_problem(seed, people=6, sessions=6)
    crowd = Crowd(question)
    for session in question.vacancies:
        broken = {
            her.id: [name for name in FUNNEL if not rules.PAIR_RULES[name](question, her, session)]
            for her in question.clinicians
        }
        first = Counter(each[0] if each else "" for each in broken.values())
        almost = {who: each[0] if each else "" for who, each in broken.items() if len(each) < 2}
        almost = {who: rule for who, rule in almost.items() if rule != "role"}
        for deep in (False, True):
            dropped, found = crowd.funnel(session.id, deep=deep)
            assert +dropped == first
            expected = almost if deep else {who: rule for who, rule in almost.items() if not rule}
            assert {her.id: rule for her, rule in found} == expected


def with_change(question, session, change):
    """The problem with a change made, None for one that isn't the practice's alone or not one person's."""
    if change.kind == "rate":
        session = replace(session, rate_cap=int(change.amount))
    elif change.kind == "skill":
        session = replace(session, skills=session.skills - {change.amount})
    elif change.kind == "time":
        start, end = next((start, end) for told, start, end in moves(session) if told == change.amount)
        session = replace(session, start=start, end=end)
    else:
        return None
    swapped = tuple(session if each.id == session.id else each for each in question.vacancies)
    return replace(question, vacancies=swapped)


@given(seed=st.integers(0, 10**9))
def test_every_change_holds_when_solved_again(seed):
    """With a change told on demand a full solve fills the session, and fills no less urgency beside it."""
    question = random_problem(seed, people=4, sessions=5)
    plan = solve(question)
    for each in plan.unfilled:
        session = question.vacancy_of[each.vacancy]
        told = explain.unfilled(question, plan, each.vacancy)
        assert (told.reason, told.cause, told.candidates) == (each.reason, each.cause, each.candidates)
        assert {change.kind for change in each.changes} <= {change.kind for change in told.changes}
        for change in told.changes:
            after = with_change(question, session, change)
            if after is not None:
                assert solve(after).levels.l1 >= plan.levels.l1 + session.urgency


def two_and_two():
    """Bob could work v2 at a higher rate if ann, who is needed for v1, could be spared: cat can do v1 too."""
    people = (
        clinician(base_rate=9000),
        clinician("bob", base_rate=12000),
        clinician("cat", base_rate=7000, skills=frozenset({"coils"}), pcn=None),
    )
    sessions = (
        vacancy("v1", skills=frozenset({"coils"})),
        vacancy("v2", rate_cap=8000, practice="D2", skills=frozenset({"minor"})),
    )
    people = tuple(
        replace(each, skills=each.skills | {"minor"}) if each.id != "cat" else each for each in people
    )
    return problem(clinicians=people, vacancies=sessions)


def test_smaller_change_where_others_make_room():
    """Only bob is free, at 120 pounds; solved again, ann comes at 90 and cat takes her session."""
    question = two_and_two()
    plan = solve(question)
    assert plan.clinician_for("v1") == "ann"
    (seen,) = plan.unfilled
    assert seen.changes[0].amount == "12000"
    assert explain.unfilled(question, plan, "v2").changes[0].amount == "9000"


def test_nearer_one_travels_where_others_make_room():
    """Ann would go 1.1 km further, if cat took what is hers; far dan alone is free as it stands."""
    people = (
        clinician(max_km=10, skills=frozenset({"coils", "minor"})),
        clinician("cat", pcn=None, max_km=10),
        clinician("dan", max_km=1, latitude=52.5, skills=frozenset({"minor"})),
    )
    sessions = (
        vacancy("v1", skills=frozenset({"coils"})),
        vacancy("v2", practice="D2", skills=frozenset({"minor"})),
    )
    question = problem(clinicians=people, vacancies=sessions)
    plan = solve(question)
    assert plan.clinician_for("v1") == "ann"
    assert float(plan.unfilled[0].changes[0].amount) > 20_000
    assert explain.unfilled(question, plan, "v2").changes[0].amount == "1120"


def test_changes_of_a_country_are_told_on_demand(monkeypatch):
    """A very large problem's plan has reasons only; the changes of one session come when asked for."""
    question = problem(clinicians=(clinician(base_rate=10350),))
    monkeypatch.setattr("desirepath.matching.unfilled.NATIONAL", 1)
    plan = solve(question)
    assert plan.unfilled[0].changes == ()
    assert plan.unfilled[0].cause == "rate"
    assert explain.unfilled(question, plan, "v1").changes[0].kind == "rate"


def test_own_limits_are_counted():
    """Whom only her own limit keeps away is counted, and nothing of her is said."""
    people = tuple(clinician(name, max_sessions_day=1) for name in ("ann", "bob"))
    sessions = tuple(vacancy(f"v{i}", f"2026-12-07T{8 + 5 * (i % 2):02}:00", 240) for i in range(3))
    plan = solve(problem(clinicians=people, vacancies=sessions))
    told = {change.kind: change for change in plan.unfilled[0].changes}
    assert told["limit"].amount == "sessions a day"
    assert "would come who work" in told["limit"].text


def test_why_not_this_one():
    """For one clinician: the rules she breaks, what of hers is in the way, what would be lost, who has it."""
    people = (
        clinician(),
        clinician("bob", base_rate=9000),
        clinician("cat", role="nurse", base_rate=20000),
        clinician("dan"),
    )
    sessions = vacancy("v1"), vacancy("v2")
    question = problem(clinicians=people, vacancies=sessions, fixed=(("v2", "dan"),))
    plan = solve(question)
    assert explain.why_not(question, plan, "bob", "v1").message == "Free too, but £42.00 dearer"
    assert (
        explain.why_not(question, plan, "dan", "v1").message == "Is already booked for v2, at the same time"
    )
    assert explain.why_not(question, plan, "bob", "v2").message == "The session is kept for dan"
    both = explain.why_not(question, plan, "cat", "v1").message
    assert both.startswith("The session asks for a gp; the clinician's is nurse; The rate asked is £200.00")
    with pytest.raises(ProblemError, match="v1 is ann's"):
        explain.why_not(question, plan, "ann", "v1")


def test_why_not_where_nobody_is_proposed():
    """Somebody free for an empty session: not worth it by the weights, or the search was stopped."""
    dear = replace(problem().options, weights=Weights(filling=0, cost=10_000))
    question = problem(options=dear)
    assert "worth less than it costs" in explain.why_not(question, solve(question), "ann", "v1").message
    stopped = replace(solve(question), gap=0.5)
    assert "search was stopped" in explain.why_not(problem(), stopped, "ann", "v1").message
    busy = problem(vacancies=(vacancy("v1"), vacancy("v2", urgency=5)))
    assert explain.why_not(busy, solve(busy), "ann", "v1").in_the_way == "v2"
