"""When she is free and her terms, by the API."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha(db):
    return cast.clinician("Asha")


@pytest.fixture
def program(asha):
    return Program(asha.person)


def test_her_week(program, asha):
    """A week put is the week read, Monday first."""
    morning = {"start": "08:00:00", "end": "13:00:00"}
    week = [[morning], [], [morning], [], [], [], []]
    status, found = program.put("/availability/week", {"week": week})
    assert (status, found["week"]) == (200, week)
    assert sorted(asha.weekly_pattern.values_list("weekday", flat=True)) == [0, 2]


def test_one_date(program):
    """A date may differ, be not free at all, and be as in any week again."""
    day = cast.at(9).date().isoformat()
    window = {"start": "09:00:00", "end": "12:00:00"}
    for windows, kept in (
        ([window], [{"day": day, "windows": [window]}]),
        ([], [{"day": day, "windows": []}]),
        (None, []),
    ):
        status, found = program.put(f"/availability/days/{day}", {"windows": windows})
        assert (status, found["days"]) == (200, kept)
        assert program.get("/availability")[1]["days"] == kept


@pytest.mark.parametrize(
    ("path", "data", "told"),
    [
        (
            "/availability/week",
            {"week": [[{"start": "13:00", "end": "08:00"}]] + [[]] * 6},
            "end after it starts",
        ),
        ("/availability/week", {"week": [[]]}, "can't be read"),
        ("/availability/days/2020-01-01", {"windows": []}, "within the next year"),
        ("/availability/days/soon", {"windows": []}, "can't be read"),
    ],
)
def test_times_that_cannot_be(program, path, data, told):
    """Said in words, and nothing changes."""
    before = program.get("/availability")[1]
    status, said = program.put(path, data)
    assert status in (409, 422)
    assert told in said["detail"]
    assert program.get("/availability")[1] == before


def test_a_year_at_the_most(program):
    """Nobody reads a century of days."""
    status, told = program.get("/availability", **{"from": "2026-12-01", "to": "2126-12-01"})
    assert (status, told["errors"][0]["field"]) == (422, "to")


def test_publish(program, asha):
    """A version is made; what was not named stays; the one before is kept."""
    sent = {"rates": {"base_rate": "97.50", "evening_pct": "20"}, "limits": {"max_sessions_week": 5}}
    status, made = program.post("/terms", sent)
    assert (status, made["version"], made["in_force"]) == (201, 2, True)
    now = asha.current_terms
    assert (now.base_rate, now.evening_pct, now.max_sessions_week, now.max_km) == (
        Decimal("97.50"),
        20,
        5,
        30,
    )
    versions = program.get("/terms")[1]
    assert [(each["version"], each["in_force"]) for each in versions] == [(2, True), (1, False)]


def test_conditions(program, asha):
    """Read and published beside rates and limits; what is left out stays, null says nothing about it."""
    sent = {
        "practice_cancels": [[7, 50], [3, 100]],
        "payment_days": 14,
        "extras": [["Home visit", "25.00"]],
        "session_types": [["Duty doctor", "Phone list first", True]],
        "statement": "I sign nothing I have not seen.",
    }
    status, made = program.post("/terms", {"conditions": sent})
    assert status == 201 and made["conditions"].items() >= sent.items()
    assert made["conditions"]["home_visits"] is None
    assert asha.current_terms.cancellation_percent(notice=timedelta(days=5), by="practice") == 50
    status, made = program.post("/terms", {"conditions": {"payment_days": None}})
    assert made["conditions"] == {**made["conditions"], **sent, "payment_days": None}
    assert program.get("/terms")[1][0]["conditions"] == made["conditions"]


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"practice_cancels": [[3, 20], [7, 50]]}, 409, "More notice can't cost more"),
        ({"payment_days": 0}, 409, "payment_days"),
        ({"extras": [["Home visit", "many"]]}, 409, "amount in pounds"),
        ({"statement": "943 476 5919 is a friend"}, 422, "NHS number"),
        ({"statement": None}, 422, "statement"),
        ({"colour": "blue"}, 422, "colour"),
    ],
)
def test_conditions_that_cannot_be(program, asha, sent, status, words):
    """What the page would refuse is refused in its words, and nothing is published."""
    answer, told = program.post("/terms", {"conditions": sent})
    assert answer == status and words in str(told)
    assert asha.current_terms.version == 1


def test_how_she_may_be_asked(program, asha):
    """Read, changed in part, and refused as on the page; the rest stays."""
    assert program.get("/quiet")[1]["most_offers_day"] is None

    def change(**sent):
        answer = program.ask("patch", "/quiet", sent)
        return answer.status_code, answer.json()

    status, told = change(most_offers_day=3, quiet_from="21:00", quiet_until="07:30", standby=True)
    assert (status, told["most_offers_day"], told["standby"]) == (200, 3, True)
    assert change(paused_until="2026-12-24")[1] == {**told, "paused_until": "2026-12-24"}
    assert change(quiet_until=None)[0] == 409
    assert change(most_offers_day=99)[0] == 409
    assert change(sms=True)[0] == 409, "she has given no number"
    assert change(rate=3)[0] == 422
    assert program.get("/quiet")[1] == {**told, "paused_until": "2026-12-24"}
    assert asha.quiet_choices.most_offers_day == 3


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"rates": {"evening_pct": "2.5"}}, "evening_pct"),
        ({"rates": {"max_km": "5"}}, "max_km"),
        ({"limits": {"state": 1}}, "state"),
    ],
)
def test_terms_that_cannot_be(program, asha, sent, field):
    """A term nobody knows, or half a per cent: told by its name, nothing published."""
    status, told = program.post("/terms", sent)
    assert (status, told["errors"][0]["field"]) == (422, field)
    assert asha.current_terms.version == 1


def test_terms_out_of_range(program, asha):
    """What the page would refuse is refused here."""
    status, told = program.post("/terms", {"limits": {"max_consecutive_days": 40}})
    assert status == 409
    assert "max_consecutive_days" in told["detail"]
    assert asha.current_terms.version == 1
