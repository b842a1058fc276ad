"""Pages with the whole of England loaded: how often each asks the database, and how long its answer takes.

Works in the empty database of DATABASE_URL (`market.py` gives it one): every practice of England from the
public files, 17,000 invented clinicians with their choices, over 100,000 vacancies in six weeks, of which
most are covered and the rest is being asked. Pages answer in this process, one after the other, so that what
is measured is the page.

Beside the time of the clock stands the time of a core: what this process and the database's process for it
computed, whatever else the machine does. On an idle machine the two agree.
"""

import argparse
import os
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from crowd import percentile
from figures import say, seconds

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
PROGRAM = "from desirepath.cli import main; main()"
WEEKS, COVERED, ASKED = 6, 0.6, 0.2
MOST_MS = 150
LOCAL = ("127.0.0.1", "localhost")
BATCH = 2_000


@dataclass(frozen=True)
class Kind:
    """One kind of page. ``asks`` gives (person, address) pairs; ``queries`` is the most it may need."""

    name: str
    queries: int
    asks: Callable[[int], Iterable[tuple[Any, str]]]


def load() -> None:
    """England's organisations, and fictional people and sessions over them."""
    for arguments in (
        ("import", "england", str(DATA)),
        ("demo", "--england", "--weeks", str(WEEKS), "--seed", "1"),
    ):
        subprocess.run([sys.executable, "-c", PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL)


def cover() -> tuple[int, int]:
    """Most sessions are booked, each by somebody of the pool who has nothing else that day; some are offered.

    Rows are written in bulk, as the actions would leave them. Gives (booked, offered).
    """
    from django.db import transaction

    from desirepath.bookings.models import Booking
    from desirepath.cascade.models import Cascade, Offer
    from desirepath.clinicians.models import Clinician, CommittedTime, Terms
    from desirepath.pools.models import Pool
    from desirepath.vacancies.models import Vacancy

    chance = random.Random(1)
    booked = offered = 0
    for pool in Pool.objects.all():
        people: dict[str, list[Clinician]] = defaultdict(list)
        for clinician in Clinician.objects.for_pool(pool).select_related("person"):
            people[clinician.role].append(clinician)
        terms = {row.clinician_id: row for row in Terms.objects.filter(state="published")}
        busy: set[tuple[int, Any]] = set()
        times, bookings, offers, cascades, filled, asked = [], [], [], [], [], []
        for session in Vacancy.objects.filter(pool=pool, state="released").order_by("pk"):
            chosen = chance.random()
            her = next(
                (
                    found
                    for found in (
                        chance.choice(people[session.role]) for _ in range(8) if people[session.role]
                    )
                    if (found.pk, session.day) not in busy and found.pk in terms
                ),
                None,
            )
            if her is None or chosen > COVERED + ASKED:
                cascades.append(Cascade(vacancy=session, state="running", tier=2, due_at=session.start))
                continue
            mine = terms[her.pk]
            fee = mine.base_rate * session.minutes / 60
            if chosen > COVERED:
                session.state = "offered"
                asked.append(session)
                offers.append(
                    Offer(
                        vacancy=session, clinician=her, terms=mine, tier=2, km=5.0, state="sent",
                        fee=fee.quantize(Decimal("0.01")), reasons=["5.0 km away"],
                        expires_at=session.start - timedelta(hours=2),
                    )
                )  # fmt: skip
                cascades.append(Cascade(vacancy=session, state="running", tier=2, due_at=session.start))
                continue
            busy.add((her.pk, session.day))
            time = CommittedTime(
                clinician=her, pool=pool, practice_id=session.practice_id, kind="booking",
                start=session.start, end=session.end,
            )  # fmt: skip
            session.state, session.cover = "filled", time
            times.append(time)
            filled.append(session)
            bookings.append(
                Booking(
                    vacancy=session, clinician=her, practice_id=session.practice_id, pool=pool, terms=mine,
                    origin="offer", start=session.start, end=session.end, rate=mine.base_rate, km=5.0,
                    fee=fee.quantize(Decimal("0.01")), made_by=her.person, committed_time=time,
                    state="confirmed",
                )
            )  # fmt: skip
            cascades.append(Cascade(vacancy=session, state="ended", ended_because="filled", tier=2))
        with transaction.atomic():
            CommittedTime.objects.bulk_create(times, batch_size=BATCH)
            for session in filled:
                session.cover_id = session.cover.pk  # type: ignore[union-attr]
            Vacancy.objects.bulk_update([*filled, *asked], ["state", "cover"], batch_size=BATCH)
            Booking.objects.bulk_create(bookings, batch_size=BATCH)
            Offer.objects.bulk_create(offers, batch_size=BATCH)
            Cascade.objects.bulk_create(cascades, batch_size=BATCH)
        booked, offered = booked + len(bookings), offered + len(offers)
    return booked, offered


def kinds(chance: random.Random) -> list[Kind]:
    """What is measured, each for people chosen by chance: a large pool is met more often, as in life."""
    from django.urls import reverse

    from desirepath.accounts.roles import Role
    from desirepath.audit import clock
    from desirepath.bookings.models import Feed
    from desirepath.clinicians.models import Clinician
    from desirepath.organisations.models import RoleAssignment

    monday = clock.today() + timedelta(days=7 - clock.today().weekday())
    clinicians = list(Clinician.objects.filter(memberships__state="active").values_list("pk", flat=True))
    bookers = list(RoleAssignment.objects.filter(role=Role.PRACTICE_BOOKER).values_list("pk", flat=True))
    managers = list(RoleAssignment.objects.filter(role=Role.POOL_MANAGER).values_list("pk", flat=True))

    def hers(name: str, query: str = "") -> Callable[[int], Iterable[tuple[Any, str]]]:
        def asks(rounds: int) -> Iterable[tuple[Any, str]]:
            for pk in chance.choices(clinicians, k=rounds):
                yield Clinician.objects.select_related("person").get(pk=pk).person, reverse(name) + query

        return asks

    def at(held: list[int], name: str, query: str = "") -> Callable[[int], Iterable[tuple[Any, str]]]:
        def asks(rounds: int) -> Iterable[tuple[Any, str]]:
            for pk in chance.choices(held, k=rounds):
                yield RoleAssignment.objects.select_related("person").get(pk=pk).person, reverse(name) + query

        return asks

    def feeds(rounds: int) -> Iterable[tuple[Any, str]]:
        for pk in chance.choices(clinicians, k=rounds):
            person = Clinician.objects.select_related("person").get(pk=pk).person
            feed = Feed.objects.filter(person=person).first() or Feed.objects.create(person=person)
            yield None, reverse("bookings:feed", args=[feed.token])

    week, month = f"?week={monday}", f"?view=month&month={monday:%Y-%m}"
    return [
        Kind("find work", 45, hers("bookings:find-work")),
        Kind("her week", 45, hers("bookings:your-week")),
        Kind("her offers", 40, hers("cascade:offers")),
        Kind("her calendar's feed", 12, feeds),
        Kind("the manager's week", 25, at(managers, "vacancies:pool-week", week)),
        Kind("the cascade page", 30, at(managers, "cascade:cascades")),
        Kind("a practice's week", 25, at(bookers, "vacancies:practice-week", week)),
        Kind("a practice's month", 25, at(bookers, "bookings:calendar", month)),
    ]


def server_time() -> Callable[[], float]:
    """Seconds that the database's process for this connection has computed; nothing where that is this
    process, or on another machine.
    """
    from django.db import connection

    if connection.vendor != "postgresql" or connection.settings_dict["HOST"] not in LOCAL:
        return lambda: 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        spent = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return lambda: int(spent.read_text().split()[0]) / 1e9 if spent.exists() else 0.0


def measure(kind: Kind, rounds: int) -> tuple[int, list[float], list[float]]:
    """The most queries that one answer needed, the seconds of each, and those of a core."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.second_factor import shown

    most, taken, computed = 0, [], []
    served = server_time()
    for number, (person, address) in enumerate(kind.asks(rounds + 3)):
        client = Client(SERVER_NAME="127.0.0.1")
        if person:
            client.force_login(person)
            shown(client)
        began, core = perf_counter(), process_time() + served()
        answer = client.get(address)
        spent, core = perf_counter() - began, process_time() + served() - core
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
        if number < 3:
            continue  # the first load what the later ones find loaded
        taken.append(spent)
        computed.append(core)
        if number % 4 == 0:
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            most = max(most, len(asked))
    return most, taken, computed


def main() -> int:
    """Exit code 1 where a page asks more often than it may, or is slower than asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=60, help="of each kind")
    parser.add_argument("--kind", action="append", help="only these, by a part of their name")
    parser.add_argument("--loaded", action="store_true", help="the database holds the country already")
    asked, _ = parser.parse_known_args()
    if not DATA.is_dir():
        say("left out: the public data files are not here")
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desirepath.config.settings")
    from desirepath.cli.start import django_ready

    django_ready()
    if not asked.loaded:
        load()
        say("{:,} sessions are booked, {:,} offered".format(*cover()))
    from desirepath.clinicians.models import Clinician
    from desirepath.vacancies.models import Vacancy

    say(f"{Clinician.objects.count():,} clinicians, {Vacancy.objects.count():,} vacancies")
    say(f"{'':24}{'queries':>9}{'of at most':>12}{'p50':>10}{'p95':>10}{'core p50':>10}{'core p95':>10}")
    good = True
    for kind in kinds(random.Random(7)):
        if asked.kind and not any(part in kind.name for part in asked.kind):
            continue
        queries, *both = measure(kind, asked.pages)
        figures = [percentile(each, share) for each in both for share in (0.5, 0.95)]
        fits = queries <= kind.queries and figures[1] * 1000 <= MOST_MS
        good &= fits
        told = "" if fits else "  NOT as asked"
        shown = "".join(f"{seconds(figure):>10}" for figure in figures)
        say(f"{kind.name:24}{queries:>9}{kind.queries:>12}{shown}{told}")
    say(f"asked: p95 of each at most {MOST_MS} ms of a page's own time, on an idle core")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
