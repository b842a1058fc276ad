"""The sickness at half past seven: who could come, asked a few at a time, until somebody does."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import accept_offer
from desirepath.cascade import actions, urgent
from desirepath.cascade.models import Offer
from desirepath.cascade.not_for_me import not_for_me
from desirepath.cascade.urgent_forms import usual_session
from desirepath.clinicians.actions import set_practice_preference
from desirepath.clinicians.choosing import set_quiet_choices
from desirepath.messages.models import Message
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(clock_at, quayside) -> Pool:
    """Half past seven on a Tuesday."""
    clock_at("2026-12-08 07:30")
    return cast.pool("Harbour Pool", quayside)


@pytest.fixture
def session(pool, quayside) -> Vacancy:
    return cast.vacancy(quayside, start=cast.at(0), urgency=5)


def named(*names: str, pool: Pool) -> list:
    return [cast.clinician(name, pool=pool) for name in names]


@given(st.integers(1, 60 * 24), st.integers(0, 86_399))
def test_minutes_to_answer(minutes, second):
    """15 to 30 of them, and never beyond the start of the session."""
    now = datetime(2026, 12, 8, tzinfo=clock.LONDON) + timedelta(seconds=second)
    start = now + timedelta(minutes=minutes)
    until = urgent.answer_until(start, now)
    assert until <= start and until - now <= timedelta(minutes=30)
    assert until == start or until - now >= timedelta(minutes=15)


@pytest.mark.parametrize(
    ("now", "usual", "day", "start", "end"),
    [
        ("2026-12-08 07:30", ("08:30", "12:40"), 8, "08:30", "12:40"),
        ("2026-12-08 09:07", ("08:30", "12:40"), 8, "09:15", "12:40"),
        ("2026-12-08 13:00", ("08:30", "12:40"), 8, "14:00", "18:10"),
        ("2026-12-08 19:00", ("08:30", "12:40"), 9, "08:30", "12:40"),
        ("2026-12-08 07:30", (None, None), 8, "08:30", "12:40"),
    ],
)
def test_the_session_that_is_probably_meant(now, usual, day, start, end):
    """The practice's usual one, or what is left of it; else the next."""
    moment = datetime.fromisoformat(now).replace(tzinfo=clock.LONDON)
    first, last = (time.fromisoformat(each) if each else None for each in usual)
    told = usual_session(moment, first, last)
    assert told == (date(2026, 12, day), time.fromisoformat(start), time.fromisoformat(end))


def test_who_could_come_and_nobody_else(session, pool, quayside):
    """Names, tags, and the number of whoever allows it. Who is too dear, blocks or mutes it, is asleep until
    too late, is busy, or on standby is not there, and nothing says why.
    """
    near, far = named("Ann Near", "Bea Near", pool=pool)
    set_quiet_choices(by=near.person, clinician=near, values={"phone_allowed": True}, phone="01632 960 001")
    far.person.phone = "01632 960 002"
    far.person.save()
    cast.clinician("Away Far", pool=pool, latitude=52.25)
    cast.clinician("Too Dear", pool=pool, rate=200)
    muting, blocking, asleep, standby, busy = named("M", "B", "Asleep", "Standby", "Busy", pool=pool)
    set_practice_preference(by=muting.person, clinician=muting, practice=quayside, kind="muted")
    set_practice_preference(by=blocking.person, clinician=blocking, practice=quayside, kind="blocked")
    quiet = {"quiet_from": time(22), "quiet_until": time(9)}
    set_quiet_choices(by=asleep.person, clinician=asleep, values=quiet)
    set_quiet_choices(by=standby.person, clinician=standby, values={"standby": True})
    cast.booking(cast.vacancy(quayside, start=cast.at(0)), busy)
    told = urgent.who_could_come(session)
    assert [each.name for each in told] == ["Ann Near", "Bea Near", "Away Far"]
    assert [each.phone for each in told] == ["01632 960 001", "", ""]
    assert "May come a little late" in told[2].tags and told[0].tags == ("The pool",)


def test_five_at_a_time_then_the_next(session, pool, alice, clock_at):
    """One tap asks five for 20 minutes each; a no brings the sixth, silence the rest, and a yes ends it."""
    named(*(f"Locum {n}" for n in range(7)), pool=pool)
    assert urgent.ask_all(by=alice, vacancy=session) == 5
    assert urgent.ask_all(by=alice, vacancy=session) == 0 == urgent.advance_due()
    first = Offer.objects.live().first()
    assert first.expires_at - clock.now() == timedelta(minutes=20)
    actions.decline_offer(by=first.clinician.person, offer=first)
    assert urgent.advance_due() == 1
    clock_at("2026-12-08 07:51")
    actions.expire_due()
    assert urgent.advance_due() == 1
    last = Offer.objects.open().get()
    accept_offer(by=last.clinician.person, offer=last)
    assert urgent.advance_due() == 0
    session.refresh_from_db()
    assert session.state == "filled"
    with pytest.raises(Refused):
        urgent.ask_all(by=alice, vacancy=session)


