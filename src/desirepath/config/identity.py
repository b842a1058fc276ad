"""Identity providers of the staff, out of a file that the host writes (DESIREPATH_IDENTITY)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEEDED = ("id", "name", "server", "client_id", "secret")
ALLOWED = {*NEEDED, "scope", "ask", "second_factor"}


def identity_providers(file: str) -> list[dict[str, Any]]:
    """The providers of ``file`` as allauth's ``APPS``; none without one. Raises ValueError, one line."""
    if not file:
        return []
    try:
        told = tomllib.loads(Path(file).read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"DESIREPATH_IDENTITY: {file} cannot be read: {error}") from error
    return [_app(each, file) for each in told.get("provider", [])]


def _app(told: dict[str, Any], file: str) -> dict[str, Any]:
    missing = [name for name in NEEDED if not isinstance(told.get(name), str) or not told[name]]
    if missing or (unknown := sorted(set(told) - ALLOWED)):
        wrong = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown)}, which means nothing"
        raise ValueError(f"DESIREPATH_IDENTITY: a provider of {file} {wrong}")
    server = urlsplit(told["server"])
    if server.scheme != "https" and server.hostname not in LOOPBACK:
        raise ValueError(f"DESIREPATH_IDENTITY: {told['server']} must begin with https://")
    return {
        "provider_id": told["id"],
        "name": told["name"],
        "client_id": told["client_id"],
        "secret": told["secret"],
        "settings": {
            "server_url": told["server"],
            "scope": told.get("scope", ["openid", "profile", "email"]),
            "auth_params": told.get("ask", {}),
            "second_factor": told.get("second_factor", {}),
        },
    }
