"""Sessions that change hands by the API: handed back, swapped; and blocks answered."""

from __future__ import annotations

import pytest

from desirepath.accounts.roles import Role
from desirepath.bookings.models import Booking, HandBack, Swap
from desirepath.cascade.blocks import offer_block
from desirepath.clinicians.actions import join_pool
from desirepath.pools.actions import found_chambers
from desirepath.vacancies.models import Block
from tests import cast
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-01 12:00")


@pytest.fixture
def chambers(quayside):
    return found_chambers(by=None, pool=cast.pool("North", quayside), name="Harbour Chambers")


def member(chambers, name):
    made = cast.clinician(name, terms={"clinician_cancels": [[3, 100]]})
    join_pool(by=None, clinician=made, pool=chambers.pool, chambers=chambers)
    return made


@pytest.fixture
def ann(chambers):
    return member(chambers, "Ann")


@pytest.fixture
def bea(chambers):
    return member(chambers, "Bea")


@pytest.fixture
def booked(ann, quayside):
    return cast.booking(cast.vacancy(quayside), ann)


def test_handed_back_and_taken(ann, bea, booked):
    """She asks her colleagues; one finds the question and takes it; sent again nothing is done again."""
    hers, other = Program(ann.person), Program(bea.person)
    asked = {"otherwise": "keep"}
    status, made = hers.post(f"/bookings/{booked.public_id}/hand-back", asked, key="hand-back-1")
    assert (status, made["state"], made["booking"], made["otherwise"]) == (
        201,
        "asked",
        str(booked.public_id),
        "keep",
    )
    assert hers.post(f"/bookings/{booked.public_id}/hand-back", asked, key="hand-back-1") == (201, made)
    assert HandBack.objects.count() == 1
    (ask,) = other.get("/hand-backs", state="asked")[1]["items"]
    assert (ask["colleague"], ask["practice"]["name"], ask["state"]) == ("Ann", "Quayside Surgery", "asked")
    status, taken = other.post(f"/hand-backs/{ask['id']}/take")
    assert (status, taken["clinician"], taken["state"]) == (201, "Bea", "confirmed")
    assert other.get("/hand-backs", state="asked")[1]["items"] == []


def test_kept_after_all_and_declined(ann, bea, booked):
    """She works it herself; or every colleague says no, and her booking stands."""
    hers, other = Program(ann.person), Program(bea.person)
    path = f"/bookings/{booked.public_id}"
    assert hers.post(f"{path}/keep")[0] == 409
    hers.post(f"{path}/hand-back")
    assert hers.post(f"{path}/keep")[1]["state"] == "confirmed"
    hers.post(f"{path}/hand-back")
    (ask,) = other.get("/hand-backs", state="asked")[1]["items"]
    status, said = other.post(f"/hand-backs/{ask['id']}/decline")
    assert (status, said["state"]) == (200, "no")
    booked.refresh_from_db()
    assert booked.state == "confirmed"


def test_a_fee_that_was_not_seen_is_not_owed(ann, bea, quayside):
    """Opened again at the end it would cost: without that fee nobody is asked, and the same key may try
    again.
    """
    booking = cast.booking(cast.vacancy(quayside, start=cast.at(2)), ann)
    program = Program(ann.person)
    status, told = program.post(f"/bookings/{booking.public_id}/hand-back", {"otherwise": "re-open"})
    assert status == 409 and "fee has changed" in told["detail"]
    sent = {"otherwise": "re-open", "fee": "375.00"}
    assert program.post(f"/bookings/{booking.public_id}/hand-back", sent)[1]["fee"] == "375.00"


