"""Offers put to the clinician who is signed in: the list, one of them, and no."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.forms import Text
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.cascade import actions, offered, reserves
from desirepath.cascade.blocks import waiting_blocks
from desirepath.cascade.models import Offer
from desirepath.cascade.open_work import instead_of, pools_of
from desirepath.chambers.notice import short_notice
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.models import Clinician
from desirepath.messages.actions import read_about
from desirepath.nhsuk.forms import Form
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.induction import shown_of
from desirepath.vacancies.conditions import beyond_conditions
from desirepath.vacancies.fit import fit
from desirepath.vacancies.neighbours import NEXT_POOLS

SHOWN_OF_THE_PAST = 10


class DeclineForm(Form):
    reason = Text(
        label="Why not",
        help_text="You owe nobody a reason. If you give one, the pool manager may read it.",
        required=False,
        max_length=200,
    )


@allowed(Permission.OWN_WORK)
@require_safe
def offers(request: ActingRequest) -> HttpResponse:
    """What waits for her answer, and the last ones that no longer do."""
    clinician = clinician_of(request)
    waiting = offered.waiting_for(clinician)
    past = (
        Offer.objects.for_clinician(clinician)
        .filter(block_offer=None)
        .exclude(pk__in=[offer.pk for offer in waiting])
        .select_related("vacancy__practice")
        .order_by("-state_since", "-pk")[:SHOWN_OF_THE_PAST]
    )
    context = {
        "waiting": offered.with_fees(clinician, waiting),
        "past": [(offer, offered.gone_in_words(offer)) for offer in past],
        "blocks": waiting_blocks(clinician),
        "has_terms": clinician.current_terms is not None,
    }
    return respond(request, "cascade/offers.jinja", context)


def _hers(clinician: Clinician, public_id: UUID) -> Offer:
    rows = Offer.objects.for_clinician(clinician).select_related(
        "clinician__person", "vacancy__practice", "vacancy__pool"
    )
    return get_object_or_404(rows, public_id=public_id)


@allowed(Permission.OWN_WORK)
@require_safe
def offer(request: ActingRequest, offer: UUID) -> HttpResponseBase:
    """One offer: what, the money, why her, until when. Opening it marks it seen."""
    clinician = clinician_of(request)
    found = _hers(clinician, offer)
    if found.block_offer:
        return redirect("cascade:block-offer", found.block_offer.public_id)
    read_about(found.public_id, by=request.user)
    if not offered.is_open(found):
        return _gone(request, clinician, found)
    # opened in two windows at once, it was seen by the first
    with suppress(InvalidMove):
        actions.see_offer(found, by=request.user)
    return _open(request, clinician, found, DeclineForm())


def _open(request: ActingRequest, clinician: Clinician, found: Offer, form: DeclineForm) -> HttpResponse:
    vacancy = found.vacancy
    result = fit(clinician, vacancy, next_pools=found.tier == NEXT_POOLS)
    terms = result.terms or found.terms
    context = {
        "offer": found,
        "vacancy": vacancy,
        "result": result,
        "answer_by": offered.answer_by(found),
        "why": offered.why_you(found, terms, result.km, offered.sessions_that_week(clinician, vacancy)),
        "paid": offered.how_paid(terms, vacancy, result) if result.terms else [],
        "terms": terms,
        "beyond": beyond_conditions(terms, vacancy, hers=True),
        "short_notice": short_notice(clinician, vacancy.pool, vacancy.start),
        "skills": list(vacancy.skills.all()),
        "pack": shown_of(vacancy.practice),
    }
    return respond(request, "cascade/offer.jinja", context, form=form)


def _gone(request: ActingRequest, clinician: Clinician, found: Offer) -> HttpResponse:
    """Says kindly why it is no longer open, and what else is."""
    answered = found.state in ("accepted", "declined")
    context = {
        "offer": found,
        "vacancy": found.vacancy,
        "instead": [] if answered else instead_of(found.vacancy, clinician),
        "in_her_pool": found.vacancy.pool in pools_of(clinician),
        "why": offered.gone_in_words(found),
        "others": offered.with_fees(clinician, offered.waiting_for(clinician)),
        "in_reserve": reserves.in_reserve(clinician, found.vacancy) is not None,
        "may_stand_by": not reserves.why_not_in_reserve(clinician, found.vacancy),
    }
    return respond(request, "cascade/offer_gone.jinja", context)


@allowed(Permission.OWN_WORK)
@require_POST
def decline(request: ActingRequest, offer: UUID) -> HttpResponseBase:
    """No; a reason is welcome and never needed."""
    clinician = clinician_of(request)
    found = _hers(clinician, offer)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        if offered.is_open(found):
            return _open(request, clinician, found, form)
        return _gone(request, clinician, found)
    if found.state == "declined":
        return redirect("cascade:offers")
    try:
        if not found.live:
            raise Refused(offered.gone_in_words(found))
        actions.decline_offer(by=request.user, offer=found, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("cascade:offer", found.public_id)
    messages.success(request, f"You declined the session at {found.vacancy.practice.name}")
    return redirect("cascade:offers")
