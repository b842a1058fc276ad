"""The measures of the policies as bars with their intervals: plain SVG, and the same told in words."""

from collections.abc import Sequence
from html import escape

from desirepath.simulation.measures import Estimate, Outcome, estimate
from desirepath.simulation.table import POLICY_MEASURES, Measure, by_name

SHOWN = ("fill", "hours_median", "messages", "spread", "cost", "own_pcn")
# black on white, one dark blue for all bars: nothing is told by colour alone
BAR, INK, PAPER = "#005eb8", "#212b32", "#ffffff"
PANEL_WIDTH, COLUMNS, MARGIN = 570, 2, 20
LABEL, BAR_LENGTH = 190, 180
LINE, TITLE = 26, 34
BETTER = {1: " (more is better)", -1: " (less is better)", 0: ""}


def policies_chart(outcomes: Sequence[Outcome]) -> str:
    """The chart of a trial: a panel for each of six measures, a bar for each policy, whiskers around it."""
    groups = by_name(outcomes)
    measures = [each for each in POLICY_MEASURES if each.field in SHOWN]
    panel_height = TITLE + LINE * len(groups) + 16
    height = MARGIN * 2 + panel_height * -(-len(measures) // COLUMNS)
    width = MARGIN * 2 + PANEL_WIDTH * COLUMNS
    parts, told = [], []
    for i, measure in enumerate(measures):
        found = {name: estimate(measure.values(group)) for name, group in groups.items()}
        x, y = MARGIN + i % COLUMNS * PANEL_WIDTH, MARGIN + i // COLUMNS * panel_height
        parts += panel(measure, found, x, y)
        told.append(in_words(measure, found))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-labelledby="title desc" font-family="Arial, sans-serif" font-size="14">',
            '<title id="title">Ways of finding cover compared</title>',
            f'<desc id="desc">{escape(" ".join(told))}</desc>',
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def panel(measure: Measure, found: dict[str, Estimate], x: int, y: int) -> list[str]:
    """One measure: its name, and for each policy a bar, its interval and the figure in words."""
    most = max((each.high for each in found.values()), default=0.0) or 1.0
    parts = [text(x, y + 18, f"{measure.label}{BETTER[measure.better]}", weight="bold")]
    for i, (name, value) in enumerate(found.items()):
        top = y + TITLE + i * LINE
        start, scale = x + LABEL, BAR_LENGTH / most
        end = start + max(0.0, value.mean) * scale
        parts.append(text(start - 8, top + 15, name, anchor="end", size=12))
        parts.append(
            f'<rect x="{start}" y="{top + 2}" width="{end - start:.1f}" height="{LINE - 8}" fill="{BAR}"/>'
        )
        if value.low < value.high:
            low, high = (start + max(0.0, edge) * scale for edge in (value.low, value.high))
            middle = top + 2 + (LINE - 8) / 2
            for stroke, wide in ((PAPER, 4), (INK, 2)):
                parts.append(
                    f'<path d="M{low:.1f} {middle:.1f}H{high:.1f}M{low:.1f} {middle - 5:.1f}v10'
                    f'M{high:.1f} {middle - 5:.1f}v10" stroke="{stroke}" stroke-width="{wide}" fill="none"/>'
                )
        parts.append(text(start + BAR_LENGTH + 12, top + 15, measure.cell(value), size=12))
    return parts


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 14, weight: str = "") -> str:
    """A line of text."""
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x}" y="{y}" fill="{INK}" text-anchor="{anchor}" font-size="{size}"{bold}>'
        f"{escape(words)}</text>"
    )


def in_words(measure: Measure, found: dict[str, Estimate]) -> str:
    """One panel as a sentence."""
    cells = "; ".join(f"{name} {measure.cell(value)}" for name, value in found.items())
    return f"{measure.label}{BETTER[measure.better]}: {cells}."
