"""Blocks are offered as one: to one clinician whole or in an agreed part, answered once.

One offer of each session hangs on the block's offer. They are made, answered and taken back together; only
whoever answers the block answers them. So they do not take the road of ``asking.ask``, which writes a letter
for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried, taking_turns
from desirepath.audit.states import InvalidMove
from desirepath.cascade.actions import held, reopen, withdraw_vacancy
from desirepath.cascade.asking import latest_answer
from desirepath.cascade.models import LIVE, BlockOffer, CascadePolicy, Offer
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.quiet import NOT_ASKED, answer_by, may_be_asked, message_due, with_choices
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import moment, plural
from desirepath.vacancies.block_candidates import CouldTake, open_sessions, outlook
from desirepath.vacancies.fit import fits
from desirepath.vacancies.models import Block, Vacancy

# months of work are not agreed to in an hour
LEAST_TIME = timedelta(hours=72)
GONE = "one of its sessions is no longer open"


@transaction.atomic
def offer_block(*, by: Person, block: Block, clinician: Clinician, sessions: Sequence[Vacancy]) -> BlockOffer:
    """Put ``sessions`` of a block to her, to be answered once. Raises Refused where they are not the whole
    and the whole is wanted, are fewer than a part has, or she could not work them all together.
    """
    block = held_block(block.pk)
    if block.state not in ("open", "asked"):
        raise Refused("This block is not offered as one any more.")
    still_open = open_sessions(block)
    wanted = {session.pk for session in sessions}
    chosen = [session for session in still_open if session.pk in wanted]
    _refuse_bad_part(block, wanted, chosen, still_open)
    if BlockOffer.objects.filter(block=block, clinician=clinician, state="declined").exists():
        raise Refused(f"{clinician} has declined this block.")
    her = with_choices([clinician])[0]
    until = latest_answer(chosen[0])
    if may_be_asked(her, block.practice, clock.now(), Offer.objects.made_today([her])[her.pk], until=until):
        raise Refused(f"{clinician} can't be asked for this block: {NOT_ASKED}.")
    theirs = next(iter(outlook(block, [clinician]).could), None)
    if theirs is None or not wanted <= {session.pk for session in theirs.sessions}:
        raise Refused(f"{clinician} can't work all of these sessions as things stand now.")
    return _send(by, block, clinician, chosen)


def _refuse_bad_part(
    block: Block, wanted: set[int], chosen: list[Vacancy], still_open: list[Vacancy]
) -> None:
    if not chosen or len(chosen) != len(wanted):
        raise Refused("Some of these sessions are no longer open: look again.")
    if len(chosen) == len(still_open):
        return
    if not block.in_parts:
        raise Refused("This block is offered whole, or not at all.")
    if len(chosen) < block.least:
        raise Refused(f"A part of this block has at least {plural(block.least, 'session')}.")


def _send(by: Person, block: Block, clinician: Clinician, chosen: list[Vacancy]) -> BlockOffer:
    policy = CascadePolicy.of(block.pool)
    until = answer_by(
        clinician,
        asked_at=clock.now(),
        hours=max(LEAST_TIME, timedelta(hours=policy.offer_hours)),
        latest=latest_answer(chosen[0]),
    )
    results = fits(pool=block.pool, pairs=[(clinician, session) for session in chosen])
    if any(result.terms is None for result in results):
        raise Refused(f"{clinician} has no published terms.")
    try:
        with transaction.atomic():
            made = BlockOffer.objects.create(
                block=block,
                clinician=clinician,
                by=by,
                state="sent",
                fee=sum((result.fee for result in results), Decimal(0)),
                expires_at=until,
            )
    except IntegrityError as error:
        raise Refused(f"{clinician} is being asked for this block already.") from error
    for session, result in zip(chosen, results, strict=True):
        assert result.terms is not None  # as was seen above
        Offer.objects.create(
            vacancy=session,
            clinician=clinician,
            block_offer=made,
            terms=result.terms,
            tier=result.tier,
            km=result.km,
            fee=result.fee,
            state="sent",
            expires_at=until,
        )
        session.move("offered", by=by, tier=result.tier)
    if block.state == "open":
        block.move("asked", by=by)
    Event.record("sent", made, by=by, sessions=len(chosen))
    _tell_her(made, len(chosen))
    return made


def _tell_her(made: BlockOffer, sessions: int) -> None:
    """By the ways and at the time that she chose, as with a single offer; it is in her inbox at once."""
    practice = made.block.practice
    due_at, digest_at = message_due(made.clinician, clock.now(), answer_by=made.expires_at)
    tell(
        to=made.clinician.person,
        subject=f"{plural(sessions, 'session')} offered to you together",
        body=(
            f"{practice} asks whether you would work {plural(sessions, 'session')} of a block. "
            f"Answer by {moment(made.expires_at)}: all of them, or none.\n\n"
            f"See every date and answer: {link(reverse('cascade:block-offer', args=[made.public_id]))}\n"
        ),
        key=f"block offer {made.public_id}",
        due_at=due_at,
        digest_at=digest_at,
        about=("block offer", made.public_id),
    )


@transaction.atomic
def decline_block(*, by: Person, offer: BlockOffer, reason: str = "") -> None:
    """No to all of it, without a reason owed. Raises Refused when it is no longer open."""
    if by.pk != offer.clinician.person_id:
        raise PermissionError("only she may answer her offer")
    try:
        _end(offer, "declined", by=by, decline_reason=reason.strip()[:200])
    except InvalidMove as error:
        raise Refused("This offer is no longer open.") from error


@transaction.atomic
def take_back(*, by: Person, offer: BlockOffer) -> None:
    """The manager takes it back before it is answered."""
    try:
        _end(offer, "withdrawn", by=by, withdrawn_because="the pool manager took it back")
    except InvalidMove as error:
        raise Refused("This offer has been answered already.") from error


def end_block_offer(offer: BlockOffer, *, because: str) -> None:
    """It is no longer hers to answer, within the transaction of whatever ended it."""
    _end(offer, "withdrawn", by=None, withdrawn_because=because)


def _end(offer: BlockOffer, state: str, *, by: Person | None, **columns: Any) -> None:
    """The block's offer and every offer of a session that hangs on it end alike; the block is free again."""
    block = held_block(offer.block_id)
    offer.move(state, by=by, **columns)
    for one in offer.offers.filter(state__in=LIVE).order_by("vacancy__start"):
        vacancy = held(one.vacancy_id)
        one.move(state, by=by, **columns)
        reopen(vacancy, by=by)
    settle(block, by=by)


