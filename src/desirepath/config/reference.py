"""The API's own description, as rows for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ninja import NinjaAPI


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask for. ``needs`` is the scope, ``for_whom`` the roles it works for."""

    subject: str
    method: str
    path: str
    summary: str
    needs: str
    for_whom: str


def operations(api: NinjaAPI) -> list[Operation]:
    """Every address with what it does, by subject in the order of the rooms."""
    described = api.get_openapi_schema()["paths"]
    return sorted(_rows(api, described), key=lambda each: each.subject)


def guarded(api: NinjaAPI) -> Iterator[tuple[str, str, Any]]:
    """(method, path below the API's own, guard) of every operation; the guard says scope and permissions."""
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, path, operation.auth_callbacks[0] if operation.auth_callbacks else None


def _rows(api: NinjaAPI, described: dict[str, Any]) -> Iterator[Operation]:
    from desirepath.accounts.roles import PERMISSIONS, Role

    guards = {(method.lower(), _plain(path)): guard for method, path, guard in guarded(api)}
    for path, methods in described.items():
        for method, told in methods.items():
            guard = guards[method, path.removeprefix("/api/v1")]
            roles = [role.label for role in Role if PERMISSIONS[role] & set(guard.permissions)]
            yield Operation(
                subject=told["tags"][0],
                method=method.upper(),
                path=path,
                summary=told.get("description") or told["summary"],
                needs=guard.scope.value,
                for_whom=", ".join(roles),
            )


def _plain(path: str) -> str:
    """A path as the description writes it: ``{uuid:offer}`` is ``{offer}`` there."""
    return re.sub(r"{[^}:]+:", "{", path)
