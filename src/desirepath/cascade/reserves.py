"""In reserve for a session that is covered: she says that she would come, and is asked first if it opens.

Only she sees it. Asking follows from how things stand (the session is open, she stands by), so a worker
catches up with what was cut short.
"""

from __future__ import annotations

from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove, Stale
from desirepath.cascade.asking import ask
from desirepath.cascade.models import IN_RESERVE, CascadePolicy, NotForMe, Offer, Reserve
from desirepath.clinicians.models import Clinician
from desirepath.vacancies.fit import fit
from desirepath.vacancies.models import Vacancy

OPEN = ("released", "offered", "unfilled")


def why_not_in_reserve(clinician: Clinician, vacancy: Vacancy) -> str:
    """Why she can't stand by for a session, in words for herself; "" if she can."""
    if vacancy.state != "filled" or vacancy.start <= clock.now():
        return "Nobody has to stand by for this session."
    if vacancy.cover is not None and vacancy.cover.clinician_id == clinician.pk:
        return "You are booked for this session yourself."
    waiting = vacancy.reserves.in_reserve()
    if waiting.exclude(clinician=clinician).count() >= CascadePolicy.of(vacancy.pool).reserve_length:
        return "Enough clinicians stand by for this session already."
    result = fit(clinician, vacancy)
    return "" if result.fits else f"You can't stand by for this session: {result.why_not}."


def in_reserve(clinician: Clinician, vacancy: Vacancy) -> Reserve | None:
    """Her place in the reserve of a session, if she has one."""
    return vacancy.reserves.in_reserve().for_clinician(clinician).first()


@retried
@transaction.atomic
def stand_by(*, by: Person, clinician: Clinician, vacancy: Vacancy) -> Reserve:
    """She would come if the one booked falls out. Said twice, it is once. Raises Refused where she can't."""
    if by.pk != clinician.person_id:
        raise PermissionError("only she may say that she stands by")
    # two who stand by at once are counted one after the other
    vacancy = Vacancy.objects.select_for_update(of=("self",)).select_related("pool").get(pk=vacancy.pk)
    if already := in_reserve(clinician, vacancy):
        return already
    if why := why_not_in_reserve(clinician, vacancy):
        raise Refused(why)
    # whatever she said before, she would come now
    for no in NotForMe.objects.for_clinician(clinician).filter(vacancy=vacancy):
        Event.record("for me after all", no, by=by)
        no.delete()
    made = Reserve.objects.create(vacancy=vacancy, clinician=clinician)
    Event.record("standing by", made, by=by)
    return made


def stand_down(*, by: Person, clinician: Clinician, vacancy: Vacancy) -> None:
    """She no longer stands by. An offer that has reached her meanwhile stays hers to answer."""
    if by.pk != clinician.person_id:
        raise PermissionError("only she may stand down")
    if found := in_reserve(clinician, vacancy):
        with suppress(InvalidMove):
            found.move("stood down", by=by)


def ask_first(vacancy: Vacancy) -> int:
    """The session is open again: those who stand by are asked, all at once; how many were."""
    asked = 0
    for reserve in vacancy.reserves.standing_by().select_related("clinician__person"):
        asked += _ask(reserve.pk)
    return asked


@retried
def _ask(pk: int) -> bool:
    """Ask one of them; where she can't come any more she is stood down."""
    reserve = Reserve.objects.select_related("clinician__person", "vacancy__pool", "vacancy__practice").get(
        pk=pk
    )
    try:
        with transaction.atomic():
            if _said_no_since(reserve):
                raise Refused("She has said no to it since.")
            reserve.move("asked", by=None)
            ask(vacancy=reserve.vacancy, clinician=reserve.clinician, by=None, urgent=True)
    except Refused:
        # her row as it was before it failed
        reserve.refresh_from_db()
        with suppress(InvalidMove):
            reserve.move("stood down", by=None)
        return False
    except (Stale, IntegrityError):
        return False
    return True


def _said_no_since(reserve: Reserve) -> bool:
    """Asked by somebody else before her turn came, she answered that, or let it lapse."""
    hers = Offer.objects.for_clinician(reserve.clinician).filter(vacancy=reserve.vacancy_id)
    return hers.filter(state__in=("declined", "expired"), state_since__gt=reserve.created_at).exists()


def ask_due() -> int:
    """Ask whoever stands by for a session that is open; how many were asked."""
    rows = Reserve.objects.standing_by().filter(vacancy__state__in=OPEN, vacancy__start__gt=clock.now())
    asked = 0
    for pk in rows.values_list("pk", flat=True):
        with taking_turns(f"reserve {pk}"):
            asked += _ask(pk)
    return asked


def stand_down_due() -> int:
    """Nobody stands by for a session that has begun or is no longer needed, nor once she has been asked and
    that is over; how many were stood down.
    """
    over = Q(vacancy__start__lte=clock.now()) | ~Q(vacancy__state__in=(*OPEN, "filled"))
    live = Offer.objects.live().values_list("vacancy_id", "clinician_id")
    waiting = set(live.filter(vacancy__reserves__state="asked"))
    moved = 0
    for reserve in Reserve.objects.filter(Q(state__in=IN_RESERVE) & over | Q(state="asked")):
        begun_or_gone = (
            reserve.state == "standing by" or (reserve.vacancy_id, reserve.clinician_id) not in waiting
        )
        if begun_or_gone:
            with taking_turns(f"reserve {reserve.pk}"):
                reserve.move("stood down", by=None)
                moved += 1
    return moved
