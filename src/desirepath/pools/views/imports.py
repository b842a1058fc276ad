"""The pool's spreadsheets: clinicians, sessions already booked. And one clinician by a form."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools import actions
from desirepath.pools.forms import InviteClinician
from desirepath.pools.importing import IMPORTS, Import, judged
from desirepath.pools.models import Pool
from desirepath.pools.views.scope import in_pool
from desirepath.pools.views.uploads import Way, discarding, downloading, previewing, sending


def _kind(kind: str) -> Import:
    if kind not in IMPORTS:
        raise Http404
    return IMPORTS[kind]


def _way(kind: str) -> Way:
    return Way(
        send=reverse("pools:import", args=[kind]),
        preview=reverse("pools:preview", args=[kind]),
        discard=reverse("pools:discard", args=[kind]),
        template=lambda ending: reverse("pools:template", args=[kind, ending]),
        back=(reverse("pools:people"), "People"),
        done=reverse("pools:people"),
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def send(request: ActingRequest, pool: Pool, kind: str) -> HttpResponseBase:
    return sending(request, pool, _kind(kind), _way(kind))


@require_safe
@allowed(Permission.INVITE)
@in_pool
def template(request: ActingRequest, pool: Pool, kind: str, ending: str) -> HttpResponseBase:
    """An empty file to fill in."""
    return downloading(_kind(kind), ending)


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def preview(request: ActingRequest, pool: Pool, kind: str) -> HttpResponseBase:
    """Every row of what she sent, and what is wrong in which cell; POST takes it all."""
    return previewing(request, pool, _kind(kind), _way(kind))


@require_POST
@allowed(Permission.INVITE)
@in_pool
def discard(request: ActingRequest, pool: Pool, kind: str) -> HttpResponseBase:
    return discarding(request, pool, _kind(kind), _way(kind))


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def invite_clinician(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    """One clinician, judged and taken as a row of the spreadsheet is."""
    what = _kind("clinicians")
    form = InviteClinician(request.POST or None, pool=pool)
    if request.method == "POST" and form.is_valid():
        lines = judged(what, pool, [(1, form.cells)])
        for column, message in lines[0].errors.items():
            known = column in form.fields
            form.add_error(column if known else None, f"{form[column].label} {message}" if known else message)
        if form.is_valid():
            try:
                messages.success(request, actions.take(by=request.user, pool=pool, what=what, lines=lines))
                return redirect("pools:people")
            except Refused as refused:
                form.add_error(None, str(refused).removeprefix("Row 1: "))
    return respond(request, "pools/invite_clinician.jinja", {"pool": pool}, form=form)
