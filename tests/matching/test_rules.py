"""Each rule by itself: what it lets through and what it stops, boundaries included."""

from datetime import date
from decimal import Decimal

import pytest

from desirepath.matching import Options, Preference, Window, rules
from tests.matching.worlds import at, clinician, practice, problem, vacancy

D2_KM = rules.distance_km(practice(), practice("D2", latitude=52.7))


def holds(rule, her=None, session=None, **changes):
    """Whether the named rule of one pair holds for ann and v1."""
    her, session = her or clinician(), session or vacancy()
    question = problem(clinicians=(her,), vacancies=(session,), **changes)
    return rules.PAIR_RULES[rule](question, her, session)


def test_role():
    """1. A nurse doesn't work a GP's session."""
    assert holds("role")
    assert not holds("role", clinician(role="nurse"))


def test_skills():
    """2. All skills required must be held; more do no harm."""
    assert holds("skills", session=vacancy(skills=frozenset({"coils"})))
    assert not holds("skills", session=vacancy(skills=frozenset({"coils", "minor"})))


def test_pool():
    """3. In the practice's pool, or through an agency."""
    assert holds("pool")
    assert not holds("pool", clinician(pools=frozenset({"south"})))
    assert holds("pool", clinician(pools=frozenset(), agency=True))


@pytest.mark.parametrize(("last", "expected"), [(6, False), (7, True), (8, True)])
def test_validity(last, expected):
    """4. The last valid day itself still counts."""
    assert holds("validity", clinician(valid_until=date(2026, 12, last))) is expected


def test_weekly_time():
    """5. A session as long as her week fits, a minute more does not."""
    assert holds("weekly time", clinician(max_minutes_week=250))
    assert not holds("weekly time", clinician(max_minutes_week=249))


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([("08:30", "12:40")], True),
        ([("08:31", "12:40")], False),
        ([("08:30", "12:39")], False),
        ([("08:00", "10:00"), ("10:00", "13:00")], True),
        ([("08:00", "10:00"), ("10:01", "13:00")], False),
        ([], False),
    ],
)
def test_availability(windows, expected):
    """6. Inside one window, its ends included; windows that touch are one."""
    spans = tuple(Window(at(f"2026-12-07T{a}"), at(f"2026-12-07T{b}")) for a, b in windows)
    assert holds("availability", clinician(windows=spans)) is expected


def test_availability_over_midnight():
    """6. A window over midnight takes a session over midnight."""
    night = (Window(at("2026-12-07T22:00"), at("2026-12-08T06:00")),)
    assert holds("availability", clinician(windows=night), vacancy("v1", "2026-12-07T23:00", 240))


def test_distance():
    """7. Exactly as far as she travels is near enough."""
    far = vacancy(practice="D2")
    assert holds("distance", clinician(max_km=D2_KM), far)
    assert not holds("distance", clinician(max_km=D2_KM - 1e-9), far)


def test_distance_is_great_circle():
    """A degree of latitude is 111.195 km on a sphere of 6,371.0088 km."""
    assert rules.distance_km(practice(latitude=52), practice(latitude=53)) == pytest.approx(
        111.19508, abs=1e-5
    )


def test_blocked():
    """8. A practice that she blocked is out; a preferred one is not."""
    assert not holds("blocked", preferences=(Preference("ann", "D1", "blocked"),))
    assert holds("blocked", preferences=(Preference("ann", "D1", "preferred"),))


def test_rate_cap():
    """9. Her rate may equal the cap."""
    assert holds("rate", clinician(base_rate=10000))
    assert not holds("rate", clinician(base_rate=10001))


def test_forbidden():
    """A manager's ban on the pair."""
    assert not holds("forbidden", forbidden=frozenset({("v1", "ann")}))


RATES = [
    ("2026-12-07T08:30", {}, 8000),
    ("2026-12-07T17:59", {"evening_pct": 10}, 8000),
    ("2026-12-07T18:00", {"evening_pct": 10}, 8800),
    ("2026-12-12T08:30", {"saturday_pct": 20, "day_pct": (0, 0, 0, 0, 0, 5, 0)}, 10000),
    ("2026-12-13T08:30", {"saturday_pct": 20, "day_pct": (0, 0, 0, 0, 0, 5, 30)}, 10400),
    (
        "2026-12-25T18:30",
        {"bank_holiday_pct": 50, "evening_pct": 10, "day_pct": (0, 0, 0, 0, 5, 0, 0)},
        13200,
    ),
    ("2026-12-07T08:30", {"base_rate": 8335, "day_pct": (Decimal("12.5"), 0, 0, 0, 0, 0, 0)}, 9376),
    ("2026-12-07T08:30", {"base_rate": 3333, "day_pct": (Decimal("-0.01"), 0, 0, 0, 0, 0, 0)}, 3332),
]


