"""The document about spreadsheets says what the templates do."""

from __future__ import annotations

import pytest

from desirepath.pools.importing import IMPORTS, Import
from tests.architecture.house import ROOT


@pytest.mark.parametrize("what", IMPORTS.values(), ids=IMPORTS)
def test_every_column_is_documented(what: Import) -> None:
    """Each column stands in docs/spreadsheets.md as the template explains it, and no other."""
    part = (ROOT / "docs" / "spreadsheets.md").read_text().split(f"## {what.title}\n")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{column.name}` | {'yes' if column.required else 'no'} | {column.help} | {column.example} |"
        for column in what.columns
    ]


def test_both_kinds_are_offered() -> None:
    """The rooms above have registered theirs."""
    assert sorted(IMPORTS) == ["clinicians", "sessions"]
