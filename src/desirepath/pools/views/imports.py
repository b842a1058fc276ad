"""A spreadsheet in two steps: send it, look at every row, confirm. And one clinician by a form."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools import actions
from desirepath.pools.actions.uploading import upload_of
from desirepath.pools.forms import InviteClinician, SendFile
from desirepath.pools.importing import IMPORTS, Import, judged, rehearsed
from desirepath.pools.importing import template as made_template
from desirepath.pools.models import Pool
from desirepath.pools.presenters import preview_of
from desirepath.pools.views.scope import in_pool

A_PAGE = 100
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ANOTHER = "Another file has been sent since you looked. This is the newer one: look at its rows first."


def _kind(kind: str) -> Import:
    if kind not in IMPORTS:
        raise Http404
    return IMPORTS[kind]


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def send(request: ActingRequest, pool: Pool, kind: str) -> HttpResponseBase:
    what = _kind(kind)
    form = SendFile(request.POST or None, request.FILES or None) if request.method == "POST" else SendFile()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            actions.keep_upload(by=request.user, pool=pool, what=what, file_name=file.name, data=file.read())
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("pools:preview", kind)
    return respond(request, "pools/import.jinja", {"pool": pool, "what": what}, form=form)


@require_safe
@allowed(Permission.INVITE)
@in_pool
def template(request: ActingRequest, pool: Pool, kind: str, ending: str) -> HttpResponseBase:
    """An empty file to fill in."""
    what = _kind(kind)
    if ending not in TYPES:
        raise Http404
    name = f'attachment; filename="{what.kind}.{ending}"'
    return HttpResponse(
        made_template(what, ending), content_type=TYPES[ending], headers={"Content-Disposition": name}
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def preview(request: ActingRequest, pool: Pool, kind: str) -> HttpResponseBase:
    """Every row of what she sent, and what is wrong in which cell; POST takes it all."""
    what = _kind(kind)
    upload = upload_of(owner=request.user, pool=pool, what=what)
    if upload is None:
        messages.info(
            request, "There is no file waiting: it was taken, or an hour has gone by. Send it again."
        )
        return redirect("pools:import", kind)
    if request.method == "POST":
        if request.POST.get("upload") == str(upload.public_id):
            try:
                messages.success(request, actions.take_upload(by=request.user, upload=upload, what=what))
                return redirect("pools:people")
            except Refused as refused:
                messages.error(request, str(refused))
        else:
            messages.error(request, ANOTHER)
        return redirect("pools:preview", kind)
    lines = rehearsed(request.user, what, pool, upload.rows)
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    context = {"pool": pool, "what": what, "upload": upload, "page": page, "preview": preview_of(what, lines)}
    return respond(request, "pools/preview.jinja", context)


@require_POST
@allowed(Permission.INVITE)
@in_pool
def discard(request: ActingRequest, pool: Pool, kind: str) -> HttpResponseBase:
    what = _kind(kind)
    upload = upload_of(owner=request.user, pool=pool, what=what)
    if upload:
        upload.delete()
    return redirect("pools:import", kind)


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def invite_clinician(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    """One clinician, judged and taken as a row of the spreadsheet is."""
    what = _kind("clinicians")
    form = InviteClinician(request.POST or None, pool=pool)
    if request.method == "POST" and form.is_valid():
        lines = judged(what, pool, [(1, {name: cell for name, cell in form.cleaned_data.items() if cell})])
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
