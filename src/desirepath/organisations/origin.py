"""Where a request comes from and as whom it acts, for every event that it gives cause to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from desirepath.audit import context
from desirepath.audit.sources import source_of
from desirepath.organisations.acting import Acting

SAFE = {"GET", "HEAD", "OPTIONS"}
# whoever answers a request may have done so for somebody else before
NOBODY: dict[str, Any] = {"role": "", "place": None, "on_behalf_of": None}


def acting_in(acting: Acting | None) -> dict[str, Any]:
    """How events name what is acted in."""
    if acting is None:
        return NOBODY
    place = acting.organisation.public_id if acting.organisation else None
    return {**NOBODY, "role": acting.role.value, "place": place}


def address_of(request: HttpRequest) -> str:
    """The address that asks: behind a proxy of ours the last one that it did not put there itself."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    passed = [each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while address in settings.PROXIES and passed and passed[-1]:
        address = passed.pop()
    return address


class OriginMiddleware:
    """Tells the log as which role, through which door and from where; stands after who acts is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        with context.within(door=context.PAGE, source=_source(request), **acting_in(request.acting)):
            return self.get_response(request)


def _source(request: HttpRequest) -> Callable[[], str]:
    """The hash of where a request came from. What may write gets it before any transaction of its own begins,
    so that nothing undoes it; a page that is only read asks the database for nothing.
    """
    # what a stranger names as her browser is kept by nobody: she could name a new one each time
    browser = request.META.get("HTTP_USER_AGENT", "") if request.user.is_authenticated else ""
    address = address_of(request)
    if request.method in SAFE:
        return lambda: source_of(address, browser)
    known = source_of(address, browser, settled=True)
    return lambda: known
