"""Nonsense in every parameter and every field of every address: answered, never a failure of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.bookings.models import Booking
from desirepath.cascade.models import Offer
from desirepath.clinicians.models import Terms
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation, RoleAssignment
from desirepath.vacancies.models import PairChoice, Vacancy
from tests.architecture.access import ACCESS, ANYONE, SIGNED_IN
from tests.architecture.world import Side
from tests.attacks.nasty import NASTY, values
from tests.attacks.pages import Sent, filled, forms_of

# every name that a view reads out of an address or a body without a form of its own
NAMES = (
    "week",
    "weeks",
    "month",
    "page",
    "practice",
    "role",
    "pcn",
    "vacancy",
    "clinician",
    "kind",
    "place",
    "pool",
    "q",
    "next",
    "entity",
    "verb",
    "id",
    "on",
    "on-day",
    "on-month",
    "on-year",
    "do",
    "only",
    "proposals",
    "reason",
    "upload",
    "once",
)
ROUNDS = settings.default.max_examples  # type: ignore[attr-defined]
# each address meets every so many of them; all of them in the long trials
STRIDE = 1 if ROUNDS > 100 else 17
SLOW = {"cascade:plan-week"}
TABLES = (Booking, Offer, Vacancy, Terms, RoleAssignment, Organisation, PairChoice, Message)


def _role(name: str) -> Role | None:
    to = ACCESS[name].to
    if to == ANYONE:
        return None
    return Role.PRACTICE_BOOKER if to == SIGNED_IN else sorted(to)[0]


def _client(side: Side, role: Role | None) -> Client:
    client = Client()
    if role is not None:
        client.force_login(side.person(role))
    return client


def _counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES} | {  # type: ignore[attr-defined]
        "Event": Event.objects.exclude(entity="Door").count()
    }


def attack(client: Client, method: str, address: str, data: dict[str, Any]) -> HttpResponseBase:
    """One request, undone afterwards; what is refused has written nothing."""
    with transaction.atomic():
        before = _counts() if method == "post" else {}
        answer: HttpResponseBase = getattr(client, method)(address, data)
        assert answer.status_code < 500, f"{method} {address} {data}: {answer.status_code}"
        if method == "post" and answer.status_code >= 400:
            assert _counts() == before, f"half done: {method} {address} {data}"
        transaction.set_rollback(True)
    return answer


ADDRESSES = sorted(name for name in ACCESS if name not in SLOW and not ACCESS[name].nowhere)


@pytest.fixture
def pages(side: Side) -> dict[str, tuple[Client, str]]:
    """Every address with somebody signed in to whom it opens."""
    clients: dict[Role | None, Client] = {}
    found = {}
    for name in ADDRESSES:
        role = _role(name)
        clients.setdefault(role, _client(side, role))
        found[name] = (clients[role], reverse(name, kwargs=ACCESS[name].args(side)))
    return found


@pytest.fixture
def posts(pages: dict[str, tuple[Client, str]]) -> list[tuple[Client, Sent]]:
    """Every form of every page, filled in."""
    found = []
    for client, address in pages.values():
        answer = client.get(address)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        for sent in forms_of(answer.content.decode()):
            if sent.method == "post" and "sign-out" not in sent.action:
                found.append((client, Sent(sent.action or address, "post", filled(sent))))
    assert len(found) > 15
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_nonsense_in_every_parameter_at_once(pages: Any, method: str) -> None:
    """Each value in all parameters of every address."""
    for count, (name, (client, address)) in enumerate(pages.items()):
        if name == "accounts:sign-out" and method == "post":
            continue
        for nasty in NASTY[count % STRIDE :: STRIDE]:
            attack(client, method, address, dict.fromkeys(NAMES, nasty))


@settings(max_examples=ROUNDS)
@given(data=st.data())
def test_nonsense_in_one_parameter(pages: Any, data: st.DataObject) -> None:
    """One parameter of one address, the others left out."""
    client, address = pages[data.draw(st.sampled_from(ADDRESSES))]
    attack(client, "get", address, {data.draw(st.sampled_from(NAMES)): data.draw(values)})


@settings(max_examples=2 * ROUNDS)
@given(data=st.data())
def test_nonsense_in_one_field(posts: Any, data: st.DataObject) -> None:
    """One field of one form, the others as somebody who means it fills them."""
    client, sent = data.draw(st.sampled_from(posts))
    if not sent.values:
        return
    field = data.draw(st.sampled_from(sorted(sent.values)))
    attack(client, "post", sent.action, {**sent.values, field: data.draw(values)})


@pytest.mark.parametrize(
    "boxes",
    [("31", "12", "9999"), ("1", "1", "0001"), ("9" * 20, "1", "2027"), ("1", "9" * 20, "2027")],
    ids=["last", "first", "day", "month"],
)
def test_dates_at_the_edges_of_time(pages: Any, posts: Any, boxes: tuple[str, str, str]) -> None:
    """In every date of every form, and of the log's search: refused as a date, or asked again."""
    tried = 0
    for client, sent in posts:
        for field in [name for name in sent.values if name.endswith("-day")]:
            parts = zip(("day", "month", "year"), boxes, strict=True)
            wrong = {f"{field.removesuffix('day')}{part}": value for part, value in parts}
            chosen = {"when": "later"} if "when" in sent.values else {}
            answer = attack(client, "post", sent.action, {**sent.values, **wrong, **chosen})
            assert answer.status_code == 422, sent.action
            tried += 1
    assert tried >= 3
    client, address = pages["audit-log"]
    attack(client, "get", address, dict(zip(("on-day", "on-month", "on-year"), boxes, strict=True)))


def test_nonsense_in_every_text_of_an_address(pages: Any) -> None:
    """The parts of an address itself: tokens, days, kinds, ids."""
    for client, address in pages.values():
        for nasty in ("%00", "%ff%fe", "9" * 400, "9999-12-31", "a%0d%0ab"):
            for part in filter(None, address.split("/")):
                wrong = address.replace(part, nasty)
                assert client.get(wrong).status_code < 500, wrong


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain; charset=utf-7", "multipart/form-data", "text/\x00"]
)
def test_a_body_that_is_no_form(pages: Any, content_type: str) -> None:
    """A body in another encoding than a browser's is an empty or a bad form."""
    for name, (client, address) in pages.items():
        if name == "accounts:sign-out":
            continue
        with transaction.atomic():
            answer = client.generic("POST", address, b"\xff\xfe\x00{]", content_type)
            assert answer.status_code < 500, address
            transaction.set_rollback(True)


def test_wrong_bytes_in_a_form(pages: Any) -> None:
    """Fields whose bytes are no UTF-8."""
    body = urlencode([(name, b"\xff\xfe\xed\xa0\x80") for name in NAMES]).encode()
    for name, (client, address) in pages.items():
        if name == "accounts:sign-out":
            continue
        with transaction.atomic():
            answer = client.generic("POST", address, body, "application/x-www-form-urlencoded")
            assert answer.status_code < 500, address
            transaction.set_rollback(True)
