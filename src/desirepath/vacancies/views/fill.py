"""How many could come, while the session is still being described: a part of the page that asks for cover."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.vacancies.could_come import could_come_to_draft
from desirepath.vacancies.forms import AskForm


@allowed(Permission.ASK_FOR_COVER)
@require_POST
def fill(request: ActingRequest) -> HttpResponse:
    """The fragment alone; empty until the form says enough. Nothing is posted."""
    form = AskForm(request.POST)
    context: dict[str, object] = {}
    if form.is_valid():
        try:
            context["counted"] = could_come_to_draft(practice=request.acting.place, **form.wanted())
        except Refused as refused:
            context["refused"] = str(refused)
    return render(request, "vacancies/fill.jinja", context)
