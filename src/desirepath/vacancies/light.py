"""Open sessions of a pool as plain values: many of them are read at once, and few are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from desirepath.audit.clock import LONDON
from desirepath.organisations.models import Organisation
from desirepath.vacancies.models import Vacancy

COLUMNS = (
    "pk",
    "practice_id",
    "start",
    "end",
    "role",
    "urgency",
    "rate_cap",
    "state",
    "pool_id",
    "session_type",
)


@dataclass(frozen=True, slots=True)
class LightVacancy:
    """What ``problem.build`` reads of a vacancy. ``rate_cap`` is pounds an hour, ``day`` the local day."""

    pk: int
    practice_id: int
    start: datetime
    end: datetime
    role: str
    urgency: int
    rate_cap: Decimal
    state: str
    pool_id: int
    session_type: str
    practice: Organisation
    skill_codes: frozenset[str]
    day: date
    minutes: int


def light(rows: Any) -> list[LightVacancy]:
    """The vacancies of a queryset, by start, in three queries however many there are."""
    values = list(rows.order_by("start", "pk").values_list(*COLUMNS))
    places = Organisation.objects.in_bulk({row[1] for row in values})
    through = Vacancy.skills.through.objects.filter(vacancy__in=rows.order_by().values("pk"))
    codes: dict[int, set[str]] = {}
    for vacancy, code in through.values_list("vacancy_id", "skill__code"):
        codes.setdefault(vacancy, set()).add(code)
    return [_light(row, places[row[1]], frozenset(codes.get(row[0], ()))) for row in values]


def _light(row: Any, place: Organisation, codes: frozenset[str]) -> LightVacancy:
    pk, practice, start, end, role, urgency, cap, state, pool, kind = row
    minutes = int((end - start).total_seconds()) // 60
    day = start.astimezone(LONDON).date()
    return LightVacancy(
        pk, practice, start, end, role, urgency, cap, state, pool, kind, place, codes, day, minutes
    )