def held_block(block: int) -> Block:
    """The block's row, locked: before its sessions."""
    return Block.objects.select_for_update(of=("self",)).select_related("pool", "practice").get(pk=block)


def settle(block: Block, *, by: Person | None) -> None:
    """Where a block stands once an offer of it has ended: agreed when every session has somebody or needs
    nobody, asked while another is asked, else open.
    """
    block.refresh_from_db(fields=["state"])
    if block.state != "asked":
        return
    if not block.vacancies.exclude(state__in=("filled", "completed", "withdrawn", "agency")).exists():
        block.move("agreed", by=by)
    elif not BlockOffer.objects.filter(block=block, state__in=LIVE).exists():
        block.move("open", by=by)


def waiting_blocks(clinician: Clinician) -> list[BlockOffer]:
    """Her block offers that she can answer now, the one that closes first at the front."""
    rows = BlockOffer.objects.filter(clinician=clinician, state__in=LIVE, expires_at__gt=clock.now())
    rows = rows.annotate(sessions=Count("offers")).select_related("block__practice")
    return list(rows.order_by("expires_at", "pk"))


def settle_due() -> int:
    """Block offers whose time has passed, or of which a session is gone, end; how many. Safe to run twice."""
    ended = 0
    for offer in BlockOffer.objects.filter(state__in=LIVE).select_related("block"):
        late = offer.expires_at <= clock.now()
        if not late and not offer.offers.exclude(state__in=LIVE).exists():
            continue
        with taking_turns(f"block offer {offer.public_id}"):
            _end_due(offer, late=late)
            ended += 1
    return ended


@retried
@transaction.atomic
def _end_due(offer: BlockOffer, *, late: bool) -> None:
    if late:
        _end(offer, "expired", by=None)
    else:
        _end(offer, "withdrawn", by=None, withdrawn_because=GONE)


@transaction.atomic
def let_go(*, by: Person, block: Block) -> None:
    """Its sessions are offered one by one from now on. Raises Refused while somebody is asked for it."""
    try:
        block.move("let go", by=by)
    except InvalidMove as error:
        raise Refused("Somebody is being asked for it, or it is settled already.") from error


@transaction.atomic
def withdraw_block(*, by: Person, block: Block) -> int:
    """The practice no longer needs it: every session to which nobody comes is withdrawn; how many."""
    block = held_block(block.pk)
    if not block.may("withdrawn"):
        raise Refused("This block is settled: withdraw or cancel its sessions one by one.")
    for offer in BlockOffer.objects.filter(block=block, state__in=LIVE):
        offer.move("withdrawn", by=by, withdrawn_because="the practice no longer needs cover")
    gone = 0
    for session in block.vacancies.filter(cover=None).exclude(state="withdrawn").order_by("start"):
        with suppress(Refused):
            withdraw_vacancy(by=by, vacancy=session)
            gone += 1
    block.move("withdrawn", by=by)
    return gone


def could_be_asked(block: Block) -> tuple[tuple[Vacancy, ...], tuple[CouldTake, ...], tuple[CouldTake, ...]]:
    """What is open of it, who could take how much, and the sharing; whoever has declined it is left out."""
    declined = set(
        BlockOffer.objects.filter(block=block, state="declined").values_list("clinician_id", flat=True)
    )
    members = Clinician.objects.for_pool(block.pool).filter(role__in=block.vacancies.values("role"))
    people = members.filter(terms__state="published").exclude(pk__in=declined).order_by("pk").distinct()
    found = outlook(block, list(people))
    return found.sessions, found.could, found.sharing
