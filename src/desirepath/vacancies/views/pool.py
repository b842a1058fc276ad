"""The weeks of a pool and of a PCN as grids of need and cover, counts, and the pool's plans."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Kind, Organisation, Parent
from desirepath.pools.models import ClinicianRole, Pool, pools_of_place
from desirepath.vacancies.forms import NarrowForm
from desirepath.vacancies.models import PlanRun, Vacancy, VacancyQuerySet
from desirepath.vacancies.panels import words_of
from desirepath.vacancies.presenters import grid
from desirepath.vacancies.presenters.making import making, standing
from desirepath.vacancies.presenters.plan import plan_figures, weeks_of
from desirepath.vacancies.presenters.session import by_day, sessions, with_people
from desirepath.vacancies.presenters.week import Week, chosen_week

PRACTICES_A_PAGE = 60
PLANS_A_PAGE = 25
GAPS_ON_TOP = 8


def _week(request: ActingRequest) -> Week:
    week, wrong = chosen_week(request.GET.get("week"))
    if wrong:
        messages.warning(request, wrong)
    return week


def _names(page: Page[grid.Line]) -> list[tuple[Organisation | None, grid.Line]]:
    found = Organisation.objects.in_bulk([line.key for line in page])
    return [(found.get(int(line.key)), line) for line in page]


def _grid_page(request: ActingRequest, week: Week, wanted: VacancyQuerySet) -> dict[str, Any]:
    """What both grids show: lines of one page, sums of all."""
    counted = grid.by_practice(grid.rows_of(wanted), week.days)
    page = Paginator(counted.lines, PRACTICES_A_PAGE).get_page(request.GET.get("page"))
    return {
        "week": week,
        "grid": counted,
        "page": page,
        "lines": _names(page),
        "sentence": grid.in_a_sentence(counted.week),
        "today": clock.today(),
    }


@allowed(Permission.SEE_POOL)
@require_safe
def pool_week(request: ActingRequest) -> HttpResponse:
    """Every practice's need and cover, gaps on top; ``?practice=`` opens one of them."""
    pool = get_object_or_404(Pool.objects.select_related("organisation"), organisation=request.acting.place)
    week = _week(request)
    mine = Vacancy.objects.for_pool(pool).wanted().between(*week.moments)
    # PostgreSQL takes no text with a NUL in it
    if code := request.GET.get("practice", "").replace("\x00", ""):
        return _one_practice(request, week, mine, code)
    form = NarrowForm(request.GET, pcns=pcns_of(pool))
    wanted = _narrowed(mine, form)
    gaps = wanted.filter(state__in=("released", "unfilled"), start__gt=clock.now()).order_by(
        "-urgency", "start"
    )
    runs = PlanRun.objects.for_pool(pool)
    latest = runs.made().filter(first_day__lte=week.days[-1], first_day__gte=week.monday).first()
    return respond(
        request,
        "vacancies/pool_week.jinja",
        {
            **_grid_page(request, week, wanted),
            "pool": pool,
            "narrow": form,
            "narrowed": bool(form.narrowed("role") or form.narrowed("pcn")),
            "role": form.narrowed("role") or "",
            "pcn": form.narrowed("pcn"),
            "gaps": list(gaps.select_related("practice")[:GAPS_ON_TOP]),
            "latest": latest,
            "under_way": [(making(run), weeks_of(run)) for run in runs.under_way()],
            "has_practices": pool.places.exists(),
        },
    )


def pcns_of(pool: Pool) -> QuerySet[Organisation]:
    """The PCNs of the pool's practices today, by name."""
    above = Parent.objects.current().filter(kind=Kind.PCN, child__in=pool.practices())
    return Organisation.objects.filter(pk__in=above.values("parent")).order_by("name")


def _narrowed(wanted: VacancyQuerySet, form: NarrowForm) -> VacancyQuerySet:
    if role := form.narrowed("role"):
        wanted = wanted.filter(role=role)
    if pcn := form.narrowed("pcn"):
        wanted = wanted.filter(practice__in=Organisation.objects.within(pcn, clock.today()))
    return wanted


def _one_practice(request: ActingRequest, week: Week, mine: VacancyQuerySet, code: str) -> HttpResponse:
    """One practice's week, as the pool's manager sees it."""
    pool = get_object_or_404(Pool, organisation=request.acting.place)
    ever = Organisation.objects.practices().filter(pool_places__pool=pool).distinct()
    practice = get_object_or_404(ever, code=code)
    rows = with_people(mine.filter(practice=practice))
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
            "manager": True,
            "asked_before": True,
            "in_a_pool": True,
            "today": clock.today(),
        },
    )


@allowed(Permission.SEE_PCN)
@require_safe
def pcn_week(request: ActingRequest) -> HttpResponse:
    """Need and cover of the practices of the PCN: counts, no names of clinicians."""
    week = _week(request)
    practices = Organisation.objects.practices().within(request.acting.place, clock.today())
    wanted = Vacancy.objects.filter(practice__in=practices).wanted().between(*week.moments)
    context = {
        **_grid_page(request, week, wanted),
        "pcn": request.acting.place,
        "has_practices": practices.exists(),
    }
    return respond(request, "vacancies/pcn_week.jinja", context)


@allowed(Permission.SEE_NUMBERS)
@require_safe
def numbers(request: ActingRequest) -> HttpResponse:
    """Sessions needed and covered by day and role: counts only."""
    week = _week(request)
    place = request.acting.place
    pools = pools_of_place(place)
    wanted = Vacancy.objects.filter(pool__in=pools).wanted().between(*week.moments)
    if place.kind == Kind.PCN:
        wanted = wanted.filter(practice__in=Organisation.objects.practices().within(place, clock.today()))
    counted = grid.by_role(grid.rows_of(wanted), week.days)
    return respond(
        request,
        "vacancies/numbers.jinja",
        {
            "week": week,
            "place": place,
            "pools": list(pools.select_related("organisation")),
            "grid": counted,
            "lines": [(ClinicianRole(str(line.key)).label, line) for line in counted.lines],
            "sentence": grid.in_a_sentence(counted.week),
            "today": clock.today(),
        },
    )


@allowed(Permission.PLAN)
@require_safe
def plans(request: ActingRequest) -> HttpResponse:
    """The pool's plans, the newest first."""
    pool = get_object_or_404(Pool, organisation=request.acting.place)
    runs = PlanRun.objects.filter(pool=pool).select_related("made_by")
    page = Paginator(runs, PLANS_A_PAGE).get_page(request.GET.get("page"))
    lines = [
        (run, weeks_of(run), plan_figures(run.summary) if run.is_made else None, standing(run))
        for run in page
    ]
    return respond(request, "vacancies/plans.jinja", {"pool": pool, "page": page, "lines": lines})
