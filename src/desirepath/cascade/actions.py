"""Ask people: release a plan's offers, take them back, decline, expire, withdraw a vacancy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from logging import getLogger
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.db.models import Prefetch, prefetch_related_objects

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.cascade.asking import ask, let_go, look_soon
from desirepath.cascade.models import CascadePolicy, Offer, Release
from desirepath.cascade.said_no import said_no
from desirepath.chambers.actions.mandates import speaks_for
from desirepath.chambers.models import Mandate
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.quiet import NOT_ASKED, may_be_asked, with_choices
from desirepath.pools.models import Pool
from desirepath.vacancies import planning
from desirepath.vacancies.fit import Fit, fits
from desirepath.vacancies.models import PlanRun, Proposal, Vacancy

if TYPE_CHECKING:
    from desirepath.matching import Progress

log = getLogger(__name__)


def plan_pool(
    *,
    pool: Pool,
    first_day: date,
    weeks: int = 1,
    seed: int = 0,
    by: Person | None = None,
    seconds: float | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> PlanRun:
    """Ask for a plan of ``weeks`` of ``pool`` from ``first_day`` and make it here and now.

    Where another is making one of the same weeks, that is what comes back, made or not.
    """
    run = planning.ask_for_plan(
        pool=pool, first_day=first_day, weeks=weeks, seed=seed, by=by, seconds=seconds
    )
    make_plan(run, on_progress=on_progress)
    return run


def make_plan(
    run: PlanRun,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    leaving: Callable[[], bool] = lambda: False,
) -> bool:
    """Claim a plan that is asked for and make it around the offers that are out; see ``vacancies.planning``.

    False where somebody else has claimed it or it was called off.
    """
    try:
        run.take()
    except InvalidMove:
        return False
    start, end = planning.span(run.first_day, run.weeks)
    offers = Offer.objects.for_pool(run.pool).filter(vacancy__start__gte=start, vacancy__start__lt=end)
    # a vacancy offered to several people is kept for the one asked first
    asked = dict(offers.live().order_by("-pk").values_list("vacancy_id", "clinician_id"))
    return planning.make_plan(
        run,
        asked=asked.items(),
        declined=said_no(Vacancy.objects.for_pool(run.pool).between(start, end).values("pk")),
        on_progress=on_progress,
        leaving=leaving,
    )


def make_asked(*, leaving: Callable[[], bool] = lambda: False) -> int:
    """Make every plan that is asked for, one after the other, and those whose worker died; returns how many.

    A fault of one is logged and does not stop the rest; one of the database is raised. Safe to run on several
    machines.
    """
    planning.hand_back_abandoned()
    made = 0
    while not leaving() and (run := PlanRun.objects.waiting().select_related("pool").first()):
        try:
            made += make_plan(run, leaving=leaving)
        except DatabaseError:
            raise
        except Exception:
            log.exception("The plan %s could not be made", run.public_id)
    return made


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: the offers sent, and for each proposal passed over, why."""

    release: Release
    offers: list[Offer]
    passed_over: list[tuple[Proposal, str]]


def release_proposals(*, by: Person | None, run: PlanRun, proposals: Iterable[Proposal]) -> Released:
    """Send the offers of some proposals of ``run``. Each is checked again first; one that no longer holds is
    passed over.

    Raises Refused when no offer at all could be sent.
    """
    return _release(by, run, list(proposals))


@retried
@transaction.atomic
def _release(by: Person | None, run: PlanRun, chosen: list[Proposal]) -> Released:
    release = Release.objects.create(run=run, by=by)
    sent: list[Offer] = []
    passed_over: list[tuple[Proposal, str]] = []
    policy = CascadePolicy.of(run.pool)
    prefetch_related_objects(
        chosen,
        Prefetch("clinician", Clinician.objects.select_related("person", "quiet_choices")),
        Prefetch("vacancy", Vacancy.objects.select_related("practice")),
        # where the proposals came with some of it
        "clinician__person",
        "vacancy__practice",
    )
    pairs = [(proposal.clinician, proposal.vacancy) for proposal in chosen]
    people = with_choices(proposal.clinician for proposal in chosen)
    today = Offer.objects.made_today(people)
    unwilling = said_no([proposal.vacancy_id for proposal in chosen])
    for proposal, result in zip(chosen, fits(pool=run.pool, pairs=pairs) if pairs else (), strict=True):
        her = proposal.clinician
        why_not = _why_not_released(proposal, run, result)
        if not why_not and (proposal.vacancy_id, her.pk) in unwilling:
            why_not = NOT_ASKED
        if not why_not and may_be_asked(her, proposal.vacancy.practice, clock.now(), today[her.pk]):
            why_not = NOT_ASKED
        if why_not:
            passed_over.append((proposal, why_not))
            continue
        today[her.pk] += 1
        sent.append(
            ask(
                vacancy=proposal.vacancy,
                clinician=her,
                by=by,
                reasons=proposal.reasons,
                release=release,
                result=result,
                policy=policy,
            )
        )
    if not sent:
        why = passed_over[0][1] if passed_over else "choose at least one proposal"
        raise Refused(f"No offer was sent: {why}.")
    Event.record("released", release, by=by, offers=len(sent))
    return Released(release, sent, passed_over)


