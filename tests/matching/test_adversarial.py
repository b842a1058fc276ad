"""Problems that somebody might really pose, and nobody expects: a right answer, every one of them."""

import os
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from desirepath.matching import Options, Plan, Problem, ProblemError, Weights, Window, check, rules, solve
from tests.matching.worlds import at, best_value, clinician, practice, problem, random_problem, vacancy

LONG = os.environ.get("DESIRE_LONG") == "1"
ALWAYS = (Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)),)


def answered(question: Problem) -> Plan:
    """The plan, which must be proven and pass the check once more."""
    plan = solve(question)
    assert check(question, plan) == ()
    assert plan.gap == 0
    return plan


def filled(question: Problem) -> int:
    """How many sessions the plan fills."""
    return len(answered(question).assignments)


@pytest.mark.parametrize(
    "changes", [{"clinicians": ()}, {"vacancies": ()}, {"practices": (), "vacancies": ()}]
)
def test_nobody_or_nothing(changes):
    """Without people, sessions or practices there is nothing to plan, which is no fault."""
    plan = answered(problem(**changes))
    assert plan.assignments == ()
    assert len(plan.unfilled) == len(changes.get("vacancies", (1,)))


def test_all_at_one_place():
    """Forty people, thirty practices, sixty sessions in one spot: distance says nothing, all rules hold."""
    practices = tuple(practice(f"D{i}") for i in range(30))
    sessions = tuple(
        vacancy(f"v{i}", f"2026-12-{7 + i % 5:02}T08:30", practice=f"D{i % 30}") for i in range(60)
    )
    people = tuple(clinician(f"c{i}", max_sessions_week=2) for i in range(40))
    assert filled(problem(practices=practices, clinicians=people, vacancies=sessions)) == 60


def test_one_clinician_with_thousands_of_sessions():
    """Thousands of sessions only one clinician can work: her best two weeks, proven."""
    many = 10_000 if LONG else 1_500
    first = at("2026-12-07T07:00")
    sessions = tuple(
        vacancy(f"v{i}", first + timedelta(minutes=13 * i % (13 * 24 * 60)), 60, urgency=(1, 2, 3, 5)[i % 4])
        for i in range(many)
    )
    plan = answered(problem(clinicians=(clinician(windows=ALWAYS),), vacancies=sessions))
    # 9 a week are hers to give, and there are plenty of the most urgent kind
    assert plan.levels.l1 == 2 * 9 * 5
    assert len(plan.unfilled) == many - 18


def test_a_thousand_identical_vacancies():
    """A thousand sessions alike and thirty people alike: each takes one, whoever gets which."""
    people = tuple(clinician(f"c{i}", max_sessions_week=1) for i in range(30))
    plan = answered(problem(clinicians=people, vacancies=tuple(vacancy(f"v{i}") for i in range(1_000))))
    assert len(plan.assignments) == 30
    assert len({each.clinician for each in plan.assignments}) == 30


def test_a_thousand_identical_people():
    """One session and a thousand people alike: one of them works it, the same whenever asked."""
    question = problem(clinicians=tuple(clinician(f"c{i}") for i in range(1_000)))
    assert answered(question).assignments == answered(question).assignments
    assert filled(question) == 1


@pytest.mark.parametrize(("end", "expected"), [("2026-12-08T02:00", 1), ("2026-12-08T01:59", 0)])
def test_window_over_midnight(end, expected):
    """A night session lies in a window over midnight, to the minute."""
    night = (Window(at("2026-12-07T20:00"), at(end)),)
    session = vacancy(start="2026-12-07T21:00", minutes=300)
    assert filled(problem(clinicians=(clinician(windows=night),), vacancies=(session,))) == expected


def test_windows_that_touch_at_midnight_are_one():
    """Two windows that meet at midnight hold a session that goes through."""
    halves = (
        Window(at("2026-12-08T00:00"), at("2026-12-08T06:00")),
        Window(at("2026-12-07T18:00"), at("2026-12-08T00:00")),
    )
    assert (
        filled(
            problem(clinicians=(clinician(windows=halves),), vacancies=(vacancy(start="2026-12-07T22:00"),))
        )
        == 1
    )


@pytest.mark.parametrize("history", [False, True])
def test_zero_wished(history):
    """She who wishes for nothing gets no points of fairness, whatever her history, and still may work."""
    ann = clinician(wished_sessions_week=0, history_wished=0, history_offered=7)
    plan = answered(problem(clinicians=(ann,), options=Options(fairness_history=history)))
    assert (len(plan.assignments), plan.levels.l4) == (1, 0)


