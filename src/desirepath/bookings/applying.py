"""Her application: made, answered by the practice, withdrawn, expired.

It holds her time and nothing else: the cascade goes on asking others, and whoever is first is booked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.bookings import applicants
from desirepath.bookings.actions import BUSY, TAKEN, book, judge, let_go_of_what_clashes
from desirepath.bookings.models import Application, Booking
from desirepath.cascade.asking import latest_answer
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import moment, plural, span
from desirepath.organisations.models import Organisation
from desirepath.vacancies.fit import fit
from desirepath.vacancies.models import Vacancy

OPEN = ("released", "offered", "unfilled")
ANSWERED = "This application is no longer waiting for an answer."


@retried
@transaction.atomic
def apply_for(*, by: Person, clinician: Clinician, vacancy: Vacancy) -> Application:
    """She would work it: her time is held, under her terms as they are now, until the practice answers.

    Asked twice, it is one application. Raises Refused where the session is gone, does not fit her terms, is
    offered to her, or she has as many waiting as the pool allows.
    """
    if by.pk != clinician.person_id:
        raise PermissionError("only she may apply")
    clinician = clinician.locked()
    vacancy = _locked(vacancy)
    if already := applicants.pending_of(clinician, vacancy):
        return already
    if vacancy.state not in OPEN or vacancy.start <= clock.now() or vacancy.in_block:
        raise Refused(TAKEN if vacancy.cover_id else "This session can't be applied for any more.")
    if vacancy.offers.live().filter(clinician=clinician, expires_at__gt=clock.now()).exists():
        raise Refused("This session is offered to you: accept it, and you are booked at once.")
    waiting = Application.objects.pending().for_clinician(clinician).count()
    if waiting >= vacancy.pool.most_applications:
        told = plural(waiting, "application")
        raise Refused(f"You have {told} waiting, the most at a time. Withdraw one to apply for this session.")
    result = judge(clinician, vacancy)
    assert result.terms is not None  # she fits, which nobody does without published terms
    made = Application.objects.create(
        vacancy=vacancy,
        clinician=clinician,
        terms=result.terms,
        tier=result.tier,
        km=result.km,
        rate=result.rate,
        fee=result.fee,
        worked_here=_has_worked(clinician, vacancy.practice),
        expires_at=answer_by(vacancy),
        hold=_held(clinician, vacancy),
    )
    Event.record("applied", made, by=by)
    _tell_practice(made)
    return made


def _locked(vacancy: Vacancy) -> Vacancy:
    rows = Vacancy.objects.select_for_update(of=("self",)).select_related("pool", "practice", "block")
    return rows.get(pk=vacancy.pk)


def answer_by(vacancy: Vacancy) -> datetime:
    """Until when an application made now waits: the pool's hours, while a yes still helps."""
    return min(clock.now() + timedelta(hours=vacancy.pool.application_hours), latest_answer(vacancy))


def _has_worked(clinician: Clinician, practice: Organisation) -> bool:
    worked = CommittedTime.objects.of([clinician]).worked_before(clock.now())
    return worked.filter(practice=practice).exists()


def _held(clinician: Clinician, vacancy: Vacancy) -> CommittedTime:
    try:
        with transaction.atomic():
            return CommittedTime.objects.create(
                clinician=clinician,
                pool=vacancy.pool,
                practice=vacancy.practice,
                kind=CommittedTime.Kind.HOLD,
                start=vacancy.start,
                end=vacancy.end,
            )
    except IntegrityError as error:
        raise Refused(BUSY) from error


def _tell_practice(application: Application) -> None:
    vacancy = application.vacancy
    when = span(vacancy.start, vacancy.end)
    bookers = vacancy.practice.role_assignments.current().filter(role="practice booker")
    for assignment in bookers.select_related("person"):
        tell(
            to=assignment.person,
            subject=f"A clinician has applied: {when}",
            body=(
                f"A clinician would work your session {when}. Their time is held for you until "
                f"{moment(application.expires_at)}.\n\n"
                f"See who, and answer: {link(reverse('vacancies:vacancy', args=[vacancy.public_id]))}\n"
            ),
            key=f"applied {application.public_id} {assignment.person.public_id}",
            about=("application", application.public_id),
        )


