"""Two colleagues exchange two sessions: each judged for the other, both or neither."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.audit.refusal import Refused
from desirepath.bookings import swapping
from desirepath.bookings.models import Booking, Swap
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.models import Message
from desirepath.pools.actions import found_chambers
from desirepath.pools.models import Chambers
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(clock_at: Any) -> Any:
    return clock_at("2026-12-01 12:00")


@pytest.fixture
def chambers() -> Chambers:
    pool = cast.pool("", cast.practice("Quayside Surgery"), cast.practice("Hilltop Practice"))
    return found_chambers(by=None, pool=pool, name="Harbour Chambers")


def member(chambers: Chambers, name: str, **details: Any) -> Clinician:
    made = cast.clinician(name, **details)
    clinicians.join_pool(by=None, clinician=made, pool=chambers.pool, chambers=chambers)
    return made


def session(chambers: Chambers, practice: str, her: Clinician, days: int, hour: int = 8) -> Booking:
    place = chambers.pool.practices().get(name=practice)
    return cast.booking(cast.vacancy(place, start=cast.at(days, hour)), her)


@pytest.fixture
def pair(chambers: Chambers) -> tuple[Booking, Booking]:
    """Ann's Tuesday at Quayside, and Bea's Wednesday at Hilltop."""
    ann, bea = member(chambers, "Ann Locum", rate=90), member(chambers, "Bea Locum", rate=80)
    return session(chambers, "Quayside Surgery", ann, 7), session(chambers, "Hilltop Practice", bea, 8)


def proposed(given: Booking, wanted: Booking) -> Swap:
    return swapping.propose_swap(
        by=given.clinician.person, booking=given, colleague=wanted.clinician, day=wanted.vacancy.day
    )


def who_comes(booking: Booking) -> str:
    return Booking.objects.standing().get(vacancy=booking.vacancy).clinician.person.name


def test_both_change_hands(pair: tuple[Booking, Booking], chambers: Chambers) -> None:
    """Each works the other's session under her own terms; both vacancies stay filled; practices are told."""
    given, wanted = pair
    alice = cast.booker("Alice Booker", given.practice)
    swap = proposed(given, wanted)
    made = swapping.agree_swap(by=wanted.clinician.person, swap=swap, wanted=wanted)
    assert (who_comes(given), who_comes(wanted)) == ("Bea Locum", "Ann Locum")
    assert made.rate == 80
    for row in (given, wanted):
        row.refresh_from_db()
        row.vacancy.refresh_from_db()
        assert (row.state, row.cancellation_fee) == ("cancelled by clinician", 0)
        now = Booking.objects.standing().get(vacancy=row.vacancy)
        assert row.vacancy.state == "filled"
        assert row.vacancy.cover == now.committed_time
        assert now.committed_time is not None
        assert now.committed_time.clinician == now.clinician
    assert CommittedTime.objects.count() == 2
    assert Message.objects.filter(to=alice, subject__startswith="Somebody else comes").count() >= 1
    assert swapping.agree_swap(by=wanted.clinician.person, swap=swap, wanted=wanted) == made


def test_two_sessions_at_the_same_time(chambers: Chambers) -> None:
    """They overlap, so neither can move while the other stands: they move together."""
    ann, bea = member(chambers, "Ann Locum"), member(chambers, "Bea Locum")
    given = session(chambers, "Quayside Surgery", ann, 7)
    wanted = session(chambers, "Hilltop Practice", bea, 7)
    swap = proposed(given, wanted)
    swapping.agree_swap(by=bea.person, swap=swap, wanted=wanted)
    assert (who_comes(given), who_comes(wanted)) == ("Bea Locum", "Ann Locum")


def test_neither_where_it_does_not_fit_one(pair: tuple[Booking, Booking], chambers: Chambers) -> None:
    """Bea blocks Quayside, or Ann blocks Hilltop: nothing changes, and no term of another is told."""
    given, wanted = pair
    swap = proposed(given, wanted)
    ann, bea = given.clinician, wanted.clinician
    clinicians.set_practice_preference(by=ann.person, clinician=ann, practice=wanted.practice, kind="blocked")
    with pytest.raises(Refused, match=r"^Your colleague can't take that session as things stand\.$"):
        swapping.agree_swap(by=bea.person, swap=swap, wanted=wanted)
    clinicians.set_practice_preference(by=bea.person, clinician=bea, practice=given.practice, kind="blocked")
    with pytest.raises(Refused, match="you have blocked this practice"):
        swapping.agree_swap(by=bea.person, swap=swap, wanted=wanted)
    assert swapping.could_give(swap) == []
    assert (who_comes(given), who_comes(wanted)) == ("Ann Locum", "Bea Locum")
    assert Booking.objects.count() == 2


