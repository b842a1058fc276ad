"""As which role, for which place, through which door and from where something is done just now.

Set once where work enters (a request, a token, the worker, a command); every event takes it from here, so
that no action has to hand it on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

PAGE, PROGRAM, WORKER, COMMAND = "page", "program", "worker", "command"


def _nowhere() -> str:
    return ""


@dataclass(frozen=True)
class Context:
    """``place`` and ``on_behalf_of`` are public ids; ``source`` gives the salted hash of an address when it
    is first needed.
    """

    role: str = ""
    place: UUID | None = None
    door: str = ""
    on_behalf_of: UUID | None = None
    source: Callable[[], str] = _nowhere


_UNKNOWN = Context()
_context: ContextVar[Context] = ContextVar("audit_context", default=_UNKNOWN)


@contextmanager
def within(**known: Any) -> Iterator[None]:
    """Whatever is done within is done so; what is not named stays as it was outside."""
    token = _context.set(replace(_context.get(), **known))
    try:
        yield
    finally:
        _context.reset(token)


def enter(**known: Any) -> None:
    """The same for all that follows: the rest of a request, or of a process."""
    _context.set(replace(_context.get(), **known))


def on_behalf_of(person: Any) -> Any:
    """Whatever is done within is done for ``person`` (anybody with a public id) by somebody else."""
    return within(on_behalf_of=person.public_id)


def role() -> str:
    return _context.get().role


def place() -> UUID | None:
    return _context.get().place


def door() -> str:
    return _context.get().door


def represented() -> UUID | None:
    """The person on whose behalf it is done; None where it is done for oneself."""
    return _context.get().on_behalf_of


def source() -> str:
    return _context.get().source()
