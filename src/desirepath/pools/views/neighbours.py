"""Neighbouring pools: with whom the pool works together, whom it has asked to, and who asks it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools import actions
from desirepath.pools.forms import ProposeNeighbour
from desirepath.pools.models import Pool, PoolNeighbour, pool_of


def _known(pool: Pool) -> list[PoolNeighbour]:
    """Its agreements and proposals that stand, the oldest first."""
    rows = PoolNeighbour.objects.for_pool(pool).standing()
    return list(rows.select_related("pool__organisation", "neighbour__organisation").order_by("pk"))


@allowed(Permission.PLAN)
@require_http_methods(["GET", "POST"])
def neighbours(request: ActingRequest) -> HttpResponseBase:
    """The agreements as they stand; a form proposes another."""
    pool = pool_of(request.acting.place)
    known = _known(pool)
    taken = {each.other(pool).pk for each in known}
    others = Pool.objects.filter(organisation__fictional=pool.fictional).exclude(
        Q(pk=pool.pk) | Q(pk__in=taken)
    )
    form = ProposeNeighbour(request.POST or None, pools=others)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_neighbour(
                by=request.user, pool=pool, neighbour=form.cleaned_data["neighbour"]
            )
        except Refused as refusal:
            form.add_error("neighbour", str(refusal))
        else:
            messages.success(request, f"Proposed. {made.neighbour} is asked to agree")
            return redirect("pools:neighbours")
    context = {
        "pool": pool,
        "agreed": [(each, each.other(pool)) for each in known if each.state == "agreed"],
        "to_answer": [each for each in known if each.state == "proposed" and each.neighbour == pool],
        "waiting": [each for each in known if each.state == "proposed" and each.pool == pool],
        "others": others.exists(),
    }
    return respond(request, "pools/neighbours.jinja", context, form=form)


def _ours(request: ActingRequest, agreement: UUID) -> tuple[Pool, PoolNeighbour]:
    pool = pool_of(request.acting.place)
    rows = PoolNeighbour.objects.for_pool(pool).select_related(
        "pool__organisation", "neighbour__organisation"
    )
    return pool, get_object_or_404(rows, public_id=agreement)


@allowed(Permission.PLAN)
@require_POST
def answer(request: ActingRequest, agreement: UUID) -> HttpResponseBase:
    """The pool that was asked says yes or no; the one that asked takes it back."""
    pool, found = _ours(request, agreement)
    asked = found.neighbour == pool
    try:
        if asked and "agree" in request.POST:
            actions.agree_neighbour(by=request.user, agreement=found)
            messages.success(
                request, f"Agreed. From now on {found.pool} and your pool may ask each other's clinicians"
            )
        elif asked and "decline" in request.POST:
            actions.decline_neighbour(by=request.user, agreement=found)
            messages.success(request, f"Declined. {found.pool} is told")
        elif not asked and "withdraw" in request.POST:
            actions.withdraw_neighbour(by=request.user, agreement=found)
            messages.success(request, f"Taken back: {found.neighbour} has nothing to answer any more")
        else:
            messages.error(request, "Say whether you agree, or decline.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("pools:neighbours")


@allowed(Permission.PLAN)
@require_http_methods(["GET", "POST"])
def end(request: ActingRequest, agreement: UUID) -> HttpResponseBase:
    """End an agreement, once what that means has been read."""
    pool, found = _ours(request, agreement)
    other = found.other(pool)
    if request.method == "POST":
        try:
            actions.end_neighbour(by=request.user, agreement=found, pool=pool)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Ended. Your pool and {other} no longer ask each other's clinicians")
        return redirect("pools:neighbours")
    return respond(request, "pools/end_neighbour.jinja", {"agreement": found, "other": other})
