"""The agency step of one vacancy: what it costs, the approver's word, and what came of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.cascade import agency as step
from desirepath.cascade.forms import DecideForm, OutcomeForm
from desirepath.cascade.models import AgencyRequest
from desirepath.cascade.views.cascades import FASTER, seen_by
from desirepath.nhsuk.forms import Form
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.vacancies.models import Vacancy

NOTHING = "There is no agency step to decide for this session."


def _found(request: ActingRequest, vacancy: UUID) -> Vacancy:
    rows = seen_by(request.acting).select_related("practice", "pool__organisation")
    return get_object_or_404(rows, public_id=vacancy)


def _page(request: ActingRequest, vacancy: Vacancy, form: Form | None = None) -> HttpResponse:
    asked = vacancy.agency_requests.select_related("asked_by", "decided_by").first()
    bank, agency = step.costs(vacancy)
    practice = request.acting.may(Permission.SEE_PRACTICE)
    deciding = bool(asked and asked.state == "asked" and request.acting.may(Permission.APPROVE_SPEND))
    context = {
        "vacancy": vacancy,
        "asked": asked,
        "bank": asked.bank_cost if asked else bank,
        "agency": asked.agency_cost if asked else agency,
        "why_not": step.may_not_approve(asked, request.user) if asked and deciding else "",
        "deciding": deciding,
        "recording": bool(practice and asked and asked.state == "approved"),
        "taking_back": bool(practice and asked and asked.state == "comes"),
    }
    if form is None:
        form = DecideForm() if deciding else OutcomeForm() if context["recording"] else None
    return respond(request, "cascade/agency.jinja", context, form=form)


@allowed(Permission.SEE_PRACTICE, Permission.SEE_POOL)
@require_safe
def agency(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """How the agency step stands, with its cost beside the bank's."""
    return _page(request, _found(request, vacancy))


@allowed(Permission.APPROVE_SPEND)
@require_POST
def decide(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """The approver's yes or no."""
    found = _found(request, vacancy)
    asked = _open(request, found, "asked")
    if asked is None:
        return redirect("cascade:agency", found.public_id)
    form = DecideForm(request.POST)
    if form.is_valid():
        approve = form.cleaned_data["decision"] == "approve"
        act = step.approve_agency if approve else step.refuse_agency
        try:
            act(by=request.user, request=asked, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        except InvalidMove:
            form.add_error(None, FASTER)
        else:
            told = "Approved. The practice's bookers have been told that they may ask an agency."
            messages.success(request, told if approve else "Not approved. The pool goes on asking.")
            return redirect("vacancies:vacancy", found.public_id)
    return _page(request, found, form)


@allowed(Permission.SEE_PRACTICE)
@require_POST
def outcome(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """An agency clinician comes, or nobody does."""
    found = _found(request, vacancy)
    asked = _open(request, found, "approved", "comes")
    if asked is None:
        return redirect("cascade:agency", found.public_id)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            if given["outcome"] == "comes":
                step.agency_comes(by=request.user, request=asked, who=given["who"], fee=given["fee"])
            else:
                step.agency_nobody(by=request.user, request=asked)
        except Refused as refused:
            form.add_error(None, str(refused))
        except InvalidMove:
            form.add_error(None, FASTER)
        else:
            comes = given["outcome"] == "comes"
            told = (
                "Recorded. Nobody else of the pool is asked."
                if comes
                else "Recorded. The pool goes on asking."
            )
            messages.success(request, told)
            return redirect("vacancies:vacancy", found.public_id)
    return _page(request, found, form)


def _open(request: ActingRequest, vacancy: Vacancy, *states: str) -> AgencyRequest | None:
    found = vacancy.agency_requests.filter(state__in=states).first()
    if found is None:
        messages.error(request, NOTHING)
    return found
