"""For the member: her pools, applying to another, a break and the way back, leaving with everything."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.models import Clinician, Membership
from desirepath.memberships import presenters
from desirepath.memberships.actions import breaks, joining, leaving
from desirepath.memberships.forms import TakeBreak, Touch, Wish
from desirepath.memberships.missing import missing
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool


def _memberships(clinician: Clinician) -> QuerySet[Membership]:
    rows = Membership.objects.filter(clinician=clinician)
    return rows.select_related("pool__organisation", "chambers__organisation", "clinician__person").order_by(
        "pool__organisation__name", "pk"
    )


def _hers(request: ActingRequest, membership: UUID) -> Membership:
    return get_object_or_404(_memberships(clinician_of(request)), public_id=membership)


def _others(clinician: Clinician) -> QuerySet[Pool]:
    """Pools to which she may apply: of her own world, in which she is not."""
    inside = Membership.objects.filter(clinician=clinician).exclude(state__in=("left", "declined"))
    rows = Pool.objects.filter(organisation__fictional=clinician.person.fictional)
    return (
        rows.exclude(pk__in=inside.values("pool"))
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )


@allowed(Permission.OWN_WORK)
@require_safe
def pools(request: ActingRequest) -> HttpResponseBase:
    """Where she belongs, what is missing there, and where else she may ask."""
    clinician = clinician_of(request)
    context = {
        "rows": [presenters.hers(each) for each in _memberships(clinician)],
        "others": _others(clinician),
    }
    return respond(request, "memberships/pools.jinja", context)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def apply(request: ActingRequest, pool: UUID) -> HttpResponseBase:
    """Ask to join another pool, with the profile she has."""
    clinician = clinician_of(request)
    found = get_object_or_404(
        Pool.objects.select_related("organisation").filter(organisation__fictional=request.user.fictional),
        public_id=pool,
    )
    form = Wish(request.POST if request.method == "POST" else None, pool=found)
    if request.method == "POST" and form.is_valid():
        try:
            joining.apply_to(by=request.user, clinician=clinician, pool=found, **form.wish)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Sent. {found} looks at it, and you hear by e-mail")
        return redirect("memberships:pools")
    return respond(request, "memberships/apply.jinja", {"pool": found, "clinician": clinician}, form=form)


@allowed(Permission.OWN_WORK)
@require_POST
def withdraw(request: ActingRequest, membership: UUID) -> HttpResponseBase:
    """She takes her request back."""
    found = _hers(request, membership)
    try:
        joining.withdraw_request(by=request.user, membership=found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Taken back. {found.pool} does not look at it any more")
    return redirect("memberships:pools")


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def time_off(request: ActingRequest, membership: UUID) -> HttpResponseBase:
    """Begin a break; while on one: what to renew, keep-in-touch sessions, and the way back."""
    found = _hers(request, membership)
    on_break = breaks.break_of(found)
    sent = request.POST if request.method == "POST" else None
    touching = on_break is not None and "what" in request.POST
    initial = {"back_on": on_break.back_on} if on_break else None
    form = TakeBreak(None if touching else sent, initial=initial)
    touch = Touch(sent if touching else None)
    used = touch if touching else form
    if sent is not None and used.is_valid():
        try:
            if on_break and touching:
                breaks.keep_in_touch(by=request.user, time_off=on_break, **touch.cleaned_data)
                messages.success(request, "Kept. The manager is told")
            elif on_break:
                breaks.change_break(by=request.user, time_off=on_break, **form.cleaned_data)
                messages.success(request, "Saved")
            else:
                breaks.take_break(by=request.user, membership=found, **form.cleaned_data)
                messages.success(request, "Your break has begun. Nobody asks you for anything in this pool")
        except Refused as refusal:
            used.add_error(None, str(refusal))
        else:
            return redirect("memberships:break", found.public_id)
    context = {
        "membership": found,
        "on_break": on_break,
        "touched": list(on_break.kept_in_touch.all()) if on_break else [],
        "missing": missing(found, hers=True) if on_break else [],
        "renew": presenters.to_look_at_again(found) if on_break else [],
        "coming": leaving.still_to_come(found),
        "breaking": form,
        "touch": touch,
        "today": clock.today(),
    }
    return respond(request, "memberships/break.jinja", context, form=used)


@allowed(Permission.OWN_WORK)
@require_POST
def back(request: ActingRequest, membership: UUID) -> HttpResponseBase:
    """She is back, or asks to be where something must be renewed first."""
    found = _hers(request, membership)
    try:
        if "ask" in request.POST:
            breaks.ask_back(by=request.user, membership=found)
            messages.success(request, "The manager of the pool is told that you would like to come back")
        else:
            breaks.come_back(by=request.user, membership=found)
            messages.success(request, f"Welcome back. You can be offered work in {found.pool} again")
            return redirect("memberships:pools")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("memberships:break", found.public_id)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def leave(request: ActingRequest, membership: UUID) -> HttpResponseBase:
    """What leaving means, what is still to come, everything of hers to take along; then she leaves."""
    found = _hers(request, membership)
    if request.method == "POST":
        try:
            leaving.leave_pool(by=request.user, membership=found)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("memberships:leave", found.public_id)
        messages.success(request, f"You have left {found.pool}. What is yours stays here for you to download")
        return redirect("memberships:pools")
    if not found.may("left"):
        messages.error(request, "You are not a member of this pool.")
        return redirect("memberships:pools")
    context = {"membership": found, "coming": leaving.still_to_come(found)}
    return respond(request, "memberships/leave.jinja", context)