@retried
@transaction.atomic
def confirm_application(*, by: Person, application: Application) -> Booking:
    """The practice's yes: she is booked at what she applied with, and everybody else hears that it is gone.

    Confirmed twice, it is one booking. Raises Refused where another was first, or she can't come any more.
    """
    clinician = application.clinician.locked()
    vacancy = _locked(application.vacancy)
    application = Application.objects.select_related("hold", "terms").get(pk=application.pk)
    if application.state == "confirmed" and application.booking:
        return application.booking
    if not application.pending:
        raise Refused(TAKEN if vacancy.cover_id else ANSWERED)
    if min(application.expires_at, vacancy.start) <= clock.now():
        raise Refused("The time to answer this application has passed.")
    result = fit(clinician, vacancy, without=[application.hold] if application.hold else ())
    broken = set(result.broken)
    if application.rate <= vacancy.rate_cap:
        # the rate she applied with is the one that counts, whatever she has published since
        broken.discard("rate")
    if broken:
        raise Refused(f"{clinician} can't be booked for this session any more: {result.why_not_for_others}.")
    frozen = replace(result, terms=application.terms, tier=application.tier, km=application.km)
    _, others = applicants.hers_and_others(clinician, vacancy)
    booking = book(
        clinician,
        vacancy,
        frozen,
        by=by,
        origin=Booking.Origin.APPLIED,
        rate=application.rate,
        fee=application.fee,
        applied=application,
        others=others,
    )
    let_go_of_what_clashes(booking, by)
    _tell_her_yes(booking)
    return booking


def _tell_her_yes(booking: Booking) -> None:
    when = span(booking.start, booking.end)
    tell(
        to=booking.clinician.person,
        subject=f"You are booked: {when}",
        body=(
            f"{booking.practice} has confirmed your application for {when}.\n\n"
            f"See the booking: {link(reverse('bookings:booking', args=[booking.public_id]))}\n"
        ),
        key=f"application confirmed {booking.public_id}",
        about=("booking", booking.public_id),
    )


@retried
@transaction.atomic
def decline_application(*, by: Person, application: Application) -> None:
    """The practice's no, without a reason owed; her time is free again."""
    application.clinician.locked()
    application.refresh_from_db()
    if application.state == "declined":
        return
    if not applicants.end(application, "declined", by=by, because=applicants.DECLINED):
        raise Refused(ANSWERED)


@retried
@transaction.atomic
def withdraw_application(*, by: Person, application: Application) -> None:
    """She takes it back, without a reason owed; her time is free again."""
    if by.pk != application.clinician.person_id:
        raise PermissionError("only she may withdraw it")
    application.clinician.locked()
    application.refresh_from_db()
    if application.state == "withdrawn":
        return
    try:
        application.end("withdrawn", by=by)
    except InvalidMove as error:
        raise Refused(ANSWERED) from error


def applications_due() -> int:
    """End every application whose time has passed or whose session can't be had; the number ended.

    Safe to run twice and on several machines.
    """
    ended = 0
    rows = Application.objects.overdue().select_related("vacancy", "clinician__person")
    for application in rows:
        with taking_turns(f"application {application.public_id}"):
            ended += _end_due(application)
    return ended


@retried
@transaction.atomic
def _end_due(application: Application) -> bool:
    gone = application.vacancy.state not in OPEN
    state, because = ("declined", _why_gone(application)) if gone else ("expired", applicants.NO_ANSWER)
    return applicants.end(application, state, by=None, because=because)


def _why_gone(application: Application) -> str:
    withdrawn = application.vacancy.state == "withdrawn"
    return applicants.NOT_NEEDED if withdrawn else applicants.GONE_TO_ANOTHER
