"""Every address, for every role, for the same role elsewhere, and for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from desirepath.accounts.roles import EVERYWHERE, PERMISSIONS, Role
from tests import cast
from tests.architecture.access import ACCESS, ANYONE, SIGNED_IN, Access
from tests.architecture.world import Side

REFUSED = {403, 404}
WRONG_METHOD = 405


def _patterns(resolver: URLResolver, room: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver) and entry.namespace == "api":
            continue  # tokens open these: test_api_routes
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, f"{room}{entry.namespace}:" if entry.namespace else room)
        else:
            yield f"{room}{entry.name}", entry


ROUTES = dict(_patterns(get_resolver()))
KNOWN = sorted(set(ROUTES) & set(ACCESS))


def _is_of_somebody(name: str) -> bool:
    """Whether an address names something that belongs to some and not to others."""
    access = ACCESS[name]
    open_to_all = access.to in (ANYONE, SIGNED_IN)
    if access.only:
        return True
    return bool(ROUTES[name].pattern.converters) and not (open_to_all or access.hers)


def answers(client: Client, address: str) -> dict[str, HttpResponseBase]:
    """What an address says to GET and to an empty form; whatever the form did is undone."""
    given: dict[str, HttpResponseBase] = {}
    for method in ("get", "post"):
        with transaction.atomic():
            given[method] = getattr(client, method)(address)
            transaction.set_rollback(True)
    return given


def is_to_sign_in(answer: HttpResponseBase) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("accounts:sign-in"))


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address_of(name: str, side: Side) -> str:
    return reverse(name, kwargs=ACCESS[name].args(side))


def assert_refused(client: Client, address: str, who: str) -> None:
    codes = {method: answer.status_code for method, answer in answers(client, address).items()}
    assert set(codes.values()) <= REFUSED | {WRONG_METHOD}, f"{who} gets {codes} at {address}"
    assert set(codes.values()) & REFUSED, f"{address} answers no method at all"


def assert_open(client: Client, address: str, who: str) -> None:
    given = answers(client, address)
    codes = {method: answer.status_code for method, answer in given.items()}
    # a page that opens may still find nothing of the name that an empty form does not give
    told = codes["post"] if codes["get"] == WRONG_METHOD else codes["get"]
    assert told not in REFUSED and codes["post"] != 403, f"{who} gets {codes} at {address}"
    assert max(codes.values()) < 500, f"{address} fails for {who}: {codes}"
    assert not any(map(is_to_sign_in, given.values())), f"{address} asks {who} to sign in"


def test_every_address_is_in_the_table():
    """No address is without a line that says whom it opens to, and no line is without its address."""
    assert sorted(set(ROUTES) - set(ACCESS)) == [], "add them to tests/architecture/access.py"
    assert sorted(set(ACCESS) - set(ROUTES)) == [], "take them out of tests/architecture/access.py"


@pytest.mark.parametrize("name", KNOWN)
def test_the_view_asks_for_what_the_table_says(name):
    """The permissions that a view was guarded with belong to exactly the roles of the table."""
    permissions = getattr(ROUTES[name].callback, "permissions", None)
    if ACCESS[name].to in (ANYONE, SIGNED_IN):
        assert permissions is None
        return
    assert permissions, "the view is not guarded by organisations.acting.allowed"
    assert {role for role in Role if PERMISSIONS[role] & set(permissions)} == ACCESS[name].to


@pytest.mark.parametrize("name", KNOWN)
def test_nobody(name, side):
    """Whoever is not signed in sees what is for anyone, and is asked to sign in for the rest."""
    access, address = ACCESS[name], address_of(name, side)
    if access.nowhere:
        assert_refused(Client(), address, "nobody")
        return
    if access.to == ANYONE:
        assert_open(Client(), address, "nobody")
        return
    for answer in answers(Client(), address).values():
        assert is_to_sign_in(answer) or answer.status_code == WRONG_METHOD


@pytest.mark.parametrize("name", KNOWN)
def test_every_role(name, side):
    """A page opens to the roles of the table, and to no other; nor to somebody who holds no role."""
    access, address = ACCESS[name], address_of(name, side)
    for role in Role:
        client = signed_in(side.person(role))
        if _opens(access, role):
            assert_open(client, address, role.label)
        else:
            assert_refused(client, address, role.label)
    if access.to not in (ANYONE, SIGNED_IN):
        assert_refused(signed_in(cast.person("No Role")), address, "somebody without a role")


def _opens(access: Access, role: Role) -> bool:
    if access.only:
        return role == access.only
    return not access.nowhere and (access.to in (ANYONE, SIGNED_IN) or role in access.to)


@pytest.mark.parametrize("name", [name for name in KNOWN if _is_of_somebody(name)])
def test_the_outsider(name, side, elsewhere):
    """The same role at another organisation is refused whatever is addressed here."""
    address = address_of(name, side)
    for role in [only] if (only := ACCESS[name].only) else sorted(ACCESS[name].to):
        if role == Role.CLINICIAN or role not in EVERYWHERE:
            assert_refused(signed_in(elsewhere.person(role)), address, f"{role.label} of elsewhere")


@pytest.mark.parametrize("name", KNOWN)
def test_forms_carry_their_proof(name, side):
    """No form is taken from another site's page."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        side.person(next(iter(sorted(r for r in ACCESS[name].to if r in set(Role))), Role.CLINICIAN))
    )
    answer = client.post(address_of(name, side))
    assert answer.status_code in REFUSED | {WRONG_METHOD}