def test_whoever_said_no_meanwhile_is_left_alone(session, pool, alice, monkeypatch):
    """Found as one who could come, she says no before her turn: the others are asked."""
    first, _ = named("Ann Locum", "Bea Locum", pool=pool)
    found = urgent.candidates

    def then_says_no(**given):
        those = found(**given)
        not_for_me(by=first.person, clinician=first, vacancy=session)
        return those

    monkeypatch.setattr(urgent, "candidates", then_says_no)
    assert urgent.ask_all(by=alice, vacancy=session) == 1
    assert not Offer.objects.filter(clinician=first).exists()


def test_standby_comes_last(session, pool, alice):
    """She is asked once nobody else is being asked and nobody is left."""
    ann, standby = named("Ann", "Standby", pool=pool)
    set_quiet_choices(by=standby.person, clinician=standby, values={"standby": True})
    assert urgent.ask_all(by=alice, vacancy=session) == 1 and urgent.advance_due() == 0
    offer = Offer.objects.live().get()
    assert offer.clinician == ann
    actions.decline_offer(by=ann.person, offer=offer)
    assert urgent.advance_due() == 1 and Offer.objects.live().get().clinician == standby


def test_an_urgent_offer_is_a_text_message_too(session, pool, alice):
    """For whoever wants that; in the inbox and by e-mail for everybody."""
    ann, bea = named("Ann", "Bea", pool=pool)
    set_quiet_choices(by=ann.person, clinician=ann, values={"sms": True}, phone="01632 960 001")
    urgent.ask_all(by=alice, vacancy=session)
    sent = Message.objects.filter(key__startswith="offer ")
    assert set(sent.filter(to=ann.person).values_list("channel", flat=True)) == {"e-mail", "in-app", "sms"}
    assert set(sent.filter(to=bea.person).values_list("channel", flat=True)) == {"e-mail", "in-app"}


def test_only_what_is_near(session, pool, quayside):
    """Open, and critical or within 24 hours."""
    later = cast.vacancy(quayside, start=cast.at(3))
    assert urgent.is_near(session) and not urgent.is_near(later)
    assert urgent.is_near(cast.vacancy(quayside, start=cast.at(3), urgency=5))
    assert urgent.is_near(cast.vacancy(quayside, start=cast.at(0, 14)))


def test_from_the_page_to_a_booking(client, sign_in, pool, alice, quayside):
    """Two fields and a tap; the page tells who was asked and what they said, then who is coming."""
    ann, bea = named("Ann Near", "Bea Near", pool=pool)
    sign_in(client, alice)
    today = reverse("cascade:today")
    sent = {"role": "gp", "start_at": "8:30am", "end_at": "12:40pm", "rate_cap": "100"}
    for _ in range(2):
        page = client.post(today, sent, follow=True)
    session = Vacancy.objects.get()
    assert (session.urgency, session.reason) == (5, "sickness")
    assert "Ask all 2 in order" in page.content.decode() and not Offer.objects.exists()
    assert "8:30am to 12:40pm" in client.get(today).content.decode()
    address = reverse("cascade:could-come", args=[session.public_id])
    page = client.post(address, follow=True).content.decode()
    assert "2 clinicians asked" in page and "Has until 7:50am" in page.replace("has until", "Has until")
    offers = {offer.clinician: offer for offer in Offer.objects.all()}
    actions.decline_offer(by=bea.person, offer=offers[bea])
    accept_offer(by=ann.person, offer=offers[ann])
    page = client.get(address).content.decode()
    assert "Ann Near is coming" in page and "Said no" in page and "Said yes" in page
    wrong = client.post(today, {**sent, "end_at": "8am"})
    assert wrong.status_code == 422 and "The end must be after the start" in wrong.content.decode()


def test_the_list_takes_the_same_for_any_number(session, pool, django_assert_max_num_queries):
    """A bounded number of queries, however many members the pool has."""
    named(*(f"Locum {n}" for n in range(12)), pool=pool)
    with django_assert_max_num_queries(30):
        assert len(urgent.who_could_come(session)) == 12
