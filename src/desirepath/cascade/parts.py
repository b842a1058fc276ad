"""What this room shows on a session's page."""

from __future__ import annotations

from typing import Any

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.cascade.models import UrgentCall
from desirepath.cascade.urgent import is_near
from desirepath.nhsuk.formats import local
from desirepath.organisations.acting import Acting
from desirepath.vacancies.models import Vacancy


def urgent_link(acting: Acting, vacancy: Vacancy) -> dict[str, Any] | None:
    """For its practice, while it is open and near: the way to whoever could come."""
    if not acting.may(Permission.ASK_FOR_COVER) or not is_near(vacancy):
        return None
    return {
        "called": UrgentCall.objects.filter(vacancy=vacancy).exists(),
        "today": local(vacancy.start).date() == clock.today(),
    }
