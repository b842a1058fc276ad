"""How long what is kept, and what is over its time today."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.nhsuk import formats
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.privacy.retention import apply, due


@allowed(Permission.LOOK_AFTER_DATA)
@require_http_methods(["GET", "POST"])
def retention(request: ActingRequest) -> HttpResponseBase:
    """The schedule with what each rule would do today; POST does it."""
    if request.method == "POST":
        done = sum(each.rows for each in apply(by=request.user))
        messages.success(request, f"{formats.plural(done, 'row')} erased or anonymised")
        return redirect("privacy:retention")
    rules = due()
    context = {"rules": rules, "total": sum(each.rows for each in rules)}
    return respond(request, "privacy/retention.jinja", context)
