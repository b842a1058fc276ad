"""Her standing yes by the API: read, set for each practice, taken back."""

from __future__ import annotations

import pytest

from desirepath.clinicians.models import StandingYes
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha(quayside):
    return cast.clinician("Asha", pool=cast.pool("North", quayside))


def test_given_read_changed_and_withdrawn(asha, quayside):
    """Off until she says; her limits are hers to read; switched off they are kept."""
    program = Program(asha.person)
    (place,) = program.get("/practices")[1]
    assert place == {"id": str(quayside.public_id), "code": quayside.code, "name": "Quayside Surgery"}
    assert program.get("/standing-yes")[1]["items"] == []
    path = f"/standing-yes/{quayside.public_id}"
    status, given = program.put(path, {"days": [0, 4], "most_sessions": 2}, key="standing-1")
    assert (status, given["on"], given["days"], given["least_notice_hours"]) == (200, True, [0, 4], 24)
    assert program.put(path, {"days": [0, 4], "most_sessions": 2}, key="standing-1") == (200, given)
    changed = program.put(path, {"most_percent": 50, "least_notice_hours": 48})[1]
    assert (changed["most_sessions"], changed["most_percent"], changed["days"]) == (None, 50, list(range(7)))
    assert program.get("/standing-yes")[1]["items"] == [changed]
    ended = program.ask("delete", path).json()
    assert ended == {**changed, "on": False}
    assert StandingYes.objects.get().on is False


@pytest.mark.parametrize(
    "wrong",
    [{}, {"most_sessions": 2, "most_percent": 50}, {"most_sessions": 0}, {"most_sessions": 1, "days": [7]}],
)
def test_limits_that_can_not_be(asha, quayside, wrong):
    """Told as a problem, and nothing is switched on."""
    status, told = Program(asha.person).put(f"/standing-yes/{quayside.public_id}", wrong)
    assert status == 422 and told["errors"]
    assert not StandingYes.objects.exists()


def test_only_practices_of_her_pools(asha, hilltop):
    """Another pool's practice is not there; nor is one she has said nothing to, to be withdrawn."""
    program = Program(asha.person)
    assert program.put(f"/standing-yes/{hilltop.public_id}", {"most_sessions": 1})[0] == 404
    assert program.ask("delete", f"/standing-yes/{hilltop.public_id}").status_code == 404


def test_the_least_of_no_days_is_refused(asha, quayside):
    """No day of the week at all is refused in words."""
    sent = {"most_sessions": 1, "days": []}
    status, told = Program(asha.person).put(f"/standing-yes/{quayside.public_id}", sent)
    assert (status, told["detail"]) == (409, "Choose at least one day of the week.")
