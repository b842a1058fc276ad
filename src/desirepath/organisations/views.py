"""Change the role one acts in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import SESSION_KEY


@login_required
@require_http_methods(["GET", "POST"])
def change_role(request: Any) -> HttpResponseBase:
    """Choose among the roles held; then on to where one was going, or to the role's home."""
    chosen = next(
        (held for held in request.roles_held if str(held.public_id) == request.POST.get("role")), None
    )
    if request.method == "POST" and chosen:
        request.session[SESSION_KEY] = str(chosen.public_id)
        wanted = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(
            wanted, {request.get_host()}, require_https=request.is_secure()
        )
        # without its first / it would be read as the name of a page
        return redirect(wanted if safe and wanted.startswith("/") else resolve_url("home"))
    status = 422 if request.method == "POST" else 200
    return respond(request, "organisations/change_role.jinja", status=status)
