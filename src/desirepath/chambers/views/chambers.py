"""The page of a chambers, the list of a pool's, and what a manager sets."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.chambers import panels, presenters
from desirepath.chambers.actions import members as joining
from desirepath.chambers.actions.charter import leads_of
from desirepath.chambers.actions.meetings import governance_of
from desirepath.chambers.forms import AddMember, FoundChambers, SetChambers
from desirepath.chambers.models import Charter, MeetingTask, Vote
from desirepath.chambers.views.scope import BELONGING, seen, visible_to
from desirepath.clinicians.models import Membership
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.actions import found_chambers
from desirepath.pools.models import Chambers, pool_of


@allowed(Permission.SEE_CHAMBERS)
@require_http_methods(["GET", "POST"])
def all_chambers(request: ActingRequest) -> HttpResponseBase:
    """A lead goes to hers; a manager sees those of the pool, and founds another."""
    found = visible_to(request.acting)
    if not request.acting.may(Permission.LOOK_AFTER_MEMBERS):
        return redirect("chambers:one", get_object_or_404(found).public_id)
    pool = pool_of(request.acting.place)
    form = FoundChambers(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = found_chambers(by=request.user, pool=pool, name=form.cleaned_data["name"])
        messages.success(request, f"{made} is founded. Add its members, and invite its lead")
        return redirect("chambers:settings", made.public_id)
    rows = found.annotate(
        there=Count("members", filter=Q(members__state__in=BELONGING), distinct=True),
        votes=Count("charters", filter=Q(charters__state="proposed"), distinct=True),
    )
    context = {
        "pool": pool,
        "rows": [(each, governance_of(each)) for each in rows],
    }
    return respond(request, "chambers/all.jinja", context, form=form)


@allowed(Permission.OWN_WORK, Permission.SEE_CHAMBERS)
@require_safe
def one(request: ActingRequest, chambers: UUID) -> HttpResponseBase:
    """What needs somebody now, cover asked for, the charter, the meetings, the members."""
    view = seen(request, chambers)
    here, today = view.chambers, clock.today()
    governance = governance_of(here)
    vote = Charter.objects.for_chambers(here).open().first()
    tasks = MeetingTask.objects.filter(meeting__chambers=here, done_at=None).select_related("owner__person")
    charter = Charter.of(here)
    context = {
        "view": view,
        "chambers": here,
        "leads": leads_of(here),
        "governance": governance,
        "meetings": presenters.meetings_in_words(governance, today),
        "charter": charter,
        "settings": presenters.settings_in_words(charter) if charter else [],
        "vote": vote,
        "voted": bool(vote and view.me and Vote.objects.filter(charter=vote, clinician=view.me).exists()),
        "tasks": list(tasks),
        "today": today,
        "cover": panels.cover_asked(here) if view.keeps else [],
    }
    return respond(request, "chambers/one.jinja", context)


@allowed(Permission.LOOK_AFTER_MEMBERS)
@require_http_methods(["GET", "POST"])
def settings(request: ActingRequest, chambers: UUID) -> HttpResponseBase:
    """Its size, its manager, its least meetings; another member."""
    here = seen(request, chambers).chambers
    free = (
        Membership.objects.filter(pool=here.pool, state="active", chambers=None)
        .select_related("clinician__person")
        .order_by("clinician__person__name", "pk")
    )
    adding = "member" in request.POST
    now = {
        "most_members": here.most_members,
        "least_meetings": here.least_meetings,
        "manager": here.manager.public_id if here.manager else None,
    }
    sent = request.POST if request.method == "POST" else None
    form = SetChambers(None if adding else sent, managers=here.pool.managers(), initial=now)
    adding_form = AddMember(sent if adding else None, free=free)
    if adding and adding_form.has_error("member", "invalid_choice"):
        raise Http404
    used = adding_form if adding else form
    if sent is not None and used.is_valid():
        try:
            if adding:
                member = adding_form.cleaned_data["member"]
                joining.add_member(by=request.user, chambers=here, membership=member)
                messages.success(request, f"{member.clinician} is a member of {here} now, and is told")
            else:
                joining.set_chambers(by=request.user, chambers=here, **form.cleaned_data)
                messages.success(request, "Saved")
        except Refused as refusal:
            used.add_error(None, str(refusal))
        else:
            return redirect("chambers:settings", here.public_id)
    context = {
        "chambers": here,
        "setting": form,
        "adding": adding_form,
        "taken": here.members.filter(state__in=BELONGING).count(),
        "anybody": free.exists(),
        "leads": leads_of(here),
    }
    return respond(request, "chambers/settings.jinja", context, form=used)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def leave(request: ActingRequest, chambers: UUID) -> HttpResponseBase:
    """She leaves her chambers, once she has read what that means."""
    here: Chambers = seen(request, chambers).chambers
    membership = get_object_or_404(Membership, clinician__person=request.user, chambers=here)
    if request.method == "POST":
        try:
            joining.leave_chambers(by=request.user, membership=membership)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"You have left {here}. You are still a member of {here.pool}")
        return redirect("clinicians:choices")
    return respond(request, "chambers/leave.jinja", {"chambers": here})
