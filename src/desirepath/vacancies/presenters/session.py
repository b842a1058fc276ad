"""One session as a practice or its pool's manager sees it: how it stands, and how it came to that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from desirepath.audit import clock
from desirepath.nhsuk.formats import moment, pounds
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS, about
from desirepath.vacancies.presenters.unfilled import WhyNobody, latest_unfilled

# rows of the rooms above, which point at vacancies: this room reads them and may not import them
Offer = Any
Booking = Any

# words, and the colour of the tag that holds them
STATES = {
    "draft": ("Draft", "grey"),
    "released": ("Not covered", "orange"),
    "offered": ("Being asked", "blue"),
    "filled": ("Covered", "green"),
    "completed": ("Worked", "green"),
    "unfilled": ("Not covered", "red"),
    "agency": ("Covered by an agency", "yellow"),
    "withdrawn": ("Withdrawn", "grey"),
}
WHO_WAS_ASKED = (
    "A clinician of your PCN's bank",
    "A clinician of a neighbouring PCN",
    "A clinician of the pool",
)
FROM_WHERE = (
    "from the practice's own PCN bank",
    "from a neighbouring PCN",
    "from the rest of the pool",
)
# what an offer's end may be told to others than her; the rest is her own affair
TAKEN_BACK = {
    "the pool manager took it back": "was taken back by the pool manager",
    "the practice no longer needs cover": "was taken back: the practice no longer needs cover",
    "the session has been taken": "was taken back: the session has been taken",
}


@dataclass(frozen=True, slots=True)
class Session:
    """One session in a week: how it stands and what there is to know of it."""

    vacancy: Vacancy
    text: str
    colour: str
    sentence: str
    who: str = ""
    booking: UUID | None = None
    why: WhyNobody | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a vacancy's timeline; ``when`` is None for what is still to come."""

    when: datetime | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    sessions: tuple[Session, ...]


def with_people(vacancies: QuerySet[Vacancy]) -> list[Vacancy]:
    """The rows with what pages show of them: a fixed number of queries, however many there are."""
    rows = list(vacancies.select_related("practice", "pool"))
    prefetch_related_objects(rows, "skills", "offers__clinician__person", "bookings__clinician__person")
    return rows


def sessions(vacancies: Sequence[Vacancy]) -> list[Session]:
    """How each stands; ``vacancies`` from ``with_people``."""
    why = latest_unfilled(vacancies)
    return [_session(vacancy, why.get(vacancy.pk)) for vacancy in vacancies]


def by_day(days: Iterable[date], rows: Iterable[Session]) -> list[Day]:
    """The sessions of each day; days of a weekend on which there are none are left out."""
    found: dict[date, list[Session]] = {day: [] for day in days}
    for row in rows:
        found.setdefault(row.vacancy.day, []).append(row)
    return [Day(day, tuple(held)) for day, held in sorted(found.items()) if held or day.weekday() < 5]


def _session(vacancy: Vacancy, why: WhyNobody | None) -> Session:
    text, colour = STATES[vacancy.state]
    if booking := standing(vacancy):
        waiting = booking.state == "provisional"
        name = booking.clinician.person.name
        sentence = f"{name} is booked and still has to confirm" if waiting else f"{name} is coming"
        if booking.state == "worked":
            sentence = f"{name} came"
        return Session(vacancy, text, colour, sentence, name, booking.public_id)
    if asked := [offer for offer in vacancy.offers.all() if offer.live]:
        until = moment(max(offer.expires_at for offer in asked))
        return Session(vacancy, text, colour, f"A clinician has until {until} to answer")
    if vacancy.state == "agency":
        return Session(vacancy, text, colour, "An agency clinician is coming")
    if vacancy.state == "released" and why is None:
        return Session(vacancy, text, colour, "Nobody is asked yet")
    if vacancy.state == "unfilled" and vacancy.start <= clock.now():
        return Session(vacancy, text, colour, "It began with nobody coming")
    return Session(vacancy, text, colour, why.reason if why else "", why=why)


def standing(vacancy: Vacancy) -> Booking | None:
    """The booking that covers it, if one does."""
    return next((booking for booking in vacancy.bookings.all() if booking.stands), None)


