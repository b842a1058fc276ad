"""The commands, gathered. Each is read from its file only when it is asked for, and loads nothing heavy until
it runs.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# command: its module in this room, and what to look for in it
COMMANDS = {
    "demo": ("demo", "demo"),
    "serve": ("serve", "serve"),
    "worker": ("worker", "worker"),
    "check": ("check", "check"),
    "start": ("begin", "start"),
    "import": ("imports", "app"),
    "passport": ("passport", "app"),
    "organisations": ("organisations", "app"),
    "plan": ("plan", "plan"),
    "explain": ("explain", "explain"),
    "simulate": ("simulate", "app"),
    "audit": ("audit", "app"),
    "person": ("person", "app"),
    "retention": ("retention", "retention"),
}


class Commands(TyperGroup):
    """Finds a command in its file; says what is wrong with an argument in one line, with exit code 2."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        found = getattr(import_module(f"desirepath.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            made: Any = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(found)
            made = typer.main.get_command(alone)
        made.name = cmd_name
        return made

    def main(self, *args: Any, **extra: Any) -> Any:
        if not extra.pop("standalone_mode", True):
            return super().main(*args, **{**extra, "standalone_mode": False})
        from desirepath.audit.refusal import Refused

        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except typer.TyperException as fault:
            # bare `desirepath` answers with its help, which is many lines; everything else is one
            told = fault.format_message() if hasattr(fault, "format_message") else str(fault)
            sys.exit(_say(told, 2))
        except Refused as refused:
            sys.exit(_say(str(refused), 2))
        except typer.Abort:
            sys.exit(_say("Stopped.", 1))
        sys.exit(code if isinstance(code, int) else 0)


def _say(told: str, code: int) -> int:
    typer.echo(told, err=True)
    return code


app = typer.Typer(
    name="desirepath",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def desirepath() -> None:
    """The flexible staff pool for general practice."""
