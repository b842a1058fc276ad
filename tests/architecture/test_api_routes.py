"""Every operation of the API, for every role, without its scope, for that role elsewhere, and for nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from desirepath.accounts.roles import EVERYWHERE, PERMISSIONS, SCOPES, Role, Scope
from desirepath.config.api import api
from desirepath.config.reference import guarded
from tests import cast
from tests.architecture.world import Side
from tests.programs import Program

OPERATIONS = sorted({(method.lower(), re.sub(r"{[^}:]+:", "{", path)) for method, path, _ in guarded(api)})
GUARDS = {(m.lower(), re.sub(r"{[^}:]+:", "{", path)): guard for m, path, guard in guarded(api)}
# what stands for the parts of an address, out of the world of the tests
PARTS: dict[str, Callable[[Side], Any]] = {
    "vacancy": lambda side: side.vacancy.public_id,
    "offer": lambda side: side.offer.public_id,
    "booking": lambda side: side.booking.public_id,
    "block_offer": lambda side: side.block_offer.public_id,
    "ask": lambda side: side.hand_back_ask.public_id,
    "swap": lambda side: side.swap.public_id,
    "practice": lambda side: side.standing_yes.practice.public_id,
    "application": lambda side: side.application.public_id,
    "day": lambda side: cast.at(7).date().isoformat(),
}


def address(path: str, side: Side) -> str:
    return re.sub(r"{(\w+)}", lambda part: str(PARTS[part[1]](side)), path)


def told(program: Program, method: str, path: str) -> int:
    """The status; whatever was done is undone."""
    with transaction.atomic():
        answer = program.ask(method, path)
        transaction.set_rollback(True)
    assert answer.status_code < 500
    assert answer.headers["Content-Type"].startswith(
        "application/problem+json" if answer.status_code >= 400 else "application/json"
    )
    return int(answer.status_code)


def test_every_operation_is_guarded():
    """Each asks for one scope and at least one permission, and every scope opens something."""
    assert len(OPERATIONS) == len(list(guarded(api)))
    for guard in GUARDS.values():
        assert isinstance(guard.scope, Scope)
        assert guard.permissions
    offered = {scope for scopes in SCOPES.values() for scope in scopes}
    assert {guard.scope for guard in GUARDS.values()} <= offered


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_every_role(operation, side):
    """It opens to the roles that hold the permission, with the scope; to no other, and not without it."""
    method, path = operation
    guard, where = GUARDS[operation], address(path, side)
    for role, scopes in SCOPES.items():
        person = side.person(role)
        held = set(PERMISSIONS[role]) & set(guard.permissions)
        if guard.scope in scopes:
            status = told(Program(person, guard.scope.value), method, where)
            assert (status not in (401, 403, 404)) == bool(held), f"{role.label}: {status}"
        others = [scope.value for scope in scopes if scope != guard.scope]
        if others:
            assert told(Program(person, *others), method, where) == 403, f"{role.label} without the scope"


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if set(re.findall(r"{(\w+)}", each[1])) - {"day"}], ids=" ".join
)
def test_the_outsider(operation, side, elsewhere):
    """What belongs to another practice, pool or clinician is not there."""
    method, path = operation
    guard, where = GUARDS[operation], address(path, side)
    data = {"reason": ""} if path.endswith("/decline") else None
    for role, scopes in SCOPES.items():
        fits = guard.scope in scopes and set(PERMISSIONS[role]) & set(guard.permissions)
        if fits and (role == Role.CLINICIAN or role not in EVERYWHERE):
            answer = Program(elsewhere.person(role)).ask(method, where, data)
            assert answer.status_code == 404, f"{role.label} of elsewhere: {answer.status_code}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_nobody(operation, side):
    """Without a token, with a wrong one, and signed in on the pages only: nothing opens."""
    method, path = operation
    where = f"/api/v1{address(path, side)}"
    signed_in = Client()
    signed_in.force_login(side.person(Role.CLINICIAN))
    for client, headers in (
        (Client(), {}),
        (Client(), {"authorization": "Bearer dp_nobody"}),
        (signed_in, {}),
    ):
        assert getattr(client, method)(where, headers=headers).status_code == 401
