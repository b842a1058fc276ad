"""The front page, pages about this service, the log of events, and what is said when something goes wrong."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.models import Event
from desirepath.config import log
from desirepath.config.forms import SearchEvents
from desirepath.config.navigation import home_of
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed

EVENTS_A_PAGE = 50


@require_safe
def home(request: Any) -> HttpResponseBase:
    """The front page for anyone; the home of her role for whoever is signed in."""
    if not request.user.is_authenticated:
        return respond(request, "front.jinja")
    if request.acting is None:
        return respond(request, "no_role.jinja")
    return redirect(home_of(request.acting.role))


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return respond(request, "accessibility.jinja")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return respond(request, "privacy.jinja")


@require_safe
def api_reference(request: HttpRequest) -> HttpResponse:
    """Every address of the open API, from the same description that programs read."""
    from desirepath.config.api import api
    from desirepath.config.reference import operations

    return respond(request, "api_reference.jinja", {"operations": operations(api), "api": api})


@allowed(Permission.READ_AUDIT)
@require_safe
def audit_log(request: ActingRequest) -> HttpResponse:
    """The log of events, the newest first. People and rows are opaque ids in it."""
    asked = request.GET.copy()
    number = asked.pop("page", ["1"])[-1]
    form = SearchEvents(asked or None)
    page = Paginator(form.found(), EVENTS_A_PAGE).get_page(number)
    context = {"page": page, "events": log.shown(list(page.object_list)), "asked": asked.urlencode()}
    return respond(request, "audit_log.jinja", context, form=form)


@allowed(Permission.READ_AUDIT)
@require_safe
def audit_log_file(request: ActingRequest) -> StreamingHttpResponse:
    """All that a search of the log finds, as a spreadsheet; that it was taken out is an event itself."""
    events = SearchEvents(request.GET or None).found()
    Event.record("log exported", request.user, by=request.user, events=events.count())
    answer = StreamingHttpResponse(log.as_csv(events), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="log-of-events.csv"'
    return answer


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.jinja", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.jinja", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.jinja", status=400)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The proof that a form is ours is missing: it was open too long, or cookies are refused."""
    return render(request, "errors/form_too_old.jinja", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Made without context processors: whatever failed may be what they need."""
    return HttpResponse(FAILED, status=500)


FAILED = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Something went wrong on our side - Desirepath</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="/static/nhsuk/nhsuk-frontend.min.css">
</head>
<body>
  <div class="nhsuk-width-container">
    <main class="nhsuk-main-wrapper">
      <h1>Something went wrong on our side</h1>
      <p>Nothing you did was kept half done. Go back and try again in a few minutes.</p>
      <p><a href="/">Go to the front page of Desirepath</a></p>
    </main>
  </div>
</body>
</html>
"""
