"""The API of the room: how she may be asked. Nobody but she reads it."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from ninja import Router, Schema
from pydantic import ConfigDict

from desirepath.accounts.roles import Permission, Scope
from desirepath.clinicians.api import own
from desirepath.clinicians.choosing import CHOICES, set_quiet_choices
from desirepath.clinicians.models import QuietChoices
from desirepath.clinicians.quiet import choices_of
from desirepath.organisations.api import PROBLEMS, ApiRequest, IdempotencyKey, once, token

router = Router()


class Quiet(Schema):
    """How often, when and by what way she may be asked. Times are England's.

    ``most_offers_day`` null: as many as come; ``digest_at`` null: each message at once; ``paused_until`` is
    the first day on which she is asked again; ``next_pools``: pools that work with hers may ask her too. What
    is left out stays as it is.
    """

    model_config = ConfigDict(extra="forbid")

    most_offers_day: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time | None = None
    paused_until: date | None = None
    phone_allowed: bool = False
    standby: bool = False
    sms: bool = False
    next_pools: bool = False


def _out(choices: QuietChoices) -> Quiet:
    return Quiet(**{name: getattr(choices, name) for name in CHOICES})


OWN: dict[str, Any] = {"tags": ["Availability"], "response": {200: Quiet, **PROBLEMS}}


@router.get("/quiet", auth=token(Scope.AVAILABILITY_READ, Permission.OWN_WORK), **OWN)
def quiet(request: ApiRequest) -> Any:
    """How she may be asked."""
    return _out(choices_of(own(request)))


@router.patch("/quiet", auth=token(Scope.AVAILABILITY_WRITE, Permission.OWN_WORK), **OWN)
def change_quiet(request: ApiRequest, wanted: Quiet, idempotency_key: IdempotencyKey) -> Any:
    """Change how she may be asked; offers that wait stay hers to answer."""

    def act() -> Quiet:
        values = wanted.model_dump(exclude_unset=True)
        return _out(set_quiet_choices(by=request.user, clinician=own(request), values=values))

    return once(request, idempotency_key, act)