def test_a_proposal_tells_nothing(chambers: Chambers) -> None:
    """Whether the colleague works that day or not, the proposal is the same."""
    ann, bea = member(chambers, "Ann Locum"), member(chambers, "Bea Locum")
    given = session(chambers, "Quayside Surgery", ann, 7)
    swap = swapping.propose_swap(by=ann.person, booking=given, colleague=bea, day=cast.at(9).date())
    assert swap.state == "proposed"
    assert swapping.could_give(swap) == []


def test_only_colleagues_of_the_chambers(pair: tuple[Booking, Booking], chambers: Chambers) -> None:
    """Not with a stranger of the pool, not twice, not for a day that is over."""
    given, wanted = pair
    by = given.clinician.person
    stranger = cast.clinician("Stranger", pool=chambers.pool)
    for colleague, day in (
        (stranger, cast.at(8)),
        (given.clinician, cast.at(8)),
        (wanted.clinician, cast.at(-1)),
    ):
        with pytest.raises(Refused):
            swapping.propose_swap(by=by, booking=given, colleague=colleague, day=day.date())
    proposed(given, wanted)
    with pytest.raises(Refused, match="already"):
        proposed(given, wanted)


def test_a_session_of_another_day_or_person(pair: tuple[Booking, Booking], chambers: Chambers) -> None:
    """What she gives must be hers and of the day proposed."""
    given, wanted = pair
    swap = proposed(given, wanted)
    bea = wanted.clinician
    other = session(chambers, "Hilltop Practice", bea, 10)
    third = session(chambers, "Hilltop Practice", member(chambers, "Cat Locum"), 8)
    for wrong in (other, third, given):
        with pytest.raises(Refused):
            swapping.agree_swap(by=bea.person, swap=swap, wanted=wrong)
    assert who_comes(given) == "Ann Locum"


def test_no_taken_back_and_out_of_time(pair: tuple[Booking, Booking], clock_at: Any) -> None:
    """Each end is told to whoever proposed, once; nothing can be agreed after it."""
    given, wanted = pair
    bea = wanted.clinician.person
    swap = proposed(given, wanted)
    swapping.decline_swap(by=bea, swap=swap)
    assert Message.objects.filter(to=given.clinician.person, subject__startswith="Not swapped").exists()
    swapping.withdraw_swap(by=given.clinician.person, swap=proposed(given, wanted))
    last = proposed(given, wanted)
    clock_at(last.expires_at + timedelta(minutes=1))
    with pytest.raises(Refused, match="no longer open"):
        swapping.agree_swap(by=bea, swap=last, wanted=wanted)
    assert (swapping.expire_swaps(), swapping.expire_swaps()) == (1, 0)
    assert list(Swap.objects.order_by("pk").values_list("state", flat=True)) == [
        "declined",
        "withdrawn",
        "expired",
    ]


def test_each_acts_for_herself(pair: tuple[Booking, Booking]) -> None:
    """Nobody answers for another."""
    given, wanted = pair
    with pytest.raises(PermissionError):
        swapping.propose_swap(
            by=wanted.clinician.person, booking=given, colleague=wanted.clinician, day=wanted.vacancy.day
        )
    swap = proposed(given, wanted)
    with pytest.raises(PermissionError):
        swapping.agree_swap(by=given.clinician.person, swap=swap, wanted=wanted)
    with pytest.raises(PermissionError):
        swapping.decline_swap(by=given.clinician.person, swap=swap)
    with pytest.raises(PermissionError):
        swapping.withdraw_swap(by=wanted.clinician.person, swap=swap)


def test_pages_of_both(client: Client, pair: tuple[Booking, Booking], sign_in: Any) -> None:
    """She proposes with a name and a day; the colleague sees what she gets and what she would give."""
    given, wanted = pair
    sign_in(client, given.clinician.person)
    page = reverse("bookings:propose-swap", args=[given.public_id])
    assert "Bea Locum" in client.get(page).text
    assert client.post(page, {}).status_code == 422
    day = {"day-day": "9", "day-month": "12", "day-year": "2026"}
    client.post(page, {"colleague": wanted.clinician.public_id, **day})
    text = client.get(reverse("bookings:booking", args=[given.public_id])).text
    assert "You proposed a swap to Bea Locum" in text
    assert "Hilltop" not in text
    swap = Swap.objects.get()
    there = reverse("bookings:swap", args=[swap.public_id])
    assert client.get(there).status_code == 404
    sign_in(client, wanted.clinician.person)
    text = client.get(there).text
    assert "Quayside Surgery" in text
    assert "Your session at Hilltop Practice" in text
    assert "£333.33 under your own terms" in text
    assert "Ann Locum" in client.get(reverse("bookings:your-week")).text
    for wrong in ("", "nonsense", given.public_id):
        assert client.post(there, {"wanted": wrong}).url == there
    client.post(there, {"wanted": wanted.public_id})
    assert who_comes(given) == "Bea Locum"
    assert "You agreed to this swap" in client.get(there).text
