"""The practice's pages: its week, asking for cover, one vacancy (which the pool's manager sees too)."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.formats import span
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool
from desirepath.vacancies import actions
from desirepath.vacancies.could_come import CouldCome, could_come
from desirepath.vacancies.forms import AskForm, as_last_time
from desirepath.vacancies.models import PairChoice, Vacancy, VacancyQuerySet
from desirepath.vacancies.panels import panels_of
from desirepath.vacancies.presenters.session import by_day, sessions, standing, timeline, with_people
from desirepath.vacancies.presenters.unfilled import latest_unfilled
from desirepath.vacancies.presenters.week import chosen_week

POSTED = "vacancies posted from this form"
REMEMBERED = 20


@allowed(Permission.SEE_PRACTICE)
@require_safe
def practice_week(request: ActingRequest) -> HttpResponse:
    """Who is coming, who is being asked, what is not covered."""
    week, wrong = chosen_week(request.GET.get("week"))
    if wrong:
        messages.warning(request, wrong)
    practice = request.acting.place
    mine = Vacancy.objects.for_practice(practice)
    shown = sessions(with_people(mine.wanted().between(*week.moments)))
    return respond(
        request,
        "vacancies/practice_week.jinja",
        {
            "practice": practice,
            "week": week,
            "days": by_day(week.days, shown),
            "sessions": shown,
            "open": [each for each in shown if each.vacancy.state in ("released", "unfilled")],
            "may_ask": request.acting.may(Permission.ASK_FOR_COVER),
            "asked_before": bool(shown) or mine.exists(),
            "in_a_pool": Pool.of_practice(practice) is not None,
            "today": clock.today(),
        },
    )


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def ask(request: ActingRequest) -> HttpResponse:
    """Ask for cover of one session, or first see how many could come."""
    practice = request.acting.place
    initial = {} if request.POST else {**as_last_time(practice), "once": str(uuid4())}
    form = AskForm(request.POST or None, initial=initial)
    counted: CouldCome | None = None
    if request.method == "POST" and form.is_valid():
        posted = request.session.get(POSTED, {})
        once = form.cleaned_data["once"]
        try:
            if "check" in request.POST:
                counted = _counted(request, form)
            elif once and once in posted:
                return redirect("vacancies:vacancy", posted[once])
            else:
                made = actions.post_vacancy(by=request.user, practice=practice, **form.wanted())
                # the same page sent twice is one session; two pages are two
                kept = dict(list(posted.items())[-REMEMBERED:])
                request.session[POSTED] = {**kept, once: str(made.public_id)}
                messages.success(
                    request, f"Posted: {span(made.start, made.end)}. You will hear by e-mail who is coming."
                )
                return redirect("vacancies:vacancy", made.public_id)
        except Refused as refused:
            form.add_error(None, str(refused))
    return respond(request, "vacancies/ask.jinja", {"practice": practice, "counted": counted}, form=form)


def _counted(request: ActingRequest, form: AskForm) -> CouldCome:
    """How many could come if it were posted as it is; nothing of it is kept."""
    with transaction.atomic():
        made = actions.post_vacancy(by=request.user, practice=request.acting.place, **form.wanted())
        counted = could_come(made)
        transaction.set_rollback(True)
    return counted


def _seen_by(request: ActingRequest) -> VacancyQuerySet:
    """The vacancies she may open: her practice's, or those of the pool she manages."""
    if request.acting.may(Permission.SEE_POOL):
        return Vacancy.objects.for_pool(get_object_or_404(Pool, organisation=request.acting.place))
    return Vacancy.objects.for_practice(request.acting.place)


@allowed(Permission.SEE_PRACTICE, Permission.SEE_POOL)
@require_safe
def vacancy(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """What was asked for, how it stands, what happened to it."""
    seen = _seen_by(request)
    get_object_or_404(seen, public_id=vacancy)
    (row,) = with_people(seen.filter(public_id=vacancy))
    manager = request.acting.may(Permission.SEE_POOL)
    still_open = row.state in ("released", "unfilled") and row.start > clock.now()
    choices = PairChoice.objects.filter(vacancy=row).select_related("clinician__person", "made_by")
    return respond(
        request,
        "vacancies/vacancy.jinja",
        {
            "vacancy": row,
            "session": sessions([row])[0],
            "timeline": timeline(row, names=manager),
            "booking": standing(row),
            "why": latest_unfilled([row]).get(row.pk) if still_open else None,
            "counted": could_come(row) if still_open else None,
            "choices": list(choices) if manager else [],
            "manager": manager,
            "panels": list(panels_of(request.acting, row)),
            "may_choose": still_open and request.acting.may(Permission.PLAN),
            "may_withdraw": not row.cover_id
            and row.may("withdrawn")
            and request.acting.may(Permission.ASK_FOR_COVER),
        },
    )
