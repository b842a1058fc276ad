"""A month of bookings, and what other calendars read at the secret address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from desirepath.accounts.roles import Role
from desirepath.audit.clock import LONDON
from desirepath.audit.models import Event
from desirepath.bookings.actions import confirm_booking, record_booking
from desirepath.bookings.applying import apply_for
from desirepath.bookings.cancelling import cancel_booking
from desirepath.bookings.feeds import revoke_feed
from desirepath.bookings.models import Booking, Feed
from desirepath.clinicians.models import BusySource, BusyTime, Clinician
from desirepath.organisations.models import Organisation, RoleAssignment
from desirepath.pools.models import Pool
from tests import cast
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20
CALENDAR = reverse("bookings:calendar")
FEEDS = reverse("bookings:feeds")


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery", address="1 Quay Street", postcode="QS1 1AA")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def hers(ann: Clinician, sign_in: Any) -> Client:
    """Ann's browser."""
    return sign_in(Client(), ann.person)


@pytest.fixture
def booker(surgery: Organisation, sign_in: Any) -> Client:
    """The browser of the surgery's booker."""
    return sign_in(Client(), cast.booker("Alice Archer", surgery))


def address_of(feed: Feed) -> str:
    return reverse("bookings:feed", args=[feed.token])


def make_feed(browser: Client) -> Feed:
    """Press the button."""
    browser.post(FEEDS, {"do": "open"})
    return Feed.objects.latest("pk")


def read(feed: Feed) -> Any:
    """The feed as another maker's calendar reads it, without signing in."""
    answer = Client().get(address_of(feed))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content)


def test_the_month_of_both_sides(
    hers: Client, booker: Client, surgery: Organisation, ann: Clinician, clock_at: Any
) -> None:
    """She sees where and what is offered, the practice sees who; only in the month it is in."""
    clock_at("2026-12-01 09:00")
    made = cast.booking(cast.vacancy(surgery, start=cast.at(7)), ann)
    offer = cast.offer(cast.vacancy(surgery, start=cast.at(9)), ann)
    text = hers.get(CALENDAR, {"month": "2026-12"}).text
    assert "8:30am Quayside Surgery" in text
    assert reverse("cascade:offer", args=[offer.public_id]) in text
    text = booker.get(CALENDAR, {"month": "2026-12"}).text
    assert "8:30am Ann Locum" in text
    assert "offered" not in text
    assert "Ann Locum" not in booker.get(CALENDAR, {"month": "2027-02"}).text
    assert "Nobody is booked in this month" in booker.get(CALENDAR, {"month": "2027-02"}).text
    cancel_booking(by=ann.person, booking=made, as_practice=False)
    assert "Ann Locum" not in booker.get(CALENDAR, {"month": "2026-12"}).text
    assert hers.post(CALENDAR).status_code == 405


def test_a_session_near_midnight_is_on_its_own_day(
    hers: Client, surgery: Organisation, ann: Clinician, clock_at: Any
) -> None:
    """The month is England's: a session of the 1st at 12:30am in summer is not of the month before."""
    clock_at("2027-06-01 09:00")
    start = datetime(2027, 7, 1, 0, 30, tzinfo=LONDON)
    ann.weekly_pattern.update(start="00:00")
    cast.booking(cast.vacancy(surgery, start=start, minutes=60), ann)
    assert "12:30am Quayside Surgery" in hers.get(CALENDAR, {"month": "2027-07"}).text


def test_a_stranger_has_no_calendar(client: Client, pool: Pool, sign_in: Any) -> None:
    """The pool's manager has no calendar of her own here, nor an address."""
    person = cast.person()
    cast.role(person, Role.POOL_MANAGER, pool.organisation)
    sign_in(client, person)
    assert client.get(CALENDAR).status_code == 403
    assert client.post(FEEDS).status_code == 403
    assert not Feed.objects.exists()


