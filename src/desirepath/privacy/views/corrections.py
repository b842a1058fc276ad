"""What people ask to have put right about themselves, for whoever looks after the installation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.privacy.actions import answer_correction
from desirepath.privacy.forms import AnswerForm
from desirepath.privacy.models import Correction

ANSWERED_SHOWN = 20


@allowed(Permission.LOOK_AFTER_DATA)
@require_safe
def waiting(request: ActingRequest) -> HttpResponse:
    """Those that wait, the oldest first; the last that were answered."""
    rows = Correction.objects.select_related("person", "answered_by")
    context = {
        "waiting": rows.filter(state="asked").order_by("pk"),
        "answered": rows.exclude(state="asked").order_by("-state_since", "-pk")[:ANSWERED_SHOWN],
    }
    return respond(request, "privacy/corrections.jinja", context)


@allowed(Permission.LOOK_AFTER_DATA)
@require_http_methods(["GET", "POST"])
def answer(request: ActingRequest, correction: UUID) -> HttpResponseBase:
    """One of them, with the answer. An answer is for good."""
    found = get_object_or_404(Correction.objects.select_related("person"), public_id=correction)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        corrected, told = form.cleaned_data["outcome"] == "corrected", form.cleaned_data["answer"]
        try:
            answer_correction(correction=found, by=request.user, corrected=corrected, answer=told)
        except InvalidMove:
            messages.error(request, "Somebody else has answered it")
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{found.person.name} is told")
        return redirect("privacy:corrections")
    return respond(request, "privacy/answer.jinja", {"correction": found}, form=form)
