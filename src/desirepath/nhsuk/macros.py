"""The design system's components in every template without an import: ``nhs.button({"text": "Save"})``."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment

# folders that are not spelled like the macro in them
ELSEWHERE = {"table": "tables"}


class DesignSystem:
    """Finds a component's macro by its name; each is compiled once."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        folder = ELSEWHERE.get(name) or re.sub(r"([A-Z])", lambda letter: "-" + letter[1].lower(), name)
        template = self._environment.get_template(f"nhsuk/components/{folder}/macro.jinja")
        macro = getattr(template.module, name)
        setattr(self, name, macro)
        return macro
