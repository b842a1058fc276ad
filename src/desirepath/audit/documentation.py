"""The page of states, written from the transition tables themselves."""

from __future__ import annotations

from desirepath.audit.states import TABLES, States

_OPENING = """# States

Which state may follow which, for every entity that has one. This page is written from the transition tables
beside the models by `make docs`, and a test holds the two together: change the table, not the page.
"""


def states_page() -> str:
    """The text of ``docs/states.md``: one section per registered table, by name; models must be loaded."""
    return "\n".join([_OPENING, *(_section(TABLES[name]) for name in sorted(TABLES))])


def _section(states: States) -> str:
    lines = [f"## {states.entity}", "", "| state | may become |", "|---|---|"]
    for state, onward in states.moves.items():
        begins = " (the beginning)" if state == states.start else ""
        lines.append(
            f"| {state}{begins} | {', '.join(_in_order(states, onward)) or 'nothing: it ends here'} |"
        )
    lines += ["", "```mermaid", "stateDiagram-v2", f"    [*] --> {_label(states.start)}"]
    for state, onward in states.moves.items():
        lines += [f"    {_label(state)} --> {_label(to)}" for to in _in_order(states, onward)]
        if state in states.ends:
            lines.append(f"    {_label(state)} --> [*]")
    return "\n".join([*lines, "```", ""])


def _in_order(states: States, some: frozenset[str]) -> list[str]:
    """``some`` states in the order of the table."""
    return [state for state in states.moves if state in some]


def _label(state: str) -> str:
    """A state's name as the diagram's language takes it."""
    return state.replace(" ", "_").replace("-", "_")
