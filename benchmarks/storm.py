"""A sign-up storm: many people want the same few sessions at the same moment, by every road there is.

Works in the empty database of DATABASE_URL (`market.py` gives it one). Each road gets a world of its own
there; the pages run under gunicorn with four processes, and all ask at once. Who won is read from the
database afterwards, not from what anybody was told.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from crowd import Answer, Ask, all_at_once, one_by_one, percentile, signed_in
from figures import say, seconds
from killed import Pages

sys.path.insert(0, str(Path(__file__).parent.parent))

PROCESSES = 4
TAKEN, BUSY = "This session has been taken", "busy then"
_grounds, _people = count(1), count(1)


@dataclass(frozen=True)
class Outcome:
    """What one road led to. ``wanted`` bookings, and no more, should stand; the ``losers`` should be ``told``
    so in words.
    """

    road: str
    asked: int
    wanted: int
    losers: int
    booked: int
    twice: int
    told: int
    failed: int
    p50: float
    p99: float

    @property
    def good(self) -> bool:
        return (self.booked, self.twice, self.told, self.failed) == (self.wanted, 0, self.losers, 0)


@dataclass(frozen=True)
class Trial:
    """Requests to send at once, how many bookings they should leave, how many ask in vain, and the words that
    these read.
    """

    asks: list[Ask]
    wanted: int
    losers: int
    words: str
    # where a page that a request leads on to says it, the page; the answer itself otherwise
    follows: bool = True
    # what each looks at before they all go
    looks: Sequence[Ask] = ()


@dataclass(frozen=True)
class Ground:
    """One pool with its practices, and a day that no other trial uses."""

    pool: Any
    practices: list[Any]
    day: date

    def at(self, place: int) -> datetime:
        """A start for the ``place``-th session: eight a day lie apart, so that nobody's two overlap."""
        from desirepath.audit.clock import LONDON

        day = self.day + timedelta(days=place // 8)
        return datetime(day.year, day.month, day.day, 8 + place % 8, 0, tzinfo=LONDON)


def ground(practices: int) -> Ground:
    from desirepath.audit import clock
    from tests import cast

    number = next(_grounds)
    made = [
        cast.practice(f"Surgery {number}.{place}", code=f"D{number:02}{place:03}")
        for place in range(practices)
    ]
    return Ground(cast.pool(f"Pool {number}", *made), made, clock.today() + timedelta(days=10 + 12 * number))


def offers(here: Ground, sessions: int, each: int) -> Iterator[Any]:
    """``each`` different clinicians are offered each of ``sessions``, all live at once."""
    from desirepath.cascade.asking import ask
    from tests import cast

    for place in range(sessions):
        practice = here.practices[place % len(here.practices)]
        session = cast.vacancy(practice, start=here.at(place), minutes=50, urgency=5)
        for _ in range(each):
            yield ask(vacancy=session, clinician=cast.clinician(pool=here.pool), by=None)


def on_the_pages(sessions: int, each: int) -> Trial:
    """Everybody presses Accept."""
    here = ground(min(10, sessions))
    asks = [
        Ask(f"/offers/{offer.public_id}/accept/", cookies=signed_in(offer.clinician.person))
        for offer in offers(here, sessions, each)
    ]
    return Trial(asks, sessions, len(asks) - sessions, TAKEN)


def by_the_api(sessions: int, each: int) -> Trial:
    """Everybody's program accepts."""
    from tests.programs import Program

    here = ground(min(10, sessions))
    asks = []
    for offer in offers(here, sessions, each):
        headers = {
            "Authorization": f"Bearer {Program(offer.clinician.person).secret}",
            "Idempotency-Key": f"storm-{offer.public_id}",
        }
        asks.append(Ask(f"/api/v1/offers/{offer.public_id}/accept", headers=headers))
    return Trial(asks, sessions, len(asks) - sessions, TAKEN, follows=False)


def by_practices(sessions: int, each: int) -> Trial:
    """``each`` practices record at once that the same person agreed to come at the same time."""
    from tests import cast

    here = ground(each)
    bookers = [signed_in(cast.booker(f"Booker {next(_people)}", place)) for place in here.practices]
    asks = []
    for place in range(sessions):
        her, start = cast.clinician(pool=here.pool), here.at(place)
        form = {
            "who": her.registration,
            "date": start.date().isoformat(),
            "start": start.strftime("%H:%M"),
            "end": (start + timedelta(minutes=50)).strftime("%H:%M"),
            "rate": "100",
        }
        asks += [Ask("/practice/record/", cookies=cookies, form=form) for cookies in bookers]
    return Trial(asks, sessions, len(asks) - sessions, BUSY, follows=False)


def from_a_spreadsheet(sessions: int, each: int) -> Trial:
    """``each`` managers take the same sheet of agreed sessions at once: all of it, by one of them."""
    from desirepath.accounts.roles import Role
    from desirepath.pools.actions import keep_upload
    from desirepath.pools.importing import IMPORTS
    from tests import cast

    here = ground(1)
    lines = ["practice,registration,role,date,start,end,rate"]
    for place in range(sessions):
        her, start = cast.clinician(pool=here.pool), here.at(place)
        end = start + timedelta(minutes=50)
        lines.append(
            f"{here.practices[0].code},{her.registration},GP,{start:%d/%m/%Y},{start:%H:%M},{end:%H:%M},100"
        )
    asks = []
    for _ in range(each):
        manager = cast.person(f"Manager {next(_people)}")
        cast.role(manager, Role.POOL_MANAGER, here.pool.organisation)
        upload = keep_upload(
            by=manager,
            pool=here.pool,
            what=IMPORTS["sessions"],
            file_name="agreed.csv",
            data="\n".join(lines).encode(),
        )
        form = {"upload": str(upload.public_id)}
        asks.append(Ask("/people/import/sessions/preview", cookies=signed_in(manager), form=form))
    looks = [Ask(ask.path, "GET", cookies=ask.cookies) for ask in asks]
    return Trial(asks, sessions, each - 1, "Nothing was taken", looks=looks)


def in_two_pools(sessions: int, each: int) -> Trial:
    """One person in two pools accepts two sessions that overlap, at the same moment; so do many."""
    from desirepath.cascade.asking import ask
    from desirepath.clinicians import actions as clinicians
    from tests import cast

    here, there = ground(1), ground(1)
    asks = []
    for place in range(sessions):
        her = cast.clinician(pool=here.pool)
        clinicians.join_pool(by=None, clinician=her, pool=there.pool)
        cookies = signed_in(her.person)
        for side in (here, there):
            session = cast.vacancy(side.practices[0], start=here.at(place), minutes=50)
            offer = ask(vacancy=session, clinician=her, by=None)
            asks.append(Ask(f"/offers/{offer.public_id}/accept/", cookies=cookies))
    return Trial(asks, sessions, len(asks) - sessions, "booked elsewhere then")


def by_a_standing_yes(sessions: int, each: int) -> Trial:
    """``each`` practices to which she has said yes in advance press Book at once for the same time."""
    from desirepath.clinicians.choosing import give_standing_yes
    from tests import cast

    here = ground(each)
    bookers = [signed_in(cast.booker(f"Booker {next(_people)}", place)) for place in here.practices]
    asks = []
    for place in range(sessions):
        her = cast.clinician(pool=here.pool)
        for practice, cookies in zip(here.practices, bookers, strict=True):
            give_standing_yes(by=her.person, clinician=her, practice=practice, most_sessions=8)
            session = cast.vacancy(practice, start=here.at(place), minutes=50)
            form = {"clinician": str(her.public_id)}
            asks.append(Ask(f"/vacancy/{session.public_id}/at-once/", cookies=cookies, form=form))
    return Trial(asks, sessions, len(asks) - sessions, "be booked at once for this session")


def by_application(sessions: int, each: int) -> Trial:
    """``each`` have applied for a session, and as many of the practice's bookers confirm one of them each."""
    from desirepath.bookings.applying import apply_for
    from tests import cast

    here = ground(min(10, sessions))
    asks = []
    for place in range(sessions):
        practice = here.practices[place % len(here.practices)]
        session = cast.vacancy(practice, start=here.at(place), minutes=50)
        for _ in range(each):
            her = cast.clinician(pool=here.pool)
            applied = apply_for(by=her.person, clinician=her, vacancy=session)
            booker = cast.booker(f"Booker {next(_people)}", practice)
            path = f"/applications/{applied.public_id}/confirm/"
            asks.append(Ask(path, cookies=signed_in(booker)))
    return Trial(asks, sessions, len(asks) - sessions, TAKEN)


ROADS: dict[str, Callable[[int, int], Trial]] = {
    "her page": on_the_pages,
    "the API": by_the_api,
    "recorded by practices": by_practices,
    "a spreadsheet": from_a_spreadsheet,
    "one person, two pools": in_two_pools,
    "booked at once": by_a_standing_yes,
    "applications": by_application,
}


def run(road: str, address: str, sessions: int, each: int) -> Outcome:
    """Prepare a road's world, let everybody go, and count in the database what stands."""
    from desirepath.bookings.models import Booking

    before = Booking.objects.standing().count()
    trial = ROADS[road](sessions, each)
    one_by_one(address, list(trial.looks))
    answers = all_at_once(address, trial.asks)
    told = _told(address, trial, answers)
    booked = Booking.objects.standing().count() - before
    return Outcome(
        road=road,
        asked=len(trial.asks),
        wanted=trial.wanted,
        losers=trial.losers,
        booked=booked,
        twice=booked_twice(),
        told=told,
        failed=sum(answer.status == 0 or answer.status >= 500 for answer in answers),
        p50=percentile((answer.seconds for answer in answers), 0.5),
        p99=percentile((answer.seconds for answer in answers), 0.99),
    )


def _told(address: str, trial: Trial, answers: list[Answer]) -> int:
    """How many read the words, in the answer or on the page that it leads on to."""
    if not trial.follows:
        return sum(trial.words in answer.text for answer in answers)
    onward = [answer.onward(ask) for ask, answer in zip(trial.asks, answers, strict=True) if answer.location]
    return sum(trial.words in answer.text for answer in one_by_one(address, onward))


def booked_twice() -> int:
    """Sessions with more than one standing booking, and pairs of one person's that overlap."""
    from django.db.models import Count, F, Q

    from desirepath.bookings.models import STANDING, Booking
    from desirepath.vacancies.models import Vacancy

    standing = Q(bookings__state__in=STANDING)
    sessions = Vacancy.objects.annotate(found=Count("bookings", filter=standing)).filter(found__gt=1).count()
    other = Q(
        clinician__bookings__state__in=STANDING,
        clinician__bookings__start__lt=F("end"),
        clinician__bookings__end__gt=F("start"),
        clinician__bookings__pk__gt=F("pk"),
    )
    return sessions + Booking.objects.standing().filter(other).count()


def show(each: Outcome) -> None:
    say(
        f"{each.road:24}{each.asked:>7,}{each.booked:>8,}{each.wanted:>5,}{each.told:>7,}{each.failed:>8}"
        f"{seconds(each.p50):>9}{seconds(each.p99):>9}  sessions booked twice: {each.twice}"
    )


def main() -> int:
    """Exit code 1 where somebody was booked twice, or not told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--each", type=int, default=20, help="how many want the same session")
    parser.add_argument("--road", action="append", choices=list(ROADS))
    asked, _ = parser.parse_known_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desirepath.config.settings")
    from desirepath.cli.start import django_ready

    django_ready()
    from django.conf import settings

    # people of a trial sign in by their session; the usual hasher would take most of the time
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    pages = Pages(answering=PROCESSES)
    try:
        pages.start()
        pages.ready()
        address = f"http://127.0.0.1:{pages.port}"
        # they listen before they have loaded what they need
        one_by_one(address, [Ask("/", "GET")])
        say(f"{'':24}{'asked':>7}{'booked':>8}{'of':>5}{'told':>7}{'failed':>8}{'p50':>9}{'p99':>9}")
        good = True
        for road in asked.road or ROADS:
            outcome = run(road, address, asked.sessions, asked.each)
            show(outcome)
            good &= outcome.good
    finally:
        pages.end()
    say("told: who lost reads so in words; failed: no answer, or an error")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