def test_her_feed(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """Where and when, with the booking's own id, its state and when it changed; nothing of money."""
    made = cast.booking(cast.vacancy(surgery, duties="Secret duties"), ann)
    feed = make_feed(hers)
    (event,) = read(feed).walk("VEVENT")
    assert event["UID"] == str(made.public_id)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (made.start, made.end)
    assert str(event["LOCATION"]) == "Quayside Surgery, 1 Quay Street, QS1 1AA"
    assert event["STATUS"] == "CONFIRMED"
    assert event.decoded("LAST-MODIFIED") == made.state_since.replace(microsecond=0)
    # ids and moments hold any digits by chance: what is left is what somebody wrote
    raw = re.sub(r"\d{8}T\d{6}", "", without_tokens(Client().get(address_of(feed)).text.replace("\r\n ", "")))
    for hidden in ("£", "fee", str(made.fee), str(made.rate), "375", "Secret duties"):
        assert hidden not in raw


def test_the_practices_feed(booker: Client, surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """Who comes; only to this practice."""
    cast.booking(cast.vacancy(surgery), ann)
    other = cast.practice("Other Surgery")
    cast.pools.add_practice(by=None, pool=pool, practice=other, since=cast.LONG_AGO)
    cast.booking(cast.vacancy(other, start=cast.at(9)), ann)
    (event,) = read(make_feed(booker)).walk("VEVENT")
    assert event["SUMMARY"] == "Ann Locum, GP"


def test_states_in_the_feed(hers: Client, surgery: Organisation, ann: Clinician) -> None:
    """One to confirm is tentative; one called off keeps its id and is cancelled, so calendars take it out."""
    tentative = record_booking(
        by=cast.person(), vacancy=cast.vacancy(surgery), clinician=ann, rate=Decimal(95)
    )
    gone = cast.booking(cast.vacancy(surgery, start=cast.at(9)), ann)
    feed = make_feed(hers)
    cancel_booking(by=ann.person, booking=gone, as_practice=False)
    status = {str(event["UID"]): event["STATUS"] for event in read(feed).walk("VEVENT")}
    assert status == {str(tentative.public_id): "TENTATIVE", str(gone.public_id): "CANCELLED"}


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        (datetime(2027, 10, 30, 21, 0, tzinfo=UTC), 6),  # across the night the clocks go back
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), 4),  # begins in the hour lived twice, the second time
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), 4),  # the first time
        (datetime(2027, 3, 27, 22, 0, tzinfo=UTC), 6),  # across the night they go forward
    ],
)
def test_nights_on_which_the_clocks_change(
    start: datetime, hours: int, hers: Client, surgery: Organisation, ann: Clinician, clock_at: Any
) -> None:
    """Read back by another library, the session begins and ends at the very moments agreed."""
    clock_at(start - timedelta(days=10))
    session = cast.vacancy(surgery, start=start, minutes=hours * 60)
    ann.weekly_pattern.all().delete()
    made = record_booking(by=cast.person(), vacancy=session, clinician=ann, rate=Decimal(95))
    assert (made.start, made.end) == (start, start + timedelta(hours=hours))
    calendar = read(make_feed(hers))
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTART").astimezone(UTC) == made.start.astimezone(UTC)
    assert event.decoded("DTEND").astimezone(UTC) == made.end.astimezone(UTC)
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]


def test_making_showing_revoking(hers: Client, ann: Client) -> None:
    """One address at a time; twice is once; revoked it is gone for good, and the next is another."""
    feed = make_feed(hers)
    assert make_feed(hers) == feed
    page = hers.get(FEEDS).text
    assert address_of(feed) in page
    assert len(feed.token) >= 32
    for _ in range(2):
        hers.post(FEEDS, {"do": "revoke"})
    assert Client().get(address_of(feed)).status_code == 404
    assert address_of(feed) not in hers.get(FEEDS).text
    new = make_feed(hers)
    assert new.token != feed.token
    assert Client().get(address_of(new)).status_code == 200
    assert list(Event.objects.filter(entity="Feed").values_list("verb", flat=True)) == [
        "opened",
        "revoked",
        "opened",
    ]


def test_only_the_owner_revokes(hers: Client, surgery: Organisation) -> None:
    """The action refuses anybody else."""
    feed = make_feed(hers)
    with pytest.raises(PermissionError):
        revoke_feed(by=cast.person(), feed=feed)


def test_who_left_the_practice_reads_no_more(booker: Client, surgery: Organisation) -> None:
    """The address of a practice's calendar works as long as its owner holds a role there and may sign in."""
    feed = make_feed(booker)
    assert Client().get(address_of(feed)).status_code == 200
    RoleAssignment.objects.filter(person=feed.person).update(ends_on=cast.at(0).date())
    assert Client().get(address_of(feed)).status_code == 404
    RoleAssignment.objects.filter(person=feed.person).update(ends_on=None)
    feed.person.is_active = False
    feed.person.save()
    assert Client().get(address_of(feed)).status_code == 404


def test_an_address_is_secret(hers: Client) -> None:
    """An unknown token finds nothing, nobody's cache keeps the answer, and it is read only."""
    feed = make_feed(hers)
    assert Client().get(reverse("bookings:feed", args=["unknown"])).status_code == 404
    assert Client().post(address_of(feed)).status_code == 405
    assert "private" in Client().get(address_of(feed)).headers["Cache-Control"]
    assert "private" in hers.get(address_of(feed)).headers["Cache-Control"]


