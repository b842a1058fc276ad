"""Find work: the list, one session with why it was not offered to her, and what she says of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings import applying, found
from desirepath.bookings.find_form import CHOICES, FILTERS, FindForm
from desirepath.bookings.models import Application
from desirepath.bookings.why import hers, why
from desirepath.bookings.work import in_pages, page_at, work_for
from desirepath.cascade import reserves
from desirepath.cascade.not_for_me import for_me_after_all
from desirepath.cascade.not_for_me import not_for_me as say_no
from desirepath.cascade.offered import how_paid, is_open
from desirepath.cascade.open_work import OPEN, instead_of, pools_of
from desirepath.chambers.notice import short_notice
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.models import Clinician
from desirepath.nhsuk.formats import span
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.vacancies.fit import Fit
from desirepath.vacancies.models import Vacancy


@allowed(Permission.OWN_WORK)
@require_safe
def find_work(request: ActingRequest) -> HttpResponse:
    """Sessions that fit her terms, by day, ranked; those just outside only when she asks."""
    clinician = clinician_of(request)
    narrowed = any(name in request.GET for name in FILTERS)
    pools, terms = pools_of(clinician), clinician.current_terms
    form = FindForm(request.GET if narrowed else None, clinician=clinician, pools=pools)
    wanted = form.wanted()
    work = work_for(clinician, wanted, pools)
    outside = "outside" in request.GET
    pages = in_pages(work.outside if outside else work.fits)
    here = page_at(pages, request.GET.get("page", ""), _day(request.GET.get("day")))
    shown = pages[here] if pages else []
    context = {
        "wanted": wanted,
        "narrowed": narrowed,
        "total": len(work.fits),
        "days": found.days(work, shown, terms),
        "before": here or None,
        "after": here + 2 if here + 1 < len(pages) else None,
        "next_day": wanted.last + timedelta(days=1),
        "query_of_choices": _query(request, CHOICES),
        "outside": outside,
        "outside_count": found.outside_in_words(work),
        "kept_out": found.kept_out(work),
        "applied": sorted(work.applied.values(), key=lambda each: each.vacancy.start),
        "hidden": found.hidden_rows(clinician),
        "just_hidden": request.GET.get("hidden", ""),
        "query": _query(request),
        "has_terms": terms is not None,
    }
    return respond(request, "bookings/find_work.jinja", context, form=form)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _query(request: ActingRequest, names: Iterable[str] = FILTERS) -> str:
    """Her choices as they stand in the address, without the page and what was just hidden."""
    kept = [(name, value) for name in names for value in request.GET.getlist(name)]
    return urlencode(kept)


def _seen_by(clinician: Clinician, vacancy: UUID) -> Vacancy:
    """A session of her pools that was put out, or 404."""
    rows = (
        Vacancy.objects.filter(
            pool__memberships__clinician=clinician, pool__memberships__state="active", public_id=vacancy
        )
        .exclude(state="draft")
        .select_related("practice", "pool__organisation")
    )
    return get_object_or_404(rows)


@allowed(Permission.OWN_WORK)
@require_safe
def session(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """One session of her pool: what it is, whether it fits her terms, and why it was not offered to her."""
    clinician = clinician_of(request)
    row = _seen_by(clinician, vacancy)
    own = hers(clinician, row)
    reasons = why(clinician, row, own)
    offer = own.offer if own.offer and is_open(own.offer) else None
    pending = own.application if own.application and own.application.pending else None
    gone = row.state not in OPEN or row.start <= clock.now()
    context = {
        "vacancy": row,
        "skills": list(row.skills.all()),
        "why": reasons,
        "paid": _paid(reasons, row),
        "offer": offer,
        "application": pending,
        "booking": own.booking,
        "hidden": own.hidden,
        "may_apply": reasons.fits and not (gone or offer or pending or own.booking or own.hidden),
        "short_notice": "" if gone else short_notice(clinician, row.pool, row.start),
        "may_hide": not (gone or pending or own.booking or own.hidden),
        "instead": instead_of(row, clinician) if gone and not own.booking else [],
        "in_reserve": reserves.in_reserve(clinician, row) is not None,
        "may_stand_by": row.state == "filled" and not reserves.why_not_in_reserve(clinician, row),
    }
    return respond(request, "bookings/session.jinja", context)


def _paid(reasons: Any, row: Vacancy) -> list[tuple[str, str]]:
    if reasons.terms is None:
        return []
    figures = Fit((), reasons.tier, 0, reasons.km, reasons.rate, reasons.fee, reasons.terms)
    return how_paid(reasons.terms, row, figures)


def _back(request: ActingRequest, **changes: str) -> HttpResponseBase:
    """To the list as she had narrowed it."""
    kept = request.POST.get("query", "")
    more = "&".join(part for part in (kept, urlencode(changes)) if part)
    return redirect(f"{reverse('bookings:find-work')}{'?' if more else ''}{more}")


@allowed(Permission.OWN_WORK)
@require_POST
def apply_for(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """She would work it; refused kindly where it has gone or does not fit."""
    clinician = clinician_of(request)
    row = _seen_by(clinician, vacancy)
    try:
        applying.apply_for(by=request.user, clinician=clinician, vacancy=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, f"You applied: {span(row.start, row.end)} at {row.practice.name}. Your time is held."
        )
    return redirect("bookings:session", row.public_id)


@allowed(Permission.OWN_WORK)
@require_POST
def not_for_me(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """Hidden from her in one click, with a way back."""
    clinician = clinician_of(request)
    row = _seen_by(clinician, vacancy)
    say_no(by=request.user, clinician=clinician, vacancy=row)
    return _back(request, hidden=str(row.public_id))


@allowed(Permission.OWN_WORK)
@require_POST
def for_me(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """Shown again."""
    clinician = clinician_of(request)
    row = _seen_by(clinician, vacancy)
    for_me_after_all(by=request.user, clinician=clinician, vacancy=row)
    messages.success(request, f"Shown again: {span(row.start, row.end)} at {row.practice.name}")
    return _back(request)


@allowed(Permission.OWN_WORK)
@require_POST
def withdraw(request: ActingRequest, application: UUID) -> HttpResponseBase:
    """She takes her application back."""
    rows = Application.objects.for_clinician(clinician_of(request))
    row = get_object_or_404(rows.select_related("vacancy", "clinician"), public_id=application)
    try:
        applying.withdraw_application(by=request.user, application=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You withdrew your application. Your time is free again")
    return redirect("bookings:session", row.vacancy.public_id)


@allowed(Permission.ASK_FOR_COVER)
@require_POST
def confirm(request: ActingRequest, application: UUID) -> HttpResponseBase:
    """The practice takes one who applied."""
    row = _of_practice(request, application)
    try:
        made = applying.confirm_application(by=request.user, application=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("vacancies:vacancy", row.vacancy.public_id)
    messages.success(request, f"{made.clinician.person.name} is booked: {span(made.start, made.end)}")
    return redirect("bookings:booking", made.public_id)


@allowed(Permission.ASK_FOR_COVER)
@require_POST
def decline(request: ActingRequest, application: UUID) -> HttpResponseBase:
    """The practice says no, without a reason."""
    row = _of_practice(request, application)
    try:
        applying.decline_application(by=request.user, application=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{row.clinician.person.name} has been told kindly")
    return redirect("vacancies:vacancy", row.vacancy.public_id)


def _of_practice(request: ActingRequest, application: UUID) -> Application:
    rows = Application.objects.for_practice(request.acting.place)
    return get_object_or_404(rows.select_related("vacancy", "clinician__person"), public_id=application)
