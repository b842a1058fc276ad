"""Ask one clinician for one vacancy, and tell those asked when it is taken: the one road of every offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.states import Stale
from desirepath.cascade import rules
from desirepath.cascade.models import Cascade, CascadePolicy, Offer, Release
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.quiet import answer_by, choices_of, message_due
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import moment, span
from desirepath.vacancies.fit import Fit, fit
from desirepath.vacancies.models import Vacancy

TAKEN = "the session has been taken"
_once_asked: list[Callable[[Offer], object]] = []


def when_asked(act: Callable[[Offer], object]) -> None:
    """A room above does ``act`` with every offer as soon as it is kept: it registers so when it is ready."""
    if act not in _once_asked:
        _once_asked.append(act)


def latest_answer(vacancy: Vacancy) -> datetime:
    """The last moment at which a yes to it helps."""
    return rules.latest_answer(vacancy.start, clock.now())


# no savepoint of its own: what fails here leaves nothing of whatever it is a part of
@transaction.atomic(savepoint=False)
def ask(
    *,
    vacancy: Vacancy,
    clinician: Clinician,
    by: Person | None,
    reasons: Sequence[str] = (),
    release: Release | None = None,
    result: Fit | None = None,
    policy: CascadePolicy | None = None,
    until: datetime | None = None,
    urgent: bool = False,
) -> Offer:
    """Put ``vacancy``, just read, to ``clinician``; her terms are judged again unless ``result`` is given.

    It stays open ``until`` then, where that is given; an ``urgent`` one is a text message too, if she wants.
    Raises Refused where the session has begun or been taken, she is asked for it already, or it does not fit;
    Stale where somebody else was faster.
    """
    if vacancy.start <= clock.now():
        raise Refused("The session has started.")
    result = result or fit(clinician, vacancy)
    if not result.fits or result.terms is None:
        raise Refused(f"{clinician} can't be asked for this session: {result.why_not_for_others}.")
    policy = policy or CascadePolicy.of(vacancy.pool)
    if vacancy.state == "offered" and vacancy.offers.live().filter(clinician=clinician).exists():
        raise Refused(f"{clinician} is being asked for this session already.")
    try:
        offer = Offer.objects.create(
            vacancy=vacancy,
            clinician=clinician,
            release=release,
            terms=result.terms,
            tier=result.asked_at,
            km=result.km,
            fee=result.fee,
            reasons=list(reasons),
            state="sent",
            expires_at=until
            or answer_by(
                clinician,
                asked_at=clock.now(),
                hours=policy.offer_hours,
                latest=latest_answer(vacancy),
            ),
        )
    except IntegrityError as error:
        raise Stale("Offer: she was asked at the same moment") from error
    _is_asked(vacancy, by, result.asked_at)
    Event.record("sent", offer, by=by)
    for act in _once_asked:
        # before her message leaves: where this answers the offer, nothing is sent of it
        transaction.on_commit(partial(act, offer), robust=True)
    _tell_her(offer, urgent=urgent)
    return offer


def _is_asked(vacancy: Vacancy, by: Person | None, tier: int) -> None:
    """The vacancy is offered, unless somebody took it meanwhile: then nothing of this is kept.

    Its row is touched last, after hers, in the order in which a yes takes them.
    """
    if vacancy.state != "offered":
        if not vacancy.may("offered"):
            raise Refused("This session is covered, or no longer needed.")
        vacancy.move("offered", by=by, tier=tier)
    elif Vacancy.objects.filter(pk=vacancy.pk, state="offered").update(tier=tier) != 1:
        raise Stale("Vacancy: somebody else changed it first")


def _tell_her(offer: Offer, *, urgent: bool) -> None:
    """By the ways and at the time that she chose; it is in her inbox at once."""
    vacancy, her = offer.vacancy, offer.clinician
    due_at, digest_at = message_due(her, clock.now(), answer_by=offer.expires_at)
    tell(
        to=her.person,
        subject=f"A session is offered to you: {span(vacancy.start, vacancy.end)}",
        body=(
            f"{vacancy.practice} asks whether you would work {span(vacancy.start, vacancy.end)}. "
            f"Answer by {moment(offer.expires_at)}.\n\n"
            f"See what it is and answer: {link(reverse('cascade:offer', args=[offer.public_id]))}\n"
        ),
        key=f"offer {offer.public_id}",
        channels=("e-mail", "in-app", "sms") if urgent and choices_of(her).sms else ("e-mail", "in-app"),
        due_at=due_at,
        digest_at=digest_at,
        about=("offer", offer.public_id),
    )


def look_soon(vacancy: Vacancy) -> None:
    """Something changed that lets the cascade go on: its next look comes at once, after this is kept.

    Not in the same transaction: whoever moves a cascade locks it before the vacancy.
    """
    row = Cascade.objects.active().filter(vacancy=vacancy.pk)
    transaction.on_commit(lambda: row.filter(due_at__gt=clock.now()).update(due_at=clock.now()), robust=True)


def let_go(
    *, vacancy: Vacancy, by: Person | None, because: str = TAKEN, comes: Clinician | None = None
) -> int:
    """Nobody is asked for ``vacancy`` any more, and those who were are told kindly; how many offers ended.

    Whoever ``comes`` needs no such letter.
    """
    told = 0
    for offer in vacancy.offers.live().select_related("clinician__person"):
        offer.move("withdrawn", by=by, withdrawn_because=because)
        if comes is None or offer.clinician_id != comes.pk:
            tell_it_is_over(offer)
        told += 1
    return told


def tell_it_is_over(offer: Offer) -> None:
    """A kind letter, in place of the offer's own where that has not left yet."""
    vacancy = offer.vacancy
    when = span(vacancy.start, vacancy.end)
    tell(
        to=offer.clinician.person,
        subject=f"No answer needed any more: {when}",
        body=(
            f"You were asked for {when} at {vacancy.practice}: {offer.withdrawn_because}. "
            "There is nothing to do, and nothing is held against you.\n\n"
            f"What else there is: {link(reverse('cascade:offer', args=[offer.public_id]))}\n"
        ),
        key=f"over {offer.public_id}",
        about=("offer that is over", offer.public_id),
        takes_back=f"offer {offer.public_id}",
    )