@pytest.mark.parametrize(
    "nothing",
    ["max_sessions_week", "max_sessions_day", "max_consecutive_days", "max_minutes_week"],
)
def test_limit_of_nothing(nothing):
    """A limit of 0 is a limit: she works not at all."""
    assert filled(problem(clinicians=(clinician(**{nothing: 0}),))) == 0


@pytest.mark.parametrize(
    ("start", "minutes", "elapsed"),
    [("2026-03-28T22:00", 8 * 60, "07:00"), ("2026-10-24T22:00", 8 * 60, "05:00")],
)
def test_nights_on_which_the_clocks_change(start, minutes, elapsed):
    """A night shift of eight hours is eight hours long, pays so, and ends by the new clock."""
    session = vacancy(start=start, minutes=minutes)
    hers = (Window(at(start), at(f"{start[:8]}{int(start[8:10]) + 1}T{elapsed}")),)
    plan = answered(problem(clinicians=(clinician(windows=hers),), vacancies=(session,)))
    assert [each.pay for each in plan.assignments] == [8 * 8000]


@pytest.mark.parametrize(("night", "minutes"), [("2026-03-29", 23 * 60), ("2026-10-25", 25 * 60)])
def test_a_whole_day_that_is_not_24_hours(night, minutes):
    """From midnight to midnight is 23 hours in spring and 25 in autumn; her weekly minutes know it."""
    start, end = at(f"{night}T00:00"), at(f"{night[:8]}{int(night[8:]) + 1}T00:00")
    session = vacancy(start=start, minutes=minutes)
    assert session.end == end
    for most, expected in ((minutes, 1), (minutes - 1, 0)):
        ann = clinician(windows=(Window(start, end),), max_minutes_week=most)
        assert filled(problem(clinicians=(ann,), vacancies=(session,))) == expected


def test_sessions_longer_than_a_day():
    """A session of three days belongs to its first; whatever starts while it lasts overlaps."""
    sessions = (
        vacancy("long", "2026-12-07T08:00", 3 * 24 * 60, urgency=5),
        vacancy("inside", "2026-12-09T08:00"),
        vacancy("after", "2026-12-11T08:00"),
    )
    ann = clinician(max_minutes_week=10_080)
    plan = answered(problem(clinicians=(ann,), vacancies=sessions))
    assert {each.vacancy for each in plan.assignments} == {"long", "after"}


def test_rates_at_their_largest():
    """The largest rate and the largest cap are compared and paid exactly, through an agency too."""
    dear = clinician(base_rate=10**9, pools=frozenset(), agency=True, day_pct=(1000,) * 7)
    for cap, expected in ((10**9, 0), (10**9 - 1, 0)):
        assert filled(problem(clinicians=(dear,), vacancies=(vacancy(rate_cap=cap),))) == expected
    dear = replace(dear, day_pct=(0,) * 7)
    plan = answered(problem(clinicians=(dear,), vacancies=(vacancy(minutes=60, rate_cap=10**9),)))
    assert [each.pay for each in plan.assignments] == [1_200_000_000]


@pytest.mark.parametrize("weight", [250_000, 10**12])
@pytest.mark.parametrize("level", [each.name for each in fields(Weights)])
def test_a_weight_that_dwarfs_the_rest(level, weight):
    """One level counts 250,000 or a million million times as much: the best by the definition, or refused."""
    weights = replace(Weights(1, 1, 1, 1, 1), **{level: weight})
    for seed in range(6):
        question = random_problem(seed)
        question = replace(question, options=replace(question.options, weights=weights))
        try:
            plan = answered(question)
        except ProblemError as refused:
            assert weight == 10**12
            assert "weights" in str(refused)  # noqa: PT017
        else:
            assert plan.objective == best_value(question)


def test_weights_of_nothing():
    """Where nothing is worth anything every plan is the best, at 0."""
    assert answered(problem(options=Options(weights=Weights(0, 0, 0, 0, 0)))).objective == 0


def test_cost_above_all():
    """Where money outweighs filling, leaving the session empty is the best plan, and is said to be."""
    plan = answered(problem(options=Options(weights=Weights(1, 0, 0, 0, 1))))
    assert plan.assignments == ()
    assert plan.unfilled[0].cause == "worth"


