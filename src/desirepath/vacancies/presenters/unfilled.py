"""Why nobody comes and what would help, for practices and managers.

``matching`` tells it with exact figures and in codes. Here nobody's rate, distance, limits or blocked
practices can be read out of it: what clinicians' own terms rule out is told as one, a rate is rounded up to
the next £5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from desirepath.nhsuk.formats import pounds
from desirepath.pools.models import ClinicianRole
from desirepath.vacancies.models import Proposal, Unfilled, Vacancy

STEP = 5
BY_THE_BEGINNING = (
    ("Own limits", "Nobody who is free then can come within the terms they have set"),
    ("Distance", "Nobody who is free then can come within the terms they have set"),
    ("A manager has ruled out", "The pool manager has ruled out everyone who could come"),
    ("Rates", "Those who could come ask for more than the most the practice pays"),
    ("Others need them more", "Everyone who could come is needed more at another session"),
    ("The search was stopped early", "The plan was stopped before it was finished: plan again"),
)
# so few are not counted out: see could_come
FEW = re.compile(r"\b[12] clinicians? could then come")
PAY = re.compile(r"Pay up to £([\d,]+\.\d\d) an hour, £([\d,]+\.\d\d) more than now")


@dataclass(frozen=True, slots=True)
class WhyNobody:
    """One sentence, and the smallest changes that would each bring somebody."""

    reason: str
    changes: tuple[str, ...]


def why_nobody(row: Unfilled, skills: Mapping[str, str]) -> WhyNobody:
    """What to tell of an unfilled vacancy; ``skills`` are names by code."""
    changes = (_change(text, skills) for text in row.changes)
    return WhyNobody(_reason(row.reason, skills), tuple(text for text in changes if text))


def _reason(text: str, skills: Mapping[str, str]) -> str:
    told = next((instead for beginning, instead in BY_THE_BEGINNING if text.startswith(beginning)), "")
    return told or _with_names(text, skills)


def _change(text: str, skills: Mapping[str, str]) -> str:
    """The change in plain words; "" for one that only a clinician could make."""
    if text.startswith("Somebody would come who travels"):
        return ""
    if pay := PAY.fullmatch(text):
        wanted, more = (Decimal(part.replace(",", "")) for part in pay.groups())
        rounded = STEP * ceil(wanted / STEP)
        extra = rounded - wanted + more
        return f"Pay up to {pounds(rounded, exact=False)} an hour, {pounds(extra, exact=False)} more than now"
    return FEW.sub("somebody could then come", _with_names(text, skills))


def _with_names(text: str, skills: Mapping[str, str]) -> str:
    """Codes and row numbers out, names in."""
    text = re.sub(r"the pool \d+", "the pool", text)
    text = re.sub(r"the role (\w+)", lambda found: f"the role {_role(found.group(1))}", text)
    for code in sorted(skills, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(code)}(?![\w-])", skills[code], text)
    return text


def _role(code: str) -> str:
    return str(ClinicianRole(code).label) if code in ClinicianRole.values else code


def latest_unfilled(vacancies: Iterable[Vacancy]) -> dict[int, WhyNobody]:
    """By row number, why the newest plan that held a vacancy found nobody; absent where it found somebody.

    At most three queries.
    """
    wanted = [vacancy.pk for vacancy in vacancies if vacancy.state in ("released", "unfilled")]
    rows = {row.vacancy_id: row for row in Unfilled.objects.filter(vacancy__in=wanted).order_by("run_id")}
    if not rows:
        return {}
    proposed = (
        Proposal.objects.filter(vacancy__in=list(rows)).order_by("run_id").values_list("vacancy_id", "run_id")
    )
    later = dict(proposed)
    skills = names_of_skills()
    return {pk: why_nobody(row, skills) for pk, row in rows.items() if later.get(pk, 0) < row.run_id}


def names_of_skills() -> dict[str, str]:
    """Names by code."""
    from desirepath.clinicians.models import Skill

    return dict(Skill.objects.values_list("code", "name"))
