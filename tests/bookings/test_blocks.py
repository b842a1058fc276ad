"""A block is offered as one, answered once, and booked whole or not at all."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import accept_offer
from desirepath.bookings.blocks import accept_block
from desirepath.bookings.cancelling import cancel_booking
from desirepath.bookings.models import Booking
from desirepath.cascade import blocks
from desirepath.cascade.actions import decline_offer, withdraw_vacancy
from desirepath.clinicians.choosing import set_quiet_choices
from desirepath.clinicians.models import PracticePreference
from desirepath.messages.models import Message
from desirepath.pools.actions import add_practice
from desirepath.vacancies.models import Block, Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-01 09:00")


@pytest.fixture
def pool(quayside):
    return cast.pool("Coast Pool", quayside)


@pytest.fixture
def manager(pool):
    made = cast.person("Mary Manager")
    cast.role(made, Role.POOL_MANAGER, pool.organisation)
    return made


@pytest.fixture
def asha(pool):
    return cast.clinician("Asha Patel", pool=pool)


@pytest.fixture
def tuesdays(pool, quayside, alice):
    """Four Tuesdays that belong together."""
    block = Block.objects.create(pool=pool, practice=quayside, title="Tuesdays")
    for week in range(1, 5):
        cast.vacancy(quayside, start=cast.at(7 * week), block=block, by=alice)
    return block


def offered(block, manager, clinician, sessions=None):
    rows = list(block.vacancies.all()) if sessions is None else sessions
    return blocks.offer_block(by=manager, block=block, clinician=clinician, sessions=rows)


def state(block):
    block.refresh_from_db()
    return block.state


def test_one_letter_one_answer_every_session(tuesdays, manager, asha, alice):
    """She hears once, says yes once, is booked four times; the practice hears once; each ends alone."""
    offer = offered(tuesdays, manager, asha)
    assert state(tuesdays) == "asked"
    assert len({message.key for message in Message.objects.filter(to=asha.person)}) == 1
    made = accept_block(by=asha.person, offer=offer)
    assert [booking.state for booking in made] == ["confirmed"] * 4
    assert accept_block(by=asha.person, offer=offer) == made
    assert (state(tuesdays), Booking.objects.count()) == ("agreed", 4)
    assert len({message.key for message in Message.objects.filter(to=alice)}) == 1
    cancel_booking(by=asha.person, booking=made[0], as_practice=False)
    assert Booking.objects.standing().count() == 3
    assert Vacancy.objects.open().count() == 1


def test_all_or_none(tuesdays, manager, asha, pool):
    """Busy on the third Tuesday by now: nothing of it is booked."""
    offer = offered(tuesdays, manager, asha)
    elsewhere = cast.vacancy(_in(pool), start=cast.at(21))
    single = cast.offer(elsewhere, asha)
    accept_offer(by=asha.person, offer=single)
    with pytest.raises(Refused, match="no longer open"):
        accept_block(by=asha.person, offer=offer)
    assert Booking.objects.count() == 1
    assert blocks.settle_due() == 1
    offer.refresh_from_db()
    assert (offer.state, state(tuesdays)) == ("withdrawn", "open")
    assert not tuesdays.vacancies.exclude(state="released").exists()


def _in(pool):
    practice = cast.practice("Hilltop Practice")
    add_practice(by=None, pool=pool, practice=practice, since=cast.LONG_AGO)
    return practice


def test_her_terms_hold_for_all_of_it(tuesdays, manager, pool):
    """Whoever is not free in the afternoon, or works fewer, is not asked for what she could not work."""
    late = cast.clinician("Late Larry", pool=pool, free=(time(13), time(22)))
    with pytest.raises(Refused, match="can't work all"):
        offered(tuesdays, manager, late)
    assert not tuesdays.offers.exists()


def test_no_session_of_it_is_answered_alone(tuesdays, manager, asha):
    """Neither accepted nor declined by itself."""
    one = offered(tuesdays, manager, asha).offers.first()
    for answer in (accept_offer, decline_offer):
        with pytest.raises(Refused, match="all of them together"):
            answer(by=asha.person, offer=one)


def test_declined_and_asked_no_more(tuesdays, manager, asha):
    """Everything is open again; she is not proposed for it a second time."""
    offer = offered(tuesdays, manager, asha)
    blocks.decline_block(by=asha.person, offer=offer, reason="Too far")
    assert state(tuesdays) == "open"
    assert not tuesdays.vacancies.exclude(state="released").exists()
    assert blocks.could_be_asked(tuesdays)[1] == ()
    with pytest.raises(Refused, match="declined"):
        offered(tuesdays, manager, asha)


def test_it_runs_out(tuesdays, manager, asha, clock_at):
    """Unanswered for its time, all of it ends together."""
    offer = offered(tuesdays, manager, asha)
    clock_at(offer.expires_at + timedelta(minutes=1))
    with pytest.raises(Refused):
        accept_block(by=asha.person, offer=offer)
    assert (blocks.settle_due(), blocks.settle_due()) == (1, 0)
    assert set(offer.offers.values_list("state", flat=True)) == {"expired"}
    assert state(tuesdays) == "open"


def test_whole_means_whole_and_parts_have_their_least(tuesdays, manager, asha, pool):
    """Half of a whole is refused; in parts, two are enough and one is not; the rest goes to another."""
    rows = list(tuesdays.vacancies.all())
    with pytest.raises(Refused, match="whole, or not at all"):
        offered(tuesdays, manager, asha, rows[:2])
    Block.objects.filter(pk=tuesdays.pk).update(how="parts", least=2)
    with pytest.raises(Refused, match="at least 2 sessions"):
        offered(tuesdays, manager, asha, rows[:1])
    bea = cast.clinician("Bea Brown", pool=pool)
    first = offered(tuesdays, manager, asha, rows[:2])
    second = offered(tuesdays, manager, bea, rows[2:])
    accept_block(by=asha.person, offer=first)
    assert state(tuesdays) == "asked"
    accept_block(by=bea.person, offer=second)
    assert state(tuesdays) == "agreed"


def test_let_go_or_withdrawn(tuesdays, manager, asha, alice):
    """Let go, a plan may fill its sessions; withdrawn, nobody is asked any more."""
    offered(tuesdays, manager, asha)
    with pytest.raises(Refused):
        blocks.let_go(by=manager, block=tuesdays)
    withdraw_vacancy(by=alice, vacancy=tuesdays.vacancies.first())
    assert blocks.settle_due() == 1
    assert blocks.withdraw_block(by=alice, block=Block.objects.get()) == 3
    assert state(tuesdays) == "withdrawn"


def test_the_pages(client, sign_in, tuesdays, manager, asha, alice):
    """Names for the manager, counts for the practice; she sees every date and answers once."""
    address = reverse("cascade:block", args=[tuesdays.public_id])
    assert "Asha Patel" in sign_in(client, manager).get(address).content.decode()
    rows = [row.public_id for row in tuesdays.vacancies.all()]
    given = {"clinician": asha.public_id, "session": rows}
    answer = client.post(reverse("cascade:offer-block", args=[tuesdays.public_id]), given, follow=True)
    assert "Offered to Asha Patel" in answer.content.decode()
    found = sign_in(client, alice).get(address).content.decode()
    assert "A clinician has until" in found
    assert "Asha" not in found
    offer = tuesdays.offers.get()
    page = sign_in(client, asha.person).get(reverse("cascade:offers")).content.decode()
    assert "Tuesdays" in page
    page = client.get(reverse("cascade:block-offer", args=[offer.public_id])).content.decode()
    assert "4 sessions" in page
    assert "Tue 22 Dec" in page
    answer = client.post(reverse("bookings:accept-block", args=[offer.public_id]), follow=True)
    assert "You are booked for 4 sessions" in answer.content.decode()
    assert (
        "You accepted this offer"
        in client.get(reverse("cascade:block-offer", args=[offer.public_id])).content.decode()
    )


def test_her_quiet_hours_hold_for_a_block_too(tuesdays, manager, asha, clock_at):
    """Offered at night, the letter leaves in the morning, and her sleep does not count as time to answer."""
    quiet = {"quiet_from": time(21), "quiet_until": time(7)}
    set_quiet_choices(by=asha.person, clinician=asha, values=quiet)
    clock_at("2026-12-01 22:00")
    offer = offered(tuesdays, manager, asha)
    letter = Message.objects.get(channel="e-mail", key=f"block offer {offer.public_id}")
    assert letter.due_at == cast.at(1, 7, 0)
    # 72 waking hours of 14 a day, from 7am
    assert offer.expires_at == cast.at(6, 9, 0)


def test_her_daily_message_gathers_a_block_too(tuesdays, manager, asha):
    """What can wait is in the one message of the day."""
    set_quiet_choices(by=asha.person, clinician=asha, values={"digest_at": time(17)})
    offer = offered(tuesdays, manager, asha)
    letter = Message.objects.get(channel="e-mail", key=f"block offer {offer.public_id}")
    assert letter.due_at == cast.at(0, 17, 0) and letter.digest is not None


@pytest.mark.parametrize("choice", ["paused", "muted", "enough"])
def test_whoever_is_quiet_is_asked_for_no_block(tuesdays, manager, asha, quayside, choice):
    """Paused, muted, or asked enough today: the manager reads what a busy one's answer would be."""
    if choice == "paused":
        set_quiet_choices(by=asha.person, clinician=asha, values={"paused_until": cast.at(30).date()})
    elif choice == "muted":
        PracticePreference.objects.create(clinician=asha, practice=quayside, kind="muted")
    else:
        set_quiet_choices(by=asha.person, clinician=asha, values={"most_offers_day": 1})
        cast.offer(cast.vacancy(quayside, start=cast.at(3)), asha)
    with pytest.raises(Refused, match="can't be asked for this block: they are not free then"):
        offered(tuesdays, manager, asha)


def test_a_block_waits_on_her_start_page_and_among_her_offers(client, sign_in, tuesdays, manager, asha):
    """Her week shows it with its fee and until when; nowhere does a page say that nothing waits."""
    offer = offered(tuesdays, manager, asha)
    sign_in(client, asha.person)
    for name in ("bookings:your-week", "cascade:offers"):
        page = client.get(reverse(name)).content.decode()
        assert reverse("cascade:block-offer", args=[offer.public_id]) in page
        assert "4 sessions together" in page and "None just now" not in page and "No offer waits" not in page
    blocks.decline_block(by=asha.person, offer=offer)
    assert "together" not in client.get(reverse("bookings:your-week")).content.decode()
