"""Blocks: their list and each of them for the practice and the pool's manager; an offer of one for her."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.cascade import blocks as actions
from desirepath.cascade.models import LIVE, BlockOffer
from desirepath.cascade.views.offers import DeclineForm
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.models import Clinician
from desirepath.messages.actions import read_about
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.induction import shown_of
from desirepath.pools.models import pool_of
from desirepath.vacancies.could_come import FEWEST
from desirepath.vacancies.models import Block
from desirepath.vacancies.presenters.session import sessions, with_people

SHOWN = 20


def _seen_by(request: ActingRequest) -> QuerySet[Block]:
    rows = Block.objects.select_related("practice", "pool__organisation")
    if request.acting.may(Permission.SEE_POOL):
        return rows.for_pool(pool_of(request.acting.place))
    return rows.for_practice(request.acting.place)


@allowed(Permission.SEE_PRACTICE, Permission.SEE_POOL)
@require_safe
def blocks(request: ActingRequest) -> HttpResponse:
    """Every block, those to be offered first."""
    rows = sorted(_seen_by(request), key=lambda each: (each.state not in ("open", "asked"), -each.pk))
    context = {
        "rows": rows[:200],
        "manager": request.acting.may(Permission.SEE_POOL),
        "may_ask": request.acting.may(Permission.ASK_FOR_COVER),
    }
    return respond(request, "cascade/blocks.jinja", context)


@allowed(Permission.SEE_PRACTICE, Permission.SEE_POOL)
@require_safe
def block(request: ActingRequest, block: UUID) -> HttpResponse:
    """Its sessions, who is asked, who could take how much: names for the manager, counts for the practice."""
    found = get_object_or_404(_seen_by(request), public_id=block)
    manager = request.acting.may(Permission.PLAN)
    context: dict[str, Any] = {
        "block": found,
        "sessions": sessions(with_people(found.vacancies.all())),
        "manager": manager,
        "asked": list(found.offers.filter(state__in=LIVE).select_related("clinician__person")),
        "may_withdraw": found.may("withdrawn") and request.acting.may(Permission.ASK_FOR_COVER),
        "fewest": FEWEST,
    }
    if found.state in ("open", "asked"):
        still_open, could, sharing = actions.could_be_asked(found)
        whole = [each for each in could if len(each.sessions) == len(still_open)]
        context |= {
            "still_open": still_open,
            "whole": len(whole),
            "some": len(could),
            "could": could[:SHOWN] if manager else (),
            "sharing": sharing if manager else (),
            "people": len(sharing),
            "shared": sum(len(each.sessions) for each in sharing),
        }
    return respond(request, "cascade/block.jinja", context)


@allowed(Permission.PLAN)
@require_POST
def offer(request: ActingRequest, block: UUID) -> HttpResponseBase:
    """Put it, or the part that was shown, to one clinician."""
    found = get_object_or_404(_seen_by(request), public_id=block)
    members = Clinician.objects.for_pool(found.pool).select_related("person")
    clinician = members.filter(public_id__in=_ids(request.POST.getlist("clinician"))).first()
    try:
        if clinician is None:
            raise Refused("Choose a clinician of the pool.")
        actions.offer_block(
            by=request.user,
            block=found,
            clinician=clinician,
            sessions=list(found.vacancies.filter(public_id__in=_ids(request.POST.getlist("session")))),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Offered to {clinician}: it is answered once, for all its sessions.")
    return redirect("cascade:block", found.public_id)


def _ids(sent: list[str]) -> list[UUID]:
    """The ids among what was sent."""
    found = []
    for text in sent:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


@allowed(Permission.PLAN)
@require_POST
def let_go(request: ActingRequest, block: UUID) -> HttpResponseBase:
    """Its sessions are offered one by one."""
    found = get_object_or_404(_seen_by(request), public_id=block)
    try:
        actions.let_go(by=request.user, block=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Its sessions are offered one by one from now on.")
    return redirect("cascade:block", found.public_id)


@allowed(Permission.ASK_FOR_COVER)
@require_POST
def withdraw(request: ActingRequest, block: UUID) -> HttpResponseBase:
    """The practice no longer needs what is not covered of it."""
    found = get_object_or_404(_seen_by(request), public_id=block)
    try:
        gone = actions.withdraw_block(by=request.user, block=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Withdrawn: {gone} of its sessions.")
    return redirect("cascade:block", found.public_id)


@allowed(Permission.PLAN)
@require_POST
def take_back(request: ActingRequest, offer: UUID) -> HttpResponseBase:
    """The manager takes an offer of a block back."""
    rows = BlockOffer.objects.filter(block__in=_seen_by(request)).select_related("block")
    found = get_object_or_404(rows, public_id=offer)
    try:
        actions.take_back(by=request.user, offer=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Taken back.")
    return redirect("cascade:block", found.block.public_id)


def _of_hers(request: ActingRequest, public_id: UUID) -> BlockOffer:
    rows = BlockOffer.objects.filter(clinician=clinician_of(request)).select_related(
        "clinician__person", "block__practice"
    )
    return get_object_or_404(rows, public_id=public_id)


@allowed(Permission.OWN_WORK)
@require_safe
def hers(request: ActingRequest, offer: UUID) -> HttpResponse:
    """One offer of a block: every date, the total, one answer."""
    return _page(request, _of_hers(request, offer), DeclineForm())


def _page(request: ActingRequest, found: BlockOffer, form: DeclineForm) -> HttpResponse:
    read_about(found.public_id, by=request.user)
    rows = list(found.offers.select_related("vacancy").order_by("vacancy__start", "pk"))
    is_open = found.live and found.expires_at > clock.now() and all(row.live for row in rows)
    context = {
        "offer": found,
        "rows": rows,
        "is_open": is_open,
        "pack": shown_of(found.block.practice),
        "vacancy": rows[0].vacancy if rows else None,
    }
    return respond(request, "cascade/block_offer.jinja", context, form=form)


@allowed(Permission.OWN_WORK)
@require_POST
def decline(request: ActingRequest, offer: UUID) -> HttpResponseBase:
    """No to all of it."""
    found, form = _of_hers(request, offer), DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        actions.decline_block(by=request.user, offer=found, reason=form.cleaned_data["reason"])
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("cascade:block-offer", found.public_id)
    messages.success(request, f"You declined the sessions at {found.block.practice.name}")
    return redirect("cascade:offers")
