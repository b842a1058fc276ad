"""The house rules that a machine can see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.house import ROOT, SOURCE, TESTS, functions, modules

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
NAMES_OF_NOTHING = {"utils", "common", "core", "helpers", "misc", "services", "signals"}
CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("datetime", "today"),
}
HEAVY = {"highspy", "numpy", "openpyxl", "faker", "django", "jinja2", "holidays", "icalendar"}


def test_imports_point_downward():
    """The contracts of import-linter hold."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_are_short():
    """No file is longer than 400 lines."""
    long = {str(m): n for m in modules() if not m.migration and (n := len(m.text.splitlines())) > MOST_LINES}
    assert not long


def test_functions_are_short():
    """No function is longer than 60 lines with its docstring."""
    long = {
        f"{module}:{function.lineno} {function.name}": lines
        for module in modules()
        for function in functions(module)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert not long


def test_every_module_is_named_for_what_it_holds():
    """No module or folder is a drawer for the rest."""
    drawers = [
        str(m) for m in modules() if NAMES_OF_NOTHING & {m.path.stem, *m.path.relative_to(SOURCE).parts[:-1]}
    ]
    assert not drawers


def test_one_clock():
    """Only the clock asks what time it is."""
    asked = [
        f"{module}:{node.lineno}"
        for module in modules()
        if module.path != SOURCE / "audit" / "clock.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in CLOCKS
    ]
    assert not asked, f"ask desirepath.audit.clock instead: {asked}"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_every_module_says_what_it_is():
    """Each module with anything in it begins with a docstring."""
    silent = [str(m) for m in modules() if m.tree.body and not m.migration and not ast.get_docstring(m.tree)]
    assert not silent


def test_every_test_says_what_it_shows():
    """Each test function has a docstring."""
    silent = [
        f"{module}:{function.lineno} {function.name}"
        for module in modules(TESTS)
        if module.path.stem.startswith("test_")
        for function in functions(module)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert not silent


def test_no_test_is_hidden_by_a_namesake():
    """Two tests of one name in one scope would leave only the second."""
    hidden = []
    for module in modules(TESTS):
        for scope in ast.walk(module.tree):
            if isinstance(scope, ast.Module | ast.ClassDef):
                names = [
                    f.name
                    for f in scope.body
                    if isinstance(f, ast.FunctionDef) and f.name.startswith("test_")
                ]
                hidden += [f"{module}: {name}" for name in set(names) if names.count(name) > 1]
    assert not hidden


def test_the_command_starts_light():
    """``desirepath --help`` loads nothing heavy."""
    program = "import sys, desirepath.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_templates_name_no_other_machine():
    """No page fetches anything from elsewhere: links may lead out, sources and styles may not."""
    fetching = re.compile(
        r"""(?:src|srcset|action|data)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//""", re.I
    )
    pages = [p for p in SOURCE.rglob("*") if p.suffix in {".jinja", ".html", ".css", ".txt", ".js"}]
    outside = [p.relative_to(ROOT).as_posix() for p in pages if fetching.search(p.read_text())]
    assert not outside


def test_templates_have_no_inline_script_or_style():
    """The content security policy would refuse them."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle\s*=|\son(?:click|change|submit|load)\s*=", re.I
    )
    pages = [p for p in SOURCE.rglob("*") if p.suffix in {".jinja", ".html"}]
    assert not [p.relative_to(ROOT).as_posix() for p in pages if inline.search(p.read_text())]
