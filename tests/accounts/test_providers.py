"""In by an identity provider: a real one, in a process of its own on this machine."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings as conf
from django.test import Client

from desirepath.accounts.models import Invitation, Person
from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.config.identity import identity_providers
from desirepath.organisations.models import Organisation, RoleAssignment
from tests import cast, second_factor
from tests.identity_provider import CLIENT, PASSWORD, SECRET

OURS = "http://testserver"
BACK = "/sign-in/with/cis2/back"
STRONG = {"acr": "AAL3", "amr": ["N3_SMARTCARD"], "id_assurance_level": "3"}
PEOPLE = [
    {"email": "alice.archer@example.org", "verified": True, "says": STRONG},
    {"email": "bob.baker@example.org", "verified": True, "says": {"acr": "AAL1", "amr": ["PWD"]}},
    {"email": "charlie.carter@example.org", "verified": False, "says": STRONG},
    {"email": "stranger@example.org", "verified": True, "says": STRONG},
    {"email": "nell@example.org", "verified": True, "says": STRONG},
]
CONFIG = """
[[provider]]
id = "cis2"
name = "NHS Care Identity"
server = "{server}"
client_id = "{client}"
secret = "{secret}"
ask = {{ acr_values = "AAL3_ANY" }}
second_factor = {{ acr = ["AAL2", "AAL3"] }}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider's address, while it runs."""
    folder = tmp_path_factory.mktemp("provider")
    people = folder / "people.json"
    people.write_text(json.dumps(PEOPLE))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(__file__).parent.parent / "identity_provider.py"
    asked = [sys.executable, str(program), str(port), str(folder), str(people), f"{OURS}{BACK}"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=log, text=True) as running,
    ):
        try:
            assert running.stdout
            assert running.stdout.readline().startswith("ready"), (folder / "log").read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


@pytest.fixture
def provider(db: None, server: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """This installation knows it, as its host wrote down."""
    # done at the start where a provider is set up (config.settings)
    known = {OpenIDConnectProvider.id: OpenIDConnectProvider}
    monkeypatch.setattr(registry, "provider_map", {**registry.provider_map, **known})
    file = tmp_path / "identity.toml"
    file.write_text(CONFIG.format(server=server, client=CLIENT, secret=SECRET))
    settings.IDENTITY_PROVIDERS = identity_providers(str(file))
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": settings.IDENTITY_PROVIDERS}
    }
    return server


def at_the_provider(asked: str, email: str) -> str:
    """She signs in on the provider's own pages; the address that it sends her browser back to."""
    with requests.Session() as browser:
        page = browser.get(asked, timeout=20)
        form = {"login": email, "password": PASSWORD}
        form["csrfmiddlewaretoken"] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[0]
        answer = browser.post(page.url, data=form, timeout=20, allow_redirects=False)
        for _ in range(5):
            to = urljoin(answer.url, answer.headers["Location"])
            if to.startswith(OURS):
                return to.removeprefix(OURS)
            answer = browser.get(to, timeout=20, allow_redirects=False)
    raise AssertionError(f"the provider leads to {to}")


def come(email: str, client: Client | None = None, **more: str) -> tuple[Client, Any]:
    """To the provider and back; what she is answered here."""
    client = client or Client()
    begun = client.get("/sign-in/with/cis2", more)
    assert begun.status_code == 302
    return client, client.get(at_the_provider(begun["Location"], email))


def is_nobody(client: Client) -> bool:
    return "_auth_user_id" not in client.session