def timeline(vacancy: Vacancy, *, names: bool) -> list[Moment]:
    """What happened to it, the oldest first, then what comes next; who was asked only where ``names``."""
    told = [
        Moment(
            vacancy.created_at,
            f"{vacancy.practice} asked for cover, at up to {pounds(vacancy.rate_cap, exact=False)} an hour",
        )
    ]
    told += _of_plans(vacancy, names)
    if cascade := getattr(vacancy, "cascade", None):
        told += [Moment(step.at, step.sentence) for step in cascade.steps.select_related("by")]
    own, theirs = _by_pool(vacancy)
    for offer in own:
        told += _of_offer(offer, names)
    told += _of_next_pools(theirs)
    for booking in vacancy.bookings.all():
        told += _of_booking(booking, names)
    if vacancy.state == "withdrawn" and not any(
        b.state == "cancelled by practice" for b in vacancy.bookings.all()
    ):
        told.append(Moment(vacancy.state_since, "The practice withdrew it: no cover is needed any more"))
    if vacancy.state == "unfilled" and vacancy.start <= clock.now():
        told.append(Moment(vacancy.start, "The session began with nobody coming"))
    told.sort(key=lambda line: line.when or clock.now())
    return [*told, *_to_come(vacancy)]


def _of_plans(vacancy: Vacancy, names: bool) -> Iterator[Moment]:
    """What the newest plan said of it."""
    proposal = vacancy.proposals.select_related("run", "clinician__person").order_by("-run_id").first()
    unfilled = vacancy.unfilled.select_related("run").order_by("-run_id").first()
    if proposal and (unfilled is None or proposal.run_id > unfilled.run_id):
        who = proposal.clinician.person.name if names else "somebody"
        yield Moment(proposal.run.made_at, f"The pool's plan proposed {who}")
    elif unfilled:
        yield Moment(unfilled.run.made_at, "The pool's plan found nobody")


def _of_offer(offer: Offer, names: bool) -> Iterator[Moment]:
    who = offer.clinician.person.name if names else "A clinician"
    asked = (
        f"{who} was asked, {FROM_WHERE[offer.tier]}" if names else f"{WHO_WAS_ASKED[offer.tier]} was asked"
    )
    yield Moment(offer.created_at, asked)
    ended = {
        "declined": f"{who} declined",
        "expired": f"{who} did not answer in time",
        "accepted": f"{who} said yes",
        "withdrawn": f"The offer to {who if names else 'a clinician'} "
        + TAKEN_BACK.get(offer.withdrawn_because, "was taken back: it no longer fitted"),
    }
    if offer.state in ended:
        yield Moment(offer.state_since, ended[offer.state])


def _by_pool(vacancy: Vacancy) -> tuple[list[Offer], list[Offer]]:
    """The offers to the pool's own clinicians, and those to clinicians of neighbouring pools."""
    offers = list(vacancy.offers.all())
    return (
        [offer for offer in offers if offer.tier < NEXT_POOLS],
        [offer for offer in offers if offer.tier >= NEXT_POOLS],
    )


def _of_next_pools(theirs: Sequence[Offer]) -> Iterator[Moment]:
    """One line of all of them: who they are, and how many exactly, is another pool's."""
    if theirs:
        asked = f"Clinicians of neighbouring pools were asked, {about(len(theirs))} so far"
        yield Moment(min(offer.created_at for offer in theirs), asked)


def _of_booking(booking: Booking, names: bool) -> Iterator[Moment]:
    # who comes is told to both: she and the practice agreed it
    who = booking.clinician.person.name
    if booking.origin == "applied":
        yield Moment(booking.created_at, f"{who} had applied, and the practice confirmed")
    if booking.origin in ("phone", "import"):
        yield Moment(booking.created_at, f"A booking of {who}, agreed outside Desirepath, was recorded")
    booked = "is booked by a standing yes" if booking.origin == "standing" else "is booked"
    changed = {
        "confirmed": f"{who} {booked}",
        "in progress": "The session began",
        "worked": f"{who} worked the session",
        "cancelled by practice": f"The practice cancelled the booking of {who}",
        "cancelled by clinician": f"{who} cancelled" if names else "The clinician cancelled",
        "no-show": f"{who} did not come",
        "turned away": f"{who} was turned away",
    }
    if booking.state in changed:
        yield Moment(booking.state_since, changed[booking.state])


def _to_come(vacancy: Vacancy) -> Iterator[Moment]:
    if vacancy.start <= clock.now() or vacancy.state in ("withdrawn", "completed"):
        return
    own, theirs = _by_pool(vacancy)
    for offer in own:
        if offer.live:
            yield Moment(None, f"An answer is due by {moment(offer.expires_at)}")
    if until := [offer.expires_at for offer in theirs if offer.live]:
        yield Moment(None, f"Answers from neighbouring pools are due by {moment(max(until))}")
    yield Moment(None, f"The session begins on {moment(vacancy.start)}")
