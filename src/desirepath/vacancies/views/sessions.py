"""A practice's spreadsheet of sessions that need cover."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.importing import Import
from desirepath.pools.models import Pool
from desirepath.pools.views.uploads import Way, discarding, downloading, previewing, sending
from desirepath.vacancies.importing import sessions_of

Page = Callable[[ActingRequest, Pool, Import, Way], HttpResponseBase]


def _way() -> Way:
    return Way(
        send=reverse("vacancies:sessions"),
        preview=reverse("vacancies:sessions-preview"),
        discard=reverse("vacancies:sessions-discard"),
        template=lambda ending: reverse("vacancies:sessions-template", args=[ending]),
        back=(reverse("vacancies:ask"), "Ask for cover"),
        done=reverse("vacancies:practice-week"),
    )


def _of_the_practice(request: ActingRequest, page: Page) -> HttpResponseBase:
    practice = request.acting.place
    pool = Pool.of_practice(practice)
    if pool is None:
        return respond(request, "vacancies/no_pool.jinja", {"practice": practice})
    return page(request, pool, sessions_of(practice), _way())


@require_http_methods(["GET", "POST"])
@allowed(Permission.ASK_FOR_COVER)
def send(request: ActingRequest) -> HttpResponseBase:
    return _of_the_practice(request, sending)


@require_safe
@allowed(Permission.ASK_FOR_COVER)
def template(request: ActingRequest, ending: str) -> HttpResponseBase:
    """An empty file to fill in."""
    return downloading(sessions_of(request.acting.place), ending)


@require_http_methods(["GET", "POST"])
@allowed(Permission.ASK_FOR_COVER)
def preview(request: ActingRequest) -> HttpResponseBase:
    """Every row of the file, and what is wrong in which cell; POST posts them all."""
    return _of_the_practice(request, previewing)


@require_POST
@allowed(Permission.ASK_FOR_COVER)
def discard(request: ActingRequest) -> HttpResponseBase:
    return _of_the_practice(request, discarding)