def test_a_swap_proposed_and_agreed(ann, bea, booked, quayside):
    """Proposed to a colleague who reads which of hers suit both, gives one, and both have changed hands."""
    given = cast.booking(cast.vacancy(quayside, start=cast.at(9)), bea)
    hers, other = Program(ann.person), Program(bea.person)
    assert hers.get(f"/bookings/{booked.public_id}/colleagues")[1] == [
        {"id": str(bea.public_id), "name": "Bea"}
    ]
    sent = {"colleague": str(bea.public_id), "day": cast.at(9).date().isoformat()}
    assert hers.post(f"/bookings/{booked.public_id}/swap")[0] == 422
    status, made = hers.post(f"/bookings/{booked.public_id}/swap", sent)
    assert (status, made["state"], made["fits"]) == (201, "proposed", [])
    assert hers.get(f"/swaps/{made['id']}")[1]["fits"] == []
    assert other.get(f"/swaps/{made['id']}")[1]["fits"] == [str(given.public_id)]
    assert hers.post(f"/swaps/{made['id']}/agree", {"booking": str(booked.public_id)})[0] == 409
    assert other.post(f"/swaps/{made['id']}/agree")[0] == 422
    status, hers_now = other.post(f"/swaps/{made['id']}/agree", {"booking": str(given.public_id)})
    assert (status, hers_now["clinician"], hers_now["vacancy"]) == (201, "Bea", str(booked.vacancy.public_id))
    assert Booking.objects.standing().get(vacancy=given.vacancy).clinician == ann


def test_a_swap_declined_and_withdrawn(ann, bea, booked):
    """Each side does what is its own, and the other's is refused."""
    hers, other = Program(ann.person), Program(bea.person)
    sent = {"colleague": str(bea.public_id), "day": cast.at(9).date().isoformat()}
    first = hers.post(f"/bookings/{booked.public_id}/swap", sent)[1]["id"]
    assert other.post(f"/swaps/{first}/withdraw")[0] == 409
    assert hers.post(f"/swaps/{first}/decline")[0] == 409
    assert other.post(f"/swaps/{first}/decline")[1]["state"] == "declined"
    second = hers.post(f"/bookings/{booked.public_id}/swap", sent)[1]["id"]
    assert hers.post(f"/swaps/{second}/withdraw")[1]["state"] == "withdrawn"
    assert [each["id"] for each in hers.get("/swaps")[1]["items"]] == [first, second]
    assert other.get("/swaps", state="withdrawn")[1]["items"][0]["id"] == second
    assert Swap.objects.count() == 2


def test_a_swap_with_whoever_is_no_colleague(ann, bea, booked):
    """Only a colleague of her chambers; that somebody else exists is not told."""
    stranger = cast.clinician("Stranger")
    sent = {"colleague": str(stranger.public_id), "day": cast.at(9).date().isoformat()}
    status, told = Program(ann.person).post(f"/bookings/{booked.public_id}/swap", sent)
    assert (status, told["detail"]) == (409, "You can swap with a colleague of your chambers only.")


@pytest.fixture
def block_offer(chambers, ann, quayside):
    manager = cast.person("Mary")
    cast.role(manager, Role.POOL_MANAGER, chambers.pool.organisation)
    block = Block.objects.create(
        pool=chambers.pool, practice=quayside, title="Tuesdays", how="parts", least=2
    )
    for week in range(1, 5):
        cast.vacancy(quayside, start=cast.at(7 * week), block=block)
    part = list(block.vacancies.order_by("start"))[:3]
    return offer_block(by=manager, block=block, clinician=ann, sessions=part)


def test_a_part_of_a_block_is_read_and_accepted(ann, bea, block_offer):
    """Every date, what it pays, and how much of the block it is; one yes books all of it, once."""
    program = Program(ann.person)
    (shown,) = program.get("/block-offers", state="sent")[1]["items"]
    assert (shown["title"], len(shown["sessions"]), shown["block_sessions"]) == ("Tuesdays", 3, 4)
    assert shown["fee"] == "1125.00" and shown["sessions"][0]["fee"] == "375.00"
    assert program.get(f"/block-offers/{shown['id']}") == (200, shown)
    status, made = program.post(f"/block-offers/{shown['id']}/accept", key="yes-to-all")
    assert (status, [each["state"] for each in made["items"]]) == (201, ["confirmed"] * 3)
    assert program.post(f"/block-offers/{shown['id']}/accept", key="yes-to-all") == (201, made)
    assert Booking.objects.count() == 3
    assert Program(bea.person).get(f"/block-offers/{shown['id']}")[0] == 404


def test_a_block_is_declined(ann, block_offer):
    """No to all of it, without a reason; then it is over."""
    program = Program(ann.person)
    path = f"/block-offers/{block_offer.public_id}"
    assert program.post(f"{path}/decline")[1]["state"] == "declined"
    assert program.post(f"{path}/accept")[0] == 409
    assert not Booking.objects.exists()
