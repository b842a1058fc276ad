"""Who has which role in the pool; inviting somebody to one, again or not after all; ending one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import RoleAssignment
from desirepath.pools import actions
from desirepath.pools.actions.inviting import FOR_THE_INSTALLATION
from desirepath.pools.forms import EndRole, InvitePerson
from desirepath.pools.importing import IMPORTS
from desirepath.pools.models import Pool
from desirepath.pools.presenters import people_of
from desirepath.pools.views.scope import CHOSEN, in_pool, is_administrator

NO_MAIL = " This pool is fictional, so no e-mail is sent."


@require_safe
@allowed(Permission.INVITE)
@in_pool
def people(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    administrator = is_administrator(request)
    context = {
        "pool": pool,
        "places": people_of(pool, with_installation=administrator),
        "imports": sorted(IMPORTS.values(), key=lambda what: what.kind),
        "pools": Pool.objects.select_related("organisation").order_by("organisation__name")
        if administrator
        else [],
    }
    return respond(request, "pools/people.jinja", context)


@require_POST
@allowed(Permission.INVITE)
@in_pool
def choose(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    """An administrator looks after another pool now."""
    if is_administrator(request):
        wanted = request.POST.get("pool", "")
        known = {str(one) for one in Pool.objects.values_list("public_id", flat=True)}
        request.session[CHOSEN] = wanted if wanted in known else str(pool.public_id)
    return redirect("pools:people")


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def invite(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    initial = {"place": request.GET.get("place", ""), "role": request.GET.get("role", "")}
    form = InvitePerson(
        request.POST or None, pool=pool, for_installation=is_administrator(request), initial=initial
    )
    if form.has_error("place", "invalid_choice"):
        # only a form that was tampered with names another pool's place
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            assignment = actions.invite_to_role(by=request.user, pool=pool, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            told = f"{assignment.person} is invited as {actions.described_role(assignment)}."
            messages.success(request, told + (NO_MAIL if pool.fictional else ""))
            return redirect("pools:people")
    return respond(request, "pools/invite.jinja", {"pool": pool}, form=form)


def _role_of(request: ActingRequest, pool: Pool, public_id: UUID) -> RoleAssignment:
    """A role that this inviter may change, or 404."""
    held = RoleAssignment.objects.not_over().select_related("person", "organisation")
    found = get_object_or_404(held, public_id=public_id)
    if found.organisation is None:
        if not (is_administrator(request) and found.role in FOR_THE_INSTALLATION):
            raise Http404
    elif not pool.organisations().filter(pk=found.organisation.pk).exists():
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def end(request: ActingRequest, pool: Pool, role: UUID) -> HttpResponseBase:
    assignment = _role_of(request, pool, role)
    form = EndRole(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_role(by=request.user, assignment=assignment, last_day=form.chosen_day)
        except Refused as refused:
            form.add_error("last_day" if form.chosen_day else None, str(refused))
        else:
            messages.success(
                request, f"{assignment.person}'s role as {actions.described_role(assignment)} ends"
            )
            return redirect("pools:people")
    context = {"assignment": assignment, "described": actions.described_role(assignment)}
    return respond(request, "pools/end_role.jinja", context, form=form)


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def forget_second_factor(request: ActingRequest, pool: Pool, role: UUID) -> HttpResponseBase:
    """She has lost her app, her passkeys and her recovery codes, and sets up anew after her next password."""
    assignment = _role_of(request, pool, role)
    if request.method == "POST":
        try:
            anyone = is_administrator(request)
            actions.forget_second_factor(by=request.user, pool=None if anyone else pool, of=assignment.person)
            messages.success(request, f"{assignment.person} sets up a second factor anew at the next sign-in")
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("pools:people")
    return respond(request, "pools/forget_second_factor.jinja", {"assignment": assignment})


@require_POST
@allowed(Permission.INVITE)
@in_pool
def resend(request: ActingRequest, pool: Pool, role: UUID) -> HttpResponseBase:
    assignment = _role_of(request, pool, role)
    try:
        actions.resend_invitation(by=request.user, assignment=assignment)
        told = f"{assignment.person} has a new invitation. The one before no longer works."
        messages.success(request, told + (NO_MAIL if pool.fictional else ""))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("pools:people")


@require_POST
@allowed(Permission.INVITE)
@in_pool
def withdraw(request: ActingRequest, pool: Pool, role: UUID) -> HttpResponseBase:
    assignment = _role_of(request, pool, role)
    try:
        actions.withdraw_invitation(by=request.user, pool=pool, assignment=assignment)
        messages.success(
            request, f"{assignment.person} is no longer invited as {actions.described_role(assignment)}"
        )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("pools:people")
