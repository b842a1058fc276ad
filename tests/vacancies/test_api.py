"""Sessions by the API: posted and read as on the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desirepath.accounts.roles import Role
from desirepath.clinicians.models import Skill
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(quayside):
    return cast.pool("North Pool", quayside)


def test_post_and_read(alice, pool, quayside):
    """What was asked for is what is read, by the practice and by the pool's manager."""
    Skill.objects.get_or_create(code="coils", defaults={"name": "Fitting coils", "role": "gp"})
    start = cast.at(5)
    sent = {
        "role": "gp",
        "skills": ["coils"],
        "start": start.isoformat(),
        "end": (start + timedelta(hours=4)).isoformat(),
        "most_an_hour": "95",
        "urgency": 3,
        "reason": "sickness",
        "duties": "Fifteen appointments",
    }
    program = Program(alice)
    status, made = program.post("/vacancies", sent)
    assert status == 201
    assert (made["state"], made["covered"], made["most_an_hour"]) == ("released", False, "95.00")
    assert (made["skills"], made["urgency"], made["reason"]) == (["coils"], 3, "sickness")
    assert program.get(f"/vacancies/{made['id']}") == (200, made)
    manager = cast.person("Maud")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    assert Program(manager).get("/vacancies")[1]["items"] == [made]


def test_narrowed(alice, pool, quayside):
    """By time and by state."""
    near, far = (cast.vacancy(quayside, start=cast.at(days)) for days in (3, 20))
    program = Program(alice)

    def found(**asked):
        return [row["id"] for row in program.get("/vacancies", **asked)[1]["items"]]

    assert found() == [str(near.public_id), str(far.public_id)]
    assert found(**{"from": cast.at(10).isoformat()}) == [str(far.public_id)]
    assert found(until=cast.at(10).isoformat()) == [str(near.public_id)]
    assert found(state="withdrawn") == []


def test_reading_many_asks_little(alice, pool, quayside, django_assert_max_num_queries):
    """However many sessions a page holds, the database is asked a few times."""
    for days in range(3, 15):
        cast.vacancy(quayside, start=cast.at(days))
    program = Program(alice)
    program.get("/vacancies")
    with django_assert_max_num_queries(7):
        assert len(program.get("/vacancies")[1]["items"]) == 12
