"""The practices of the pool: add one that is known, or make one by hand, and invite who books for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts.roles import Permission, Role
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Organisation, OrganisationQuerySet, RoleAssignment
from desirepath.pools import actions
from desirepath.pools.forms import AddPractice, NewPractice, SearchPractices
from desirepath.pools.models import Pool
from desirepath.pools.views.scope import in_pool

A_PAGE = 100
MOST_FOUND = 20


@require_safe
@allowed(Permission.INVITE)
@in_pool
def practices(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    bookers = RoleAssignment.objects.current().filter(role=Role.PRACTICE_BOOKER).values("pk")
    held = Organisation.objects.filter(pk__in=pool.practices().values("pk")).annotate(
        bookers=Count("role_assignments", filter=Q(role_assignments__in=bookers))
    )
    page = Paginator(held.order_by("name", "code"), A_PAGE).get_page(request.GET.get("page"))
    return respond(request, "pools/practices.jinja", {"pool": pool, "page": page})


def _known(pool: Pool) -> OrganisationQuerySet:
    """Practices that may be added; a real pool takes no invented ones."""
    known = Organisation.objects.practices().open_on(clock.today())
    return known if pool.fictional else known.filter(fictional=False)


def _found(pool: Pool, words: str) -> OrganisationQuerySet:
    # PostgreSQL takes no text with a NUL in it
    words = words.replace("\x00", "").strip()
    if len(words) < 3:
        return Organisation.objects.none()
    meant = Q(code__istartswith=words) | Q(name__icontains=words) | Q(postcode__istartswith=words)
    keys = _known(pool).filter(meant).exclude(pk__in=pool.practices().values("pk")).order_by("name", "code")
    return Organisation.objects.filter(pk__in=list(keys.values_list("pk", flat=True)[: MOST_FOUND + 1]))


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def add(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    words = request.POST.get("q", "") if request.method == "POST" else request.GET.get("q", "")
    search = SearchPractices({"q": words} if words else None)
    found = _found(pool, words)
    choices = _known(pool) if request.method == "POST" else found
    form = AddPractice(request.POST or None, found=choices, initial={"since": clock.today(), "q": words})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                actions.add_practice(
                    by=request.user, pool=pool, practice=given["practice"], since=given["since"]
                )
                _invite_booker(request, pool, given["practice"], given)
        except Refused as refused:
            form.add_error("practice", str(refused))
        else:
            return _added(request, given["practice"], given)
    # what is shown after an error are the practices found, never all of England
    form.fields["practice"].queryset = found  # type: ignore[attr-defined]
    context = {"pool": pool, "search": search, "found": min(found.count(), MOST_FOUND), "words": words}
    context["more"] = found.count() > MOST_FOUND
    shown = form if request.method == "POST" else search
    return respond(request, "pools/add_practice.jinja", {**context, "adding": form}, form=shown)


@require_http_methods(["GET", "POST"])
@allowed(Permission.INVITE)
@in_pool
def new(request: ActingRequest, pool: Pool) -> HttpResponseBase:
    form = NewPractice(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        made = {name: given[name] for name in ("code", "name", "postcode", "latitude", "longitude")}
        try:
            with transaction.atomic():
                practice = actions.new_practice(by=request.user, pool=pool, **made)
                _invite_booker(request, pool, practice, given)
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            return _added(request, practice, given)
    return respond(request, "pools/new_practice.jinja", {"pool": pool}, form=form)


def _invite_booker(request: ActingRequest, pool: Pool, practice: Organisation, given: dict[str, Any]) -> None:
    if given["booker_email"]:
        actions.invite_to_role(
            by=request.user,
            pool=pool,
            email=given["booker_email"],
            name=given["booker_name"],
            role=Role.PRACTICE_BOOKER,
            place=practice,
        )


def _added(request: ActingRequest, practice: Organisation, given: dict[str, Any]) -> HttpResponseBase:
    invited = f", and {given['booker_name']} is invited to book for it" if given["booker_email"] else ""
    messages.success(request, f"{practice} is in the pool{invited}")
    return redirect("pools:practices")
