"""Live through the past weeks: plan, release, answer, work, each at its moment, by the actions that people
use.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from django.db.models import QuerySet

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import (
    accept_offer,
    complete_due,
    record_booking,
    unfilled_due,
)
from desirepath.bookings.cancelling import cancel_booking, fee_now
from desirepath.bookings.models import Booking
from desirepath.cascade.actions import decline_offer, expire_due, plan_pool, release_proposals, see_offer
from desirepath.cascade.models import Offer
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician
from desirepath.demo.cast import Cast
from desirepath.demo.perform import OnStep, post, silent
from desirepath.vacancies.fit import fit
from desirepath.vacancies.models import PlanRun, Vacancy
from desirepath.vacancies.planning import span

# what becomes of a hundred offers in the past weeks: the rest are never answered
ACCEPTED, DECLINED = 0.86, 0.08
CALLED_OFF = 0.03
# days before a week's Monday on which it is planned
PLANNED = (6, 3)
WORRIES = ("Too far that day", "Something came up at home", "", "")


class Agenda:
    """What happens when, in order; what happens may put more on it."""

    def __init__(self) -> None:
        self._rows: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = count()

    def put(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._rows, (moment, next(self._number), act))

    def live_until(self, end: datetime, on_moment: Callable[[datetime], None]) -> None:
        """Do everything that is due before ``end``, each thing at its own moment."""
        while self._rows and self._rows[0][0] < end:
            moment, _, act = heapq.heappop(self._rows)
            with clock.at(moment):
                act()
            on_moment(moment)


class Past:
    """The weeks before the demonstration opens."""

    def __init__(self, cast: Cast, chance: Random) -> None:
        self.cast, self.chance = cast, chance
        self.agenda = Agenda()

    def live(self, on_step: OnStep = silent) -> None:
        """Go through every week that has sessions, up to the moment at which the demonstration opens."""
        script = self.cast.script
        lived = [session for session in script.sessions if session.start.date() < script.coming]
        for monday in sorted({s.start.date() - timedelta(days=s.start.weekday()) for s in lived}):
            week = sorted(script.sessions_of(monday), key=lambda session: session.posted)
            # each has its own moment; nobody looks at any before all of its week are posted
            self.agenda.put(week[-1].posted, lambda week=week: post(self.cast, week))  # type: ignore[misc]
            for days in PLANNED:
                self.agenda.put(
                    local(monday - timedelta(days=days), time(9)),
                    lambda monday=monday: self.plan(monday),  # type: ignore[misc]
                )
        first = script.began.date()
        length = (script.now.date() - first).days
        for offset in range(length + 1):
            self.agenda.put(local(first + timedelta(days=offset), time(22)), evening)
        self.agenda.live_until(
            script.now, lambda moment: on_step("Weeks lived", (moment.date() - first).days, length)
        )

    def plan(self, monday: date) -> None:
        """The manager plans a week and releases all of it; the answers come over the next two days."""
        by = self.cast.person(Role.POOL_MANAGER)
        if not week_of(self.cast, monday).exists():
            return
        run = plan_pool(pool=self.cast.pool, first_day=monday, seed=self.cast.script.seed, by=by)
        proposals = run.proposals.select_related(
            "vacancy__pool", "vacancy__practice", "clinician__person"
        ).order_by("pk")
        if not proposals:
            return
        try:
            released = release_proposals(by=by, run=run, proposals=proposals)
        except Refused:
            return
        for offer in released.offers:
            moment = clock.now() + timedelta(minutes=self.chance.randrange(20, 36 * 60))
            self.agenda.put(moment, lambda offer=offer: self.answer(offer))  # type: ignore[misc]

    def answer(self, offer: Offer) -> None:
        """She says yes, or no, or nothing; the sample clinician always says yes."""
        offer.refresh_from_db(fields=["state"])
        drawn, her = self.chance.random(), offer.clinician.person
        if not offer.live:
            return
        if drawn < ACCEPTED or her == self.cast.person(Role.CLINICIAN):
            see_offer(offer, by=her)
            try:
                booking = accept_offer(by=her, offer=offer)
            except Refused:
                return
            if self.chance.random() < CALLED_OFF and her != self.cast.person(Role.CLINICIAN):
                moment = clock.now() + timedelta(hours=self.chance.randrange(2, 20))
                self.agenda.put(moment, lambda: self.call_off(booking))
        elif drawn < ACCEPTED + DECLINED:
            see_offer(offer, by=her)
            decline_offer(by=her, offer=offer, reason=self.chance.choice(WORRIES))

    def call_off(self, booking: Booking) -> None:
        if booking.start > clock.now():
            owed = fee_now(booking, "clinician").pounds
            cancel_booking(by=booking.clinician.person, booking=booking, as_practice=False, seen=owed)


def evening() -> None:
    """What the worker does, once a day."""
    expire_due()
    complete_due()
    unfilled_due()


def week_of(cast: Cast, monday: date) -> QuerySet[Vacancy]:
    """The pool's open sessions of one week."""
    start, end = span(monday, 1)
    return Vacancy.objects.for_pool(cast.pool).between(start, end).open()


def agreed_by_phone(cast: Cast) -> list[Booking]:
    """Two sessions of the coming week that the practices say were agreed by phone: the sample clinician's to
    confirm, and another's.
    """
    ahead = week_of(cast, cast.script.coming)
    hers = cast.clinicians[cast.script.address(Role.CLINICIAN)]
    others = [c for c in cast.clinicians.values() if c != hers and c.role == "gp"]
    made: list[Booking] = []
    for clinicians in ([hers], others):
        if booking := _recorded(cast, clinicians, ahead.filter(role="gp").order_by("-start", "pk")[:12]):
            made.append(booking)
    return made


def _recorded(cast: Cast, clinicians: Iterable[Clinician], vacancies: Iterable[Vacancy]) -> Booking | None:
    bookers = {session.practice: session.by for session in cast.script.sessions}
    for vacancy in vacancies:
        for clinician in clinicians:
            result = fit(clinician, vacancy)
            if result.fits:
                by = cast.people[bookers[vacancy.practice.code]]
                return record_booking(by=by, vacancy=vacancy, clinician=clinician, rate=result.rate)
    return None


def plan_the_coming_week(cast: Cast) -> PlanRun:
    """The coming week's plan, as the manager finds it."""
    return plan_pool(
        pool=cast.pool,
        first_day=cast.script.coming,
        seed=cast.script.seed,
        by=cast.person(Role.POOL_MANAGER),
    )


def release_a_part(cast: Cast, run: PlanRun, share: float = 0.2) -> list[Offer]:
    """Offers for the sample clinician and for a share of the others; the rest waits for the manager."""
    proposals = run.proposals.select_related(
        "vacancy__pool", "vacancy__practice", "clinician__person"
    ).order_by("pk")
    hers = cast.script.address(Role.CLINICIAN)
    chance = Random(f"{cast.script.seed} released")  # noqa: S311 - a story, not a secret
    chosen = [p for p in proposals if p.clinician.person.email == hers or chance.random() < share]
    if not chosen:
        return []
    try:
        return release_proposals(by=cast.person(Role.POOL_MANAGER), run=run, proposals=chosen).offers
    except Refused:
        return []
