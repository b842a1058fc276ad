"""A program of somebody's: speaks to the API with a token of hers."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.test import Client

from desirepath.accounts.models import Person
from desirepath.accounts.roles import SCOPES, Role
from desirepath.organisations.tokens import issue_token

_keys = count(1)


class Program:
    """``get`` and the writing methods answer (status, JSON); a write gets a new Idempotency-Key unless one is
    given.
    """

    def __init__(self, person: Person, *scopes: str) -> None:
        assignment = person.roles.get()
        wanted = scopes or [scope.value for scope in SCOPES[Role(assignment.role)]]
        self.token, self.secret = issue_token(
            by=person, assignment=assignment, name="A program", scopes=wanted, days=30
        )
        self.client = Client()

    def ask(self, method: str, path: str, data: Any = None, key: str | None = None) -> Any:
        """The answer itself."""
        headers = {"authorization": f"Bearer {self.secret}"}
        if method != "get":
            headers["Idempotency-Key"] = key or f"key-{next(_keys):08}"
            given = {"content_type": "application/json", "data": {} if data is None else data}
            return getattr(self.client, method)(f"/api/v1{path}", headers=headers, **given)
        return self.client.get(f"/api/v1{path}", data, headers=headers)

    def get(self, path: str, **asked: Any) -> tuple[int, Any]:
        answer = self.ask("get", path, asked)
        return answer.status_code, answer.json()

    def post(self, path: str, data: Any = None, key: str | None = None) -> tuple[int, Any]:
        answer = self.ask("post", path, data, key)
        return answer.status_code, answer.json()

    def put(self, path: str, data: Any = None, key: str | None = None) -> tuple[int, Any]:
        answer = self.ask("put", path, data, key)
        return answer.status_code, answer.json()
