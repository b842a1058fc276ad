"""A problem's columns say what its values say."""

from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Options, Preference
from desirepath.matching.columns import BLOCKED, PREFERRED, WORKED, Columns, minute
from desirepath.matching.times import EPOCH, minutes_between
from tests.matching.worlds import MONDAY, clinician, practice, problem, random_problem, vacancy

LIMITS = (
    "base_rate",
    "far_pence_per_km",
    "max_sessions_week",
    "max_sessions_day",
    "max_consecutive_days",
    "wished_sessions_week",
    "max_minutes_week",
    "min_rest_minutes",
    "latitude",
    "longitude",
    "far_km",
    "max_km",
    "agency",
)


@given(st.datetimes(max_value=datetime(9999, 12, 31)))
def test_minutes_are_exact(moment):
    """A time is as many whole minutes from 1970 as its difference says, in any year."""
    whole = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    assert minute(whole) == minutes_between(EPOCH, whole)


@given(st.integers(0, 10**9))
def test_terms_and_limits_as_they_are(seed):
    """Every number of a clinician and of a vacancy stands in its column."""
    question = random_problem(seed, people=5, sessions=6)
    columns = Columns.of(question)
    for name in LIMITS:
        assert getattr(columns.clinicians, name).tolist() == [getattr(c, name) for c in question.clinicians]
    asked = columns.vacancies
    for i, each in enumerate(question.vacancies):
        assert (asked.minutes[i], asked.urgency[i], asked.rate_cap[i]) == (
            each.minutes,
            each.urgency,
            each.rate_cap,
        )
        assert (asked.start[i], asked.end[i]) == (minute(each.start), minute(each.end))
        assert (asked.day[i], asked.monday[i]) == (each.day.toordinal(), each.monday.toordinal())
        assert asked.weekday()[i] == each.day.weekday()
        assert question.practices[asked.practice[i]].id == each.practice


@given(st.integers(0, 10**9))
def test_names_and_sets_of_names(seed):
    """Roles, skills, pools and PCNs compare by their numbers as they do by their names."""
    question = random_problem(seed, people=5, sessions=6)
    columns = Columns.of(question)
    hers, asked, practices = columns.clinicians, columns.vacancies, columns.practices
    neighbours = {tuple(row) for row in columns.neighbours.tolist()}
    for i, person in enumerate(question.clinicians):
        for j, each in enumerate(question.vacancies):
            assert (hers.role[i] == asked.role[j]) == (person.role == each.role)
            assert columns.holds[asked.skills[j], hers.skills[i]] == (each.skills <= person.skills)
        for k, there in enumerate(question.practices):
            assert columns.belongs[hers.pools[i], practices.pool[k]] == (there.pool in person.pools)
            same = person.pcn is not None and person.pcn == there.pcn
            assert (hers.pcn[i] == practices.pcn[k]) == same
            beside = (hers.pcn[i], practices.pcn[k]) in neighbours
            assert beside == ((person.pcn, there.pcn) in question.neighbours)


def test_windows_of_each():
    """Each clinician's windows are a slice of one column, in order."""
    question = random_problem(7, people=8, sessions=6)
    hers = Columns.of(question).clinicians
    for i, person in enumerate(question.clinicians):
        mine = slice(int(hers.window_first[i]), int(hers.window_first[i + 1]))
        assert hers.window_start[mine].tolist() == [minute(w.start) for w in person.windows]
        assert hers.window_end[mine].tolist() == [minute(w.end) for w in person.windows]


def test_percentages_last_days_and_flags():
    """Percentages keep four decimals; the last valid day, evenings and bank holidays are told."""
    people = clinician(day_pct=(Decimal("0.0001"), *[0] * 5, -100)), clinician("bob", valid_until=MONDAY)
    sessions = vacancy("v1"), vacancy("v2", "2026-12-12T18:00")
    options = Options(bank_holidays=frozenset({MONDAY}), evening_from=time(18))
    columns = Columns.of(replace(problem(), clinicians=people, vacancies=sessions, options=options))
    assert columns.clinicians.day_pct[0].tolist() == [1, 0, 0, 0, 0, 0, -1_000_000]
    assert columns.clinicians.last_day[1] == MONDAY.toordinal() < columns.clinicians.last_day[0]
    assert columns.vacancies.evening.tolist() == [False, True]
    assert columns.vacancies.saturday().tolist() == [False, True]
    assert columns.vacancies.bank_holiday.tolist() == [True, False]


@pytest.mark.parametrize(
    ("kind", "number"), [("blocked", BLOCKED), ("preferred", PREFERRED), ("worked", WORKED)]
)
def test_preferences(kind, number):
    """A preference is two positions and its kind."""
    felt = Columns.of(problem(preferences=(Preference("ann", "D2", kind),))).preferences
    assert (felt.clinician.tolist(), felt.practice.tolist(), felt.kind.tolist()) == ([0], [1], [number])


def test_nobody_and_nothing():
    """Columns of an empty problem are empty, and keep their shapes."""
    columns = Columns.of(problem(practices=(practice(),), clinicians=(), vacancies=(), neighbours=()))
    assert columns.clinicians.day_pct.shape == (0, 7)
    assert columns.neighbours.shape == (0, 2)
    assert np.array_equal(columns.clinicians.window_first, [0])
