"""Which pool an inviter's page is about: the one she acts for; an administrator chooses."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponseBase

from desirepath.accounts.roles import Role
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest
from desirepath.pools.models import Pool, pool_of

CHOSEN = "pool"

P = ParamSpec("P")


def is_administrator(request: ActingRequest) -> bool:
    return request.acting.role == Role.SYSTEM_ADMINISTRATOR


def pool_acted_for(request: ActingRequest) -> Pool | None:
    """The pool; None while an administrator has none to look after."""
    if not is_administrator(request):
        return pool_of(request.acting.place)
    pools = list(Pool.objects.select_related("organisation").order_by("organisation__name", "pk"))
    chosen = request.session.get(CHOSEN)
    return next((pool for pool in pools if str(pool.public_id) == chosen), pools[0] if pools else None)


def in_pool(
    view: Callable[Concatenate[ActingRequest, Pool, P], HttpResponseBase],
) -> Callable[Concatenate[ActingRequest, P], HttpResponseBase]:
    """Hand the pool to a view of an inviter."""

    @wraps(view)
    def scoped(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        pool = pool_acted_for(request)
        if pool is None:
            return respond(request, "pools/no_pool.jinja")
        return view(request, pool, *args, **kwargs)

    return scoped
