"""Governance meetings: the list, planning one, one with its tasks."""

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
from desirepath.chambers.actions import meetings as acting
from desirepath.chambers.forms import AddTask, HoldMeeting, PlanMeeting
from desirepath.chambers.models import Meeting, MeetingTask
from desirepath.chambers.views.scope import Seen, seen, visible_to
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed

SHOWN = 24


@allowed(Permission.OWN_WORK, Permission.SEE_CHAMBERS)
@require_safe
def meetings(request: ActingRequest, chambers: UUID) -> HttpResponseBase:
    """The last two years of them or so, and whether there are enough."""
    view = seen(request, chambers)
    governance = acting.governance_of(view.chambers)
    context = {
        "view": view,
        "chambers": view.chambers,
        "governance": governance,
        "told": presenters.meetings_in_words(governance, clock.today()),
        "meetings": Meeting.objects.for_chambers(view.chambers)[:SHOWN],
        "colours": presenters.COLOURS,
    }
    return respond(request, "chambers/meetings.jinja", context)


@allowed(Permission.SEE_CHAMBERS)
@require_http_methods(["GET", "POST"])
def plan(request: ActingRequest, chambers: UUID) -> HttpResponseBase:
    """A meeting to come, or one that was held and is to be written up."""
    view = seen(request, chambers)
    form = PlanMeeting(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = acting.plan_meeting(by=request.user, chambers=view.chambers, **form.cleaned_data)
        messages.success(
            request,
            "Planned. The members are told" if made.day >= clock.today() else "Now write up what came of it",
        )
        return redirect("chambers:meeting", made.public_id)
    return respond(request, "chambers/plan_meeting.jinja", {"chambers": view.chambers}, form=form)


def _seen(request: ActingRequest, public_id: UUID) -> tuple[Seen, Meeting]:
    rows = Meeting.objects.filter(chambers__in=visible_to(request.acting))
    found = get_object_or_404(rows, public_id=public_id)
    view = seen(request, visible_to(request.acting).get(pk=found.chambers_id).public_id)
    found.chambers = view.chambers
    return view, found


@allowed(Permission.OWN_WORK, Permission.SEE_CHAMBERS)
@require_http_methods(["GET", "POST"])
def meeting(request: ActingRequest, meeting: UUID) -> HttpResponseBase:
    """Agenda, who came, notes, tasks; the lead or a manager writes it up, calls it off, adds a task."""
    view, found = _seen(request, meeting)
    if request.method == "POST" and not view.keeps:
        raise Http404
    if "call_off" in request.POST:
        return _call_off(request, found)
    adding = found.state == "held"
    sent = request.POST if request.method == "POST" else None
    form = AddTask(sent, members=view.members) if adding else HoldMeeting(sent, members=view.members)
    if sent is not None and form.is_valid():
        try:
            if isinstance(form, AddTask):
                acting.add_task(by=request.user, meeting=found, **form.cleaned_data)
                messages.success(request, "Added")
            else:
                acting.hold_meeting(by=request.user, meeting=found, **form.cleaned_data)
                messages.success(request, "Written up. Add what somebody is to do")
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("chambers:meeting", found.public_id)
    context = {
        "view": view,
        "chambers": view.chambers,
        "meeting": found,
        "present": [
            each.person.name for each in found.present.select_related("person").order_by("person__name")
        ],
        "tasks": list(found.tasks.select_related("owner__person")),
        "to_come": found.day > clock.today(),
        "today": clock.today(),
        "colours": presenters.COLOURS,
    }
    return respond(request, "chambers/meeting.jinja", context, form=form)


def _call_off(request: ActingRequest, found: Meeting) -> HttpResponseBase:
    try:
        acting.call_off_meeting(by=request.user, meeting=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Called off. The members are told")
    return redirect("chambers:meetings", found.chambers.public_id)


@allowed(Permission.OWN_WORK, Permission.SEE_CHAMBERS)
@require_POST
def done(request: ActingRequest, task: UUID) -> HttpResponseBase:
    """A task is done, as whoever is to do it says, or the lead or a manager."""
    rows = MeetingTask.objects.filter(meeting__chambers__in=visible_to(request.acting))
    found = get_object_or_404(rows.select_related("owner__person", "meeting"), public_id=task)
    view, found.meeting = _seen(request, found.meeting.public_id)
    if not view.keeps and (found.owner is None or found.owner != view.me):
        raise Http404
    acting.finish_task(by=request.user, task=found)
    messages.success(request, "Done")
    return redirect("chambers:meeting", found.meeting.public_id)
