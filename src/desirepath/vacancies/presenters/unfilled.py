"""Why nobody comes and what would help, for practices and managers.

Made from the plan's causes and amounts, never from the library's sentences: nobody's rate, distance, limits
or blocked practices can be read out of it. What clinicians' own terms rule out is told as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from desirepath.audit.clock import LONDON
from desirepath.matching.words import listed
from desirepath.nhsuk.formats import plural, pounds
from desirepath.vacancies.could_come import FEWEST
from desirepath.vacancies.models import Proposal, Unfilled, Vacancy

HER_TERMS = "Nobody who is free then can come within the terms they have set"
NOBODY_FREE = "Nobody in the pool with the role and skills is free then"
REASONS = {
    "pool": "Nobody with the role and skills is a member of the pool",
    "validity": NOBODY_FREE,
    "availability": NOBODY_FREE,
    "weekly time": HER_TERMS,
    "blocked": HER_TERMS,
    "distance": HER_TERMS,
    "limits": HER_TERMS,
    "forbidden": "The pool manager has ruled out everyone who could come",
    "rate": "Those who could come ask for more than the most the practice pays",
    "elsewhere": "Everyone who could come is needed more at another session",
    "stopped": "The plan was stopped before it was finished: plan again",
    "worth": "By the pool's own weights, filling it is worth less than it costs",
}


@dataclass(frozen=True, slots=True)
class WhyNobody:
    """One sentence, and the smallest changes that would each bring enough people to be told."""

    reason: str
    changes: tuple[str, ...]


def why_nobody(row: Unfilled, skills: Mapping[str, str]) -> WhyNobody:
    """What to tell of an unfilled vacancy; ``skills`` are names by code."""
    told = (_change(change, row.vacancy, skills) for change in row.changes)
    return WhyNobody(_reason(row), tuple(text for text in told if text))


def _reason(row: Unfilled) -> str:
    role = row.vacancy.get_role_display()
    if row.reason == "role":
        return f"The pool has no {role} with published terms"
    if row.reason == "skills":
        needed = listed([skill.name for skill in row.vacancy.skills.all()])
        return f"No {role} of the pool has the skills asked for: {needed}"
    return REASONS[row.reason]


def _change(change: Mapping[str, Any], vacancy: Vacancy, skills: Mapping[str, str]) -> str:
    """The change in plain words; "" for one that only a clinician or another pool could make."""
    # so few are not told of: see could_come
    if change["brings"] < FEWEST:
        return ""
    who = plural(change["brings"], "clinician")
    if change["kind"] == "rate":
        wanted = Decimal(change["amount"])
        if wanted <= vacancy.rate_cap:
            return ""
        more = pounds(wanted - vacancy.rate_cap, exact=False)
        return f"Pay up to {pounds(wanted, exact=False)} an hour, {more} more than now: {who} could then come"
    if change["kind"] == "skill":
        return f"Don't ask for {skills.get(change['amount'], change['amount'])}: {who} could then come"
    if change["kind"] == "time":
        return f"{change['amount']}: {who} could then come"
    return ""


def latest_unfilled(vacancies: Iterable[Vacancy]) -> dict[int, WhyNobody]:
    """By row number, why the newest plan that held a vacancy found nobody; absent where it found somebody.

    At most six queries.
    """
    wanted = [vacancy.pk for vacancy in vacancies if vacancy.state in ("released", "unfilled")]
    told = Unfilled.objects.filter(vacancy__in=wanted).order_by("run_id")
    rows = {
        row.vacancy_id: row
        for row in told.select_related("vacancy", "run").prefetch_related("vacancy__skills")
    }
    if not rows:
        return {}
    proposed = (
        Proposal.objects.filter(vacancy__in=list(rows)).order_by("run_id").values_list("vacancy_id", "run_id")
    )
    later = dict(proposed)
    skills = names_of_skills()
    first_told(rows.values())
    return {pk: why_nobody(row, skills) for pk, row in rows.items() if later.get(pk, 0) < row.run_id}


def first_told(rows: Iterable[Unfilled]) -> None:
    """Each row's ``changes`` become those of the first plan of the same day: one answer per vacancy and day.

    ``rows`` with their runs; one query.
    """
    some = list(rows)
    first: dict[tuple[int, date], Any] = {}
    kept = Unfilled.objects.filter(vacancy__in=[row.vacancy_id for row in some]).order_by("run_id")
    for vacancy, at, changes in kept.values_list("vacancy_id", "run__state_since", "changes"):
        first.setdefault((vacancy, at.astimezone(LONDON).date()), changes)
    for row in some:
        row.changes = first[row.vacancy_id, row.run.made_at.astimezone(LONDON).date()]


def names_of_skills() -> dict[str, str]:
    """Names by code."""
    from desirepath.clinicians.models import Skill

    return dict(Skill.objects.values_list("code", "name"))
