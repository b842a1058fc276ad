"""What the pages on safety, security, privacy and accessibility promise is held by tests that exist."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.house import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PAGES = ("safety", "security", "dpia", "accessibility")
# sections of these pages are hazards and threats: each is held by at least one test
EACH_HELD = {"safety": r"H\d+ ", "security": r"T\d+ "}
HAZARDS = (
    "unqualified",
    "Two sessions at one time",
    "cancellation",
    "check that has run out",
    "too much",
    "wrong person",
)


def sections(text: str) -> dict[str, str]:
    """The text under each heading of the second level."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def missing(text: str) -> list[str]:
    """Tests that a page names and that are not there."""
    found = []
    for path, name in NAMED.findall(text):
        file = ROOT / path
        tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
        if name not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
            found.append(f"{path}::{name}")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_exists(page: str) -> None:
    """A test that was renamed or taken out is named anew, or what it held is held otherwise."""
    text = (ROOT / "docs" / f"{page}.md").read_text()
    assert NAMED.search(text)
    assert missing(text) == []


@pytest.mark.parametrize("page", sorted(EACH_HELD))
def test_every_hazard_and_threat_is_held_by_a_test(page: str) -> None:
    """A section without a test is a hope."""
    found = sections((ROOT / "docs" / f"{page}.md").read_text())
    entries = {title: text for title, text in found.items() if re.match(EACH_HELD[page], title)}
    assert len(entries) >= 6
    assert [title for title, text in entries.items() if not NAMED.search(text)] == []


def test_the_hazards_that_are_known_are_there() -> None:
    """Those that every buyer asks for."""
    titles = " ".join(sections((ROOT / "docs" / "safety.md").read_text()))
    assert [hazard for hazard in HAZARDS if hazard not in titles] == []


def test_a_test_that_is_gone_is_found() -> None:
    """The check itself can fail."""
    assert missing("`tests/no_such.py::test_x`, `tests/architecture/test_assurance.py::test_gone`") == [
        "tests/no_such.py::test_x",
        "tests/architecture/test_assurance.py::test_gone",
    ]
