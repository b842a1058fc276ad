"""When one click may sign somebody in: on this machine only, where everybody is fictional."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from desirepath.accounts.models import Person

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


def why_not(host: str) -> str:
    """Why demonstration sign-in may not be served at ``host``, in one line; "" where it may."""
    if host not in LOOPBACK:
        return f"The demonstration has no passwords: it is served on 127.0.0.1 only, not on {host}."
    real = Person.objects.filter(fictional=False).count()
    if real:
        people = "1 real person" if real == 1 else f"{real:,} real people"
        return f"The demonstration has no passwords, and this database holds {people}."
    return ""


def is_open(request: HttpRequest) -> bool:
    """Whether this request may be signed in with one click: asked again each time, whoever started the
    server.
    """
    if not settings.DEMO:
        return False
    name, _ = split_domain_port(request.get_host())
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not why_not(name)
