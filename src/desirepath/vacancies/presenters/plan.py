"""The figures of a plan in people's words; ``PlanRun.summary`` holds them as ``planning`` wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from desirepath.nhsuk.formats import day, number, pounds
from desirepath.vacancies.models import PlanRun
from desirepath.vacancies.planning import TIERS


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """What a plan achieves: ``figures`` by name, and in ``tiers`` how many people come from where."""

    figures: tuple[tuple[str, str], ...]
    tiers: tuple[tuple[str, int], ...]
    proof: str


def plan_figures(summary: dict[str, Any]) -> PlanFigures:
    """Read a plan's summary; what an older one lacks is left out."""
    needed, filled, asked = (int(summary.get(name, 0)) for name in ("needed", "filled", "asked"))
    figures = [("Sessions proposed", f"{number(filled)} of {number(needed - asked)}")]
    figures += [("Asked already", number(asked))] if asked else []
    figures += [("Nobody found", number(max(0, needed - asked - filled)))]
    figures += [("Fees", pounds(Decimal(summary.get("fees", "0"))))]
    if Decimal(summary.get("agency", "0")):
        saved = Decimal(summary.get("saved", "0"))
        told = f"{pounds(abs(saved))} {'less' if saved >= 0 else 'more'}"
        figures.append(("Against an agency", told))
    tiers = tuple(
        (name[:1].upper() + name[1:], int(count))
        for name, count in zip(TIERS, summary.get("tiers", ()), strict=False)
    )
    return PlanFigures(tuple(figures), tiers, proof(float(summary.get("gap", 0.0))))


def proof(gap: float) -> str:
    """How far from the best possible the plan may be, never told as nearer than it is."""
    if gap <= 0:
        return "Proven the best possible"
    percent = (Decimal(str(gap)) * 100).quantize(Decimal("0.01"), ROUND_CEILING)
    return f"Proven within {percent}% of the best possible"


def weeks_of(run: PlanRun) -> str:
    """ "Mon 7 Dec to Sun 13 Dec"."""
    from datetime import timedelta

    last = run.first_day + timedelta(weeks=run.weeks, days=-1)
    return f"{day(run.first_day)} to {day(last)}"
