"""The cascade's part of a session's page, and its words in a week: where it stands, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.cascade.models import CascadePolicy
from desirepath.cascade.standings import OPEN, line, lines
from desirepath.cascade.words import in_short
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


def in_a_week(acting: Acting, vacancies: Sequence[Vacancy]) -> dict[int, str]:
    """For each session that is still to be covered: the tier that is open, and what follows when."""
    rows = [each for each in vacancies if each.state in OPEN and each.start > clock.now()]
    prefetch_related_objects(rows, "cascade", "block")
    return {each.vacancy.pk: in_short(each.cascade, each.told) for each in lines(rows)}
