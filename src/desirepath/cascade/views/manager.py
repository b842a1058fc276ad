"""The pool manager plans, reads the plan, releases, takes back, keeps and rules out; a practice withdraws."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.cascade import actions, presenters
from desirepath.cascade.considered import considered
from desirepath.cascade.models import CascadePolicy, Release
from desirepath.clinicians.models import Clinician
from desirepath.nhsuk.formats import plural, span
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool
from desirepath.vacancies.actions import choose_pair, clear_pair
from desirepath.vacancies.forms import ChooseForm
from desirepath.vacancies.models import UNDER_WAY, PlanRun, Proposal, Vacancy
from desirepath.vacancies.planning import ask_for_plan, stop_plan
from desirepath.vacancies.presenters.making import making, why_failed
from desirepath.vacancies.presenters.plan import plan_figures, weeks_of
from desirepath.vacancies.presenters.week import chosen_week

# nobody waits longer, though she may leave: the best plan found by then is kept, with how good it is
SECONDS = 600.0
PROPOSALS_A_PAGE = 100
ANY_WEEKS = ("1", "2", "3", "4")
TOLD = 5
FASTER = "Somebody was faster: things have changed since this page was opened. Look again."


def _pool(request: ActingRequest) -> Pool:
    return get_object_or_404(Pool.objects.select_related("organisation"), organisation=request.acting.place)


def _run(request: ActingRequest, run: UUID) -> PlanRun:
    runs = PlanRun.objects.filter(pool=_pool(request)).select_related("pool__organisation", "made_by")
    return get_object_or_404(runs, public_id=run)


@allowed(Permission.PLAN)
@require_POST
def plan_week(request: ActingRequest) -> HttpResponse:
    """Ask for a plan of the week (or weeks), which a worker makes; the page then says how far it is."""
    week, wrong = chosen_week(request.POST.get("week"))
    if wrong or week.is_over:
        messages.error(
            request, "No plan was made: that week is over." if not wrong else f"No plan was made. {wrong}"
        )
        return redirect("vacancies:pool-week")
    asked = request.POST.get("weeks", "1")
    weeks = int(asked) if asked in ANY_WEEKS else 1
    run = ask_for_plan(
        pool=_pool(request), first_day=week.monday, weeks=weeks, by=request.user, seconds=SECONDS
    )
    return redirect("cascade:plan", run.public_id)


@allowed(Permission.PLAN)
@require_safe
def plan(request: ActingRequest, run: UUID) -> HttpResponse:
    """A plan as a proposal; ``?vacancy=`` shows who else was considered for one of its sessions."""
    found = _run(request, run)
    if not found.is_made:
        return _not_made(request, found)
    if vacancy := request.GET.get("vacancy"):
        return _others(request, found, vacancy)
    page = Paginator(presenters.sorted_proposals(found), PROPOSALS_A_PAGE).get_page(request.GET.get("page"))
    lines = [presenters.line(proposal) for proposal in page]
    latest = presenters.latest_of(found)
    first_page = page.number == 1
    return respond(
        request,
        "cascade/plan.jinja",
        {
            "run": found,
            "policy": CascadePolicy.of(found.pool),
            "weeks": weeks_of(found),
            "told": plan_figures(found.summary),
            "page": page,
            "lines": lines,
            "may_release": any(each.may_release for each in lines),
            "newer": latest if latest.pk != found.pk else None,
            "changes": presenters.changes(found) if first_page else None,
            "releases": presenters.releases(found),
            "unfilled": presenters.left_open(found) if first_page else [],
            "waiting": presenters.asked_elsewhere(found) if first_page else [],
            "choices": presenters.chosen_pairs(found, lines) if first_page else [],
            "may_plan": not chosen_week(presenters.last_day(found).isoformat())[0].is_over,
        },
    )


def _not_made(request: ActingRequest, run: PlanRun) -> HttpResponse:
    """A plan under way, or one that nothing came of; ``?watch=no`` lets the page stand still."""
    under_way = run.state in UNDER_WAY
    context = {
        "run": run,
        "weeks": weeks_of(run),
        "making": making(run) if under_way else None,
        "watch": request.GET.get("watch") != "no",
        "why": why_failed(run),
        "may_plan": not chosen_week(presenters.last_day(run).isoformat())[0].is_over,
    }
    return respond(request, "cascade/planning.jinja", context)


@allowed(Permission.PLAN)
@require_POST
def stop(request: ActingRequest, run: UUID) -> HttpResponse:
    """End the search of a plan under way: the best found so far is kept."""
    found = _run(request, run)
    stop_plan(by=request.user, run=found)
    return redirect("cascade:plan", found.public_id)


def _others(request: ActingRequest, run: PlanRun, vacancy: str) -> HttpResponse:
    """Why she, and why not the next three."""
    ids = _ids([vacancy])
    rows = presenters.with_standing(run.proposals.filter(vacancy__public_id__in=ids))
    proposal = get_object_or_404(rows)
    context = {
        "run": run,
        "weeks": weeks_of(run),
        "line": presenters.line(proposal),
        "others": considered(proposal),
    }
    return respond(request, "cascade/plan_others.jinja", context)


def _ids(texts: list[str]) -> list[UUID]:
    """Those of the texts that are ids; a broken one is nobody's."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@allowed(Permission.PLAN)
