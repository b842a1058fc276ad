"""Headers, cookies and sessions: what a browser may load, keep, frame and follow, whatever is answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as conf
from django.test import Client
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.config.middleware import POLICY
from desirepath.messages.letters import invite
from desirepath.messages.sending import send_due
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.world import Side

GUARDS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("method", "address", "extra", "status"),
    [
        ("get", "/", {}, 200),
        ("get", "/static/nhsuk/desirepath.css", {}, 200),
        ("get", "/static/nhsuk/desirepath.svg", {}, 200),
        ("get", "/static/nhsuk/none.css", {}, 404),
        ("get", "/no-such-page", {}, 404),
        ("post", "/", {}, 405),
        ("get", "/week/", {}, 302),
        ("get", "/", {"HTTP_HOST": "evil.example"}, 400),
        ("get", "/calendar/unknown.ics", {}, 404),
    ],
)
def test_every_answer_is_guarded(db: None, method: str, address: str, extra: dict[str, str], status: int):
    """Pages, files, errors: each says what it may load and that its type is not to be guessed."""
    answer = Client().generic(method.upper(), address, **extra)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in GUARDS} == GUARDS
    answer.close()


def test_a_failure_of_ours_is_guarded(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the person herself cannot be found out any more."""

    def fail(*_: Any) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr("django.contrib.auth.middleware.get_user", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert b"no database" not in answer.content


def test_pages_are_not_framed(client: Client, db: None) -> None:
    """Twice said: for old browsers and new ones."""
    assert client.get("/sign-in").headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in POLICY


def test_no_page_of_somebody_signed_in_is_kept(side: Side) -> None:
    """Every address, opened by somebody to whom it opens; a calendar feed says itself for how long."""
    for name, access in ACCESS.items():
        for role in sorted(access.to & set(Role))[:1]:
            client = Client()
            client.force_login(side.person(role))
            answer = client.get(reverse(name, kwargs=access.args(side)))
            assert "no-store" in answer.headers["Cache-Control"], name


def test_links_that_are_secrets_are_not_kept(client: Client, alice: Person, mailoutbox: list[Any]) -> None:
    """An invitation and a new password: whoever comes next to the same machine does not find them."""
    _, invitation = invite(email="new@example.org", name="Nora New", by=alice)
    for address in (f"/invitation/{invitation.token}", "/new-password/x/y", "/invitation/unknown"):
        assert "no-store" in client.get(address).headers["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client, alice: Person) -> None:
    """HttpOnly and SameSite; Secure where the installation is at https."""
    client.get("/sign-in")
    client.post("/sign-in", {"email": alice.email, "password": cast.PASSWORD})
    session = client.cookies[conf.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert client.cookies[conf.CSRF_COOKIE_NAME]["samesite"] in ("Lax", "Strict")


@pytest.fixture
def nell(db: None) -> Person:
    """Comes in with her password alone: no role of hers needs more."""
    return cast.person("Nell Newcomer")


def test_the_session_is_a_new_one_after_signing_in(client: Client, nell: Person) -> None:
    """A session planted before sign-in opens nothing afterwards, and takes nothing along."""
    planted = client.session
    planted["acting_as"] = "chosen by somebody else"
    planted.save()
    client.cookies[conf.SESSION_COOKIE_NAME] = planted.session_key
    client.post("/sign-in", {"email": nell.email, "password": cast.PASSWORD})
    assert client.cookies[conf.SESSION_COOKIE_NAME].value != planted.session_key
    thief = Client()
    thief.cookies[conf.SESSION_COOKIE_NAME] = planted.session_key
    assert thief.get("/your-account").status_code == 302


def test_the_session_is_a_new_one_after_an_invitation(
    client: Client, alice: Person, mailoutbox: list[Any]
) -> None:
    """The same, where an invitation is accepted."""
    _, invitation = invite(email="new@example.org", name="Nora New", by=alice)
    planted = client.session
    planted["x"] = "y"
    planted.save()
    client.cookies[conf.SESSION_COOKIE_NAME] = planted.session_key
    sent = {"name": "Nora New", "password": "three odd words here"}
    assert client.post(f"/invitation/{invitation.token}", sent).status_code == 302
    thief = Client()
    thief.cookies[conf.SESSION_COOKIE_NAME] = planted.session_key
    assert client.cookies[conf.SESSION_COOKIE_NAME].value != planted.session_key
    assert thief.get("/your-account").status_code == 302


def test_an_invitation_signs_out_whoever_was_there(
    client: Client, alice: Person, mailoutbox: list[Any]
) -> None:
    """Accepted in somebody else's browser, nothing of her session goes to the new person."""
    client.force_login(alice)
    kept = client.session
    kept["pool"] = "hers"
    kept.save()
    _, invitation = invite(email="new@example.org", name="Nora New", by=alice)
    client.post(f"/invitation/{invitation.token}", {"name": "Nora", "password": "three odd words here"})
    assert "pool" not in client.session


def test_a_new_password_ends_other_sessions(client: Client, nell: Person) -> None:
    """A session that was stolen ends with it; an account that is closed ends at once."""
    stolen = Client()
    for one in (client, stolen):
        one.post("/sign-in", {"email": nell.email, "password": cast.PASSWORD})
    changed = {"old_password": cast.PASSWORD, "password": "three odd words here"}
    assert client.post("/your-account/password", changed).status_code == 302
    assert stolen.get("/your-account").status_code == 302
    assert client.get("/your-account").status_code == 200
    Person.objects.filter(pk=nell.pk).update(is_active=False)
    assert client.get("/your-account").status_code == 302


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https:///evil.example",
        " //evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "//evil.example@127.0.0.1",
        "/%0d%0aSet-Cookie:x=y",
        "/x\r\nLocation: https://evil.example",
        "home",
        "nowhere",
        "accounts:sign-out",
        "desirepath.accounts.views.sign_out",
        "\x00",
        "",
    ],
)
def test_next_leads_nowhere_else(alice: Person, wanted: str) -> None:
    """Signing in, being signed in and changing the role: on to a page of ours, and never a failure."""
    client = Client()
    data = {"email": alice.email, "password": cast.PASSWORD, "next": wanted}
    role = str(alice.roles.get().public_id)
    answers = [
        client.post("/sign-in", data),
        client.get("/sign-in", {"next": wanted}),
        client.post("/change-role", {"role": role, "next": wanted}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/")
        assert not answer.headers["Location"].startswith(("//", "/\\", "/\t"))
        assert "\r" not in answer.headers["Location"]
        assert "\n" not in answer.headers["Location"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "a b"])
def test_another_host_is_refused(alice: Person, mailoutbox: list[Any], host: str) -> None:
    """A made-up Host gets 400: no letter carries its address."""
    answer = Client().post("/forgotten-password", {"email": alice.email}, HTTP_HOST=host)
    assert answer.status_code == 400
    assert mailoutbox == []


def test_a_letter_holds_our_own_address(alice: Person, mailoutbox: list[Any]) -> None:
    """Whatever a proxy or an attacker says in headers."""
    Client().post(
        "/forgotten-password",
        {"email": alice.email},
        HTTP_HOST="localhost",
        HTTP_X_FORWARDED_HOST="evil.example",
    )
    send_due()
    (letter,) = mailoutbox
    assert "evil" not in letter.body
    assert conf.SITE_URL in letter.body


def test_a_password_link_opens_once(alice: Person, bob: Person, mailoutbox: list[Any]) -> None:
    """Used, it is over; and it is over for another person's id."""
    Client().post("/forgotten-password", {"email": alice.email})
    Client().post("/forgotten-password", {"email": bob.email})
    send_due()
    links = [next(line for line in mail.body.splitlines() if "/new-password/" in line) for mail in mailoutbox]
    hers, his = (link.removeprefix(conf.SITE_URL) for link in links)
    mixed = "/".join([*hers.split("/")[:3], his.split("/")[3]])
    assert Client().get(mixed).status_code == 410
    sent = {"password": "three odd words here"}
    assert Client().post(hers, sent).status_code == 302
    assert Client().post(hers, sent).status_code == 410
    assert Client().get(hers).status_code == 410
