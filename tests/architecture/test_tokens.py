"""``tests.tokens``: random characters go, words and figures stay."""

from __future__ import annotations

import secrets
import uuid

from django.middleware.csrf import get_token
from django.test import RequestFactory

from tests.tokens import without_tokens

WRITTEN = (
    '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    ' <a class="nhsuk-summary-list__actions-list-item" href="/vacancy/{}/">1873 minutes</a>'
    " /calendar/{}.ics 61km £87 20261208T083000 REF-2026-12-08-0001-0002-0003"
)


def test_only_random_characters_go() -> None:
    """Forms' tokens, ids and calendars' addresses; nothing else, however it is written."""
    for _ in range(50):
        random = (get_token(RequestFactory().get("/")), str(uuid.uuid4()), secrets.token_urlsafe(24))
        assert without_tokens(WRITTEN.format(*random)) == WRITTEN.format("…", "…", "…")
