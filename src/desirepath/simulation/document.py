"""`policies.md` and its picture: each command writes its own section and leaves the other as it is."""

import re
from collections.abc import Sequence
from pathlib import Path

from desirepath.matching import ProblemError
from desirepath.simulation.chart import policies_chart
from desirepath.simulation.measures import Outcome
from desirepath.simulation.policies import Desirepath
from desirepath.simulation.table import (
    POLICY_MEASURES,
    YEAR_MEASURES,
    Measure,
    by_name,
    difference,
    differences,
    figures,
    markdown,
    verdict,
    years_by_name,
)
from desirepath.simulation.trial import Trial
from desirepath.simulation.world import Size
from desirepath.simulation.year import VARIANTS, Year, YearTrial

FILE, PICTURE = "policies.md", "pictures/policies.svg"
SECTIONS = ("policies", "year")
BEGINNING = """# Does it help people?

An experiment in an invented integrated care system. Practices, people, sessions and answers are made up
from a seed; under every policy the same practices ask at the same times, and the same people, asked for the
same session with the same notice, say the same. The odds of a yes (by fit, distance, rate and notice) are an
assumption, written down in `src/desirepath/simulation/answers.py`; none of it was measured on people. Read
the differences between policies, not the figures themselves. The tables are those that the commands print,
and the commands write this page. Every figure is a mean over seeds with its 95% interval (Student's t);
differences are taken seed by seed.
"""
ABOUT = {
    "Broadcast to all": "every session goes to everybody in the pool with the role, able or not, as in a "
    "group chat; the first yes has it.",
    "First-come board": "nothing is sent; people look at a list in their own rhythm and take what they are "
    "willing to, what they like best first.",
    "Plain tier cascade": "those able are asked a tier at a time, a whole tier at once: own PCN, "
    "neighbouring PCNs, pool, agency, up to 24 hours apart; the first yes has it.",
    Desirepath.name: "ours: the cascade by the rules that the pages follow, with the numbers of a new pool. "
    "Tier by tier, one person at a time, two in the last week and three in the last 48 hours, the next "
    "beside an offer that stays unanswered; nobody more than 3 times a day. Who is asked first comes from "
    "the plan, made at 8am, midday, 4pm and 8pm with fairness over the last 8 weeks.",
}
NOTES = """People reached through an agency are asked two days before by broadcast and board, last by the
plain cascade, and by Desirepath from three days before once the bank has had its turn, as if the practice's
approver said yes at once; they are left out of the spread of work. Messages are those that ask somebody for a
session; a board sends none. Everybody is paid her own rate, through an agency a fifth on top. Nobody here has
quiet hours, a standing yes or a wish to stand by. A first land had nobody able for a fifth of its sessions
and was made denser; posting times were spread over the day after most had fallen at its end."""
WHY = """Each comparison stands by itself at 95%, uncorrected: of so many, one or two will look clear by
chance. Likely reasons, not tested one by one: somebody asked with few others may take hours to say nothing
where many asked at once are quick; nobody is asked between 8pm and 8am unless it is urgent; a tier has hours
to itself; the plan knows nobody's willingness beforehand, counts on a yes, and learns from a no."""
BESIDE = "Bars of six measures for each policy; the table below holds the same figures"
RULE = """With the option `fairness_history` her k-th session of the week (k from 0, under the w she wishes)
is worth floor(60 x max(0, (W + w) - (O + k)) / (W + w)) points of level 4, where W is what she wished and O
what she was offered over the weeks before; from her wish on it is worth nothing. Without the option W and O
are 0."""
ADVICE = """At the published weights fairness stands below preference, so history only decides between people
who are equal in tier and preference: it costs nothing above it, and moves the spread a little. A pool that
wants more evenness raises the weight of fairness, and pays for it in preference."""


def write_document(directory: Path, section: str, body: str, picture: str | None = None) -> list[Path]:
    """Put a section's text into `policies.md` of a directory, and its picture beside; the paths written.

    Raises ProblemError where that can't be.
    """
    path = directory / FILE
    written = [path]
    try:
        (directory / PICTURE).parent.mkdir(parents=True, exist_ok=True)
        whole = path.read_text(encoding="utf-8") if path.exists() else ""
        bodies = {name: found_in(whole, name) for name in SECTIONS} | {section: body}
        path.write_text(page(bodies), encoding="utf-8")
        if picture is not None:
            (directory / PICTURE).write_text(picture, encoding="utf-8")
            written.append(directory / PICTURE)
    except OSError as reason:
        raise ProblemError(f"{directory} can't be written: {reason.strerror}") from None
    return written


