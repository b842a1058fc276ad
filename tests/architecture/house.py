"""The source as the architecture tests read it: every file parsed once."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "desirepath"
TESTS = ROOT / "tests"


@dataclass(frozen=True)
class Module:
    path: Path
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def migration(self) -> bool:
        return self.path.parent.name == "migrations"


@cache
def modules(folder: Path = SOURCE) -> tuple[Module, ...]:
    """Every Python file under ``folder``."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text()
        found.append(Module(path, text, ast.parse(text, str(path))))
    return tuple(found)


def functions(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    return [
        node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