def test_the_question(provider: str, client: Client) -> None:
    """It carries a state, a nonce and PKCE, and asks for the assurance that the host wrote down."""
    asked = parse_qs(urlsplit(client.get("/sign-in/with/cis2")["Location"]).query)
    assert asked["acr_values"] == ["AAL3_ANY"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 32
    assert len(asked["state"][0]) >= 16
    assert asked["redirect_uri"] == [OURS + BACK]
    page = client.get("/sign-in?next=/your-account").content.decode()
    assert 'href="/sign-in/with/cis2?next=/your-account"' in page.replace("%2F", "/")


def test_she_comes_in_where_her_assurance_is_enough(provider: str, alice: Person) -> None:
    """By her verified address; her role opens without a second factor of ours, and nothing else is kept."""
    client, answer = come(alice.email, next="/your-account")
    assert answer["Location"] == "/your-account"
    page = client.get("/your-account/sessions").content.decode()
    assert "NHS Care Identity" in page
    linked = SocialAccount.objects.get()
    assert (linked.user_id, linked.extra_data) == (alice.pk, {})
    assert Event.objects.filter(verb="identity linked", actor=alice.public_id).count() == 1
    assert list(RoleAssignment.objects.values_list("person", "role")) == [(alice.pk, Role.PRACTICE_BOOKER)]


def test_without_assurance_she_is_held_up(provider: str, bob: Person) -> None:
    """A provider that says password only does not open a role that sees others' data; an app of hers does."""
    client, answer = come(bob.email)
    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == "/your-account/second-factor"
    second_factor.set_up(bob)
    client, answer = come(bob.email)
    assert answer["Location"].startswith("/sign-in/second-factor?")
    assert is_nobody(client)
    assert client.post("/sign-in/second-factor", {"code": second_factor.next_code(bob)}).status_code == 302
    assert client.get("/your-account").status_code == 200


@pytest.mark.parametrize("email", ["stranger@example.org", "charlie.carter@example.org"])
def test_nobody_is_made(provider: str, charlie: Person, email: str) -> None:
    """Somebody whom nobody invited, and an address that the provider has not verified: not let in."""
    before = Person.objects.count()
    client, answer = come(email)
    assert answer.status_code == 403
    assert "by invitation" in answer.content.decode()
    assert is_nobody(client)
    assert (Person.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_an_account_that_is_closed_stays_closed(provider: str, alice: Person) -> None:
    """Whatever the provider says of her, before and after she was linked."""
    come(alice.email)
    Person.objects.update(is_active=False)
    client, answer = come(alice.email)
    assert (answer.status_code, is_nobody(client)) == (403, True)


def test_somebody_invited_comes_in_without_a_password(
    provider: str, quayside: Organisation, clock_at: Callable[..., Any]
) -> None:
    """The invitation counts as accepted; one that is no longer open lets nobody in."""
    nell = Person.objects.create_user("nell@example.org", name="Nell")
    cast.role(nell, Role.PRACTICE_BOOKER, quayside)
    assert come(nell.email)[1].status_code == 403
    Invitation.issue(nell)
    client, answer = come(nell.email)
    assert answer["Location"] == "/"
    assert client.get("/", follow=True).status_code == 200
    assert Invitation.objects.get().state == "accepted"
    assert come(nell.email)[1].status_code == 302, "known by her subject from now on"


def test_an_address_that_was_given_to_somebody_else(provider: str, alice: Person, bob: Person) -> None:
    """The subject counts, not the address: a new subject with hers does not become her."""
    SocialAccount.objects.create(user=alice, provider="cis2", uid="subject-of-before")
    client, answer = come(alice.email)
    assert (answer.status_code, is_nobody(client)) == (403, True)
    # and the subject leads to its person whatever address it has now
    SocialAccount.objects.all().delete()
    come(bob.email)
    Person.objects.filter(pk=bob.pk).update(email="bob.new@example.org")
    assert int(come(bob.email)[0].session["_auth_user_id"]) == bob.pk


def test_linking_and_removing(provider: str, alice: Person, bob: Person) -> None:
    """Signed in, she links whichever identity is hers; another's is refused; removed, it opens nothing."""
    second_factor.set_up(alice)
    client = second_factor.come_in(alice)
    assert "Link NHS Care Identity" in client.get("/your-account/identities").content.decode()
    asked = client.get("/your-account/identities/cis2")["Location"]
    answer = client.get(at_the_provider(asked, "stranger@example.org"))
    assert answer["Location"] == "/your-account/identities"
    assert int(come("stranger@example.org")[0].session["_auth_user_id"]) == alice.pk
    second_factor.set_up(bob)
    his = second_factor.come_in(bob)
    asked = his.get("/your-account/identities/cis2")["Location"]
    assert his.get(at_the_provider(asked, "stranger@example.org")).status_code == 403
    client.post("/your-account/identities", {"remove": "cis2"})
    assert come("stranger@example.org")[1].status_code == 403


def test_an_answer_opens_once_and_only_here(provider: str, alice: Person) -> None:
    """Sent again, sent by another browser, made up, or with another's state: nobody comes in."""
    client = Client()
    address = at_the_provider(client.get("/sign-in/with/cis2")["Location"], alice.email)
    thief = Client()
    assert thief.get(address).status_code == 403
    other = parse_qs(urlsplit(thief.get("/sign-in/with/cis2")["Location"]).query)["state"][0]
    mixed = re.sub(r"state=[^&]+", f"state={other}", address)
    assert thief.get(mixed).status_code == 403, "the code was got with another's PKCE"
    assert is_nobody(thief)
    assert client.get(f"{BACK}?code=x&state=y").status_code == 403
    assert client.get(f"{BACK}?error=access_denied").status_code == 403
    client, first = come(alice.email)
    assert first.status_code == 302


def test_the_session_is_a_new_one(provider: str, alice: Person) -> None:
    """The key that it had on the way there opens nothing afterwards."""
    client = Client()
    address = at_the_provider(client.get("/sign-in/with/cis2")["Location"], alice.email)
    before = client.session.session_key
    assert client.get(address).status_code == 302
    thief = Client()
    thief.cookies[conf.SESSION_COOKIE_NAME] = before
    assert client.session.session_key != before
    assert thief.get("/your-account").status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "/\\example.com"])
def test_never_on_to_another_site(provider: str, alice: Person, elsewhere: str) -> None:
    """What followed ?next= there and back is an address of ours."""
    assert come(alice.email, next=elsewhere)[1]["Location"] == "/"


def test_a_provider_that_is_down(provider: str, client: Client, settings: Any) -> None:
    """Is told in a sentence."""
    settings.IDENTITY_PROVIDERS[0]["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = client.get("/sign-in/with/cis2")
    assert answer.status_code == 403
    assert "does not answer" in answer.content.decode()
