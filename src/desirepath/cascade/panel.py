"""The cascade's part of a session's page: where it stands, what comes next, and what may be done."""

from __future__ import annotations

from typing import Any

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.cascade.models import CascadePolicy
from desirepath.cascade.standings import line
from desirepath.organisations.acting import Acting
from desirepath.vacancies.models import Vacancy


def where_it_stands(acting: Acting, vacancy: Vacancy) -> dict[str, Any] | None:
    """Nothing for a session that is settled, unless an agency clinician comes."""
    request = vacancy.agency_requests.first()
    settled = vacancy.state in ("filled", "completed", "withdrawn", "draft") or vacancy.start <= clock.now()
    if settled and vacancy.state != "agency":
        return None
    shown = line(vacancy, CascadePolicy.of(vacancy.pool))
    manages = acting.may(Permission.PLAN)
    return {
        "told": shown.told,
        "may_start": manages and shown.may_start,
        "again": bool(shown.cascade and shown.cascade.state == "stopped"),
        "may_stop": manages and shown.may_stop,
        "may_skip": manages and shown.may_skip,
        "may_ask_agency": shown.may_ask_agency and (manages or acting.may(Permission.ASK_FOR_COVER)),
        "agency": request,
        "decides": bool(request and request.state == "asked" and acting.may(Permission.APPROVE_SPEND)),
    }
