"""DATABASE_URL into Django's settings, for both engines."""

from pathlib import Path
from typing import Any

import dj_database_url

# IMMEDIATE takes the write lock at the start of a transaction: without it a transaction that reads and then
# writes fails at once with "database is locked" as soon as two processes write.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def database_settings(url: str, home: Path) -> dict[str, Any]:
    """Settings of one database.

    ``url`` is ``sqlite:///relative``, ``sqlite:////absolute``, ``postgresql://...`` or empty (a file in
    ``home``). Raises ValueError for any other scheme.
    """
    if not url:
        home.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{home / 'desirepath.sqlite3'}"
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60))
    except ValueError:
        settings = {"ENGINE": "unknown"}
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = {**SQLITE_OPTIONS}
        name = Path(settings["NAME"])
        if name.parent != Path() and str(name) != ":memory:":
            name.parent.mkdir(parents=True, exist_ok=True)
    elif settings["ENGINE"] != "django.db.backends.postgresql":
        raise ValueError(
            f"DATABASE_URL must begin with sqlite:// or postgresql://, not {url.split(':')[0]}://"
        )
    settings["ATOMIC_REQUESTS"] = False
    return settings
