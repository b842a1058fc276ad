"""The practice asks for cover: one session or a series, a copied week, a change of what it asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.formats import span
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool
from desirepath.vacancies import actions, advice, posting
from desirepath.vacancies.agreed import agreed_before
from desirepath.vacancies.could_come import CouldCome, could_come_to_draft
from desirepath.vacancies.forms import AskForm, SessionForm, as_before, as_last_time
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.presenters.week import Week, chosen_week

POSTED = "vacancies posted from this form"
REMEMBERED = 20


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def ask(request: ActingRequest) -> HttpResponseBase:
    """Ask for cover of one session or of a series; or first see how many could come."""
    practice = request.acting.place
    initial = {} if request.POST else {**_first_values(request), "once": str(uuid4())}
    form = AskForm(request.POST or None, initial=initial)
    form.tell_of_rates(agreed_before(Pool.of_practice(practice)))
    counted: CouldCome | None = None
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        try:
            if "check" in request.POST:
                counted = could_come_to_draft(practice=practice, **form.wanted())
            elif form.is_series():
                return _series(request, form)
            else:
                return _posted_once(request, form, lambda: [_one(request, form)])
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"practice": practice, "counted": counted, "warnings": _warnings(form) if counted else []}
    return respond(request, "vacancies/ask.jinja", context, form=form)


def _first_values(request: ActingRequest) -> dict[str, Any]:
    """Of the session that ``like`` names, with its day while that is to come; else as last time."""
    like = request.GET.get("like", "")
    mine = Vacancy.objects.for_practice(request.acting.place)
    try:
        before = mine.filter(public_id=UUID(like)).first() if like else None
    except ValueError:
        before = None
    if before is None:
        return as_last_time(request.acting.place)
    return {**as_before(before), "date": before.day}


def _one(request: ActingRequest, form: AskForm) -> Vacancy:
    return actions.post_vacancy(by=request.user, practice=request.acting.place, **form.wanted())


def _warnings(form: SessionForm) -> list[str]:
    wanted = form.wanted()
    return advice.warnings(
        minutes=int((wanted["end"] - wanted["start"]).total_seconds()) // 60,
        contacts=wanted["contacts"],
        appointment_minutes=wanted["appointment_minutes"],
    )


def _posted_once(
    request: ActingRequest, form: AskForm, post: Callable[[], list[Vacancy]]
) -> HttpResponseBase:
    """Post what the form says, and go to it; the same page sent twice is posted once, two pages are two."""
    posted, once = request.session.get(POSTED, {}), form.cleaned_data["once"]
    if not (once and once in posted):
        made = post()
        to = reverse("vacancies:vacancy", args=[made[0].public_id])
        if len(made) > 1:
            to = f"{reverse('vacancies:practice-week')}?week={made[0].day.isoformat()}"
        posted = {**dict(list(posted.items())[-REMEMBERED:]), once: to}
        request.session[POSTED] = posted
        messages.success(request, f"{posting.told_of(made)} You will hear by e-mail who is coming.")
        return redirect(to)
    return redirect(posted[once])


def _series(request: ActingRequest, form: AskForm) -> HttpResponseBase:
    """Every day of the series to look at; those ticked are posted."""
    practice, given = request.acting.place, form.cleaned_data
    rows = posting.series(practice, given["role"], [each.day for each in form.days], form.times())
    left_out = {each.day for each in form.days if not each.wanted}
    wrong = ""
    chosen = {row.key for row in rows if not (row.already or row.why_not or row.day in left_out)}
    if "post" in request.POST:
        chosen = set(request.POST.getlist("chosen"))
        try:
            return _posted_once(
                request,
                form,
                lambda: posting.post_series(
                    by=request.user,
                    practice=practice,
                    details=form.details(),
                    sessions=[row for row in rows if row.key in chosen],
                    block=_block(form),
                ),
            )
        except Refused as refused:
            wrong = str(refused)
    context = {
        "practice": practice,
        "rows": rows,
        "chosen": chosen,
        "holidays": {each.day for each in form.days if each.bank_holiday},
        "block": _block(form),
        "warnings": _warnings(form),
        "wrong": wrong,
        "sent": _sent(request),
    }
    return respond(request, "vacancies/series.jinja", context, status=422 if wrong else 200)


def _block(form: AskForm) -> dict[str, Any] | None:
    """The block that the sessions make, or None where each stands by itself."""
    given = form.cleaned_data
    if not form.is_block():
        return None
    return {"title": given["title"], "how": given["together"], "least": given["least"] or 1}


def _sent(request: ActingRequest) -> list[tuple[str, str]]:
    """What the form was sent with, to be sent again with the ticks."""
    skipped = {"csrfmiddlewaretoken", "check", "post", "change", "chosen"}
    return [
        (name, value) for name in request.POST if name not in skipped for value in request.POST.getlist(name)
    ]


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def copy_week(request: ActingRequest) -> HttpResponseBase:
    """Copy the sessions of one week to another: each to look at with a box to tick."""
    practice = request.acting.place
    week, wrong = chosen_week(request.POST.get("week") or request.GET.get("week"))
    to, wrong_to = chosen_week(
        request.POST.get("to") or request.GET.get("to") or week.next.monday.isoformat()
    )
    for told in {wrong, wrong_to} - {""}:
        messages.warning(request, told)
    rows = posting.copied_week(practice, week.monday, to.monday)
    chosen = {row.key for row in rows if not (row.already or row.why_not)}
    refused_because = ""
    if request.method == "POST":
        chosen = set(request.POST.getlist("chosen"))
        try:
            made = posting.copy_week(
                by=request.user, practice=practice, sessions=[row for row in rows if row.key in chosen]
            )
        except Refused as refused:
            refused_because = str(refused)
        else:
            messages.success(request, posting.told_of(made))
            return redirect(f"{reverse('vacancies:practice-week')}?week={to.monday.isoformat()}")
    context = {
        "practice": practice,
        "week": week,
        "to": to,
        "weeks": _weeks_after(week),
        "rows": rows,
        "chosen": chosen,
        "wrong": refused_because,
    }
    return respond(request, "vacancies/copy_week.jinja", context, status=422 if refused_because else 200)


def _weeks_after(week: Week) -> list[Week]:
    """The weeks that it may be copied to: the half year after it, from this week on."""
    start, found = max(week.next, week.now, key=lambda each: each.monday), []
    for _ in range(26):
        found.append(start)
        start = start.next
    return found


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def change(request: ActingRequest, vacancy: UUID) -> HttpResponseBase:
    """Change what is asked for, while nobody is asked."""
    mine = Vacancy.objects.for_practice(request.acting.place).select_related("practice", "pool", "block")
    found = get_object_or_404(mine, public_id=vacancy)
    form = SessionForm(request.POST or None, initial={**as_before(found), "date": found.day})
    why_not = posting.why_no_change(found)
    if request.method == "POST" and form.is_valid():
        try:
            row = posting.change_vacancy(by=request.user, vacancy=found, **form.wanted())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Changed: {span(row.start, row.end)}.")
            return redirect("vacancies:vacancy", row.public_id)
    return respond(request, "vacancies/change.jinja", {"vacancy": found, "why_not": why_not}, form=form)
