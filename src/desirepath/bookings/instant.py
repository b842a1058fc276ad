"""Booked at once by her standing yes: what she is asked for, or what a practice books by one button.

It takes the road of ``accept_offer``: her row locked, the pair judged again, her time committed. Her standing
yes is read under that lock, so whatever she switches off books nothing from then on.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.bookings import applicants
from desirepath.bookings.actions import TAKEN, address_of, book, judge, let_go_of_what_clashes, tell_practice
from desirepath.bookings.models import Booking
from desirepath.cascade.models import Offer
from desirepath.cascade.said_no import has_said_no, said_no
from desirepath.clinicians.models import Clinician, StandingYes, Terms
from desirepath.clinicians.models.quiet import StandingYesQuerySet
from desirepath.clinicians.presenters import day_bounds
from desirepath.clinicians.quiet import choices_of
from desirepath.messages.actions import tell
from desirepath.nhsuk.formats import span
from desirepath.vacancies.fit import fits
from desirepath.vacancies.models import Vacancy

OPEN = ("released", "offered", "unfilled")
# whatever stands in the way: a practice must not learn her terms, or her other work, by trying
NOT_AT_ONCE = "{} can't be booked at once for this session. Ask, and you hear what they say."


@retried
@transaction.atomic
def book_at_once(*, by: Person, vacancy: Vacancy, clinician: Clinician) -> Booking:
    """Book her by her standing yes to the practice. ``by`` is its booker, or she where she was asked.

    Pressed twice, it is one booking. Raises Refused where the session is taken, or she gave no such yes, or
    it does not fit her limits, her terms or her time.
    """
    clinician = clinician.locked()
    vacancy = (
        Vacancy.objects.select_for_update(of=("self",)).select_related("pool", "practice").get(pk=vacancy.pk)
    )
    if vacancy.state not in OPEN or vacancy.start <= clock.now():
        if hers := vacancy.bookings.standing().filter(clinician=clinician).first():
            return hers
        raise Refused(TAKEN)
    offer = vacancy.offers.live().filter(clinician=clinician).first()
    # her no to this session is nearer than her yes to the practice
    if offer is None and has_said_no(clinician, vacancy):
        raise Refused(NOT_AT_ONCE.format(clinician))
    if not _allowed(vacancy, StandingYes.objects.for_clinician(clinician)):
        raise Refused(NOT_AT_ONCE.format(clinician))
    applied, others = applicants.hers_and_others(clinician, vacancy)
    try:
        result = judge(clinician, vacancy, applied=applied)
    except Refused as refusal:
        raise Refused(NOT_AT_ONCE.format(clinician)) from refusal
    booking = book(
        clinician,
        vacancy,
        result,
        by=by,
        origin=Booking.Origin.STANDING_YES,
        rate=result.rate,
        fee=result.fee,
        offer=offer,
        applied=applied,
        others=others,
    )
    if offer:
        try:
            offer.move("accepted", by=by)
        except InvalidMove as error:
            raise Refused(TAKEN) from error
    let_go_of_what_clashes(booking, by)
    tell_practice(booking)
    _tell_her(booking)
    return booking


def _tell_her(booking: Booking) -> None:
    when = span(booking.start, booking.end)
    tell(
        to=booking.clinician.person,
        subject=f"Booked by your standing yes: {when}",
        body=(
            f"You are booked at {booking.practice} for {when}, by your standing yes to it.\n\n"
            f"See the booking, or cancel it: {address_of(booking)}\n"
        ),
        key=f"standing yes {booking.public_id}",
        about=("booking", booking.public_id),
    )


def could_be_booked(vacancy: Vacancy) -> list[Clinician]:
    """Who gave the practice a standing yes and could come, by name. A fixed number of queries."""
    if vacancy.state not in OPEN or vacancy.start <= clock.now():
        return []
    members = Clinician.objects.for_pool(vacancy.pool).filter(role=vacancy.role)
    yeses = _allowed(vacancy, StandingYes.objects.filter(clinician__in=members))
    if yeses:
        unwilling = {who for _, who in said_no([vacancy.pk])}
        unwilling -= set(vacancy.offers.live().values_list("clinician_id", flat=True))
        yeses = [given for given in yeses if given.clinician_id not in unwilling]
    if not yeses:
        return []
    people = sorted((given.clinician for given in yeses), key=lambda her: (her.person.name, her.pk))
    results = fits(pool=vacancy.pool, pairs=[(person, vacancy) for person in people])
    return [person for person, result in zip(people, results, strict=True) if result.fits]


def _allowed(vacancy: Vacancy, yeses: StandingYesQuerySet) -> list[StandingYes]:
    """Those of ``yeses`` that are on for the practice of ``vacancy`` and within whose limits it lies."""
    now, today = clock.now(), clock.today()
    rows = [
        given
        for given in yeses.on()
        .for_practice(vacancy.practice)
        .select_related("clinician__person", "clinician__quiet_choices")
        if not choices_of(given.clinician).paused_on(today)
    ]
    people = [given.clinician_id for given in rows]
    wished = dict(
        Terms.objects.filter(clinician__in=people, state="published").values_list(
            "clinician_id", "wished_sessions_week"
        )
    )
    booked = _booked_that_week(vacancy, people)
    return [
        given
        for given in rows
        if given.clinician_id in wished
        and limits_hold(
            given,
            start=vacancy.start,
            now=now,
            booked=booked.get(given.clinician_id, 0),
            wished=wished[given.clinician_id],
        )
    ]


def limits_hold(given: StandingYes, *, start: datetime, now: datetime, booked: int, wished: int) -> bool:
    """Whether a session that starts at ``start`` lies within the limits of a standing yes. Pure.

    ``booked`` is how many sessions of that local week it has booked, ``wished`` how many she wishes for.
    """
    return (
        start.astimezone(clock.LONDON).weekday() in given.days
        and start - now >= timedelta(hours=given.least_notice_hours)
        and booked < given.most_in_a_week(wished)
    )


def _booked_that_week(vacancy: Vacancy, clinicians: list[int]) -> dict[int, int]:
    """By clinician, the sessions at the practice in the week of ``vacancy`` that standing yeses booked."""
    monday = vacancy.day - timedelta(days=vacancy.day.weekday())
    start, end = day_bounds(monday)[0], day_bounds(monday + timedelta(days=6))[1]
    rows = (
        Booking.objects.standing()
        .for_practice(vacancy.practice)
        .between(start, end)
        .filter(clinician__in=clinicians, origin=Booking.Origin.STANDING_YES)
    )
    return dict(Counter(rows.values_list("clinician_id", flat=True)))


def book_asked(offer: Offer) -> Booking | None:
    """Asked for a session of a practice that has her standing yes, she is booked; else it stays an offer."""
    if not offer.live or not _agreed_beforehand().filter(pk=offer.pk).exists():
        return None
    her = offer.clinician
    try:
        return book_at_once(by=her.person, vacancy=offer.vacancy, clinician=her)
    except Refused:
        return None


def _agreed_beforehand() -> QuerySet[Offer]:
    """Offers that wait for somebody who has said yes to the practice already."""
    yes = {
        "clinician__standing_yeses__on": True,
        "clinician__standing_yeses__practice": F("vacancy__practice"),
    }
    return Offer.objects.open().filter(**yes)


def book_due() -> int:
    """Book what people were asked for and have said yes to beforehand; the number booked.

    Asking books at once; this is for offers whose asking was cut short, and for a yes given since.
    """
    asked = _agreed_beforehand().select_related("clinician__person", "vacancy__practice", "vacancy__pool")
    booked = 0
    for offer in asked.order_by("pk"):
        with taking_turns(f"offer {offer.public_id}"):
            booked += book_asked(offer) is not None
    return booked
