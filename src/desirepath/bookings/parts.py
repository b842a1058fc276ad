"""What this room shows on a session's page, and says of each in a week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from desirepath.accounts.roles import Permission
from desirepath.bookings.applied import applicants
from desirepath.bookings.instant import could_be_booked
from desirepath.bookings.models import Application, HandBack
from desirepath.nhsuk.formats import moment, plural, span
from desirepath.organisations.acting import Acting
from desirepath.pools.models import Chambers
from desirepath.vacancies.models import Vacancy


def applied(acting: Acting, vacancy: Vacancy) -> dict[str, Any] | None:
    """For its own practice only: who has applied and waits for an answer."""
    if not acting.may(Permission.SEE_PRACTICE):
        return None
    people = applicants(vacancy)
    return {"people": people, "may_answer": acting.may(Permission.ASK_FOR_COVER)} if people else None


def how_many_applied(acting: Acting, vacancies: Sequence[Vacancy]) -> dict[int, str]:
    """For their own practice only: how many wait for its answer."""
    if not acting.may(Permission.SEE_PRACTICE):
        return {}
    pending = Application.objects.pending().filter(vacancy__in=[each.pk for each in vacancies])
    counts = pending.order_by().values_list("vacancy").annotate(Count("pk"))
    return {key: f"{plural(count, 'person has', 'people have')} applied." for key, count in counts}


def at_once(acting: Acting, vacancy: Vacancy) -> dict[str, Any] | None:
    """For its own practice only: who gave it a standing yes and could come. Nobody else learns of the yes."""
    if not acting.may(Permission.ASK_FOR_COVER):
        return None
    people = could_be_booked(vacancy)
    return {"people": people} if people else None


def cover_asked(chambers: Chambers) -> list[str]:
    """Sessions that its members have handed back, while colleagues are asked: who, when, not where."""
    rows = HandBack.objects.open().filter(chambers=chambers).select_related("booking__clinician__person")
    return [
        f"{row.booking.clinician.person.name} can't work {span(row.booking.start, row.booking.end)}. "
        f"Colleagues are asked until {moment(row.asked_until)}."
        for row in rows.order_by("booking__start", "pk")
    ]
