"""Booked at once by a standing yes: within its limits and hers, told to both, and never without it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import TAKEN
from desirepath.bookings.instant import book_at_once, book_due, could_be_booked, limits_hold
from desirepath.bookings.models import Booking
from desirepath.cascade.actions import decline_offer
from desirepath.cascade.asking import ask
from desirepath.cascade.models import Offer
from desirepath.clinicians.choosing import end_standing_yes, give_standing_yes, set_quiet_choices
from desirepath.clinicians.models import Clinician, StandingYes
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(quayside) -> Clinician:
    """A GP of Quayside's pool who gave it a standing yes: two sessions a week, a day's notice."""
    her = cast.clinician("Ann Locum", pool=cast.pool("", quayside))
    give_standing_yes(by=her.person, clinician=her, practice=quayside, most_sessions=2)
    return her


@given(
    st.integers(1, 127),
    st.integers(0, 100),
    st.integers(0, 200),
    st.integers(0, 5),
    st.integers(0, 12),
    st.one_of(st.tuples(st.none(), st.integers(1, 100)), st.tuples(st.integers(1, 20), st.none())),
)
def test_nothing_beyond_a_limit_is_booked(weekdays, notice, ahead, booked, wished, most):
    """Where the limits hold, the day is one of hers, the notice long enough, and the week not yet full."""
    now = cast.at(0, 9)
    yes = StandingYes(
        weekdays=weekdays, least_notice_hours=notice, most_sessions=most[0], most_percent=most[1]
    )
    start = now + timedelta(hours=ahead)
    holds = limits_hold(yes, start=start, now=now, booked=booked, wished=wished)
    allowed = most[0] if most[0] else max(1, wished * most[1] // 100)
    within = bool(weekdays >> start.astimezone(now.tzinfo).weekday() & 1)
    assert holds == (within and ahead >= notice and booked < allowed)


def test_the_practice_books_at_once_by_one_button(client, sign_in, alice, ann, quayside):
    """The session's page names who gave the yes and could come; the button books, tells both, and is safe
    to press twice.
    """
    session = cast.vacancy(quayside)
    page = reverse("vacancies:vacancy", args=[session.public_id])
    sign_in(client, alice)
    assert "Book Ann Locum" in client.get(page).content.decode()
    address = reverse("bookings:at-once", args=[session.public_id])
    for _ in range(2):
        answer = client.post(address, {"clinician": ann.public_id}, follow=True)
        assert "Ann Locum is coming" in answer.content.decode()
    booking = Booking.objects.get()
    assert (booking.origin, booking.state, booking.made_by) == ("standing", "confirmed", alice)
    assert booking.terms == ann.current_terms
    told = set(Message.objects.filter(channel="in-app").values_list("to__name", flat=True))
    assert {"Ann Locum", "Alice Archer"} <= told
    assert "by a standing yes" in client.get(page).content.decode()


def test_only_its_own_practice_learns_of_the_yes(client, sign_in, charlie, ann, quayside, hilltop):
    """Another practice of the pool sees nobody, and can book nobody; nor does anyone without a yes appear."""
    from desirepath.pools.actions import add_practice

    pool = ann.memberships.get().pool
    add_practice(by=None, pool=pool, practice=hilltop, since=cast.LONG_AGO)
    cast.clinician("Bea Locum", pool=pool)
    elsewhere = cast.vacancy(hilltop)
    sign_in(client, charlie)
    page = client.get(reverse("vacancies:vacancy", args=[elsewhere.public_id])).content.decode()
    assert "at once" not in page
    answer = client.post(
        reverse("bookings:at-once", args=[elsewhere.public_id]), {"clinician": ann.public_id}, follow=True
    )
    assert "can&#39;t be booked at once" in answer.content.decode() and not Booking.objects.exists()
    assert [her.person.name for her in could_be_booked(cast.vacancy(quayside))] == ["Ann Locum"]


def test_what_stands_against_it_is_never_told(alice, ann, quayside):
    """Her rate, her free time, her pause and her limits: one and the same sentence, and nothing is booked."""
    dear = cast.vacancy(quayside, rate_cap=80)
    late = cast.vacancy(quayside, start=cast.at(6, 22, 30), minutes=60)
    soon = cast.vacancy(quayside, start=cast.at(0, 23, 45) + timedelta(hours=6), minutes=60)
    told = set()
    for session in (dear, late, soon):
        with pytest.raises(Refused) as refused:
            book_at_once(by=alice, vacancy=session, clinician=ann)
        told.add(str(refused.value))
        assert not could_be_booked(session)
    set_quiet_choices(by=ann.person, clinician=ann, values={"paused_until": cast.at(3).date()})
    with pytest.raises(Refused) as refused:
        book_at_once(by=alice, vacancy=cast.vacancy(quayside), clinician=ann)
    told.add(str(refused.value))
    assert len(told) == 1 and not Booking.objects.exists()


def test_her_no_to_a_session_is_nearer_than_her_yes(alice, ann, quayside):
    """She declined this one: it is not booked for her, nor is she named; asked as she wished, she is."""
    session = cast.vacancy(quayside)
    decline_offer(by=ann.person, offer=cast.offer(session, ann))
    session.refresh_from_db()
    assert not could_be_booked(session)
    with pytest.raises(Refused, match="at once"):
        book_at_once(by=alice, vacancy=session, clinician=ann)
    # she stood by for it since, and is asked
    ask(vacancy=session, clinician=ann, by=None)
    assert could_be_booked(session) == [ann]
    assert book_at_once(by=alice, vacancy=session, clinician=ann).origin == Booking.Origin.STANDING_YES


def test_her_week_is_booked_up_to_its_limit(alice, ann, quayside):
    """Two sessions of a week and no third; the next week is another one."""
    monday = next(n for n in range(7, 14) if cast.at(n).weekday() == 0)
    for day in (0, 1):
        book_at_once(by=alice, vacancy=cast.vacancy(quayside, start=cast.at(monday + day)), clinician=ann)
    with pytest.raises(Refused):
        book_at_once(by=alice, vacancy=cast.vacancy(quayside, start=cast.at(monday + 2)), clinician=ann)
    book_at_once(by=alice, vacancy=cast.vacancy(quayside, start=cast.at(monday + 7)), clinician=ann)
    assert Booking.objects.count() == 3


def test_asked_she_is_booked_at_once(ann, quayside, django_capture_on_commit_callbacks):
    """Right after asking; her offer is accepted, and its letter never leaves."""
    session = cast.vacancy(quayside)
    with django_capture_on_commit_callbacks(execute=True):
        offer = cast.offer(session, ann)
    offer.refresh_from_db()
    booking = Booking.objects.get()
    assert offer.state == "accepted" and booking.offer == offer and booking.origin == "standing"


def test_the_worker_books_what_was_cut_short(ann, quayside):
    """An offer whose asking was killed before it booked; without the yes it stays an offer."""
    offer = cast.offer(cast.vacancy(quayside), ann)
    end_standing_yes(by=ann.person, clinician=ann, practice=quayside)
    assert book_due() == 0
    give_standing_yes(by=ann.person, clinician=ann, practice=quayside, most_percent=50)
    assert book_due() == 1 and book_due() == 0
    offer.refresh_from_db()
    assert offer.state == "accepted" and Offer.objects.live().count() == 0


def test_taken_is_taken(alice, ann, quayside):
    """Somebody else was booked: she is not, and it is said."""
    session = cast.vacancy(quayside)
    cast.booking(session, cast.clinician("Bea Locum", pool=session.pool))
    with pytest.raises(Refused, match=TAKEN):
        book_at_once(by=alice, vacancy=session, clinician=ann)


def test_the_page_asks_as_much_of_the_database_for_ten_as_for_one(
    ann, quayside, django_assert_max_num_queries
):
    """A fixed number of queries, however many gave their yes."""
    session, pool = cast.vacancy(quayside), ann.memberships.get().pool
    for _ in range(6):
        her = cast.clinician(pool=pool)
        give_standing_yes(by=her.person, clinician=her, practice=quayside, most_sessions=1)
    with django_assert_max_num_queries(22):
        assert len(could_be_booked(session)) == 7