@pytest.mark.parametrize("max_km", [0.0, 1e-9])
def test_no_travelling_at_all(max_km):
    """Who travels no distance works next door only, at the very spot."""
    ann = clinician(max_km=max_km)
    sessions = vacancy("v1"), vacancy("v2", "2026-12-09T08:30", practice="D2")
    plan = answered(problem(clinicians=(ann,), vacancies=sessions))
    assert [each.vacancy for each in plan.assignments] == ["v1"]


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((90.0, 0.0), (90.0, 123.0), 0.0),
        ((-90.0, 5.0), (-89.9, 77.0), 11.12),
        ((0.0, 180.0), (0.0, -180.0), 0.0),
        ((52.0, 179.99), (52.0, -179.99), 1.369),
        ((0.0, 0.0), (0.0, 180.0), 20015.1),
    ],
)
def test_poles_and_date_line(here, there, km):
    """Distance is round the globe: over a pole, over the date line, to the antipodes."""
    ann = clinician(latitude=here[0], longitude=here[1], max_km=21_000.0)
    far = practice(latitude=there[0], longitude=there[1])
    assert rules.distance_km(ann, far) == pytest.approx(km, rel=1e-3, abs=1e-6)
    question = problem(practices=(far,), neighbours=(), clinicians=(ann,))
    assert filled(question) == 1
    if km:
        short = replace(ann, max_km=km * 0.99)
        assert filled(replace(question, clinicians=(short,))) == 0


def test_percentages_of_minus_a_hundred():
    """At -100 per cent she works for nothing; below that is refused."""
    plan = answered(problem(clinicians=(clinician(day_pct=(-100,) * 7),)))
    assert [each.pay for each in plan.assignments] == [0]
    with pytest.raises(ProblemError, match="from -100"):
        clinician(day_pct=(-101,) * 7)
    # -100 for the day and -10 for the evening: less than nothing, which costs less than nothing
    evening = vacancy(start="2026-12-07T18:30", minutes=60)
    ann = clinician(day_pct=(-100,) * 7, evening_pct=-10)
    assert [each.pay for each in answered(problem(clinicians=(ann,), vacancies=(evening,))).assignments] == [
        -800
    ]


def test_four_hundred_years():
    """Sessions centuries apart are weeks of their own."""
    sessions = tuple(vacancy(f"v{i}", f"{year}-06-01T08:30") for i, year in enumerate(range(1971, 2371, 20)))
    always = (Window(datetime(1971, 1, 1, tzinfo=UTC), datetime(2400, 1, 1, tzinfo=UTC)),)
    ann = clinician(windows=always, max_sessions_week=1)
    assert filled(problem(clinicians=(ann,), vacancies=sessions)) == len(sessions)


def test_before_1970():
    """The week may lie before the computers' own beginning of time."""
    ann = clinician(windows=(Window(at("1948-07-05T00:00"), at("1948-07-06T00:00")),))
    assert filled(problem(clinicians=(ann,), vacancies=(vacancy(start="1948-07-05T08:30"),))) == 1


def test_ids_that_look_like_something_else():
    """Ids are text: numbers, quotes, formulas, other scripts, and names that differ only in case."""
    names = (
        "1",
        "01",
        "1.0",
        "NaN",
        "None",
        "'; DROP TABLE",
        "=1+1",
        "Ω",
        "\u202e",
        "A",
        "a",
        "été",
    )
    people = tuple(clinician(name) for name in names)
    sessions = tuple(vacancy(name) for name in names)
    plan = answered(problem(clinicians=people, vacancies=sessions))
    assert {each.clinician for each in plan.assignments} == set(names)


@pytest.mark.parametrize("name", ["", " ", "\t", None, 7])
def test_an_id_that_is_none(name):
    """An id that is not text with something in it is refused."""
    for make in (practice, clinician, vacancy):
        with pytest.raises(ProblemError, match="is missing"):
            make(name)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "5", None, True])
def test_numbers_that_are_none(value):
    """What is no finite number is refused by every field that holds one."""
    for name in ("latitude", "longitude", "max_km", "far_km", "base_rate", "max_minutes_week", "evening_pct"):
        with pytest.raises(ProblemError, match=name):
            clinician(**{name: value})
    for name in ("speed_kmh", "road_factor", "travel_buffer_minutes", "agency_markup", "fairness_steps"):
        with pytest.raises(ProblemError, match=name):
            Options(**{name: value})
    for name in (each.name for each in fields(Weights)):
        with pytest.raises(ProblemError, match=name):
            Weights(**{name: value})
