"""What was measured, as tables of text: the same on a terminal and in the documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from desirepath.simulation.measures import Estimate, Outcome, estimate
from desirepath.simulation.year import Year

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of an outcome: what it is called, how it is written, and whether more of it is better (1),
    worse (-1) or neither (0)."""

    field: str
    label: str
    style: str
    better: int = 0

    def values(self, outcomes: Sequence[Outcome] | Sequence[Year]) -> list[float]:
        """The figure of each outcome."""
        return [getattr(each, self.field) for each in outcomes]

    def written(self, value: float, signed: bool = False) -> str:
        """A figure with its unit; a difference of shares is in percentage points."""
        sign = ("+" if value > 0 else "-" if value < 0 else "") if signed else "-" if value < 0 else ""
        size = abs(value)
        if self.style == "share":
            return f"{sign}{size * 100:.1f}{'' if signed else '%'}"
        if self.style == "pounds":
            return f"{sign}£{size:.2f}"
        return f"{sign}{size:.{3 if self.style == 'ratio' else 1}f}"

    def cell(self, found: Estimate, signed: bool = False) -> str:
        """A mean and its interval, where there is one."""
        mean = self.written(found.mean, signed)
        if found.low == found.high:
            return mean
        return f"{mean} ({self.written(found.low, signed)} to {self.written(found.high, signed)})"


POLICY_MEASURES = (
    Measure("fill", "Sessions filled", "share", 1),
    Measure("hours_median", "Hours to fill, half of them within", "number", -1),
    Measure("hours_p90", "Hours to fill, nine in ten within", "number", -1),
    Measure("messages", "Messages for each filled session", "number", -1),
    Measure("spread", "Spread of work (Gini of worked over wished)", "ratio", -1),
    Measure("under_half", "People under half of their wish", "share", -1),
    Measure("cost", "Cost of a filled session", "pounds", -1),
    Measure("own_pcn", "Filled from the own PCN", "share", 1),
    Measure("neighbour", "Filled from a neighbouring PCN", "share"),
    Measure("pool", "Filled from the rest of the pool", "share"),
    Measure("agency", "Filled through an agency", "share", -1),
)
YEAR_MEASURES = (
    Measure("spread", "Spread of work (Gini of offered over wished)", "ratio", -1),
    Measure("under_half", "People under half of their wish", "share", -1),
    Measure("fill", "Sessions filled", "share", 1),
    Measure("tier", "Tier of a session (0 own PCN to 3 agency)", "ratio", -1),
    Measure("preference", "Preference points of a session", "ratio", 1),
    Measure("cost", "Cost of a session", "pounds", -1),
)


def by_name(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each policy, seeds in order."""
    found: dict[str, list[Outcome]] = {}
    for each in outcomes:
        found.setdefault(each.policy, []).append(each)
    return found


def years_by_name(years: Sequence[Year]) -> dict[str, list[Year]]:
    """The years of each variant, seeds in order."""
    found: dict[str, list[Year]] = {}
    for each in years:
        found.setdefault(each.variant, []).append(each)
    return found


def figures(measures: Sequence[Measure], groups: dict[str, list[Outcome]] | dict[str, list[Year]]) -> Rows:
    """A row for each measure, a column for each group: mean and interval; the first row is the header."""
    rows = [["", *groups]]
    for measure in measures:
        cells = [measure.cell(estimate(measure.values(group))) for group in groups.values()]
        rows.append([measure.label, *cells])
    return rows


def differences(
    measures: Sequence[Measure], groups: dict[str, list[Outcome]] | dict[str, list[Year]], ours: str
) -> Rows:
    """By how much `ours` is above each other group, seed by seed, in words: better, worse, or unclear where
    the interval reaches 0 on either side. Shares in percentage points.
    """
    others = [name for name in groups if name != ours]
    rows = [["", *(f"against {name}" for name in others)]]
    for measure in measures:
        cells = []
        for name in others:
            found = difference(measure, groups[ours], groups[name])
            cells.append(f"{measure.cell(found, signed=True)}{verdict(measure, found)}")
        rows.append([measure.label, *cells])
    return rows


def difference(
    measure: Measure, ours: Sequence[Outcome] | Sequence[Year], other: Sequence[Outcome] | Sequence[Year]
) -> Estimate:
    """Ours minus the other, seed by seed: what chance gave both alike drops out."""
    pairs = zip(measure.values(ours), measure.values(other), strict=True)
    return estimate([mine - theirs for mine, theirs in pairs])


def verdict(measure: Measure, found: Estimate) -> str:
    """What a difference means, where more or less of it is better at all."""
    if not measure.better or found.low == found.high:
        return ""
    if not found.clear:
        return ", unclear"
    return ", better" if (found.mean > 0) == (measure.better > 0) else ", worse"


def markdown(rows: Rows) -> str:
    """The rows as a table of Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)
