"""What she chooses, on one page; the practices she prefers, mutes or blocks; the members of a pool."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.clinicians import actions, presenters
from desirepath.clinicians.acting import clinician_of
from desirepath.clinicians.forms import SearchMembers, SearchPractices
from desirepath.clinicians.models import Clinician, Membership, PracticePreference, StandingYes
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools.models import pools_of_place

PRACTICES_A_PAGE = 20
MEMBERS_A_PAGE = 50


def practices_of(clinician: Clinician) -> QuerySet[Organisation]:
    """The practices of the pools she is an active member of."""
    today = clock.today()
    return (
        Organisation.objects.practices()
        .filter(
            Q(pool_places__ends_on__gt=today) | Q(pool_places__ends_on=None),
            pool_places__starts_on__lte=today,
            pool_places__pool__memberships__clinician=clinician,
            pool_places__pool__memberships__state="active",
        )
        .distinct()
        .order_by("name", "pk")
    )


@allowed(Permission.OWN_WORK)
@require_safe
def choices(request: ActingRequest) -> HttpResponse:
    """The way to each page on which she says what she wants, with what she has said so far."""
    found = presenters.choices(clinician_of(request), clock.today())
    return respond(request, "clinicians/choices.jinja", {"choices": found})


@allowed(Permission.OWN_WORK)
@require_http_methods(["GET", "POST"])
def practices(request: ActingRequest) -> HttpResponseBase:
    """Practices she prefers, mutes or blocks; none of them ever learns of it."""
    clinician = clinician_of(request)
    hers = practices_of(clinician)
    if request.method == "POST":
        return _choose(request, clinician, hers)
    form = SearchPractices(request.GET or None)
    wanted = form.cleaned_data["q"].strip() if form.is_bound and form.is_valid() else ""
    chosen = dict(clinician.practice_preferences.values_list("practice", "kind"))
    yeses = set(StandingYes.objects.for_clinician(clinician).on().values_list("practice", flat=True))
    found = hers.filter(Q(name__icontains=wanted) | Q(postcode__icontains=wanted)) if wanted else hers
    page = Paginator(found, PRACTICES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": wanted,
        "asked": urlencode({"q": wanted}) if wanted else "",
        "chosen": chosen,
        "yeses": yeses,
        "first": list(hers.filter(pk__in={*chosen, *yeses})) if not wanted else [],
    }
    return respond(request, "clinicians/practices.jinja", context, form=form)


def _choose(request: ActingRequest, clinician: Clinician, hers: QuerySet[Organisation]) -> HttpResponseBase:
    try:
        practice = hers.filter(public_id=request.POST.get("practice", "")).first()
    except (ValueError, ValidationError):
        practice = None
    kind = request.POST.get("kind") or None
    if practice is None or kind not in (None, *PracticePreference.Kind.values):
        raise Http404
    actions.set_practice_preference(by=request.user, clinician=clinician, practice=practice, kind=kind)
    told = {
        "preferred": "You prefer {}",
        "blocked": "You have blocked {}: you will not be offered work there",
        "muted": "You have muted {}: it sends you no offers, and you may still find its sessions",
    }
    messages.success(
        request, told.get(kind or "", "You neither prefer, mute nor block {}").format(practice.name)
    )
    back = {name: request.POST[name] for name in ("q", "page") if request.POST.get(name)}
    return redirect(f"{reverse('clinicians:practices')}{'?' + urlencode(back) if back else ''}")


@allowed(Permission.SEE_MEMBERS)
@require_safe
def members(request: ActingRequest) -> HttpResponse:
    """Members of the pool or chambers acted for: who is cleared to work, and until when."""
    place = request.acting.place
    found = Membership.objects.filter(pool__in=pools_of_place(place))
    if place.kind == Kind.CHAMBERS:
        found = found.filter(chambers__organisation=place)
    form = SearchMembers(request.GET or None)
    wanted = form.cleaned_data["q"].strip() if form.is_bound and form.is_valid() else ""
    if wanted:
        found = found.filter(clinician__person__name__icontains=wanted)
    blocked = found.filter(state="active", cleared_until__lt=clock.today())
    how_many, only_blocked = blocked.count(), request.GET.get("blocked") == "1"
    if only_blocked:
        found = blocked
    found = found.select_related("clinician__person", "chambers__organisation").order_by(
        "clinician__person__name", "pk"
    )
    page = Paginator(found, MEMBERS_A_PAGE).get_page(request.GET.get("page"))
    rows = [presenters.member_row(membership, clock.today()) for membership in page.object_list]
    context = {"place": place, "page": page, "rows": rows, "wanted": wanted}
    context["asked"] = urlencode(
        {**({"q": wanted} if wanted else {}), **({"blocked": 1} if only_blocked else {})}
    )
    context |= {
        "blocked": how_many,
        "only_blocked": only_blocked,
        "may_verify": request.acting.may(Permission.VERIFY),
        "may_set": request.acting.may(Permission.SET_CHECKS),
    }
    return respond(request, "clinicians/members.jinja", context, form=form)
