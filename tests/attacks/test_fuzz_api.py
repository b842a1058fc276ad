"""Nonsense for every operation of the API, made from its own description: answered as it says, and never by a
failure of ours.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from desirepath.accounts.roles import PERMISSIONS, SCOPES, Role
from desirepath.config.api import api
from tests.architecture.test_api_routes import GUARDS, OPERATIONS, address
from tests.architecture.world import Side
from tests.attacks.nasty import NASTY
from tests.programs import Program

ROUNDS = settings.default.max_examples  # type: ignore[attr-defined]
DESCRIBED = api.get_openapi_schema()
SCHEMAS = DESCRIBED["components"]["schemas"]
# half of what is sent fits its place, so that more than the first check is reached
ODD = (
    st.sampled_from(NASTY)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.just([])
    | st.just({})
    | st.just(1e308)
)
TEXTS = {
    "uuid": st.uuids().map(str),
    "date": st.dates().map(str),
    "date-time": st.datetimes().map(lambda moment: f"{moment.isoformat()}+00:00"),
    "time": st.times().map(lambda moment: f"{moment:%H:%M}"),
}


def of(schema: dict[str, Any], depth: int = 3) -> st.SearchStrategy[Any]:
    """Values of a schema, now and then something else in their place."""
    return st.one_of(_fitting(schema, depth), _fitting(schema, depth), ODD)


def _fitting(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _fitting(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]], depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return st.one_of([_fitting(each, depth) for each in schema[several]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if depth == 0:
        return ODD
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        parts = {name: of(each, depth - 1) for name, each in schema["properties"].items()}
        needed = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: part for name, part in parts.items() if name in needed},
            optional={name: part for name, part in parts.items() if name not in needed},
        )
    if kind == "object":
        return st.dictionaries(
            st.text(max_size=8), of(schema.get("additionalProperties") or {}, depth - 1), max_size=3
        )
    if kind == "array":
        places = schema.get("prefixItems")
        if places:
            return st.tuples(*(of(each, depth - 1) for each in places)).map(list)
        return st.lists(of(schema.get("items") or {}, depth - 1), max_size=3)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        "integer": st.integers(-5, 400) | st.integers(),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "null": st.none(),
        "string": TEXTS.get(
            schema.get("format", ""), st.text(max_size=60) | st.decimals(0, 500, places=2).map(str)
        ),
    }
    return simple.get(kind, ODD)


def described(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DESCRIBED["paths"][f"/api/v1{path}"][method]
    return found


def body_of(told: dict[str, Any]) -> st.SearchStrategy[Any]:
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    return of(content["schema"]) if content else ODD


@pytest.fixture
def programs(db: None) -> dict[tuple[str, str], tuple[Program, str]]:
    """Each operation with a program to which it opens, and its address; what one kind of address names
    stands in a world of its own, where nothing else takes her time.
    """
    found: dict[tuple[str, str], tuple[Program, str]] = {}
    sides: dict[str, Side] = {}
    programs: dict[tuple[str, Role], Program] = {}
    for method, path in OPERATIONS:
        named = "".join(re.findall(r"{(\w+)}", path))
        side = sides.get(named) or sides.setdefault(named, Side(f"Quayside {named}"))
        guard = GUARDS[method, path]
        role = next(
            role
            for role, scopes in SCOPES.items()
            if guard.scope in scopes and PERMISSIONS[role] & set(guard.permissions)
        )
        where = address(path, side)
        if (named, role) not in programs:
            programs[named, role] = Program(side.person(role))
        found[method, path] = programs[named, role], where
    return found


@settings(max_examples=3 * ROUNDS)
@given(data=st.data())
def test_nonsense_in_every_operation(programs: Any, data: st.DataObject) -> None:
    """Bodies and questions that half fit: the status is one that the description names."""
    method, path = data.draw(st.sampled_from(OPERATIONS))
    program, where = programs[method, path]
    told = described(method, path)
    if method == "get":
        names = [each["name"] for each in told.get("parameters", ()) if each["in"] == "query"]
        asked = {name: data.draw(st.sampled_from(NASTY) | st.text(max_size=20)) for name in names}
        sent: Any = {name: value for name, value in asked.items() if data.draw(st.booleans())}
    else:
        sent = data.draw(body_of(told))
    with transaction.atomic():
        answer = program.ask(method, where, sent)
        transaction.set_rollback(True)
    assert answer.status_code < 500, f"{method} {where} {sent!r}: {answer.content!r}"
    assert answer.status_code in told["responses"], f"{method} {path} says nothing of {answer.status_code}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_an_address_that_names_nothing(programs: Any, operation: Any) -> None:
    """Parts of an address that are no id, no day, or end too early."""
    program, where = programs[operation]
    for nasty in ("%00", "9" * 300, "..", "%ff", "null"):
        for part in filter(None, re.split(r"/", where)):
            answer = program.ask(operation[0], where.replace(part, nasty))
            assert answer.status_code < 500, where


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"{", b"[" * 5_000, b'{"a":' * 2_000, b"NaN", b'"\\ud800"']
)
def test_a_body_that_is_no_json(programs: Any, body: bytes) -> None:
    """Refused by every operation that reads one."""
    for number, ((method, _), (program, where)) in enumerate(programs.items()):
        if method == "get":
            continue
        answer = program.client.generic(
            method.upper(),
            f"/api/v1{where}",
            body,
            "application/json",
            headers={"authorization": f"Bearer {program.secret}", "Idempotency-Key": f"broken-{number:04}"},
        )
        assert answer.status_code < 500, f"{method} {where}"