@require_POST
def release(request: ActingRequest, run: UUID) -> HttpResponse:
    """Send the offers of all proposals of a plan, of the chosen ones, or of one."""
    found = _run(request, run)
    try:
        done = actions.release_proposals(by=request.user, run=found, proposals=_chosen(request, found))
    except Refused as refused:
        messages.error(request, str(refused))
    except InvalidMove:
        messages.error(request, FASTER)
    else:
        messages.success(
            request,
            f"{plural(len(done.offers), 'offer')} sent. You can take back those that are not answered yet.",
        )
        for proposal, why in done.passed_over[:TOLD]:
            vacancy = proposal.vacancy
            messages.warning(
                request, f"Not sent for {span(vacancy.start, vacancy.end)} at {vacancy.practice}: {why}."
            )
        if len(done.passed_over) > TOLD:
            more = f"{len(done.passed_over) - TOLD:,} more"
            messages.warning(request, f"{more} were not sent: sessions or clinicians have changed.")
    return redirect("cascade:plan", found.public_id)


def _chosen(request: HttpRequest, run: PlanRun) -> list[Proposal]:
    rows: QuerySet[Proposal] = presenters.sorted_proposals(run).select_related("vacancy__pool")
    if "all" in request.POST:
        return [row for row in rows if presenters.line(row).may_release]
    only = request.POST.get("only")
    wanted = [only] if only else request.POST.getlist("proposals")
    return list(rows.filter(public_id__in=_ids(wanted)))


@allowed(Permission.PLAN)
@require_POST
def undo(request: ActingRequest, release: UUID) -> HttpResponse:
    """Take back what of a release is not answered yet."""
    mine = Release.objects.filter(run__pool=_pool(request)).select_related("run")
    found = get_object_or_404(mine, public_id=release)
    try:
        taken_back = actions.undo_release(by=request.user, release=found)
    except Refused as refused:
        messages.error(request, str(refused))
    except InvalidMove:
        messages.error(request, FASTER)
    else:
        messages.success(request, f"{plural(taken_back, 'offer')} taken back.")
    return redirect("cascade:plan", found.run.public_id)


@allowed(Permission.PLAN)
@require_http_methods(["GET", "POST"])
def choose(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """Keep a clinician for a session, rule her out, or take that back; the next plan is made around it."""
    found = get_object_or_404(
        Vacancy.objects.for_pool(_pool(request)).select_related("practice", "pool"), public_id=vacancy
    )
    initial = {name: request.GET.get(name, "") for name in ("clinician", "kind")}
    form = ChooseForm(request.POST or None, vacancy=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            said = _say(request, found, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return _back_to_plan(found)
    given = _ids([initial["clinician"]])
    clinician = (
        Clinician.objects.for_pool(found.pool).filter(public_id__in=given).select_related("person").first()
    )
    return respond(request, "cascade/choose.jinja", {"vacancy": found, "clinician": clinician}, form=form)


def _say(request: ActingRequest, vacancy: Vacancy, *, clinician: Clinician, kind: str, reason: str) -> str:
    if kind == ChooseForm.TAKE_BACK:
        clear_pair(by=request.user, vacancy=vacancy, clinician=clinician)
        return f"The next plan decides about {clinician} by itself. Plan again to see what changes."
    choose_pair(by=request.user, vacancy=vacancy, clinician=clinician, kind=kind, reason=reason)
    told = f"{clinician} is kept for it" if kind == "pin" else f"{clinician} is ruled out for it"
    return f"{told}. Plan again to see what changes."


def _back_to_plan(vacancy: Vacancy) -> HttpResponse:
    """The newest plan that holds the session, or the session's own page."""
    for run in PlanRun.objects.for_pool(vacancy.pool).made().filter(first_day__lte=vacancy.day)[:5]:
        if vacancy.day <= presenters.last_day(run):
            return redirect("cascade:plan", run.public_id)
    return redirect("vacancies:vacancy", vacancy.public_id)


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def withdraw(request: ActingRequest, vacancy: UUID) -> HttpResponse:
    """The practice no longer needs cover: first what follows, then done."""
    mine = Vacancy.objects.for_practice(request.acting.place).select_related("practice")
    found = get_object_or_404(mine, public_id=vacancy)
    if request.method == "GET":
        asked = found.offers.live().count()
        return respond(request, "cascade/withdraw.jinja", {"vacancy": found, "asked": asked})
    try:
        actions.withdraw_vacancy(by=request.user, vacancy=found)
    except Refused as refused:
        messages.error(request, str(refused))
    except InvalidMove:
        messages.error(request, FASTER)
    else:
        messages.success(request, "Withdrawn. Nobody will be asked for this session any more.")
    return redirect("vacancies:vacancy", found.public_id)
