"""A problem that exists is sound: what is refused, and what is put in order."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from desirepath.matching import Options, Preference, ProblemError, Weights, Window
from desirepath.matching.times import NonexistentTimeError, from_local, in_words, minutes_between
from tests.matching.worlds import at, clinician, practice, problem, vacancy

NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", ""),
        ("latitude", NAN),
        ("longitude", 181),
        ("base_rate", -1),
        ("base_rate", 85.5),
        ("base_rate", True),
        ("far_km", INFINITE),
        ("max_km", -0.1),
        ("max_sessions_day", 1.5),
        ("evening_pct", 0.1),
        ("evening_pct", Decimal("NaN")),
        ("saturday_pct", Decimal("0.00001")),
        ("bank_holiday_pct", 1001),
        ("valid_until", datetime(2026, 1, 1, tzinfo=UTC)),
        ("day_pct", (0,) * 6),
    ],
)
def test_clinician_refused(field, value):
    """Each field out of range is refused, and named."""
    with pytest.raises(ProblemError) as refused:
        clinician(**{field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("urgency", {"urgency": 4}),
        ("urgency", {"urgency": True}),
        ("end", {"end": at("2026-12-07T08:30")}),
        ("start", {"start": datetime(2026, 12, 7, 8, 30), "end": at("2026-12-07T12:00")}),
        ("start", {"start": datetime(2026, 12, 7, 8, 30, 1, tzinfo=UTC)}),
        ("rate_cap", {"rate_cap": 90.0}),
        ("id", {"name": " "}),
    ],
)
def test_vacancy_refused(field, changes):
    """Each field out of range is refused, and named."""
    with pytest.raises(ProblemError) as refused:
        vacancy(**changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "changes",
    [
        {"practices": (practice(), practice())},
        {"clinicians": (clinician(), clinician())},
        {"vacancies": (vacancy(), vacancy())},
        {"vacancies": (vacancy(practice="D9"),)},
        {"preferences": (Preference("bob", "D1", "worked"),)},
        {"preferences": (Preference("ann", "D9", "worked"),)},
        {"preferences": (Preference("ann", "D1", "worked"),) * 2},
        {"fixed": (("v9", "ann"),)},
        {"pinned": (("v1", "bob"),)},
        {"forbidden": frozenset({("v9", "ann")})},
        {"fixed": (("v1", "ann"),), "pinned": (("v1", "ann"),)},
        {"pinned": (("v1", "ann"),), "forbidden": frozenset({("v1", "ann")})},
        {"neighbours": frozenset({("U1", "U1")})},
        {"neighbours": frozenset({("", "U1")})},
    ],
)
def test_problem_refused(changes):
    """Ids given twice, unknown references and pairs that contradict each other are refused."""
    with pytest.raises(ProblemError):
        problem(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"speed_kmh": 0},
        {"road_factor": NAN},
        {"agency_markup": 0.2},
        {"fairness_steps": -1},
        {"agency_markup": -1},
        {"fairness_history": 1},
    ],
)
def test_options_refused(changes):
    """Options out of range are refused; money's markup is never a binary fraction."""
    with pytest.raises(ProblemError):
        Options(**changes)


def test_weights_and_kinds_refused():
    """Weights are whole and not negative; a kind is one of three."""
    with pytest.raises(ProblemError):
        Weights(filling=-1)
    with pytest.raises(ProblemError):
        Preference("ann", "D1", "loved")


def test_windows_merged():
    """Windows that touch or overlap become one, in order; one inside another vanishes."""
    spans = [("12:00", "14:00"), ("08:00", "12:00"), ("09:00", "10:00"), ("15:00", "16:00")]
    windows = tuple(Window(at(f"2026-12-07T{a}"), at(f"2026-12-07T{b}")) for a, b in spans)
    merged = clinician(windows=windows).windows
    assert [(w.start.hour, w.end.hour) for w in merged] == [(8, 14), (15, 16)]


def test_times_kept_in_utc():
    """A time of another zone is the same moment in UTC; day and week are London's."""
    abroad = datetime(2026, 7, 5, 23, 30, tzinfo=timezone(timedelta(hours=0)))
    session = vacancy(start=abroad, end=abroad + timedelta(hours=1))
    assert session.start.tzinfo is UTC
    assert (session.day, session.monday) == (date(2026, 7, 6), date(2026, 7, 6))


def test_local_times_of_clock_changes():
    """A skipped time is refused, a repeated one is the first, durations are elapsed time."""
    with pytest.raises(NonexistentTimeError):
        from_local(datetime(2026, 3, 29, 1, 30))
    assert from_local(datetime(2026, 10, 25, 1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert minutes_between(at("2026-03-29T00:30"), at("2026-03-29T02:30")) == 60
    assert minutes_between(at("2026-10-25T00:30"), at("2026-10-25T02:30")) == 180


def test_spans_in_words():
    """Dates and times as people write them."""
    assert in_words(at("2026-12-08T08:30"), at("2026-12-08T12:40")) == "Tue 8 Dec, 8:30am to 12:40pm"
    assert in_words(at("2026-12-08T18:00"), at("2026-12-09T00:00")) == "Tue 8 Dec, 6pm to Wed 9 Dec, midnight"
