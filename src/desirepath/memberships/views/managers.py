"""For the manager: who asks to join, who is on a break or would come back, and one of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Membership
from desirepath.memberships import presenters
from desirepath.memberships.actions import breaks, joining
from desirepath.memberships.forms import Checked, Decline, TakeIn, Touch
from desirepath.memberships.missing import in_the_way, missing
from desirepath.nhsuk.forms import Form
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool, pool_of

WAITING = ("applied", "checking")


def _members(pool: Pool) -> QuerySet[Membership]:
    return Membership.objects.filter(pool=pool).select_related(
        "clinician__person", "pool__organisation", "chambers__organisation"
    )


@allowed(Permission.LOOK_AFTER_MEMBERS)
@require_safe
def queue(request: ActingRequest) -> HttpResponseBase:
    """The oldest request first; then those on a break, whoever would come back first."""
    members = _members(pool_of(request.acting.place))
    context = {
        "waiting": members.filter(state__in=WAITING).order_by("state_since", "pk"),
        "breaks": presenters.breaks_of(members.filter(state="paused")),
        "today": clock.today(),
        "colours": presenters.COLOURS,
    }
    return respond(request, "memberships/queue.jinja", context)


@allowed(Permission.LOOK_AFTER_MEMBERS)
@require_http_methods(["GET", "POST"])
def member(request: ActingRequest, membership: UUID) -> HttpResponseBase:
    """What is missing, and what the manager may do now."""
    pool = pool_of(request.acting.place)
    found = get_object_or_404(_members(pool), public_id=membership)
    asked = found.join_requests.select_related("chambers").first()
    time_off = breaks.break_of(found)
    sent = request.POST if request.method == "POST" else None
    do = request.POST.get("do", "")
    known = not in_the_way(found)
    wished = asked.chambers if asked else None
    forms: dict[str, Form] = {
        "take in": TakeIn(sent if do == "take in" else None, known=known, pool=pool, wished=wished),
        "back": Checked(sent if do == "back" else None, known=known),
        "decline": Decline(sent if do == "decline" else None),
        "touch": Touch(sent if do == "touch" else None),
    }
    form = forms.get(do)
    if sent is not None and (form is None or form.is_valid()):
        try:
            told = _do(request, found, do, form)
        except Refused as refusal:
            if form is None:
                messages.error(request, str(refusal))
            else:
                form.add_error(None, str(refusal))
        else:
            messages.success(request, told)
        if form is None or form.is_valid():
            return redirect("memberships:member", found.public_id)
    context = {
        "membership": found,
        "asked": asked,
        "missing": missing(found, hers=False) if found.state in (*WAITING, "paused") else [],
        "on_break": time_off,
        "touched": list(time_off.kept_in_touch.all()) if time_off else [],
        "taking_in": forms["take in"],
        "declining": forms["decline"],
        "bringing_back": forms["back"],
        "touch": forms["touch"],
        "colours": presenters.COLOURS,
        "today": clock.today(),
    }
    return respond(request, "memberships/member.jinja", context, form=form)


def _do(request: ActingRequest, found: Membership, do: str, form: Form | None) -> str:
    """Do what the button says; gives what to tell."""
    by, name = request.user, found.clinician.person.name
    given = form.cleaned_data if form else {}
    if do == "check":
        joining.start_checks(by=by, membership=found)
        return f"Begun. {name} is told what the pool asks for"
    if do == "take in":
        joining.take_in(by=by, membership=found, **given)
        return f"{name} is a member now, and is told"
    if do == "decline":
        joining.decline_member(by=by, membership=found, **given)
        return f"Declined. {name} is told, and can read why"
    time_off = breaks.break_of(found)
    if do == "touch" and time_off:
        breaks.keep_in_touch(by=by, time_off=time_off, **given)
        return f"Entered. {name} is told"
    if do == "back":
        breaks.let_back(by=by, membership=found, **given)
        return f"{name} is an active member again, and is told"
    raise Refused("Choose what is to be done.")
