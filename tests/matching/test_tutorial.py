"""The tutorial of the planner runs as written, and prints what it says it prints."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "planner.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps():
    """Each block of code with the output that stands under it (None where none does)."""
    found = []
    for kind, content in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")):
        if kind == "python":
            found.append([content, None])
        else:
            found[-1][1] = content
    return found


def test_the_tutorial_runs(tmp_path, monkeypatch):
    """Every block runs after those before it, and prints exactly what stands under it."""
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "tutorial"}
    for number, (code, told) in enumerate(steps(), start=1):
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, f"planner.md, block {number}", "exec"), names)
        assert (number, printed.getvalue()) == (number, told or "")


def test_the_tutorial_shows_everything_public():
    """Every function that the library offers is in the tutorial."""
    from desirepath import matching

    text = TUTORIAL.read_text(encoding="utf-8")
    functions = [name for name in matching.__all__ if name.islower()]
    assert [name for name in functions if name not in text] == []
