"""How the pool asks: its manager sees the policy in plain sentences, and changes it."""

from __future__ import annotations

from datetime import time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.cascade.models import CascadePolicy
from desirepath.cascade.policy_form import PolicyForm
from desirepath.cascade.rules import Rules
from desirepath.cascade.setting import set_policy
from desirepath.cascade.words import preview
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.pools.models import Pool

VERSIONS = 10


@allowed(Permission.PLAN)
@require_http_methods(["GET", "POST"])
def policy(request: ActingRequest) -> HttpResponse:
    """The policy in force, and a form that shows what another would do before it is kept."""
    pool = get_object_or_404(Pool.objects.select_related("organisation"), organisation=request.acting.place)
    form = PolicyForm(request.POST or None, pool=pool)
    tried: list[str] = []
    if request.method == "POST" and form.is_valid():
        if "check" in request.POST:
            tried = preview(Rules(**form.values), clock.now())
        else:
            try:
                set_policy(
                    by=request.user,
                    pool=pool,
                    values=form.values,
                    escalate_to=form.cleaned_data["escalate_to"],
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "Saved. Sessions follow it from now on.")
                return redirect("cascade:policy")
    current = CascadePolicy.of(pool)
    context = {
        "pool": pool,
        "policy": current,
        "asked_from": time(current.from_hour),
        "asked_until": time(current.until_hour % 24),
        "told": preview(current.rules, clock.now()),
        "tried": tried,
        "versions": CascadePolicy.objects.for_pool(pool).select_related("by")[:VERSIONS],
    }
    return respond(request, "cascade/policy.jinja", context, form=form)
