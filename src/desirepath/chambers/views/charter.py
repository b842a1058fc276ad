"""The charter: what is in force, its versions, a change proposed, the vote."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.chambers import presenters
from desirepath.chambers.actions import charter as acting
from desirepath.chambers.forms import ProposeCharter, VoteForm
from desirepath.chambers.models import Charter, Vote
from desirepath.chambers.views.scope import Seen, seen, visible_to
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed


@allowed(Permission.OWN_WORK, Permission.SEE_CHAMBERS)
@require_safe
def charter(request: ActingRequest, chambers: UUID) -> HttpResponseBase:
    """The version in force, and every one before it or proposed."""
    view = seen(request, chambers)
    now = Charter.of(view.chambers)
    context = {
        "view": view,
        "chambers": view.chambers,
        "charter": now,
        "settings": presenters.settings_in_words(now) if now else [],
        "others": Charter.objects.for_chambers(view.chambers).exclude(state="in force"),
        "open": Charter.objects.for_chambers(view.chambers).open().first(),
        "colours": presenters.COLOURS,
    }
    return respond(request, "chambers/charter.jinja", context)


@allowed(Permission.OWN_WORK, Permission.LEAD_CHAMBERS)
@require_http_methods(["GET", "POST"])
def propose(request: ActingRequest, chambers: UUID) -> HttpResponseBase:
    """A member or the lead proposes the next version."""
    view = seen(request, chambers)
    if not view.proposes:
        return respond(request, "chambers/not_a_member.jinja", {"chambers": view.chambers}, status=403)
    form = ProposeCharter(
        request.POST if request.method == "POST" else None, charter=Charter.of(view.chambers)
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = acting.propose_charter(
                by=request.user,
                chambers=view.chambers,
                text=given["text"],
                why=given["why"],
                days=given["days"],
                settings=form.settings,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Proposed. The members are told, and can vote")
            return redirect("chambers:change", made.public_id)
    context = {"chambers": view.chambers, "charter": Charter.of(view.chambers)}
    return respond(request, "chambers/propose.jinja", context, form=form)


def _seen(request: ActingRequest, public_id: UUID) -> tuple[Seen, Charter]:
    rows = Charter.objects.filter(chambers__in=visible_to(request.acting)).select_related("proposed_by")
    found = get_object_or_404(rows, public_id=public_id)
    view = seen(request, visible_to(request.acting).get(pk=found.chambers_id).public_id)
    found.chambers = view.chambers
    return view, found


@allowed(Permission.OWN_WORK, Permission.SEE_CHAMBERS)
@require_http_methods(["GET", "POST"])
def change(request: ActingRequest, charter: UUID) -> HttpResponseBase:
    """One version: what it changes, how the vote stands; a member votes."""
    view, found = _seen(request, charter)
    given = Vote.objects.filter(charter=found, clinician=view.me).first() if view.me else None
    form = VoteForm(
        request.POST if request.method == "POST" else None,
        initial={"choice": given.choice} if given else None,
    )
    if request.method == "POST":
        if view.me is None:
            raise Http404
        if form.is_valid():
            return _vote(request, found, form.cleaned_data["choice"])
    now = Charter.of(view.chambers)
    context = {
        "view": view,
        "chambers": view.chambers,
        "version": found,
        "open": found.state == "proposed" and found.closes_at > clock.now(),
        "given": given,
        "changes": presenters.changes(found, now) if found.state == "proposed" else [],
        "settings": presenters.settings_in_words(found),
        "now": now if now != found else None,
        "standing": presenters.standing_of(found) if found.state == "proposed" else None,
        "colours": presenters.COLOURS,
        "may_withdraw": found.state == "proposed" and (view.leads or found.proposed_by_id == request.user.pk),
    }
    return respond(request, "chambers/change.jinja", context, form=form)


def _vote(request: ActingRequest, found: Charter, choice: str) -> HttpResponseBase:
    try:
        counted = acting.vote(by=request.user, charter=found, choice=choice)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        told = {
            "in force": "Thank you. With your vote it is adopted, and in force from now on",
            "not adopted": "Thank you. With your vote it is clear that the charter stays as it is",
        }
        messages.success(
            request, told.get(counted.state, "Thank you. You can change your vote until the end")
        )
    return redirect("chambers:change", found.public_id)


@allowed(Permission.OWN_WORK, Permission.LEAD_CHAMBERS)
@require_POST
def withdraw(request: ActingRequest, charter: UUID) -> HttpResponseBase:
    """Whoever proposed it, or the lead, takes it back."""
    view, found = _seen(request, charter)
    if not (view.leads or found.proposed_by_id == request.user.pk):
        raise Http404
    try:
        acting.withdraw_charter(by=request.user, charter=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Taken back. The members are told")
    return redirect("chambers:charter", view.chambers.public_id)
