"""When she is free: her month to paint, her usual week, one day, bank holidays, her other calendars."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians import actions, busy, painting, presenters
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.busy_page import preview_of, sources_of
from desirepath.clinicians.forms import DayForm, WeekForm
from desirepath.clinicians.free_forms import BusyForm, CopyForm, HolidaysForm, MonthForm
from desirepath.clinicians.free_month import free_month
from desirepath.clinicians.models import BusySource, Clinician
from desirepath.clinicians.month import Month, read_month
from desirepath.nhsuk.formats import day as day_in_words
from desirepath.nhsuk.formats import plural
from desirepath.nhsuk.forms import Form
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def free(request: ActingRequest) -> HttpResponseBase:
    """A month of her free time, and the week it comes from."""
    clinician = clinician_of(request)
    if request.method != "POST":
        return _page(request, clinician)
    form = WeekForm(request.POST, pattern=_pattern(clinician))
    if form.is_valid():
        try:
            actions.set_weekly_pattern(
                by=request.user, clinician=clinician, windows=form.cleaned_data["windows"]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your week is saved")
            return redirect(_back(request))
    return _page(request, clinician, week=form)


def _pattern(clinician: Clinician) -> dict[int, list[Any]]:
    pattern: dict[int, list[Any]] = {}
    for row in clinician.weekly_pattern.all():
        pattern.setdefault(row.weekday, []).append((row.start, row.end))
    return pattern


def _month(request: ActingRequest) -> Month:
    return read_month(request.GET.get("month", ""), clock.today())


def _back(request: ActingRequest) -> str:
    """To the month she was looking at."""
    asked = f"?month={_month(request).first:%Y-%m}" if "month" in request.GET else ""
    return f"{reverse('clinicians:free')}{asked}"


def _page(request: ActingRequest, clinician: Clinician, **sent: Form) -> HttpResponse:
    """The page with all its forms; ``sent`` is the one that came back with errors, by its place."""
    month, pattern = _month(request), _pattern(clinician)
    weeks = free_month(clinician, month)
    choice = HolidaysForm.AS_USUAL if clinician.free_on_bank_holidays else HolidaysForm.UNLESS
    forms: dict[str, Any] = {
        "paint": MonthForm(weeks=weeks),
        "copy": CopyForm(weeks=[week[0] for week in month.weeks], today=month.today),
        "week": WeekForm(pattern=pattern),
        "holidays": HolidaysForm(initial={"holidays": choice}),
        **sent,
    }
    context = {
        **forms,
        "month": month,
        "at": f"?month={month.first:%Y-%m}",
        "weeks": weeks,
        "may_paint": any(day.paintable for week in weeks for day in week),
        "has_pattern": bool(pattern),
    }
    return respond(request, "clinicians/free.jinja", context, form=next(iter(sent.values()), None))


@allowed(Permission.OWN_WORK)
@require_POST
def paint(request: ActingRequest) -> HttpResponseBase:
    """The boxes of a month: only what she changed is saved."""
    clinician, month = clinician_of(request), _month(request)
    form = MonthForm(request.POST, weeks=free_month(clinician, month))
    if form.is_valid():
        try:
            changed = painting.paint(by=request.user, clinician=clinician, days=form.changes)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            told = f"{plural(changed, 'day')} saved" if changed else "Nothing has changed"
            messages.success(request, told)
            return redirect(_back(request))
    return _page(request, clinician, paint=form)


@allowed(Permission.OWN_WORK)
@require_POST
def copy(request: ActingRequest) -> HttpResponseBase:
    """Make other weeks as one is."""
    clinician, month = clinician_of(request), _month(request)
    form = CopyForm(request.POST, weeks=[week[0] for week in month.weeks], today=month.today)
    if form.is_valid():
        week, to = form.cleaned_data["week"], form.cleaned_data["to"]
        try:
            changed = painting.copy_week(by=request.user, clinician=clinician, week=week, to=to)
        except Refused as refusal:
            form.add_error("to", str(refusal))
        else:
            weeks = plural(len(set(to) - {week}), "week")
            messages.success(request, f"Copied to {weeks}: {plural(changed, 'day')} changed")
            return redirect(_back(request))
    return _page(request, clinician, copy=form)


@allowed(Permission.OWN_WORK)
@require_POST
def holidays(request: ActingRequest) -> HttpResponseBase:
    """What bank holidays are to her."""
    clinician = clinician_of(request)
    form = HolidaysForm(request.POST)
    if form.is_valid():
        painting.set_bank_holidays(by=request.user, clinician=clinician, free=form.free)
        told = "free as in any week" if form.free else "not free, unless you say so of that day"
        messages.success(request, f"On bank holidays you are {told}")
        return redirect(_back(request))
    return _page(request, clinician, holidays=form)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def free_day(request: ActingRequest, day: str) -> HttpResponseBase:
    """One date that is not as in any week."""
    clinician, on = clinician_of(request), _day_of(day)
    exceptions = list(clinician.exceptions.filter(day=on))
    windows = [(row.start, row.end) for row in exceptions if row.start and row.end] if exceptions else None
    usual = presenters.usual_day(clinician, on)
    form = DayForm(request.POST if request.method == "POST" else None, windows=windows, usual=usual)
    if request.method == "POST" and form.is_valid():
        if on < clock.today():
            form.add_error(None, "That day is over")
        else:
            actions.set_day(
                by=request.user, clinician=clinician, day=on, windows=form.cleaned_data["windows"]
            )
            messages.success(request, f"{day_in_words(on)} is saved")
            return redirect(f"{reverse('clinicians:free')}?month={on:%Y-%m}")
    return respond(request, "clinicians/free_day.jinja", {"day": on, "past": on < clock.today()}, form=form)


def _day_of(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if found.isoformat() != text or abs(found.year - clock.today().year) > 2:
        raise Http404
    return found


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def other_calendars(request: ActingRequest) -> HttpResponseBase:
    """Calendars of hers that were read in, and one more to send."""
    clinician = clinician_of(request)
    form = BusyForm(request.POST or None, request.FILES or None) if request.method == "POST" else BusyForm()
    if request.method == "POST" and form.is_valid():
        name, file = form.cleaned_data["name"], form.cleaned_data["file"]
        try:
            busy.keep_upload(by=request.user, clinician=clinician, name=name, data=file.read())
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("clinicians:busy-look")
    context = {"sources": sources_of(clinician), "waiting": busy.upload_of(clinician)}
    return respond(request, "clinicians/busy.jinja", context, form=form)


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def busy_look(request: ActingRequest) -> HttpResponseBase:
    """What a calendar holds, before any of it counts: take it, or forget it."""
    clinician = clinician_of(request)
    upload = busy.upload_of(clinician)
    if upload is None:
        messages.info(request, "There is no calendar to look at. Send one here")
        return redirect("clinicians:busy")
    if request.method != "POST":
        return respond(request, "clinicians/busy_look.jinja", {"preview": preview_of(upload, clinician)})
    if request.POST.get("do") == "discard":
        busy.discard_upload(by=request.user, clinician=clinician)
        messages.success(request, "The calendar was not taken, and is forgotten")
        return redirect("clinicians:busy")
    try:
        source = busy.take_upload(by=request.user, upload=upload)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("clinicians:busy")
    messages.success(request, f"{source.name} counts from now on: you are not offered work at those times")
    return redirect("clinicians:busy")


@allowed(Permission.OWN_WORK)
@require_POST
def busy_remove(request: ActingRequest, source: UUID) -> HttpResponseBase:
    """A calendar is forgotten."""
    found = get_object_or_404(BusySource, clinician=clinician_of(request), public_id=source)
    busy.remove_source(by=request.user, source=found)
    messages.success(request, f"{found.name} is removed: its times are as your week says again")
    return redirect("clinicians:busy")
