"""Change the role one acts in; the tokens with which one's own programs act in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import SCOPES
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import SESSION_KEY
from desirepath.organisations.forms import TokenForm
from desirepath.organisations.tokens import issue_token, open_tokens, revoke_token


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


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: Any) -> HttpResponseBase:
    """Her access tokens; a new one acts in the role she acts in now, and its secret is shown this once."""
    if "revoke" in request.POST:
        return _revoke(request)
    acting = request.acting
    useful = acting is not None and acting.role in SCOPES
    form = TokenForm(request.POST or None, role=acting.role) if useful else None
    secret = ""
    if request.method == "POST" and form and form.is_valid():
        wanted = form.cleaned_data
        try:
            _, secret = issue_token(
                by=request.user,
                assignment=acting.assignment,
                name=wanted["name"],
                scopes=wanted["scopes"],
                days=int(wanted["days"]),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            form = TokenForm(role=acting.role)
    context = {"tokens": open_tokens(request.user), "secret": secret}
    return respond(request, "organisations/tokens.jinja", context, form=form)


def _revoke(request: Any) -> HttpResponseBase:
    chosen = next((t for t in open_tokens(request.user) if str(t.public_id) == request.POST["revoke"]), None)
    if chosen:
        revoke_token(by=request.user, token=chosen)
        messages.success(request, f"{chosen.name} is revoked: it opens nothing from now on")
    return redirect("organisations:tokens")