def _why_not_released(proposal: Proposal, run: PlanRun, result: Fit) -> str:
    vacancy = proposal.vacancy
    if proposal.run_id != run.pk:
        raise ValueError("the proposal is of another plan")
    if vacancy.state not in ("released", "unfilled"):
        return "the session is already being asked or covered"
    if vacancy.start <= clock.now():
        return "the session has started"
    return "" if result.fits else result.why_not_for_others


@retried
@transaction.atomic
def undo_release(*, by: Person, release: Release) -> int:
    """Take back every offer of ``release`` that is not answered yet; the number taken back."""
    if release.undone_at:
        raise Refused("This release has been undone already.")
    taken_back = 0
    for offer in release.offers.live().select_related("vacancy", "clinician__person"):
        withdraw_offer(by=by, offer=offer, because="the pool manager took it back")
        taken_back += 1
    release.undone_at = clock.now()
    release.save(update_fields=["undone_at"])
    Event.record("undone", release, by=by, offers=taken_back)
    return taken_back


def withdraw_offer(*, by: Person | None, offer: Offer, because: str) -> None:
    """An offer is no longer hers to answer; its vacancy is open again unless somebody else is still asked."""
    vacancy = held(offer.vacancy_id)
    offer.move("withdrawn", by=by, withdrawn_because=because)
    reopen(vacancy, by=by)


def held(vacancy: int) -> Vacancy:
    """The vacancy's row, locked: before its offers, as everybody locks them."""
    return Vacancy.objects.select_for_update(of=("self",)).get(pk=vacancy)


def reopen(vacancy: Vacancy, *, by: Person | None) -> None:
    """An offered vacancy, locked, with no live offer left goes back to released, or to unfilled once it has
    started.
    """
    look_soon(vacancy)
    if vacancy.state == "offered" and not vacancy.offers.live().exists():
        vacancy.move("released" if vacancy.start > clock.now() else "unfilled", by=by)


def see_offer(offer: Offer, *, by: Person) -> None:
    """She opened it."""
    if offer.state == "sent":
        offer.move("viewed", by=by)


@retried
@transaction.atomic
def decline_offer(*, by: Person, offer: Offer, reason: str = "") -> None:
    """No, without a reason owed. Raises Refused when the offer is no longer open."""
    if not speaks_for(by, offer.clinician, Mandate.Act.OFFERS):
        raise PermissionError("only she may answer her offer")
    if offer.block_offer_id:
        raise Refused("This session is offered to you with others: answer all of them together.")
    vacancy = held(offer.vacancy_id)
    try:
        offer.move("declined", by=by, decline_reason=reason.strip()[:200])
    except InvalidMove as error:
        raise Refused("This offer is no longer open.") from error
    reopen(vacancy, by=by)


def expire_due() -> int:
    """Expire every offer whose time has passed; the number expired. Safe to run twice and on several
    machines.
    """
    expired = 0
    for offer in Offer.objects.overdue():
        # answered or expired by another meanwhile: then it is theirs
        with taking_turns(f"offer {offer.public_id}"):
            _expire(offer)
            expired += 1
    return expired


@retried
@transaction.atomic
def _expire(offer: Offer) -> None:
    vacancy = held(offer.vacancy_id)
    offer.move("expired", by=None)
    reopen(vacancy, by=None)


@retried
@transaction.atomic
def withdraw_vacancy(*, by: Person, vacancy: Vacancy) -> None:
    """The practice no longer needs cover. Raises Refused for a session that is covered: that is a
    cancellation.
    """
    held(vacancy.pk)
    vacancy.refresh_from_db()
    if vacancy.cover_id:
        raise Refused("Somebody is booked for this session: cancel the booking instead.")
    if not vacancy.may("withdrawn"):
        raise Refused("This session has been withdrawn already.")
    let_go(vacancy=vacancy, by=by, because="the practice no longer needs cover")
    vacancy.move("withdrawn", by=by)