def page(bodies: dict[str, str]) -> str:
    """The whole page from the text of its sections."""
    parts = [BEGINNING]
    for name in SECTIONS:
        body = bodies[name] or f"## To come\n\nRun `desirepath simulate {name} --out docs`."
        parts.append(f"<!-- {name} -->\n{body.strip()}\n<!-- end of {name} -->\n")
    return "\n".join(parts)


def found_in(whole: str, section: str) -> str:
    """The text of a section of a page, empty where there is none."""
    match = re.search(f"<!-- {section} -->\n(.*?)\n<!-- end of {section} -->", whole, re.DOTALL)
    return match[1] if match else ""


def policies_section(trial: Trial, outcomes: Sequence[Outcome]) -> str:
    """The section of a trial: the picture, its table, the differences, and where ours is better or worse."""
    groups = by_name(outcomes)
    command = f"desirepath simulate policies --weeks {trial.weeks}{asked(trial.seeds, trial.size)} --out docs"
    parts = ["## Four ways of finding cover", f"`{command}`: {scale(trial.size)}, {trial.weeks} weeks."]
    parts.append("\n".join(f"- **{name}**: {ABOUT[name]}" for name in groups if name in ABOUT))
    parts.append(NOTES)
    parts.append(f"![{BESIDE}]({PICTURE})")
    parts.append(markdown(figures(POLICY_MEASURES, groups)))
    if Desirepath.name in groups:
        parts.append(f"### {Desirepath.name} against the others")
        parts.append("Ours minus the other, shares in percentage points; unclear: the interval holds 0.")
        parts.append(markdown(differences(POLICY_MEASURES, groups, Desirepath.name)))
        parts.append("\n".join(findings(groups)))
        parts.append(WHY)
    return "\n\n".join(parts)


def findings(groups: dict[str, list[Outcome]]) -> list[str]:
    """For each other policy, where ours is better and where it is worse."""
    lines = []
    for name, other in groups.items():
        if name == Desirepath.name:
            continue
        said: dict[str, list[str]] = {", better": [], ", worse": []}
        for measure in POLICY_MEASURES:
            word = verdict(measure, difference(measure, groups[Desirepath.name], other))
            said.setdefault(word, []).append(measure.label[0].lower() + measure.label[1:])
        better, worse = (", ".join(said[word]) or "nothing clearly" for word in (", better", ", worse"))
        lines.append(f"- Against {name}: better in {better}; worse in {worse}.")
    return lines


def year_section(trial: YearTrial, years: Sequence[Year]) -> str:
    """The section of a year: the spread with and without history."""
    groups = years_by_name(years)
    first, *others = VARIANTS
    command = f"desirepath simulate year{asked(trial.seeds, trial.size)} --out docs"
    if trial.weeks != YearTrial().weeks or trial.history_weeks != YearTrial().history_weeks:
        command += f" --weeks {trial.weeks} --history {trial.history_weeks}"
    parts = [
        "## Fairness over time",
        f"`{command}`: {scale(trial.size)}, {trial.weeks} weeks planned one by one, everybody takes what she "
        f"is offered; history is what she wished and was offered over the last {trial.history_weeks} weeks.",
        RULE,
        markdown(figures(YEAR_MEASURES, groups)),
        f"Against “{first}”, seed by seed (shares in percentage points):",
        markdown(against_first(YEAR_MEASURES, groups, first, others)),
        ADVICE,
    ]
    return "\n\n".join(parts)


def against_first(
    measures: Sequence[Measure], groups: dict[str, list[Year]], first: str, others: Sequence[str]
) -> list[list[str]]:
    """Each other variant minus the first."""
    rows = [["", *others]]
    for measure in measures:
        found = [difference(measure, groups[name], groups[first]) for name in others]
        rows.append([measure.label, *(f"{measure.cell(e, signed=True)}{verdict(measure, e)}" for e in found)])
    return rows


def asked(seeds: Sequence[int], size: Size) -> str:
    """The options of a command that are not at their default."""
    told = f" --seed {seeds[0]} --seeds {len(seeds)}"
    for name in Size.__slots__:
        if getattr(size, name) != getattr(Size(), name):
            told += f" --{name} {getattr(size, name)}"
    return told


def scale(size: Size) -> str:
    """The size of the land in words."""
    return f"{size.practices} practices, {size.clinicians} clinicians, about {size.sessions} sessions a week"


__all__ = ["policies_chart", "policies_section", "write_document", "year_section"]
