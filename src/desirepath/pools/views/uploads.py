"""A spreadsheet in two steps, for whatever kind and whoever sends it: send it, look at every row, confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest
from desirepath.pools import actions
from desirepath.pools.actions.uploading import upload_of
from desirepath.pools.forms import SendFile
from desirepath.pools.importing import Import, rehearsed
from desirepath.pools.importing import template as made_template
from desirepath.pools.models import Pool
from desirepath.pools.presenters import preview_of

A_PAGE = 100
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ANOTHER = "Another file has been sent since you looked. This is the newer one: look at its rows first."


@dataclass(frozen=True, slots=True)
class Way:
    """The addresses of one kind's pages, and where its people come from (``back``: address, words) and go to
    once it is ``done``.
    """

    send: str
    preview: str
    discard: str
    template: Callable[[str], str]
    back: tuple[str, str]
    done: str


def sending(request: ActingRequest, pool: Pool, what: Import, way: Way) -> HttpResponseBase:
    """The page that takes a file."""
    form = SendFile(request.POST or None, request.FILES or None) if request.method == "POST" else SendFile()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            actions.keep_upload(by=request.user, pool=pool, what=what, file_name=file.name, data=file.read())
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect(way.preview)
    return respond(request, "pools/import.jinja", {"pool": pool, "what": what, "way": way}, form=form)


def downloading(what: Import, ending: str) -> HttpResponseBase:
    """An empty file to fill in."""
    if ending not in TYPES:
        raise Http404
    name = f'attachment; filename="{what.kind}.{ending}"'
    return HttpResponse(
        made_template(what, ending), content_type=TYPES[ending], headers={"Content-Disposition": name}
    )


def previewing(request: ActingRequest, pool: Pool, what: Import, way: Way) -> HttpResponseBase:
    """Every row of what she sent, and what is wrong in which cell; POST takes it all."""
    upload = upload_of(owner=request.user, pool=pool, what=what)
    if upload is None:
        messages.info(
            request, "There is no file waiting: it was taken, or an hour has gone by. Send it again."
        )
        return redirect(way.send)
    if request.method == "POST":
        if request.POST.get("upload") == str(upload.public_id):
            try:
                messages.success(request, actions.take_upload(by=request.user, upload=upload, what=what))
                return redirect(way.done)
            except Refused as refused:
                messages.error(request, str(refused))
        else:
            messages.error(request, ANOTHER)
        return redirect(way.preview)
    lines = rehearsed(request.user, what, pool, upload.rows)
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    context = {"what": what, "way": way, "upload": upload, "page": page, "preview": preview_of(what, lines)}
    return respond(request, "pools/preview.jinja", context)


def discarding(request: ActingRequest, pool: Pool, what: Import, way: Way) -> HttpResponseBase:
    """Forget the file."""
    upload = upload_of(owner=request.user, pool=pool, what=what)
    if upload:
        upload.delete()
    return redirect(way.send)