def test_few_questions(
    hers: Client, booker: Client, surgery: Organisation, ann: Clinician, django_assert_max_num_queries: Any
) -> None:
    """Months and feeds ask the database a bounded number of times, however much is booked."""
    feed = make_feed(hers)
    for day in range(4):
        cast.booking(cast.vacancy(surgery, start=cast.at(7 + 2 * day)), ann)
    assert Booking.objects.count() == 4
    for browser in (hers, booker):
        with django_assert_max_num_queries(MOST_QUERIES):
            browser.get(CALENDAR)
    with django_assert_max_num_queries(5):
        Client().get(address_of(feed))


def test_three_views_of_her_time(hers: Client, surgery: Organisation, ann: Clinician, clock_at: Any) -> None:
    """Month, week and list: sessions and offers in each; free, busy and bank holidays where there is room."""
    clock_at("2026-12-01 09:00")
    cast.booking(cast.vacancy(surgery, start=cast.at(7)), ann)
    cast.offer(cast.vacancy(surgery, start=cast.at(9)), ann)
    source = BusySource.objects.create(
        clinician=ann, name="Family", read_at=cast.at(0), until=cast.at(300).date()
    )
    BusyTime.objects.create(clinician=ann, source=source, start=cast.at(8, 9, 0), end=cast.at(8, 10, 0))
    month = hers.get(CALENDAR, {"month": "2026-12"}).text
    week = hers.get(CALENDAR, {"view": "week", "day": "2026-12-10"}).text
    listed = hers.get(CALENDAR, {"view": "list", "day": "2026-12-01"}).text
    for text in (month, week):
        for words in ("8:30am Quayside Surgery", "Quayside Surgery, offered", "Busy 9am to 10am", "Free: "):
            assert words in text
    assert "8:30am Quayside Surgery" in listed
    assert "Busy" not in listed
    assert "Free: " not in listed
    assert "Christmas Day" in month
    assert "The week of Mon 7 Dec 2026" in week
    assert "?view=week&amp;day=2026-12-14" in week
    assert "Family" not in month + week + listed
    booker_sees = hers.get(CALENDAR, {"view": "list", "day": "2027-03-01"}).text
    assert "Nothing is booked in these eight weeks" in booker_sees


def test_three_views_of_a_practice(
    booker: Client, surgery: Organisation, ann: Clinician, clock_at: Any
) -> None:
    """Who comes, in each view, and nothing of when she is free or busy."""
    clock_at("2026-12-01 09:00")
    cast.booking(cast.vacancy(surgery, start=cast.at(7)), ann)
    for asked in ({"month": "2026-12"}, {"view": "week", "day": "2026-12-08"}, {"view": "list"}):
        text = booker.get(CALENDAR, asked).text
        assert "8:30am Ann Locum" in text
        assert "Free: " not in text


@pytest.mark.parametrize(
    "day", ["", "tomorrow", "2026-02-30", "9999-12-31", "0001-01-01", "20261208", "\x00"]
)
@pytest.mark.parametrize("view", ["week", "list", "year"])
def test_a_period_that_is_none_is_now(hers: Client, view: str, day: str) -> None:
    """Whatever an address asks for, there is a page."""
    assert hers.get(CALENDAR, {"view": view, "day": day, "month": day}).status_code == 200


def test_revisions_in_the_feed(hers: Client, surgery: Organisation, ann: Clinician, clock_at: Any) -> None:
    """Each move is a newer revision; what was called off is told for a month, then left out."""
    clock_at("2026-12-01 09:00")
    made = record_booking(
        by=cast.person(), vacancy=cast.vacancy(surgery, start=cast.at(70)), clinician=ann, rate=Decimal(95)
    )
    feed = make_feed(hers)

    def revision() -> tuple[int, str]:
        (event,) = read(feed).walk("VEVENT")
        return int(event["SEQUENCE"]), str(event["STATUS"])

    assert revision() == (0, "TENTATIVE")
    confirm_booking(by=ann.person, booking=made)
    assert revision() == (1, "CONFIRMED")
    made.refresh_from_db()
    cancel_booking(by=ann.person, booking=made, as_practice=False)
    assert revision() == (4, "CANCELLED")
    clock_at("2027-01-02 09:00")
    assert read(feed).walk("VEVENT") == []


def test_a_hold_in_the_feed(hers: Client, surgery: Organisation, ann: Clinician, pool: Pool) -> None:
    """A session she has applied for is tentative in her own feed, and is not in the practice's."""
    session = cast.vacancy(surgery)
    apply_for(by=ann.person, vacancy=session, clinician=ann)
    (event,) = read(make_feed(hers)).walk("VEVENT")
    assert (str(event["STATUS"]), str(event["SUMMARY"])) == ("TENTATIVE", "Held: GP at Quayside Surgery")
    assert "held" in hers.get(CALENDAR, {"view": "week", "day": session.day.isoformat()}).text
    alice = cast.booker("Bob Baker", surgery)
    theirs = Feed.objects.create(person=alice, practice=surgery)
    assert read(theirs).walk("VEVENT") == []
