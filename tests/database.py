"""The database of the tests, for processes of their own."""

from __future__ import annotations

from urllib.parse import quote

from django.db import connection


def address_of_the_database() -> str:
    """Its DATABASE_URL."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    user = f"{held['USER']}:{quote(held['PASSWORD'])}" if held["PASSWORD"] else held["USER"]
    host = quote(str(held["HOST"]), safe="")
    return f"postgresql://{user}@{host}:{held['PORT']}/{held['NAME']}"
