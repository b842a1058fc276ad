"""What every part of the API stands on: once only, page by page, problems in words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from desirepath.organisations.api.pages import page
from desirepath.organisations.models import IdempotentAnswer
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(quayside, alice):
    """A program of Alice's, who books for a practice in a pool."""
    cast.pool("", quayside)
    return Program(alice)


def wanted(**changes):
    start = cast.at(7)
    given = {"role": "gp", "most_an_hour": "95.50", "duties": "Fifteen appointments"}
    times = {"start": start.isoformat(), "end": (start + timedelta(minutes=250)).isoformat()}
    return {**given, **times, **changes}


class TestOnce:
    def test_same_key_same_answer(self, program):
        """Sent again it is answered alike, and done once."""
        first = program.ask("post", "/vacancies", wanted(), key="the-same-key")
        again = program.ask("post", "/vacancies", wanted(), key="the-same-key")
        assert first.status_code == again.status_code == 201
        assert first.content == again.content
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert Vacancy.objects.count() == 1

    def test_a_key_for_something_else(self, program):
        """One key never stands for two things."""
        program.post("/vacancies", wanted(), key="the-same-key")
        status, told = program.post("/vacancies", wanted(most_an_hour="99"), key="the-same-key")
        assert (status, told["detail"]) == (
            422,
            "This Idempotency-Key was used for something else. Choose a new one.",
        )
        assert Vacancy.objects.count() == 1

    def test_refused_leaves_nothing(self, program):
        """What was refused may be tried again under its key."""
        past = wanted(start="2020-01-01T08:30:00Z", end="2020-01-01T12:30:00Z")
        status, told = program.post("/vacancies", past, key="the-same-key")
        assert (status, told["detail"]) == (409, "The session must start in the future.")
        assert not IdempotentAnswer.objects.exists()
        assert program.post("/vacancies", wanted(), key="the-same-key")[0] == 201

    def test_keys_are_each_token_s_own(self, program, bob):
        """Another program may use the same word."""
        assert program.post("/vacancies", wanted(), key="the-same-key")[0] == 201
        assert Program(bob).post("/vacancies", wanted(), key="the-same-key")[0] == 201
        assert Vacancy.objects.count() == 2

    @pytest.mark.parametrize("key", ["short", "with a space in it", "x" * 101])
    def test_a_key_that_cannot_be(self, program, key):
        """Too short, too long or unreadable: said so, nothing done."""
        status, told = program.post("/vacancies", wanted(), key=key)
        assert status == 422
        assert told["errors"][0]["field"] == "Idempotency-Key"
        assert not Vacancy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_at_once_under_one_key(quayside, alice):
    """Six at the same moment under one key: one session, six answers alike."""
    cast.pool("", quayside)
    program = Program(alice)
    start, data = Barrier(6), wanted()

    def run(_: int) -> tuple[int, bytes]:
        try:
            start.wait()
            answer = program.ask("post", "/vacancies", data, key="the-same-key")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(run, range(6)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert Vacancy.objects.count() == 1


class TestProblems:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"start": "2026-12-08T08:30:00"}, "start"),
            ({"most_an_hour": "-1"}, "most_an_hour"),
            ({"most_an_hour": "NaN"}, "most_an_hour"),
            ({"role": "vet"}, "role"),
            ({"urgency": 4}, "urgency"),
            ({"duties": "x" * 1001}, "duties"),
            ({"skills": ["juggling"]}, "skills"),
        ],
    )
    def test_wrong_fields_are_named(self, program, changes, field):
        """A value that can't be is told by its field, and nothing is kept."""
        status, told = program.post("/vacancies", wanted(**changes))
        assert status == 422
        assert any(each["field"].split(".")[-1] == field for each in told["errors"])
        assert not Vacancy.objects.exists()

    def test_no_patient(self, program):
        """An NHS number is refused here too."""
        status, told = program.post("/vacancies", wanted(duties="See 943 476 5919"))
        assert status == 422
        assert "NHS number" in told["detail"]

    def test_not_json(self, program):
        """What is no JSON at all is said so."""
        headers = {"authorization": f"Bearer {program.secret}", "Idempotency-Key": "12345678"}
        answer = program.client.post(
            "/api/v1/vacancies", data="{", content_type="application/json", headers=headers
        )
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"


@given(starts=st.lists(st.integers(0, 3), max_size=12), limit=st.integers(1, 5))
def test_pages_hold_every_row_once(starts, limit, quayside):
    """Whatever the page's length and however many start at once, all pages together are all rows in order."""
    Vacancy.objects.all().delete()
    pool = getattr(quayside, "kept_pool", None) or cast.pool("", quayside)
    quayside.kept_pool = pool
    base = cast.at(9)
    for hours in starts:
        start = base + timedelta(hours=hours)
        end = start + timedelta(hours=1)
        Vacancy.objects.create(
            pool=pool, practice=quayside, role="gp", start=start, end=end, rate_cap=90, state="released"
        )
    found, cursor, pages = [], "", 0
    while True:
        given = page(Vacancy.objects.all(), cursor=cursor, limit=limit, show=lambda row: row.pk)
        found += given["items"]
        cursor, pages = given["next"], pages + 1
        if not cursor:
            break
    assert found == list(Vacancy.objects.order_by("start", "pk").values_list("pk", flat=True))
    assert pages == max(1, -(-len(starts) // limit))


@pytest.mark.parametrize("cursor", ["zz", "!!", "MjAyNi0xMi0wOCAx", "Mjk5OTk5IDE", "8J-YgA"])
def test_a_cursor_nobody_gave(program, cursor):
    """A cursor made up is refused in words."""
    status, told = program.get("/vacancies", cursor=cursor)
    assert status == 400
    assert "cursor" in told["detail"]


def test_the_reference_shows_every_operation(client):
    """The page for people and the description for programs say the same addresses."""
    described = client.get("/api/v1/openapi.json").json()
    page_text = client.get("/api/").text
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}<" in page_text
    assert described["openapi"].startswith("3.")
