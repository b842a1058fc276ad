"""Where every vacancy stands in its cascade, and what a manager may do about one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.cascade import agency, running
from desirepath.cascade.forms import FindForm, ReasonForm
from desirepath.cascade.models import CascadePolicy
from desirepath.cascade.models.cascade import TIERS
from desirepath.cascade.rules import last_tier
from desirepath.cascade.standings import cascade_of, lines, to_show
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import Acting, ActingRequest, allowed
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy, VacancyQuerySet
from desirepath.vacancies.planning import span

A_PAGE = 40
FASTER = "Somebody was faster: things have changed since this page was opened. Look again."


def pool_of(acting: Acting) -> Pool | None:
    """The pool she manages; nothing for whoever is at a practice."""
    if not acting.may(Permission.SEE_POOL):
        return None
    return get_object_or_404(Pool, organisation=acting.place)


def seen_by(acting: Acting) -> VacancyQuerySet:
    """The vacancies of the pool she manages, or of her practice."""
    pool = pool_of(acting)
    return Vacancy.objects.for_pool(pool) if pool else Vacancy.objects.for_practice(acting.place)


@allowed(Permission.SEE_POOL, Permission.SEE_PRACTICE)
@require_safe
def cascades(request: ActingRequest) -> HttpResponse:
    """Every session to come: where it stands and what happens next; those that need somebody first."""
    pool = pool_of(request.acting)
    place = request.acting.place
    mine = Vacancy.objects.for_pool(pool) if pool else Vacancy.objects.for_practice(place)
    practices = Organisation.objects.filter(Exists(mine.filter(practice=OuterRef("pk"))))
    practices = practices.only("public_id", "name").order_by("name")
    asked = bool(request.GET)
    form = FindForm(request.GET if asked else None, practices=practices)
    rows, shown = mine, ""
    if asked and form.is_valid():
        found = form.cleaned_data
        shown = found["state"]
        if found["practice"]:
            rows = rows.for_practice(found["practice"])
        if found["day"]:
            start, _ = span(found["day"], 1)
            end, _ = span(found["day"].fromordinal(found["day"].toordinal() + 1), 1)
            rows = rows.between(start, end)
    page = Paginator(to_show(rows, shown), A_PAGE).get_page(request.GET.get("page"))
    policies = {pool.pk: CascadePolicy.of(pool)} if pool else {}
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "manager": pool is not None,
        "place": place,
        "page": page,
        "lines": lines(page, policies),
        "more": f"&{query.urlencode()}" if query else "",
        "narrowed": asked,
        "automatic": policies[pool.pk].automatic if pool else None,
        "ever": bool(page.object_list) or mine.exists(),
    }
    return respond(request, "cascade/cascades.jinja", context, form=form)


def _found(request: ActingRequest, vacancy: UUID) -> Vacancy:
    rows = seen_by(request.acting).select_related("practice", "pool__organisation", "cascade")
    return get_object_or_404(rows, public_id=vacancy)


@allowed(Permission.PLAN)
@require_POST
def start(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """Ask for it by itself, from now on, or again."""
    found = _found(request, vacancy)
    try:
        running.start(vacancy=found, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    except InvalidMove:
        messages.error(request, FASTER)
    else:
        messages.success(request, "Started. People are asked within a minute, tier by tier.")
    return redirect("vacancies:vacancy", found.public_id)


def _with_reason(
    request: ActingRequest, found: Vacancy, page: dict[str, str], act: Callable[[str], object], done: str
) -> HttpResponse:
    """A page that asks for a reason, and then does it."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        except InvalidMove:
            form.add_error(None, FASTER)
        else:
            messages.success(request, done)
            return redirect("vacancies:vacancy", found.public_id)
    return respond(request, "cascade/with_reason.jinja", {"vacancy": found, **page}, form=form)


@allowed(Permission.PLAN)
@require_http_methods(["GET", "POST"])
def stop(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """Nobody else is asked until it is started again."""
    found = _found(request, vacancy)
    page = {
        "heading": "Stop asking for this session?",
        "what": "Nobody else is asked until you start it again. Whoever has an offer may still answer it.",
        "button": "Stop asking",
    }
    return _with_reason(
        request,
        found,
        page,
        lambda reason: running.stop(vacancy=found, by=request.user, reason=reason),
        "Stopped. Nobody else will be asked until it is started again.",
    )


@allowed(Permission.PLAN)
@require_http_methods(["GET", "POST"])
def skip(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """Open the next tier now."""
    found = _found(request, vacancy)
    cascade = cascade_of(found)
    last = last_tier(CascadePolicy.of(found.pool).rules)
    tier = TIERS[cascade.tier + 1] if cascade and cascade.tier < last else ""
    page = {
        "heading": f"Open it to {tier} now?" if tier else "Skip a tier?",
        "what": "Those who have an offer keep it. Whoever is nearer is still asked first.",
        "button": "Skip the tier",
    }
    return _with_reason(
        request,
        found,
        page,
        lambda reason: running.skip_tier(vacancy=found, by=request.user, reason=reason),
        f"Opened to {tier}.",
    )


@allowed(Permission.PLAN, Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def ask_agency(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """Ask the practice's approver for leave to look for an agency clinician."""
    found = _found(request, vacancy)
    page = {
        "heading": "Ask for an agency?",
        "what": "The practice's approver sees what it would cost and decides: somebody other than you, and "
        "than whoever asked for the cover. The pool goes on asking.",
        "button": "Ask the approver",
    }
    return _with_reason(
        request,
        found,
        page,
        lambda reason: agency.request_agency(by=request.user, vacancy=found, why=reason),
        "The practice's approver has been told.",
    )
