"""A busy hour of one pool: sessions asked for, offers answered through the pages, times that fall due.

What people press is pressed again when no answer came, as people do.
"""

import http.client
import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.urls import reverse
from killed import Pages

from desirepath.accounts.entering import SECOND_FACTOR
from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.bookings.actions import accept_offer, record_booking
from desirepath.bookings.models import Booking
from desirepath.cascade.asking import ask
from desirepath.cascade.models import Offer
from desirepath.cascade.setting import set_policy
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation
from desirepath.vacancies.models import Vacancy
from tests import cast

PRACTICES, CLINICIANS = 4, 24
ASKED, SAY_YES = 5, 3
AT_ONCE = 8
# seconds after which somebody who got no answer at all gives up
PATIENCE = 120
CSRF = "a" * 32
# the far end of every notice scale: calling off costs nothing then
FIRST_DAY = 40


@dataclass
class Told:
    """What the pages said to those who pressed something."""

    booked: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


@dataclass
class World:
    """One pool with its practices, the person who books for each, and clinicians near all of them."""

    practices: list[Organisation]
    bookers: dict[int, Person]
    clinicians: list[Clinician]
    cookies: dict[int, str]
    told: Told = field(default_factory=Told)


def begin() -> World:
    """Everybody is real, so that letters are written to them."""
    # nobody types a password here
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    practices = [cast.practice(f"Surgery {number}") for number in range(PRACTICES)]
    pool = cast.pool("Busy Pool", *practices)
    # at whatever hour this runs, and however long
    set_policy(by=None, pool=pool, values={"from_hour": 0, "until_hour": 24, "most_offers_day": 50})
    bookers = {place.pk: cast.booker(f"Booker {place.pk}", place) for place in practices}
    clinicians = [cast.clinician(f"Clinician {number}", pool=pool) for number in range(CLINICIANS)]
    people = [*bookers.values(), *(her.person for her in clinicians)]
    return World(practices, bookers, clinicians, {person.pk: signed_in(person) for person in people})


def signed_in(person: Person) -> str:
    """A session of hers, as signing in makes one."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[SECOND_FACTOR] = "shown in a benchmark"
    session.save()
    return str(session.session_key)


def press(pages: Pages, world: World, person: Person, address: str, **data: str) -> tuple[int, str]:
    """One form sent until it is answered: the status, and where it leads. Raises TimeoutError."""
    ends = time.monotonic() + PATIENCE
    body = urlencode({**data, "csrfmiddlewaretoken": CSRF})
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={world.cookies[person.pk]}; csrftoken={CSRF}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    while time.monotonic() < ends:
        connection = http.client.HTTPConnection("127.0.0.1", pages.port, timeout=30)
        try:
            connection.request("POST", address, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        finally:
            connection.close()
        if answer.status >= 500:
            world.told.failures.append(f"{answer.status} at {address}")
        return answer.status, answer.headers.get("Location", "")
    raise TimeoutError(address)


@dataclass
class Round:
    """One round's work in hand: what was pressed, and who presses it."""

    world: World
    pages: Pages
    hands: ThreadPoolExecutor
    pressed: list[Future[None]] = field(default_factory=list)

    def finish(self) -> None:
        """Until everybody has had an answer."""
        for one in self.pressed:
            one.result()

    def yes(self, offer: Offer) -> None:
        """She accepts; if she is told that she is booked, that is to be true."""
        address = reverse("bookings:accept", args=[offer.public_id])
        _, to = press(self.pages, self.world, offer.clinician.person, address)
        if to.startswith("/booking/"):
            self.world.told.booked.add(to.split("/")[2])

    def no(self, offer: Offer) -> None:
        address = reverse("cascade:decline", args=[offer.public_id])
        press(self.pages, self.world, offer.clinician.person, address, reason="")

    def confirm(self, booking: Booking) -> None:
        address = reverse("bookings:confirm", args=[booking.public_id])
        status, to = press(self.pages, self.world, booking.clinician.person, address)
        if status == 302 and to.startswith("/booking/"):
            self.world.told.booked.add(str(booking.public_id))

    def call_off(self, booking: Booking) -> None:
        address = reverse("bookings:cancel", args=[booking.public_id])
        self.world.told.cancelled.add(str(booking.public_id))
        booker = self.world.bookers[booking.practice_id]
        press(self.pages, self.world, booker, address, seen="0.00", because="")


def play(world: World, number: int, pages: Pages, hands: ThreadPoolExecutor) -> Round:
    """Round ``number``, on a day of its own: work is prepared, and then everybody presses at once."""
    acts = []
    this = Round(world, pages, hands)
    for hour, place in zip((8, 9, 14, 15), world.practices, strict=True):
        start = cast.at(FIRST_DAY + number, hour=hour)
        offers = asked(world, cast.vacancy(place, start=start, minutes=180, by=world.bookers[place.pk]))
        acts += [(this.yes, offer) for offer in offers[:SAY_YES]]
        acts += [(this.no, offer) for offer in offers[SAY_YES : SAY_YES + 1]]
    if recorded := by_phone(world, number):
        acts.append((this.confirm, recorded))
    what_falls_due(world, number)
    if earlier := some_booking():
        acts.append((this.call_off, earlier))
    random.shuffle(acts)
    this.pressed = [hands.submit(act, row) for act, row in acts]
    return this


def asked(world: World, session: Vacancy, how_many: int = ASKED) -> list[Offer]:
    """The session is put to several at once, as an urgent tier does."""
    offers: list[Offer] = []
    for her in random.sample(world.clinicians, len(world.clinicians)):
        if len(offers) == how_many:
            break
        try:
            offers.append(put_to(session, her))
        except (Refused, InvalidMove):
            continue
    return offers


@retried
@transaction.atomic
def put_to(session: Vacancy, her: Clinician) -> Offer:
    session.refresh_from_db()
    return ask(vacancy=session, clinician=her, by=None)


def by_phone(world: World, number: int) -> Booking | None:
    """A booking agreed by phone, which she is to confirm."""
    place = random.choice(world.practices)
    session = cast.vacancy(place, start=cast.at(FIRST_DAY + number, hour=18), minutes=120)
    for her in random.sample(world.clinicians, 5):
        try:
            return record_booking(
                by=world.bookers[place.pk], vacancy=session, clinician=her, rate=session.rate_cap
            )
        except Refused:
            continue
    return None


def what_falls_due(world: World, number: int) -> None:
    """Things that were begun some days ago and are due now: offers to expire, a session worked, one that
    nobody came to.
    """
    place = world.practices[number % PRACTICES]
    with clock.at(clock.now() - timedelta(days=3)):
        waiting = cast.vacancy(place, start=cast.at(8 + number, hour=8), by=world.bookers[place.pk])
        asked(world, waiting, 2)
        worked_at(world, place, cast.at(1, hour=6) + timedelta(minutes=number))
        cast.vacancy(place, start=cast.at(2, hour=8) + timedelta(minutes=number), minutes=60)


def worked_at(world: World, place: Organisation, start: datetime) -> Booking | None:
    """A session that somebody took in time."""
    session = cast.vacancy(place, start=start, minutes=30, by=world.bookers[place.pk])
    for offer in asked(world, session, 2):
        try:
            return accept_offer(by=offer.clinician.person, offer=offer)
        except Refused:
            continue
    return None


def some_booking() -> Booking | None:
    """One of the bookings that are still far away."""
    far = clock.now() + timedelta(days=FIRST_DAY - 2)
    return Booking.objects.filter(state="confirmed", start__gt=far).order_by("?").first()
