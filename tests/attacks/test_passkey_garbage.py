"""What no browser answers, sent to where passkeys are shown and made: refused with a page, never a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from desirepath.accounts import passkeys
from desirepath.accounts.models import Person
from tests.second_factor import give_password

NAMES = st.sampled_from(
    [
        "id",
        "rawId",
        "type",
        "response",
        "userHandle",
        "clientDataJSON",
        "authenticatorData",
        "signature",
        "attestationObject",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.binary().map(lambda it: it.hex())
ANSWERS = st.recursive(LEAVES, lambda of: st.lists(of) | st.dictionaries(NAMES, of), max_leaves=20)
SHAPED = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["AAAA", ""]),
        "rawId": st.sampled_from(["AAAA", ""]),
        "type": st.sampled_from(["public-key", "", None]),
        "response": st.dictionaries(NAMES, st.text(alphabet="ABCabc-_09=", max_size=60) | LEAVES),
    }
)


@given(answer=ANSWERS | SHAPED)
def test_any_json(db: Any, answer: Any) -> None:
    """At the front door, whatever its shape."""
    client = Client()
    client.post("/sign-in/passkey/question")
    assert client.post("/sign-in/passkey", {"credential": json.dumps(answer)}).status_code == 422


@given(answer=ANSWERS | SHAPED)
def test_any_json_to_be_kept(alice: Person, answer: Any) -> None:
    """Where a passkey is made: nothing is kept."""
    client, _ = give_password(alice)
    client.post("/your-account/second-factor/passkey/to-make")
    sent = {"name": "Mine", "credential": json.dumps(answer)}
    assert client.post("/your-account/second-factor/passkey", sent).status_code == 422
    assert not passkeys.of(alice)


@pytest.mark.parametrize("text", ["", "{", "[" * 9_000, "x" * 30_000, "\x00", "NaN", '"\\ud800"'])
def test_any_text(db: None, text: str) -> None:
    """What is no JSON, too deep or too long."""
    client = Client()
    client.post("/sign-in/passkey/question")
    assert client.post("/sign-in/passkey", {"credential": text}).status_code == 422
