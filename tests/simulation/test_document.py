"""Tables, chart and page: the same figures everywhere, each command its own section."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from desirepath.matching import ProblemError
from desirepath.simulation import (
    POLICIES,
    Trial,
    Year,
    YearTrial,
    policies_chart,
    policies_section,
    write_document,
    year_section,
)
from desirepath.simulation.measures import Estimate, outcome
from desirepath.simulation.table import (
    POLICY_MEASURES,
    YEAR_MEASURES,
    Measure,
    by_name,
    differences,
    figures,
    markdown,
    verdict,
)
from desirepath.simulation.year import VARIANTS
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "policies.md"
PICTURE = ROOT / "docs" / "pictures" / "policies.svg"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def outcomes(lived):
    """Two seeds of each policy, the second filling a little more."""
    first = [outcome(market, 1) for market in lived.values()]
    return first + [replace(each, seed=2, fill=each.fill + 0.01) for each in first]


def years() -> list[Year]:
    """Two seeds of each variant."""
    return [
        Year(name, seed, 0.8, 0.4 - 0.01 * i + 0.001 * seed, 0.5, 1.2, 3.5, 340.0 + seed)
        for seed in (1, 2)
        for i, name in enumerate(VARIANTS)
    ]


def test_figures_are_written_with_their_units():
    """Shares in per cent, pounds with pence, ratios to three places, differences with their sign."""
    share, pounds = Measure("fill", "", "share"), Measure("cost", "", "pounds")
    assert share.cell(Estimate(0.5, 0.4, 0.6)) == "50.0% (40.0% to 60.0%)"
    assert share.cell(Estimate(-0.05, -0.05, -0.05), signed=True) == "-5.0"
    assert pounds.cell(Estimate(340.5, 339, 342)) == "£340.50 (£339.00 to £342.00)"
    assert pounds.written(-2, signed=True) == "-£2.00"
    assert Measure("spread", "", "ratio").written(0.45678) == "0.457"
    assert Measure("hours_p90", "", "number").written(12.345, signed=True) == "+12.3"


@pytest.mark.parametrize(
    ("better", "found", "word"),
    [
        (1, Estimate(2, 1, 3), ", better"),
        (1, Estimate(-2, -3, -1), ", worse"),
        (-1, Estimate(2, 1, 3), ", worse"),
        (-1, Estimate(-2, -3, -1), ", better"),
        (1, Estimate(1, -1, 3), ", unclear"),
        (0, Estimate(2, 1, 3), ""),
    ],
)
def test_verdicts(better, found, word):
    """More is better or worse as the measure says; an interval that holds 0 is unclear."""
    assert verdict(Measure("fill", "", "share", better), found) == word


def test_differences_are_taken_seed_by_seed(outcomes):
    """Two policies that differ by the same in each seed differ by exactly that."""
    groups = by_name(outcomes)
    name = "Desirepath"
    groups["Twin"] = [replace(each, fill=each.fill - 0.1) for each in groups[name]]
    rows = differences(POLICY_MEASURES[:1], groups, name)
    assert rows[1][rows[0].index("against Twin")].startswith("+10.0")


def test_the_chart_tells_the_figures_in_words(outcomes):
    """A sound SVG with title, description and role; each figure of it stands in the table too."""
    root = ElementTree.fromstring(policies_chart(outcomes))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.find(f"{SVG}title").text
    told = root.find(f"{SVG}desc").text
    table = markdown(figures(POLICY_MEASURES, by_name(outcomes)))
    drawn = [each.text for each in root.iter(f"{SVG}text") if re.match(r"£?\d", each.text)]
    assert len(drawn) == 6 * len(POLICIES)
    assert all(figure in table and figure in told for figure in drawn)


def test_each_section_is_kept_when_the_other_is_written(tmp_path, outcomes):
    """Whatever the order, a section stays until its own command writes it again."""
    trial = Trial(weeks=2, seeds=(1, 2))
    policies = policies_section(trial, outcomes)
    write_document(tmp_path, "year", year_section(YearTrial(seeds=(1, 2)), years()))
    before = (tmp_path / "policies.md").read_text()
    assert "Run `desirepath simulate policies --out docs`" in before
    write_document(tmp_path, "policies", policies, policies_chart(outcomes))
    page = (tmp_path / "policies.md").read_text()
    assert policies in page
    assert "## Fairness over time" in page
    assert "To come" not in page
    write_document(tmp_path, "policies", policies, policies_chart(outcomes))
    assert (tmp_path / "policies.md").read_text() == page
    assert (tmp_path / "pictures" / "policies.svg").read_text().startswith("<svg")


def test_a_page_that_cannot_be_written_is_said(tmp_path):
    """A file where the directory should be is a clear refusal."""
    (tmp_path / "docs").write_text("mine")
    with pytest.raises(ProblemError, match="can't be written"):
        write_document(tmp_path / "docs", "year", "text")


def test_the_page_names_every_policy_and_measure():
    """docs/policies.md holds both sections with a row for each measure and where ours is better or worse."""
    page = PAGE.read_text()
    assert "To come" not in page
    header = next(line for line in page.splitlines() if line.startswith("|  |"))
    assert header == f"|  | {' | '.join(make.name for make in POLICIES)} |"
    assert all(f"| {each.label} |" in page for each in (*POLICY_MEASURES, *YEAR_MEASURES))
    assert all(name in page for name in VARIANTS)
    assert page.count("; worse in ") == len(POLICIES) - 1
    assert re.search(r"`desirepath simulate policies --weeks 12 --seed 1 --seeds \d+ --out docs`", page)
    assert re.search(r"`desirepath simulate year --seed 1 --seeds \d+ --out docs`", page)


def test_the_picture_shows_the_figures_of_the_page():
    """Every figure drawn in docs/pictures/policies.svg stands in the table of docs/policies.md."""
    page, root = PAGE.read_text(), ElementTree.fromstring(PICTURE.read_text())
    drawn = [each.text for each in root.iter(f"{SVG}text") if re.match(r"£?\d", each.text)]
    assert len(drawn) == 6 * len(POLICIES)
    assert all(f"| {figure} |" in page for figure in drawn)
    assert "](pictures/policies.svg)" in page