@pytest.mark.parametrize(("start", "terms", "expected"), RATES)
def test_rate(start, terms, expected):
    """Weekday, evening from 6pm, Saturday and bank holiday add up; parts of a penny are cut."""
    question = problem(options=Options(bank_holidays=frozenset({date(2026, 12, 25)})))
    assert rules.rate(question, clinician(**terms), vacancy(start=start)) == expected


@pytest.mark.parametrize(("beyond", "kilometres"), [(0.5, 0), (1.0, 1), (1.999, 1), (11, 11), (20, 11)])
def test_whole_kilometres_beyond_far_km(beyond, kilometres):
    """Only whole kilometres beyond far_km are paid, none within it."""
    far = max(0.0, D2_KM - beyond)
    her = clinician(far_km=far, far_pence_per_km=45)
    assert rules.rate(problem(), her, vacancy(practice="D2")) == 8000 + 45 * kilometres


def together(rule, *sessions, **limits):
    """Whether the named rule of her sessions together holds."""
    her = clinician(**limits)
    question = problem(clinicians=(her,), vacancies=sessions)
    return rules.TOGETHER_RULES[rule](question, her, sessions)


def test_no_overlap():
    """Sessions may touch; a minute of overlap is too much."""
    first = vacancy("v1")
    assert together("overlap", first, vacancy("v2", "2026-12-07T12:40"))
    assert not together("overlap", first, vacancy("v2", "2026-12-07T12:39"))


def test_travel_between_two_practices():
    """11.1 km by road at 45 km/h is 19.3 minutes, with 5 on top: 24 minutes are too few, 25 enough."""
    assert rules.travel_minutes(problem(), *problem().practices) == pytest.approx(24.27, abs=0.01)
    for start, expected in (("13:04", False), ("13:05", True)):
        second = vacancy("v2", f"2026-12-07T{start}", practice="D2")
        assert together("travel", vacancy("v1"), second) is expected
    assert together("travel", vacancy("v1"), vacancy("v2", "2026-12-07T12:40"))


def test_no_travel_rule_from_day_to_day():
    """Across midnight rest applies, not travel."""
    late = vacancy("v1", "2026-12-07T20:00", 240)
    assert together("travel", late, vacancy("v2", "2026-12-08T00:00", practice="D2"))


def test_rest_between_days():
    """From 9pm to 8am are 11 hours."""
    late, early = vacancy("v1", "2026-12-07T19:00", 120), vacancy("v2", "2026-12-08T08:00")
    assert together("rest", late, early, min_rest_minutes=660)
    assert not together("rest", late, early, min_rest_minutes=661)


def test_no_rest_rule_within_a_day():
    """Two sessions of one day need no rest between."""
    assert together("rest", vacancy("v1"), vacancy("v2", "2026-12-07T13:00"))


def test_sessions_a_day():
    """Two a day are her most; the third must go."""
    day = [vacancy(f"v{i}", f"2026-12-07T{8 + 4 * i:02}:00", 60) for i in range(3)]
    assert together("sessions a day", *day[:2])
    assert not together("sessions a day", *day)


def test_sessions_and_minutes_a_week():
    """A week is Monday to Sunday: Sunday and the Monday after are two weeks."""
    sunday, monday = vacancy("v1", "2026-12-13T08:30"), vacancy("v2", "2026-12-14T08:30")
    saturday = vacancy("v3", "2026-12-12T08:30")
    for rule, limit in (
        ("sessions a week", {"max_sessions_week": 1}),
        ("minutes a week", {"max_minutes_week": 499}),
    ):
        assert together(rule, sunday, monday, **limit)
        assert not together(rule, saturday, sunday, **limit)


def test_days_in_a_row():
    """Three days in a row at most: a fourth only after a day off, over the end of the week too."""
    days = [vacancy(f"v{i}", f"2026-12-{i:02}T08:30") for i in (12, 13, 14, 15, 16)]
    assert together("days in a row", *days[:3], days[4], max_consecutive_days=3)
    assert not together("days in a row", *days[:4], max_consecutive_days=3)


def test_broken_beside_others_leaves_their_own_faults_out():
    """What two bookings break among themselves isn't held against a third, unless it takes part."""
    her = clinician(max_sessions_week=9)
    sessions = vacancy("v1"), vacancy("v2"), vacancy("v3", "2026-12-09T08:30"), vacancy("v4")
    question = problem(clinicians=(her,), vacancies=sessions)
    assert rules.broken_together_rules(question, her, sessions[:2], sessions[2]) == []
    assert rules.broken_together_rules(question, her, sessions[:2], sessions[3])[0] == "overlap"
