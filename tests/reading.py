"""Pages as a signed-in client reads them and sends their forms."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse


def page(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    """The text of the page of this name; it must answer ``status``."""
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def send(client: Client, name: str, *args: Any, status: int = 200, **data: Any) -> str:
    """The text of the page to which a form leads."""
    answer = client.post(reverse(name, args=args), data, follow=True)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()
