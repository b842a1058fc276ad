"""Everything about oneself: to take along, and to have put right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.audit import clock
from desirepath.nhsuk.pages import respond
from desirepath.privacy import actions
from desirepath.privacy.forms import AskForm
from desirepath.privacy.models import Correction
from desirepath.privacy.parts import PARTS


@login_required
@require_http_methods(["GET", "POST"])
def data(request: Any) -> HttpResponseBase:
    """What is kept, as a file; and what she asked to have put right, with the answers."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_for_correction(person=request.user, wrong=form.cleaned_data["wrong"])
        messages.success(request, "You will be told what became of it, within a month")
        return redirect("privacy:own-data")
    asked = Correction.objects.filter(person=request.user).order_by("-pk")
    context = {"asked": asked, "parts": [part.title for part in PARTS.values()]}
    return respond(request, "privacy/own_data.jinja", context, form=form)


@login_required
@require_POST
def data_file(request: Any) -> HttpResponse:
    """The zip. POST, so that no link and no page of somebody else's makes it."""
    made = actions.export_own(person=request.user)
    answer = HttpResponse(made, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="about-you-{clock.today()}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
