"""What stands before a view of this room: where one goes on to, and what must have been shown first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from desirepath.accounts.entering import has_skipped, is_fresh, leave

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def onward(request: HttpRequest) -> str:
    """Where she wanted to go before she had to sign in; home if that is nowhere of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    # without its first / it would be read as the name of a page
    return wanted if safe and wanted.startswith("/") else resolve_url("home")


def by_way_of(name: str, wanted: str) -> HttpResponseBase:
    """To the page of this name, which leads on to ``wanted``."""
    return redirect(f"{reverse(name)}?{urlencode({'next': wanted})}")


def before_second_factor(view: View) -> View:
    """Open a page also to somebody whose role needs a second factor that she has not shown."""
    view.before_second_factor = True  # type: ignore[attr-defined]  # organisations.acting reads it
    return view


def freshly(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open a page, on which ways of signing in are changed, to whoever has just shown her password; never to
    a session from before she had a second factor, which could replace it.
    """

    @login_required
    @wraps(view)
    def guarded(request: Any, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_skipped(request, request.user):
            leave(request)
            return by_way_of("accounts:sign-in", request.get_full_path())
        if not is_fresh(request):
            return by_way_of("accounts:confirm", request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
