"""The practice's pages: its week, its month, one vacancy (which the pool's manager sees too)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool
from desirepath.vacancies import advice
from desirepath.vacancies.could_come import could_come
from desirepath.vacancies.models import PairChoice, Vacancy, VacancyQuerySet
from desirepath.vacancies.panels import panels_of, words_of
from desirepath.vacancies.posting import why_no_change
from desirepath.vacancies.presenters.session import by_day, sessions, standing, timeline, with_people
from desirepath.vacancies.presenters.unfilled import latest_unfilled
from desirepath.vacancies.presenters.week import chosen_month, chosen_week


@allowed(Permission.SEE_PRACTICE)
@require_safe
def practice_week(request: ActingRequest) -> HttpResponse:
    """Who is coming, who is being asked, what is not covered."""
    week, wrong = chosen_week(request.GET.get("week"))
    if wrong:
        messages.warning(request, wrong)
    practice = request.acting.place
    mine = Vacancy.objects.for_practice(practice)
    rows = with_people(mine.wanted().between(*week.moments))
    shown = sessions(rows)
    return respond(
        request,
        "vacancies/practice_week.jinja",
        {
            "practice": practice,
            "week": week,
            "days": by_day(week.days, shown),
            "sessions": shown,
            "words": words_of(request.acting, rows),
            "open": [each for each in shown if each.vacancy.state in ("released", "unfilled")],
            "may_ask": request.acting.may(Permission.ASK_FOR_COVER),
            "asked_before": bool(shown) or mine.exists(),
            "in_a_pool": Pool.of_practice(practice) is not None,
            "today": clock.today(),
        },
    )


@allowed(Permission.SEE_PRACTICE)
@require_safe
def practice_month(request: ActingRequest) -> HttpResponse:
    """Looking ahead: every session of a month, day by day, and how each stands."""
    practice = request.acting.place
    month, wrong = chosen_month(request.GET.get("month"))
    if wrong:
        messages.warning(request, wrong)
    rows = Vacancy.objects.for_practice(practice).wanted().between(*month.moments)
    shown = sessions(with_people(rows))
    return respond(
        request,
        "vacancies/practice_month.jinja",
        {
            "practice": practice,
            "month": month,
            "days": by_day([], shown),
            "sessions": shown,
            "may_ask": request.acting.may(Permission.ASK_FOR_COVER),
            "today": clock.today(),
        },
    )


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
            "advice": advice.warnings(
                minutes=row.minutes, contacts=row.contacts, appointment_minutes=row.appointment_minutes
            ),
            "may_change": request.acting.may(Permission.ASK_FOR_COVER) and not why_no_change(row),
            "may_ask": request.acting.may(Permission.ASK_FOR_COVER),
            "may_withdraw": not row.cover_id
            and row.may("withdrawn")
            and request.acting.may(Permission.ASK_FOR_COVER),
        },
    )
