"""Offers by the API, and a vacancy taken back."""

from __future__ import annotations

import pytest

from desirepath.accounts.roles import Role
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(quayside):
    return cast.pool("North Pool", quayside)


@pytest.fixture
def asha(pool):
    return cast.clinician("Asha", pool=pool)


def test_reads_and_declines(asha, pool, quayside):
    """She reads what is put to her and why, and says no without a reason."""
    offered = cast.offer(cast.vacancy(quayside, duties="Fifteen appointments"), asha)
    program = Program(asha.person)
    status, found = program.get("/offers", state="sent")
    assert status == 200
    (shown,) = found["items"]
    assert (shown["id"], shown["duties"], shown["fee"]) == (
        str(offered.public_id),
        "Fifteen appointments",
        "375.00",
    )
    assert shown["why"] == ["She is near."]
    status, shown = program.post(f"/offers/{offered.public_id}/decline")
    assert (status, shown["state"]) == (200, "declined")
    assert program.post(f"/offers/{offered.public_id}/decline")[0] == 200
    assert program.get("/offers", state="sent")[1]["items"] == []


def test_the_manager_reads_who_was_asked(asha, pool, quayside):
    """Who was asked for what; no fee, rate, distance or reason of hers."""
    manager = cast.person("Maud")
    cast.role(manager, Role.POOL_MANAGER, pool.organisation)
    cast.offer(cast.vacancy(quayside), asha)
    status, found = Program(manager).get("/pool/offers")
    (shown,) = found["items"]
    assert (status, shown["clinician"], shown["state"]) == (200, "Asha", "sent")
    assert set(shown) == {"id", "vacancy", "clinician", "tier", "sent_at", "answer_by", "state"}


def test_withdraw(asha, alice, pool, quayside):
    """The practice takes a session back; the offer is gone with it."""
    session = cast.vacancy(quayside)
    offered = cast.offer(session, asha)
    status, shown = Program(alice).post(f"/vacancies/{session.public_id}/withdraw")
    assert (status, shown["state"]) == (200, "withdrawn")
    offered.refresh_from_db()
    assert offered.state == "withdrawn"
    status, told = Program(asha.person).post(f"/offers/{offered.public_id}/decline")
    assert status == 409
    assert told["detail"]
